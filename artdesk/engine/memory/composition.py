"""The composition: the colour that each area of a picture should have."""

import numpy as np
from numpy.typing import NDArray

from artdesk.core import seed as seeds
from artdesk.core.colour import oklab_to_srgb8
from artdesk.core.memory_recipe import CellPicture
from artdesk.core.sketch_layout import fitted_shape
from artdesk.engine.memory.colours import Colours, averaged, from_srgb8, to_oklab

SMALLEST_CROP = 700
"""Thousandths of a work's shorter side that a composition shows at least."""


def composition_shape(rows: int, columns: int, fidelity: int) -> tuple[int, int]:
    """Rows and columns of the cells of a composition on a canvas of `rows` x `columns` tokens."""
    return fitted_shape(min(fidelity, max(rows, columns)), columns, rows)


def composition_of_work(
    cells: Colours, shape: tuple[int, int], zoom_milli: int, seed: int
) -> Colours:
    """A part of a work, perhaps mirrored, averaged to the cells of a composition.

    Args:
        cells: int16 [r, c, 3], the colours of the work.
        shape: Rows and columns that are wanted.
        zoom_milli: Thousandths of the part that chance chooses.
        seed: The recipe's seed.

    Returns:
        int16 [rows, columns, 3].
    """
    height, width = cells.shape[:2]
    rows, columns = shape
    # The largest part of the canvas's aspect, then the share that chance and zoom leave of it.
    tall, wide = (height, height * columns // rows)
    if wide > width:
        tall, wide = width * rows // columns, width
    size, down, across, mirror = seeds.raw(seed, "composition part", 0, 1, 4)[0].tolist()
    share = SMALLEST_CROP + ((1001 - SMALLEST_CROP) * size >> 32)
    tall, wide = (max(1, side * share * zoom_milli // 1_000_000) for side in (tall, wide))
    top, left = down * (height - tall + 1) >> 32, across * (width - wide + 1) >> 32
    part = cells[top : top + tall, left : left + wide]
    return averaged(part[:, ::-1] if mirror & 1 else part, rows, columns)


def cell_picture(pixels: NDArray[np.uint8], rows: int, columns: int) -> CellPicture:
    """The middle of any picture uint8 [H, W, 3] as a recipe keeps it, averaged to cells."""
    cells = composition_of_picture(from_srgb8(pixels), (rows, columns))
    return CellPicture.of(oklab_to_srgb8(to_oklab(cells)))


def composition_of_picture(picture: Colours, shape: tuple[int, int]) -> Colours:
    """The middle of any picture int16 [r, c, 3], averaged to the cells of a composition."""
    height, width = picture.shape[:2]
    rows, columns = shape
    tall, wide = height, max(1, height * columns // rows)
    if wide > width:
        tall, wide = max(1, width * rows // columns), width
    top, left = (height - tall) // 2, (width - wide) // 2
    return averaged(picture[top : top + tall, left : left + wide], rows, columns)


def painted_over(wanted: Colours, painted: Colours, given: NDArray[np.bool_]) -> Colours:
    """The composition under the cells that the artist painted.

    Args:
        wanted: int16 [h, w, 3] at every token.
        painted: int16 [r, c, 3], the painted colours.
        given: bool [r, c], which of them are painted.
    """
    height, width = wanted.shape[:2]
    rows, columns = given.shape
    down = np.arange(height) * rows // height
    across = np.arange(width) * columns // width
    return np.where(given[down[:, None], across][..., None], painted[down[:, None], across], wanted)
