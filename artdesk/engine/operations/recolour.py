"""Other colours: of a finished picture, whose forms stay, and of a sketch."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from artdesk.core.colour import hex_to_srgb8, oklab_to_srgb8, srgb8_to_hex, srgb8_to_oklab
from artdesk.core.edit_recipe import Edit, Grade
from artdesk.core.recipe import Recipe, Sketch, Swatch
from artdesk.engine.operations.reroll import grade_of, tile_of
from artdesk.pictures.record import Describable

FloatArray = NDArray[np.float64]

SHADE = 0.5
"""Share of a cell's difference from its swatch that is kept: without it neighbours of one hue run
together, with all of it the old colours shine through."""


def recoloured(
    picture: Describable, palette: tuple[Swatch, ...], strength_milli: int = 1000
) -> Recipe:
    """The recipe of a picture in another palette; no token changes.

    Args:
        picture: The earlier picture.
        palette: Its new colours, in place of those of an earlier recolouring.
        strength_milli: How far its colours move there.
    """
    known = grade_of(picture)
    measured = picture.tokens if known is None else known.token_grid()
    edit = Edit.of(
        picture.tokens,
        np.ones(picture.tokens.shape, dtype=np.bool_),
        strength_milli=0,
        palette=picture.palette or None,
        tile=tile_of(picture),
        grade=Grade.of(measured, palette, strength_milli),
    )
    return replace(picture.recipe, sketch=picture.sketch, edit=edit)


def recoloured_sketch(sketch: Sketch, old: tuple[Swatch, ...], new: tuple[Swatch, ...]) -> Sketch:
    """The sketch with each colour of the old palette turned into one of the new.

    Swatches are matched by lightness, the darkest to the darkest, each as often as its share asks
    for, so that forms keep their contrast.
    """
    if not old or not new:
        return sketch
    cells = srgb8_to_oklab(_bytes([str(cell) for cell in sketch.cells]))
    before, place = _by_lightness(old)
    after, ends = _by_lightness(new)
    own = np.square(cells[:, None] - before).sum(axis=-1).argmin(axis=1)
    middle = place - np.diff(np.concatenate([[0.0], place])) / 2
    match = np.minimum(np.searchsorted(ends, middle), len(after) - 1)
    colours = after[match[own]] + SHADE * (cells - before[own])
    found = oklab_to_srgb8(colours).tolist()
    return replace(sketch, cells=tuple(srgb8_to_hex(*colour) for colour in found))


def _by_lightness(palette: tuple[Swatch, ...]) -> tuple[FloatArray, FloatArray]:
    """Oklab colours from dark to light, and the share up to and with each."""
    colours = srgb8_to_oklab(_bytes([swatch.colour for swatch in palette]))
    shares = np.array([swatch.share_milli for swatch in palette], dtype=np.float64)
    order = np.argsort(colours[:, 0], kind="stable")
    return colours[order], np.cumsum(shares[order]) / shares.sum()


def _bytes(names: list[str]) -> NDArray[np.uint8]:
    return np.array([hex_to_srgb8(name) for name in names], dtype=np.uint8)
