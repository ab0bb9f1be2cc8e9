"""Palettes: drawn from the table of the bundle, completed, taken from a picture.

The artist's colours always win. Where the artist leaves colours open, a palette of the table is
drawn that agrees with the words, in integers, so that a seed gives the same one everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from artdesk.core import seed as seeds
from artdesk.core.attributes import ATTRIBUTES, HUES
from artdesk.core.colour import hex_to_srgb8, oklab_to_srgb8, srgb8_to_hex, srgb8_to_oklab
from artdesk.core.condition import PALETTE_COLOURS
from artdesk.core.recipe import Swatch
from artdesk.engine.detail.draw import UNITS_PER_NAT, IntArray, Limits, draw
from artdesk.engine.measures.palette import main_colours

FloatArray = NDArray[np.float64]

COLOUR_ATTRIBUTES = ("warmth", "brightness", "vividness", "contrast", "colourfulness", *HUES)
"""The attributes that a palette can agree with."""

_ONE = 127  # an attribute of 1 as an integer
_NATS_OF_AGREEMENT = 11
_NATS_OF_SPREAD = 7  # a palette with contrasts is likelier than five shades of one colour
_FULL_SPREAD = 0.24  # Oklab standard deviation from which a palette gets all of them
_COLOUR_WIDTH = 0.1  # Oklab distance of a given colour that costs half a nat
_WHOLE = 1000
_FULL = 950  # from here on, shares are whole but for rounding


@dataclass(frozen=True, slots=True)
class PaletteTable:
    """The palettes of a bundle.

    Attributes:
        colours: sRGB uint8 [N, 5, 3].
        shares: float32 [N, 5].
        attributes: int64 [N, 29], -127..127.
        exp_table: As in `draw`.
    """

    colours: NDArray[np.uint8]
    shares: NDArray[np.float32]
    attributes: IntArray
    exp_table: IntArray

    @classmethod
    def of(
        cls,
        colours: NDArray[np.uint8],
        shares: NDArray[np.float32],
        attributes: NDArray[np.float32],
        exp_table: IntArray,
    ) -> "PaletteTable":
        """Build the table from the arrays of a bundle."""
        integers = np.rint(attributes.astype(np.float64) * _ONE).astype(np.int64)
        return cls(colours, shares, integers, exp_table)

    def choose(
        self, wanted: FloatArray, seed: int, given: Sequence[Swatch] = ()
    ) -> tuple[Swatch, ...]:
        """Draw a palette that agrees with words, and with colours that are given already.

        Args:
            wanted: Attributes that the words ask for, float64 [29], -1..1.
            seed: The recipe's seed.
            given: Colours that the palette should hold something like.

        Returns:
            At most five swatches whose shares sum to 1000.
        """
        heard = np.rint(np.where(_COLOUR, wanted, 0.0) * _ONE).astype(np.int64)
        agreement = self.attributes @ heard
        logits = agreement * (_NATS_OF_AGREEMENT * UNITS_PER_NAT) // (_ONE * _ONE) + self._spread()
        if given:
            logits = logits - self._distances(given)
        random = seeds.raw(seed, "palette", 0, 1)[0, :1]
        number = int(draw(logits[None], random, Limits(), self.exp_table).codes[0])
        return swatches(self.colours[number], self.shares[number].astype(np.float64))

    def _spread(self) -> IntArray:
        """What contrasts inside a palette add to its logit, int64 [N]."""
        table = srgb8_to_oklab(self.colours)
        shares = self.shares.astype(np.float64)[..., None]
        mean = (table * shares).sum(axis=1, keepdims=True)
        variance = (np.square(table - mean) * shares).sum(axis=(1, 2))
        share = np.minimum(np.sqrt(variance) / _FULL_SPREAD, 1.0)
        units: IntArray = np.rint(share * (_NATS_OF_SPREAD * UNITS_PER_NAT)).astype(np.int64)
        return units

    def _distances(self, given: Sequence[Swatch]) -> IntArray:
        table = srgb8_to_oklab(self.colours)
        squares = np.square(table[:, :, None] - _oklab(given)).sum(axis=-1).min(axis=1)
        units = np.rint(squares * (UNITS_PER_NAT / (2 * _COLOUR_WIDTH**2))).astype(np.int64)
        total: IntArray = np.minimum(units, 4 * UNITS_PER_NAT).sum(axis=1)
        return total


_COLOUR = np.array([name in COLOUR_ATTRIBUTES for name in ATTRIBUTES])


def swatches(colours: NDArray[np.uint8], shares: FloatArray) -> tuple[Swatch, ...]:
    """Swatches by falling share; shares become thousandths that sum to 1000.

    Args:
        colours: sRGB uint8 [n, 3].
        shares: float64 [n], not negative, not all 0. A colour without a share is left out.
    """
    weights: dict[str, float] = {}
    for colour, share in zip(colours, shares, strict=True):
        name = srgb8_to_hex(*colour)
        weights[name] = weights.get(name, 0.0) + float(share)
    total = sum(weights.values())
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    parts = {name: int(weight / total * _WHOLE) for name, weight in ranked}
    parts[ranked[0][0]] += _WHOLE - sum(parts.values())
    return tuple(Swatch(colour=name, share_milli=part) for name, part in parts.items() if part)


def is_open(palette: Sequence[Swatch]) -> bool:
    """Whether a palette leaves colours to the model: fewer than five, and not all of the space."""
    taken = sum(swatch.share_milli for swatch in palette)
    return len(palette) < PALETTE_COLOURS and taken < _FULL


def complete(palette: Sequence[Swatch], drawn: Sequence[Swatch]) -> tuple[Swatch, ...]:
    """Fill an open palette with drawn colours that it does not hold already.

    Args:
        palette: The artist's colours; they keep their colour, place and share.
        drawn: A whole drawn palette.

    Returns:
        At most five swatches whose shares sum to 1000.
    """
    rest = _WHOLE - sum(swatch.share_milli for swatch in palette)
    left = list(drawn)
    for swatch in palette:
        if len(left) > 1:
            distance = np.square(_oklab(left) - _oklab([swatch])).sum(axis=-1)
            del left[int(distance.argmin())]
    left = left[: PALETTE_COLOURS - len(palette)][:rest]
    total = sum(swatch.share_milli for swatch in left)
    spare = rest - len(left)  # each colour gets at least one thousandth
    parts = [1 + spare * swatch.share_milli // total for swatch in left]
    parts[0] += rest - sum(parts)
    filled = [
        Swatch(colour=swatch.colour, share_milli=part)
        for swatch, part in zip(left, parts, strict=True)
    ]
    return (*palette, *filled)


def palette_from_image(pixels: NDArray[np.uint8], count: int = 5) -> tuple[Swatch, ...]:
    """The main colours of a picture by k-means in Oklab; the same picture gives the same ones.

    Args:
        pixels: uint8 [H, W, 3].
        count: At most this many colours, 1..5.

    Returns:
        Swatches by falling share; shares sum to 1000.
    """
    colours, shares = main_colours(pixels[None], count)
    return swatches(oklab_to_srgb8(colours[0]), shares[0])


def for_condition(palette: Sequence[Swatch]) -> tuple[FloatArray, FloatArray]:
    """A palette as the networks are told it: always five colours.

    A smaller palette is filled by splitting the colour with the largest share, which is what a
    picture of few colours looked like in training.

    Returns:
        Oklab colours float64 [5, 3] and shares float64 [5] that sum to 1.
    """
    total = sum(swatch.share_milli for swatch in palette)
    names = [swatch.colour for swatch in palette]
    shares = [swatch.share_milli / total for swatch in palette]
    while len(names) < PALETTE_COLOURS:
        largest = shares.index(max(shares))
        shares[largest] /= 2
        names.append(names[largest])
        shares.append(shares[largest])
    colours = np.array([hex_to_srgb8(name) for name in names], dtype=np.uint8)
    return srgb8_to_oklab(colours), np.array(shares)


def palette_pixels(palette: Sequence[Swatch]) -> NDArray[np.uint8]:
    """The colours of a palette, sRGB uint8 [n, 3]."""
    return np.array([hex_to_srgb8(s.colour) for s in palette], dtype=np.uint8).reshape(-1, 3)


def _oklab(palette: Sequence[Swatch]) -> FloatArray:
    return srgb8_to_oklab(palette_pixels(palette))
