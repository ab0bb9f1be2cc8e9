"""The arrays of tables.npz, checked once and brought into the forms that the engine works with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artdesk.bundle.architecture import Architecture
from artdesk.bundle.reader import Bundle
from artdesk.core import sketch_layout
from artdesk.core.attributes import ATTRIBUTE_COUNT
from artdesk.core.condition import CONDITION_DIM
from artdesk.core.errors import BundleError
from artdesk.engine.detail.sampler import CodeTables, code_tables
from artdesk.engine.words.palette import PaletteTable

FloatArray = NDArray[np.float64]

_FILM_GRID = 256.0
_LARGEST = 1e6
"""No weight of ours comes near; what is larger overflows somewhere behind."""
_MAX_EXPONENTS = 1 << 14
"""Entries of the table of exponentials: with 16 bits of a code they still fit into an int32."""


@dataclass(frozen=True, slots=True)
class FilmNetwork:
    """Turns a condition into the scales and shifts of a network, in float64."""

    layers: tuple[tuple[FloatArray, FloatArray], ...]

    def __call__(self, conditions: FloatArray) -> NDArray[np.float32]:
        """Conditions float64 [n, inputs] to float32 [n, outputs], rounded to 1/256.

        The rounding hides what sums in another order differ by, so that every machine feeds the
        integer networks the same numbers.
        """
        values = conditions
        for number, (weight, bias) in enumerate(self.layers):
            values = values @ weight.T + bias
            if number + 1 < len(self.layers):
                values = np.maximum(values, 0.0)
        return (np.rint(values * _FILM_GRID) / _FILM_GRID).astype(np.float32)


@dataclass(frozen=True, slots=True)
class BundleTables:
    """What the engine reads beside the graphs.

    Attributes:
        codebook: float32 [K, D].
        code_colours: sRGB uint8 [K, 3], the mean colour of each code.
        codes: Tables of the sampler.
        head_weight: float32 [C, K], whole numbers; no product with bytes passes 2**24, so
            float32 sums are exact.
        head_scale: float64 [K], nats of one unit of the product.
        head_bias: float64 [K], nats.
        decoder_film: Condition of the decoder.
        detail_film: Condition of the detail prior.
        sketch_colours: sRGB uint8 [n, 3].
        palettes: The palette table.
        attribute_quantiles: float32 [29, 101], raw value at each percentile.
    """

    codebook: NDArray[np.float32]
    code_colours: NDArray[np.uint8]
    codes: CodeTables
    head_weight: NDArray[np.float32]
    head_scale: FloatArray
    head_bias: FloatArray
    decoder_film: FilmNetwork
    detail_film: FilmNetwork
    sketch_colours: NDArray[np.uint8]
    palettes: PaletteTable
    attribute_quantiles: NDArray[np.float32]

    @classmethod
    def of(cls, bundle: Bundle) -> "BundleTables":
        """The tables of a bundle; BundleError when one is missing or has the wrong form."""
        arrays = bundle.arrays("tables.npz")
        try:
            return cls._of(arrays, bundle.manifest.architecture)
        except (KeyError, ValueError, TypeError, IndexError) as error:
            raise BundleError(
                "The tables of the model do not fit together: install the model again."
            ) from error

    @classmethod
    def _of(cls, arrays: Mapping[str, NDArray[Any]], sizes: Architecture) -> "BundleTables":
        codebook = arrays["codebook"].astype(np.float32)
        size = sizes.codes
        if (sizes.sketch_side, sizes.sketch_levels) != (
            sketch_layout.LONG_SIDE,
            sketch_layout.LEVELS,
        ):
            raise ValueError("the sketch has another pyramid")
        palettes = len(arrays["palettes"])
        shapes: dict[str, tuple[int, ...]] = {
            "codebook": (size, sizes.dimension),
            "code_colours": (size, 3),
            "code_frequency": (size,),
            "code_neighbours": (size, 8),
            "head_weight": (size, arrays["head_weight"].shape[1]),
            "head_scale": (size,),
            "head_bias": (size,),
            "sketch_colours": (len(arrays["sketch_colours"]), 3),
            "palettes": (palettes, 5, 3),
            "palette_shares": (palettes, 5),
            "palette_attributes": (palettes, ATTRIBUTE_COUNT),
            "attribute_quantiles": (ATTRIBUTE_COUNT, 101),
        }
        for name, shape in shapes.items():
            if arrays[name].shape != shape or not arrays[name].size:
                raise ValueError(f"{name} has the shape {arrays[name].shape}, not {shape}")
        neighbours = arrays["code_neighbours"]
        if neighbours.min() < 0 or neighbours.max() >= size:
            raise ValueError("code_neighbours")
        for name, array in arrays.items():
            if array.dtype.kind == "f" and float(np.abs(array).max(initial=0)) > _LARGEST:
                raise ValueError(f"{name} has numbers that are far too large")
        for name in ("code_colours", "sketch_colours", "palettes"):
            if arrays[name].dtype != np.uint8:
                raise ValueError(f"{name} holds no bytes")
        shares = arrays["palette_shares"]
        if shares.min() < 0 or shares.sum(axis=1).min() < 0.5 or shares.max() > 2:
            raise ValueError("palette_shares")
        if np.abs(arrays["palette_attributes"]).max() > 1 or arrays["code_frequency"].min() < 0:
            raise ValueError("palette_attributes or code_frequency")
        head = arrays["head_weight"]
        if (
            head.dtype != np.int16
            or np.abs(head.astype(np.int64)).sum(axis=1).max() * 255 > 1 << 24
        ):
            raise ValueError("head_weight")
        if np.abs(arrays["head_scale"]).max() > 1 or np.abs(arrays["head_bias"]).max() > 1e4:
            raise ValueError("head_scale or head_bias")  # guidance would leave 64 bits
        exp_table = arrays["exp_table"]
        if (
            exp_table.ndim != 1
            or not 2 <= len(exp_table) <= _MAX_EXPONENTS
            or exp_table.dtype.kind not in "iu"
            or exp_table[0] != 1 << 24
            or exp_table[-1] != 0
            or (np.diff(exp_table.astype(np.int64)) > 0).any()
        ):
            raise ValueError("exp_table")
        codes = code_tables(exp_table, arrays["code_frequency"], neighbours)
        return cls(
            codebook=codebook,
            code_colours=arrays["code_colours"].astype(np.uint8),
            codes=codes,
            head_weight=np.ascontiguousarray(head.T.astype(np.float32)),
            head_scale=arrays["head_scale"].astype(np.float64),
            head_bias=arrays["head_bias"].astype(np.float64),
            decoder_film=_film(arrays, "decoder", CONDITION_DIM),
            detail_film=_film(arrays, "detail", CONDITION_DIM + 1),
            sketch_colours=arrays["sketch_colours"].astype(np.uint8),
            palettes=PaletteTable.of(
                arrays["palettes"].astype(np.uint8),
                arrays["palette_shares"].astype(np.float32),
                arrays["palette_attributes"].astype(np.float32),
                codes.exp_table,
            ),
            attribute_quantiles=arrays["attribute_quantiles"].astype(np.float32),
        )


def _film(arrays: Mapping[str, NDArray[Any]], prefix: str, inputs: int) -> FilmNetwork:
    layers = []
    for number in (1, 2, 3):
        weight = arrays[f"{prefix}_film_w{number}"].astype(np.float64)
        bias = arrays[f"{prefix}_film_b{number}"].astype(np.float64)
        if weight.ndim != 2 or weight.shape[1] != inputs or bias.shape != weight.shape[:1]:
            raise ValueError(f"{prefix}_film_w{number}")
        layers.append((np.ascontiguousarray(weight), bias))
        inputs = len(weight)
    return FilmNetwork(tuple(layers))
