"""Any picture as a starting point: its tokens, of which a share is drawn again."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from artdesk.core.edit_recipe import Edit, Grade
from artdesk.core.recipe import Canvas, Recipe
from artdesk.core.sketch_layout import sketch_shape
from artdesk.engine.operations.recolour import recoloured_sketch
from artdesk.engine.sketch.draw import sketch_from_pixels
from artdesk.engine.words.palette import palette_from_image
from artdesk.pictures.files import resize

Pixels = NDArray[np.uint8]


def fitted(pixels: Pixels, canvas: Canvas) -> Pixels:
    """The middle of a picture uint8 [h, w, 3] in the shape and size of a canvas."""
    height, width = pixels.shape[:2]
    tall = min(height, max(1, round(width * canvas.height / canvas.width)))
    wide = min(width, max(1, round(height * canvas.width / canvas.height)))
    top, left = (height - tall) // 2, (width - wide) // 2
    return resize(pixels[top : top + tall, left : left + wide], canvas.width, canvas.height)


def painted_over(
    pixels: Pixels, tokens: NDArray[np.uint16], recipe: Recipe, strength_milli: int
) -> Recipe:
    """The recipe of a picture that starts from another one.

    The last share of the cells in the order of the seed is drawn again under the recipe's words;
    strength 0 is the picture as the tokenizer sees it. Without a palette of the artist the
    picture's own colours are kept; with one, composition and finished picture are brought into it.

    Args:
        pixels: uint8 [H, W, 3] in the size of the recipe's canvas.
        tokens: uint16 [h, w], what the encoder made of them.
        recipe: Words, palette, sliders and seed.
        strength_milli: Share of the cells that is drawn again.
    """
    shape = sketch_shape(recipe.canvas.width, recipe.canvas.height)
    sketch, palette = sketch_from_pixels(pixels, *shape), palette_from_image(pixels)
    if recipe.palette is not None:
        sketch = recoloured_sketch(sketch, palette, recipe.palette)
        palette = recipe.palette
    edit = Edit.of(
        tokens,
        np.ones(tokens.shape, dtype=np.bool_),
        strength_milli=strength_milli,
        seed=recipe.seed,
        palette=palette,
        grade=None
        if recipe.palette is None
        else Grade.of(tokens, palette, recipe.sampling.palette_strength_milli),
    )
    # Remembered works take no part in cells that are drawn again, and would only move its colours.
    return replace(recipe, sketch=recipe.sketch or sketch, edit=edit, memory=None)
