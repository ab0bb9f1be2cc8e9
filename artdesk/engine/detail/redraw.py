"""Draw again the cells of a token grid that an edit leaves open."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from artdesk.core.edit_recipe import Edit, Tile
from artdesk.core.recipe import Sampling
from artdesk.engine.detail import sampler
from artdesk.engine.detail.region import redrawn, window

FloatArray = NDArray[np.float64]

REACH = 11
"""Cells that the decoder looks beyond one: seven convolutions at an eighth of the size, five at a
quarter and four at half of it are 84 pixels."""


def redraw(
    edit: Edit,
    sketch: FloatArray,
    controls: Sampling,
    side: int,
    codes: sampler.CodeTables,
    start: Callable[[FloatArray], sampler.LogitsFunction],
    check: Callable[[], None],
    told: Callable[[int, int, sampler.TokenGrid], None],
) -> NDArray[np.uint16]:
    """The whole token grid after an edit.

    Where the picture tiles, the grid is turned by half first, so that the joining edges lie in its
    middle and the network sees across them.

    Args:
        edit: What to keep and what to draw.
        sketch: float64 [4, h, w] of `sketch_layout.enlarge_sketch`.
        controls: Sampling controls.
        side: Tokens on a side of the grids that the network was trained on.
        codes: Tables of the codes.
        start: The network on a window of the sketch.
        check: Raises to leave.
        told: Called after each step with the step, all steps and the grid so far.

    Returns:
        uint16 [h, w]; equal to the earlier tokens wherever the mask is not set.
    """
    turn = turned_by(edit.tile, edit.rows, edit.columns)
    back = (-turn[0], -turn[1])
    mask = np.roll(redrawn(edit), turn, (0, 1))
    within = window(np.roll(edit.mask_grid(), turn, (0, 1)), side)
    grid = np.roll(edit.token_grid().astype(np.int32), turn, (0, 1))

    def step(number: int, total: int, part: sampler.TokenGrid) -> None:
        so_far = grid.copy()
        so_far[within] = part
        told(number, total, np.roll(so_far, back, (0, 1)))

    large = np.ascontiguousarray(np.roll(sketch, turn, (1, 2))[:, *within])
    grid[within] = sampler.decode(
        grid[within], mask[within], controls, edit.seed, codes, start(large), check, step
    )
    return np.roll(grid, back, (0, 1)).astype(np.uint16)


def turned_by(tile: Tile, rows: int, columns: int) -> tuple[int, int]:
    """Rows and columns by which a grid is turned so that its joining edges meet in the middle."""
    down = rows // 2 if tile in ("down", "both") else 0
    across = columns // 2 if tile in ("across", "both") else 0
    return down, across


def surrounded(grid: NDArray[np.float32], tile: Tile) -> tuple[NDArray[np.float32], int, int]:
    """A grid [h, w, d] with as much of itself around it as the decoder sees, where it tiles.

    Returns:
        The larger grid, and the rows and columns that were added on each side.
    """
    down = REACH if tile in ("down", "both") else 0
    across = REACH if tile in ("across", "both") else 0
    return np.pad(grid, ((down, down), (across, across), (0, 0)), mode="wrap"), down, across
