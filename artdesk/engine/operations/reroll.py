"""Drawing a part of a picture again, and the whole of it a little.

All of them keep the tokens of the earlier picture in the recipe, so the new picture can be made
again from its own file. The recipe's words, palette and sliders stay those of the earlier picture:
they colour the decoding, which must not change where nothing was drawn.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from artdesk.core.edit_recipe import Edit, Grade, Tile
from artdesk.core.recipe import Recipe, Sketch, Word
from artdesk.engine.detail import halton
from artdesk.pictures.record import Describable

Mask = NDArray[np.bool_]


def rerolled(
    picture: Describable,
    mask: Mask,
    *,
    seed: int,
    strength_milli: int = 1000,
    words: tuple[Word, ...] | None = None,
    new_colours: bool = False,
) -> Recipe:
    """The recipe of a picture with a part of it drawn again.

    Args:
        picture: The earlier picture.
        mask: bool [h, w] over its tokens, set where it may change.
        seed: Of this try.
        strength_milli: Share of the masked cells that is drawn again.
        words: Words of the region instead of the picture's.
        new_colours: Whether the sketch below the mask is drawn again too.

    Raises:
        RecipeError: The mask has another shape or marks nothing.
    """
    edit = Edit.of(
        picture.tokens,
        mask,
        strength_milli=strength_milli,
        seed=seed,
        words=words,
        palette=picture.palette or None,
        tile=tile_of(picture),
        grade=grade_of(picture),
    )
    sketch = picture.sketch
    if new_colours:
        sketch = without(sketch, covered(mask, sketch))
    return replace(picture.recipe, sketch=sketch, edit=edit)


def varied(
    picture: Describable, amount_milli: int, *, seed: int, composition: bool = False
) -> Recipe:
    """The recipe of a variation: 0 is the picture itself, 1000 draws all of it anew.

    A larger amount changes a superset of the cells that a smaller one changes with the same seed.

    Args:
        picture: The earlier picture.
        amount_milli: Share that changes.
        seed: Of this variation.
        composition: Whether cells of the sketch change, with all detail in them; else the sketch
            stays and detail changes everywhere.
    """
    everywhere = np.ones(picture.tokens.shape, dtype=np.bool_)
    if not composition:
        return rerolled(picture, everywhere, seed=seed, strength_milli=amount_milli)
    sketch = picture.sketch
    order = halton.order(sketch.rows, sketch.columns, seed)
    count = (len(order) * amount_milli + 500) // 1000
    if not count:
        return rerolled(picture, everywhere, seed=seed, strength_milli=0)
    freed = np.zeros((sketch.rows, sketch.columns), dtype=np.bool_)
    freed.reshape(-1)[order[len(order) - count :]] = True
    recipe = rerolled(picture, _below(freed, everywhere.shape), seed=seed)
    return replace(recipe, sketch=without(sketch, freed))


def tile_of(picture: Describable) -> Tile:
    """Which edges of a picture join without a seam."""
    edit = picture.recipe.edit
    return "none" if edit is None else edit.tile


def grade_of(picture: Describable) -> Grade | None:
    """The grade that an edit of this picture has to keep, so that colours move as they did."""
    edit = picture.recipe.edit
    if edit is None or edit.grade is not None:
        return None if edit is None else edit.grade
    return None if picture.recipe.memory is None else Grade.of(edit.token_grid())


def covered(mask: Mask, sketch: Sketch) -> Mask:
    """The cells of a sketch of which a mask over the tokens marks half or more."""
    rows, columns = mask.shape
    tops = np.arange(rows) * sketch.rows // rows
    lefts = np.arange(columns) * sketch.columns // columns
    places = tops[:, None] * sketch.columns + lefts[None]
    size = sketch.rows * sketch.columns
    marked = np.bincount(places[mask], minlength=size)
    total = np.bincount(places.reshape(-1), minlength=size)
    return np.asarray((2 * marked >= total) & (marked > 0)).reshape(sketch.rows, sketch.columns)


def without(sketch: Sketch, freed: Mask) -> Sketch:
    """A sketch with some of its cells left to the model."""
    cells = zip(sketch.cells, freed.reshape(-1).tolist(), strict=True)
    return replace(sketch, cells=tuple(None if free else cell for cell, free in cells))


def _below(freed: Mask, shape: tuple[int, ...]) -> Mask:
    """The tokens that lie under some cells of a sketch."""
    rows, columns = shape
    tops = np.arange(rows) * freed.shape[0] // rows
    lefts = np.arange(columns) * freed.shape[1] // columns
    return np.asarray(freed[tops[:, None], lefts[None]])
