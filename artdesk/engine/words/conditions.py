"""From a recipe to the condition vectors of the networks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from artdesk.core.condition import condition_vector, frame_vector
from artdesk.core.recipe import Recipe, Swatch
from artdesk.engine.words import palette as palettes
from artdesk.engine.words.table import WordTable

FloatArray = NDArray[np.float64]

_CENTRE = 0.5


@dataclass(frozen=True, slots=True)
class Wishes:
    """What words and avoided words of a recipe ask for.

    Attributes:
        attributes: float64 [29] of the words.
        semantic: float64 [64], semantic embedding of the words.
        avoided_attributes: float64 [29] of the avoided words.
        avoided_semantic: float64 [64], semantic embedding of the avoided words.
    """

    attributes: FloatArray
    semantic: FloatArray
    avoided_attributes: FloatArray
    avoided_semantic: FloatArray

    @classmethod
    def of(cls, words: WordTable, recipe: Recipe) -> "Wishes":
        """Look up and combine the words of a recipe."""
        return cls(*words.combine(recipe.words), *words.combine(recipe.avoid))

    @property
    def asked(self) -> FloatArray:
        """What the words ask for less what is avoided, float64 [29], -1..1."""
        return np.clip(self.attributes - self.avoided_attributes, -1.0, 1.0)


def used_palette(
    wishes: Wishes, table: palettes.PaletteTable, recipe: Recipe
) -> tuple[Swatch, ...]:
    """The palette of a picture: the artist's, completed or drawn where colours are left open."""
    given = recipe.palette or ()
    if given and not palettes.is_open(given):
        return given
    drawn = table.choose(wishes.asked, recipe.seed, given)
    return palettes.complete(given, drawn) if given else drawn


def condition_rows(wishes: Wishes, palette: Sequence[Swatch], recipe: Recipe) -> FloatArray:
    """Condition vectors of a recipe.

    Args:
        wishes: What the words say.
        palette: The palette in use.
        recipe: Canvas, zoom and source are read from it.

    Returns:
        float64 [2, 119]: what the artist wants, and what guidance leads away from: the same
        frame without words and palette, or with the avoided words.
    """
    aspect = recipe.canvas.width / recipe.canvas.height
    frame = frame_vector(recipe.sampling.zoom_milli / 1000.0, _CENTRE, _CENTRE, aspect)
    colours, shares = palettes.for_condition(palette)
    source = recipe.sampling.constructed_milli / 1000.0
    wanted = condition_vector(wishes.attributes, wishes.semantic, colours, shares, frame, source)
    unguided = condition_vector(
        wishes.avoided_attributes, wishes.avoided_semantic, None, None, frame, 0.0
    )
    return np.stack([wanted, unguided])
