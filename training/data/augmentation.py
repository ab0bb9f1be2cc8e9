"""Gentle changes of colour for training pictures, and which labels survive them.

A turn of all hues by a few degrees and a gamma close to 1 leave a picture believable. They change
what the measures read: an attribute that a change can alter is silenced, the others stay (the tests
measure that they do). Nothing is measured again here: at 30 ms a picture that would take longer
than a training step.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from artdesk.core.attributes import ATTRIBUTES, HUES
from artdesk.core.colour import oklab_to_srgb8, srgb8_to_oklab

FloatArray = NDArray[np.float64]
Pixels = NDArray[np.uint8]

# How often a picture is changed, and by how much at most.
CHANGED = 0.3
MOST_DEGREES = 12.0
MOST_GAMMA = 1.2

# Black, grey and white know no hue; form is measured on all of Oklab, whose distances a turn of
# the hues keeps.
_NEUTRAL = ("black", "grey", "white")
ALTERED_BY_HUE = frozenset({"warmth", "colourfulness", "discord", *HUES} - set(_NEUTRAL))
# A gamma moves lightness, and with it chroma and all contrasts of light and dark.
ALTERED_BY_GAMMA = frozenset(
    {
        "warmth", "brightness", "vividness", "contrast", "colourfulness", "busyness", "texture",
        "boldness", "density", "discord", *HUES,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """A gentle change of colour.

    Attributes:
        degrees: Turn of all hues in Oklab.
        gamma: Exponent of the sRGB values 0..1; below 1 brightens.
    """

    degrees: float = 0.0
    gamma: float = 1.0

    @property
    def altered(self) -> frozenset[str]:
        """Names of the attributes that the change may alter."""
        by_hue = ALTERED_BY_HUE if self.degrees else frozenset()
        return by_hue | (ALTERED_BY_GAMMA if self.gamma != 1.0 else frozenset())


def draw_change(random: np.random.Generator) -> Change:
    """A change by chance: most pictures stay as they are, others get a turn, a gamma or both."""
    if random.random() >= CHANGED:
        return Change()
    kind = random.integers(3)
    degrees = float(random.uniform(-MOST_DEGREES, MOST_DEGREES))
    gamma = float(MOST_GAMMA ** random.uniform(-1.0, 1.0))
    return Change(degrees if kind != 1 else 0.0, gamma if kind != 0 else 1.0)


def apply(pixels: Pixels, change: Change) -> Pixels:
    """The changed picture.

    Args:
        pixels: uint8 [..., 3], sRGB.
        change: What to do; nothing gives the same array back.

    Returns:
        uint8 [..., 3]; colours that leave sRGB are clipped.
    """
    if change.gamma != 1.0:
        levels = (np.arange(256) / 255.0) ** change.gamma
        pixels = np.rint(255.0 * levels).astype(np.uint8)[pixels]
    if change.degrees:
        angle = np.radians(change.degrees)
        oklab = srgb8_to_oklab(pixels)
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        oklab[..., 1:] = oklab[..., 1:] @ turn
        pixels = oklab_to_srgb8(oklab)
    return pixels


def silenced(attributes: FloatArray, change: Change) -> FloatArray:
    """Attributes of a changed picture: 0 (says nothing) wherever the change may have altered them.

    Args:
        attributes: float64 [..., 29], -1..1.
        change: What was done to the picture.
    """
    if not change.altered:
        return attributes
    kept = np.array([name not in change.altered for name in ATTRIBUTES], dtype=np.float64)
    return np.asarray(attributes * kept)
