"""Where networks are trained: one choice of the device, one kind of half precision."""

import dataclasses
from typing import TypeVar

import torch

from artdesk.core.errors import SettingError

NAMES = ("auto", "cpu", "cuda")
Batch = TypeVar("Batch")


def choose(name: str) -> torch.device:
    """The device of a name; auto is a GPU where torch sees one.

    Raises:
        SettingError: The name is unknown, or torch sees no GPU.
    """
    if name not in NAMES:
        raise SettingError(f"There is no device '{name}'; choose {', '.join(NAMES)}.")
    if name == "cuda" and not torch.cuda.is_available():
        raise SettingError("torch sees no GPU; use --device cpu, or install torch for your GPU.")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def half(device: torch.device | None = None) -> torch.autocast:
    """Half precision of all trainings: bfloat16, whose range needs no scaling of losses."""
    return torch.autocast("cpu" if device is None else device.type, torch.bfloat16)


def moved(batch: Batch, device: torch.device) -> Batch:
    """A dataclass with its tensors on a device."""
    if device.type == "cpu" or not dataclasses.is_dataclass(batch):
        return batch
    found = {field.name: getattr(batch, field.name) for field in dataclasses.fields(batch)}
    tensors = {name: part.to(device) for name, part in found.items() if torch.is_tensor(part)}
    return dataclasses.replace(batch, **tensors)  # type: ignore[type-var]
