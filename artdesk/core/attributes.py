"""The measured properties of a picture that words and sliders speak about.

The order is part of every bundle, corpus and stored word vector: it never changes within a
bundle version.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Axis:
    """A perceptual axis from its negative (-1) to its positive pole (+1)."""

    name: str
    negative: str
    positive: str


AXES: tuple[Axis, ...] = (
    Axis("warmth", "cool", "warm"),
    Axis("brightness", "dark", "bright"),
    Axis("vividness", "muted", "vivid"),
    Axis("contrast", "low-contrast", "high-contrast"),
    Axis("colourfulness", "monochrome", "colourful"),
    Axis("busyness", "minimal", "busy"),
    Axis("geometry", "organic", "geometric"),
    Axis("sharpness", "soft", "sharp"),
    Axis("texture", "smooth", "textured"),
    Axis("symmetry", "asymmetric", "symmetric"),
    Axis("dynamism", "static", "dynamic"),
    Axis("boldness", "delicate", "bold"),
    Axis("density", "airy", "dense"),
    Axis("verticality", "horizontal", "vertical"),
    Axis("angularity", "round", "angular"),
    Axis("discord", "harmonious", "discordant"),
)

HUES: tuple[str, ...] = (
    "red",
    "orange",
    "yellow",
    "green",
    "turquoise",
    "blue",
    "purple",
    "pink",
    "brown",
    "gold",
    "black",
    "grey",
    "white",
)

_POLES = {axis.name: (axis.negative, axis.positive) for axis in AXES}

ATTRIBUTES: tuple[str, ...] = tuple(axis.name for axis in AXES) + HUES
ATTRIBUTE_COUNT = len(ATTRIBUTES)
"""29: sixteen axes, then thirteen hues."""

SEMANTIC_DIM = 64
"""Length of the semantic embedding in a word vector (principal components of sentence vectors)."""

WORD_DIM = ATTRIBUTE_COUNT + SEMANTIC_DIM
"""93: what one word tells the model, stored as int8 (times 127)."""


def pole_of(name: str, strength: float) -> str:
    """The side of an attribute that a strength points to: "cool" for warmth below 0."""
    negative, positive = _POLES.get(name, (f"no {name}", name))
    return positive if strength > 0 else negative
