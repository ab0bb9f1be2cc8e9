"""What a recipe with a memory asks for, and the grade of its decoded pixels."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from artdesk.core.colour import hex_to_srgb8
from artdesk.core.recipe import Recipe, Sketch, Swatch
from artdesk.core.sketch_layout import sketch_shape
from artdesk.engine.memory.colours import Colours, from_srgb8
from artdesk.engine.memory.influences import colour_loudness, wishes_of
from artdesk.engine.memory.painter import Wanted
from artdesk.engine.memory.recolour import graded
from artdesk.engine.sketch.draw import fit_cells, sketch_colours
from artdesk.engine.words.conditions import Wishes
from artdesk.engine.words.palette import palette_pixels

WORD_RECOLOUR = 700
"""Thousandths of a full recolouring that words which speak of colour alone ask for."""

WORD_GRADE = 500
"""Thousandths of a full grade that such words ask for; more makes pictures soft and alike."""


@dataclass(frozen=True, slots=True)
class Colouring:
    """The colours that a picture is brought to.

    Attributes:
        palette: The palette in use.
        swatches: Its colours, int16 [k, 3], Oklab in 1/4096.
        shares: Share of each.
        own: Whether the artist gave them.
        recolour_milli: How far the composition is brought there, 0..1000.
        grade_milli: How far the decoded picture is.
    """

    palette: tuple[Swatch, ...]
    swatches: Colours
    shares: tuple[int, ...]
    own: bool
    recolour_milli: int
    grade_milli: int

    @classmethod
    def of(cls, recipe: Recipe, wishes: Wishes, palette: Sequence[Swatch]) -> "Colouring":
        """The artist's palette in full; the palette that words draw as far as they speak of colour.

        Args:
            recipe: Its palette strength scales both.
            wishes: What its words say.
            palette: The palette in use: the artist's, completed or drawn by the words.
        """
        strength = recipe.sampling.palette_strength_milli
        own = recipe.palette is not None
        loud = 1000
        if not own:
            wanted = wishes_of(wishes.attributes, wishes.avoided_attributes)
            loud = colour_loudness(wanted)
        recolour = 1000 if own else WORD_RECOLOUR
        grade = 1000 if own else WORD_GRADE
        return cls(
            palette=tuple(palette),
            swatches=from_srgb8(palette_pixels(palette)),
            shares=tuple(swatch.share_milli for swatch in palette),
            own=own,
            recolour_milli=min(1000, recolour * loud * strength // 1_000_000),
            grade_milli=grade * loud * strength // 1_000_000,
        )

    def grade(
        self, pixels: NDArray[np.uint8], like: NDArray[np.uint8] | None = None
    ) -> NDArray[np.uint8]:
        """The decoded pixels in these colours; how far each moves is measured on `like`."""
        return graded(pixels, self.swatches, self.shares, self.grade_milli, like)


def wanted_of(
    recipe: Recipe, wishes: Wishes, colouring: Colouring, imagined: Sketch | None
) -> Wanted:
    """Everything that works are chosen and laid out by.

    Args:
        recipe: With a memory.
        wishes: What its words say.
        colouring: Of the same recipe.
        imagined: The sketch prior's composition, where the recipe asks for it.
    """
    rows, columns = sketch_shape(recipe.canvas.width, recipe.canvas.height)
    fixed: tuple[str | None, ...] = (None,) * (rows * columns)
    if recipe.sketch is not None:
        fixed = fit_cells(recipe.sketch, rows, columns)
    painted = np.array([hex_to_srgb8(cell or "#000000") for cell in fixed], dtype=np.uint8)
    given = np.array([cell is not None for cell in fixed], dtype=np.bool_)
    return Wanted(
        recipe=recipe,
        wishes=wishes_of(wishes.attributes, wishes.avoided_attributes),
        swatches=colouring.swatches,
        shares=colouring.shares,
        recolour_milli=colouring.recolour_milli,
        own_palette=colouring.own,
        imagined=None if imagined is None else from_srgb8(sketch_colours(imagined)),
        painted=from_srgb8(painted.reshape(rows, columns, 3)),
        given=given.reshape(rows, columns),
    )
