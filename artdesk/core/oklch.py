"""Colours by lightness, chroma and hue: Oklab in polar coordinates, and harmonies of hues.

Oklch is the polar form of Oklab (Ottosson 2020; CSS Color 4, section 9.3). A colour that sRGB
cannot show is brought in by less chroma at the same lightness and hue (CSS Color 4, section 13.2).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from artdesk.core.colour import (
    hex_to_srgb8,
    oklab_in_srgb,
    oklab_to_srgb8,
    srgb8_to_hex,
    srgb8_to_oklab,
)

FloatArray = NDArray[np.float64]

MOST_CHROMA = 0.33
"""A little more than the most colourful of sRGB has, pure magenta with 0.322."""

HARMONIES: dict[str, tuple[int, ...]] = {
    "Complement": (180,),
    "Split complement": (150, 210),
    "Neighbours": (-60, -30, 30, 60),
    "Triad": (120, 240),
    "Square": (90, 180, 270),
}
"""Turns of the hue in degrees, as in Itten, "The Art of Color", 1961, on the circle of Oklch."""

_HALVINGS = 12  # 0.33 / 2**12 is less than a step of 8 bits


@dataclass(frozen=True, slots=True)
class Oklch:
    """A colour: lightness 0..1, chroma 0..0.33, hue in degrees 0..360."""

    lightness: float
    chroma: float
    hue: float

    @classmethod
    def of(cls, colour: str) -> "Oklch":
        """The place of "#rrggbb"; the hue of greys is 0."""
        lightness, a, b = srgb8_to_oklab(np.array(hex_to_srgb8(colour), dtype=np.uint8)).tolist()
        chroma = float(np.hypot(a, b))
        hue = float(np.degrees(np.arctan2(b, a))) % 360 if chroma > 1e-4 else 0.0
        return cls(lightness, chroma, hue)

    def to_hex(self) -> str:
        """The colour as "#rrggbb", with less chroma where sRGB has no more."""
        return srgb8_to_hex(*to_srgb8(np.array([self.lightness, self.chroma, self.hue])))

    def turned(self, degrees: float) -> "Oklch":
        """The same lightness and chroma in another hue."""
        return Oklch(self.lightness, self.chroma, (self.hue + degrees) % 360)


def harmony(colour: Oklch, name: str) -> tuple[str, ...]:
    """The colours that go with a colour by a harmony of `HARMONIES`, each "#rrggbb"."""
    return tuple(colour.turned(degrees).to_hex() for degrees in HARMONIES[name])


def to_srgb8(colours: FloatArray) -> NDArray[np.uint8]:
    """Convert Oklch float64 [..., 3] to sRGB uint8 [..., 3], reducing chroma into the gamut."""
    lightness = np.clip(colours[..., 0], 0.0, 1.0)
    angle = np.radians(colours[..., 2])
    plane = np.stack([np.cos(angle), np.sin(angle)], axis=-1)

    def oklab(chroma: FloatArray) -> FloatArray:
        return np.concatenate([lightness[..., None], chroma[..., None] * plane], axis=-1)

    wanted = np.maximum(colours[..., 1], 0.0)
    low, high = np.zeros_like(wanted), wanted
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        inside = oklab_in_srgb(oklab(middle))
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return oklab_to_srgb8(oklab(np.where(oklab_in_srgb(oklab(wanted)), wanted, low)))
