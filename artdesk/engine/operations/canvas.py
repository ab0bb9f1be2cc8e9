"""More canvas around a picture, and pictures whose edges join."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from artdesk.core.colour import hex_to_srgb8, oklab_to_srgb8, srgb8_to_hex, srgb8_to_oklab
from artdesk.core.edit_recipe import Edit, Grade, Tile
from artdesk.core.errors import RecipeError
from artdesk.core.recipe import MAX_SIDE, Canvas, Recipe, Sketch, Word
from artdesk.core.sketch_layout import sketch_shape
from artdesk.engine.operations.reroll import covered, grade_of, without
from artdesk.pictures.record import Describable

BAND_MILLI = 250
"""Share of a side that is drawn again along joining edges: an eighth on each side of the seam is
four cells of a picture of 256 pixels, about as far as forms reach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Border:
    """Pixels to add on each side, multiples of the model's cell."""

    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0


def extended(
    picture: Describable, border: Border, *, seed: int, words: tuple[Word, ...] | None = None
) -> Recipe:
    """The recipe of a picture with more canvas around it; all that was there keeps its tokens.

    Args:
        picture: The earlier picture.
        border: How much to add.
        seed: Of this try.
        words: Words of the new part instead of the picture's.

    Raises:
        RecipeError: The border is nothing, no whole cells, or makes the canvas too large.
    """
    cell, old = picture.cell, picture.recipe.canvas
    sides = (border.left, border.top, border.right, border.bottom)
    if not any(sides) or any(side < 0 or side % cell for side in sides):
        raise RecipeError(
            f"The canvas grows by {', '.join(map(str, sides))} pixels: use multiples of {cell}, "
            "at least one of them above 0."
        )
    width = old.width + border.left + border.right
    height = old.height + border.top + border.bottom
    if max(width, height) > MAX_SIDE:
        raise RecipeError(
            f"The canvas would have {width} by {height} pixels: add less, {MAX_SIDE} is the most."
        )
    canvas = Canvas(width=width, height=height)
    around = (
        (border.top // cell, border.bottom // cell),
        (border.left // cell, border.right // cell),
    )
    mask = np.pad(np.zeros(picture.tokens.shape, dtype=np.bool_), around, constant_values=True)
    edit = Edit.of(
        np.pad(picture.tokens, around),
        mask,
        seed=seed,
        words=words,
        palette=picture.palette or None,
        # The new part holds nothing yet on which colours could be measured.
        grade=grade_of(picture) or Grade.of(picture.tokens),
    )
    sketch = _moved(picture.sketch, picture.tokens.shape, around, canvas, mask)
    return replace(picture.recipe, canvas=canvas, sketch=sketch, edit=edit)


def seamless(
    picture: Describable, tile: Tile, *, seed: int, band_milli: int = BAND_MILLI
) -> Recipe:
    """The recipe of a picture that repeats without a seam.

    A band along the joining edges is drawn again, with the network looking across them, and the
    decoder sees each edge beside its opposite one.

    Args:
        picture: The earlier picture.
        tile: Which edges join.
        seed: Of this try.
        band_milli: Share of a side that is drawn again, both edges together.

    Raises:
        RecipeError: No edges are to join.
    """
    rows, columns = picture.tokens.shape
    if tile == "none":
        raise RecipeError("No edges are to join: choose across, down or both.")
    mask = np.zeros((rows, columns), dtype=np.bool_)
    tall, wide = (max(1, size * band_milli // 2000) for size in (rows, columns))
    if tile in ("down", "both"):
        mask[:tall] = mask[rows - tall :] = True
    if tile in ("across", "both"):
        mask[:, :wide] = mask[:, columns - wide :] = True
    edit = Edit.of(
        picture.tokens,
        mask,
        seed=seed,
        palette=picture.palette or None,
        tile=tile,
        grade=grade_of(picture),
    )
    return replace(picture.recipe, sketch=picture.sketch, edit=edit)


def _moved(
    sketch: Sketch,
    shape: tuple[int, ...],
    around: tuple[tuple[int, int], tuple[int, int]],
    canvas: Canvas,
    new: NDArray[np.bool_],
) -> Sketch:
    """A sketch on a larger canvas: means of the colours that were there, holes where it is new."""
    rows, columns = shape
    tops = np.arange(rows) * sketch.rows // rows
    lefts = np.arange(columns) * sketch.columns // columns
    colours = np.array([hex_to_srgb8(str(cell)) for cell in sketch.cells], dtype=np.uint8)
    oklab = srgb8_to_oklab(colours).reshape(sketch.rows, sketch.columns, 3)
    spread = np.pad(oklab[tops[:, None], lefts[None]], (*around, (0, 0)))
    tall, wide = sketch_shape(canvas.width, canvas.height)
    places = (np.arange(new.shape[0]) * tall // new.shape[0])[:, None] * wide + (
        np.arange(new.shape[1]) * wide // new.shape[1]
    )
    old = ~new
    count = np.bincount(places[old], minlength=tall * wide)
    sums = [np.bincount(places[old], spread[old][:, k], tall * wide) for k in range(3)]
    means = oklab_to_srgb8(np.stack(sums, axis=-1) / np.maximum(count, 1)[:, None])
    whole = Sketch(
        columns=wide,
        rows=tall,
        cells=tuple(srgb8_to_hex(*colour) for colour in means.tolist()),
    )
    return without(whole, covered(new, whole))
