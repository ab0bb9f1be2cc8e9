"""Sizes of the networks. Imports no torch, so that tools can read them cheaply."""

import dataclasses
import json
from typing import Any, Self

CONDITION_DIM = 119
DOWNSAMPLING = 8
"""Pixels on each side of a token's cell: the three halvings of the autoencoder."""


class ConfigError(ValueError):
    """A configuration holds an unknown field or an impossible value."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Config:
    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        raw: dict[str, Any] = json.loads(text)
        known = {field.name for field in dataclasses.fields(cls)}
        if set(raw) != known:
            raise ConfigError(
                f"{cls.__name__}: unknown fields {sorted(set(raw) - known)}, "
                f"missing fields {sorted(known - set(raw))}."
            )
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in raw.items()})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TokenizerConfig(_Config):
    """The VQ-VAE: downsampling by 8, one code per cell.

    Attributes:
        codebook_size: Number of embeddings.
        code_dim: Dimension of an embedding; codes are l2-normalised.
        encoder_channels: Channels at 1/4 and 1/8 of the picture's size.
        decoder_channels: Channels at 1/8, 1/4 and 1/2 of the picture's size.
        condition_dim: Length of the condition vector.
        condition_hidden: Width of the condition network.
    """

    codebook_size: int = 512
    code_dim: int = 8
    encoder_channels: tuple[int, int] = (96, 160)
    decoder_channels: tuple[int, int, int] = (192, 128, 64)
    condition_dim: int = CONDITION_DIM
    condition_hidden: int = 256


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DetailConfig(_Config):
    """The masked-token prior: a convolutional U-Net over the token grid.

    Attributes:
        codebook_size: Number of codes; the id `codebook_size` means masked.
        code_dim: Dimension of the frozen codebook part of a token's embedding.
        learned_dim: Dimension of the learned part of a token's embedding.
        channels: Channels at full, half and quarter resolution of the token grid.
        blocks: Residual blocks (down at full, down at half, middle).
        condition_dim: Length of the condition vector.
        condition_hidden: Width of the condition network.
    """

    codebook_size: int = 512
    code_dim: int = 8
    learned_dim: int = 56
    channels: tuple[int, int, int] = (64, 128, 192)
    blocks: tuple[int, int, int] = (2, 3, 4)
    condition_dim: int = CONDITION_DIM
    condition_hidden: int = 256


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FlowConfig(_Config):
    """The flow over latents: the same U-Net as the detail prior.

    Attributes:
        code_dim: Dimension of a latent.
        channels: Channels at full, half and quarter resolution of the token grid.
        blocks: Residual blocks (down at full, down at half, middle).
        condition_dim: Length of the condition vector.
        condition_hidden: Width of the condition network.
    """

    code_dim: int = 8
    channels: tuple[int, int, int] = (64, 128, 192)
    blocks: tuple[int, int, int] = (2, 3, 4)
    condition_dim: int = CONDITION_DIM
    condition_hidden: int = 256


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SketchConfig(_Config):
    """The sketch prior: an any-order autoregressive transformer over colour cells.

    Attributes:
        colours: Number of colours in the sketch table.
        width: Width of the residual stream.
        layers: Number of transformer layers.
        heads: Attention heads; must divide `width`.
        condition_dim: Length of the condition vector.
    """

    colours: int = 192
    width: int = 144
    layers: int = 6
    heads: int = 4
    condition_dim: int = CONDITION_DIM

    def __post_init__(self) -> None:
        if self.width % self.heads:
            raise ConfigError(f"width {self.width} is not divisible by heads {self.heads}.")
