"""Float weights in the repository: fp16 safetensors with a JSON description beside them.

Running statistics of batch norm stay float32: variances of a residual stream pass 65,504, the
largest fp16 number, and a channel whose variance is infinite is silent.
"""

import json
import pathlib
from typing import Any, Protocol

import torch
from safetensors.torch import load, save
from torch import nn

from artdesk.core import atomic


class _Config(Protocol):
    def to_json(self) -> str: ...


def save_weights(
    folder: pathlib.Path, name: str, model: nn.Module, metrics: dict[str, Any]
) -> None:
    """Write `name.safetensors` (fp16) and `name.json` (configuration and metrics) atomically.

    Raises:
        ValueError: A weight is not finite, or too large for fp16; nothing is written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {
        key: value.detach().to(_stored_type(key)).contiguous()
        for key, value in model.state_dict().items()
        if value.dtype.is_floating_point
    }
    _refuse_infinite(name, tensors)
    config: _Config = model.config  # type: ignore[assignment]
    text = json.dumps({"config": json.loads(config.to_json()), "metrics": metrics}, indent=1)
    atomic.write_bytes(folder / f"{name}.safetensors", save(tensors))
    atomic.write_text(folder / f"{name}.json", text + "\n")


def load_weights(folder: pathlib.Path, name: str, model: nn.Module) -> None:
    """Fill a model from `name.safetensors`.

    Raises:
        ValueError: The file's tensors do not fit the model, or hold infinite numbers.
    """
    tensors = load((folder / f"{name}.safetensors").read_bytes())
    wanted = {k for k, v in model.state_dict().items() if v.dtype.is_floating_point}
    if set(tensors) != wanted:
        raise ValueError(
            f"{name}.safetensors does not fit the network: unknown {sorted(set(tensors) - wanted)},"
            f" missing {sorted(wanted - set(tensors))}."
        )
    _refuse_infinite(name, tensors)
    model.load_state_dict({k: v.float() for k, v in tensors.items()}, strict=False)


def _stored_type(key: str) -> torch.dtype:
    statistics = key.endswith(("running_mean", "running_var"))
    return torch.float32 if statistics else torch.float16


def _refuse_infinite(name: str, tensors: dict[str, torch.Tensor]) -> None:
    bad = [key for key, value in tensors.items() if not bool(torch.isfinite(value).all())]
    if bad:
        raise ValueError(f"{name}: not finite or too large for fp16: {', '.join(sorted(bad))}.")


def load_config(folder: pathlib.Path, name: str) -> str:
    """Text of the configuration beside the weights, for the `from_json` of its class."""
    raw = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return json.dumps(raw["config"])
