"""Float weights in the repository: fp16 safetensors with a JSON description beside them."""

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
    """Write `name.safetensors` (fp16) and `name.json` (configuration and metrics) atomically."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {
        key: value.detach().to(torch.float16).contiguous()
        for key, value in model.state_dict().items()
        if value.dtype.is_floating_point
    }
    config: _Config = model.config  # type: ignore[assignment]
    text = json.dumps({"config": json.loads(config.to_json()), "metrics": metrics}, indent=1)
    atomic.write_bytes(folder / f"{name}.safetensors", save(tensors))
    atomic.write_text(folder / f"{name}.json", text + "\n")


def load_weights(folder: pathlib.Path, name: str, model: nn.Module) -> None:
    """Fill a model from `name.safetensors`.

    Raises:
        ValueError: The file's tensors do not fit the model.
    """
    tensors = load((folder / f"{name}.safetensors").read_bytes())
    wanted = {k for k, v in model.state_dict().items() if v.dtype.is_floating_point}
    if set(tensors) != wanted:
        raise ValueError(
            f"{name}.safetensors does not fit the network: unknown {sorted(set(tensors) - wanted)},"
            f" missing {sorted(wanted - set(tensors))}."
        )
    model.load_state_dict({k: v.float() for k, v in tensors.items()}, strict=False)


def load_config(folder: pathlib.Path, name: str) -> str:
    """Text of the configuration beside the weights, for the `from_json` of its class."""
    raw = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return json.dumps(raw["config"])
