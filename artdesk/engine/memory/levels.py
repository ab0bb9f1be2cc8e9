"""Levels of detail: the coarse token map, and finer ones that are the same picture in more detail.

A cell that was quilted takes the tokens of the same place of the same work encoded at twice the
size. A cell without such a place takes those of the place that looks most alike (Hertzmann et al.,
"Image analogies", 2001): the same codes around it at the coarse level.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from artdesk.engine.memory.colours import IntArray
from artdesk.engine.memory.quilt import INVENTED

LONGEST_COARSE = 48
"""Cells of the longer side of the coarsest level, at most: works have about 32 to 48 there."""

SHORTEST = 8
"""Cells of the shorter side that a level keeps at least: a patch has to fit."""

_AROUND = [(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1)]
_CENTRE_WEIGHT = 3
_AT_ONCE = 128


def level_shapes(rows: int, columns: int, fidelity: int = 0) -> list[tuple[int, int]]:
    """Rows and columns of all levels of a canvas, coarse to fine; the last is the canvas.

    Args:
        rows: Tokens of the canvas's height.
        columns: Tokens of its width.
        fidelity: Cells of the composition's longer side, for which the coarsest level has room.
    """
    shapes = [(rows, columns)]
    while max(shapes[0]) > LONGEST_COARSE and min(shapes[0]) >= 2 * SHORTEST:
        if (max(shapes[0]) + 1) // 2 < fidelity:
            break
        shapes.insert(0, ((shapes[0][0] + 1) // 2, (shapes[0][1] + 1) // 2))
    return shapes


def finer(
    tokens: NDArray[np.int32],
    origin: NDArray[np.int16],
    shape: tuple[int, int],
    coarse: Sequence[IntArray | None],
    fine: Sequence[IntArray | None],
    distances: NDArray[np.int16],
) -> tuple[NDArray[np.int32], NDArray[np.int16]]:
    """A token map of twice the size.

    Args:
        tokens: int32 [h, w], the map so far.
        origin: int16 [h, w, 3]: source, row and column of each cell, or `INVENTED`.
        shape: Rows and columns of the finer map, at most 2 h and 2 w.
        coarse: The token maps int64 of the sources at the present level.
        fine: The same at twice the size; None where a source has no such level.
        distances: Of `quilt.code_distances`.

    Returns:
        Tokens int32 and origins int16 of the finer map; `INVENTED` where no source has a place.
    """
    source = origin[..., 0].astype(np.int64)
    placed = origin.astype(np.int64)
    has = np.array([part is not None for part in fine])
    lacking = (source == INVENTED) | ~has[np.maximum(source, 0)]
    if lacking.any() and has.any():
        found = _alike(tokens, lacking, coarse, fine, distances)
        placed[lacking] = found
    elif lacking.any():
        placed[lacking] = INVENTED
    result = np.zeros((2 * tokens.shape[0], 2 * tokens.shape[1]), dtype=np.int32)
    places = np.full((*result.shape, 3), INVENTED, dtype=np.int16)
    for number, part in enumerate(fine):
        rows, columns = np.nonzero(placed[..., 0] == number)
        if part is None or not len(rows):
            continue
        top = placed[rows, columns, 1] * 2
        left = placed[rows, columns, 2] * 2
        for y in (0, 1):
            for x in (0, 1):
                down = np.minimum(top + y, part.shape[0] - 1)
                across = np.minimum(left + x, part.shape[1] - 1)
                result[2 * rows + y, 2 * columns + x] = part[down, across]
                places[2 * rows + y, 2 * columns + x] = np.stack(
                    [np.full(len(rows), number), down, across], axis=1
                )
    return result[: shape[0], : shape[1]], places[: shape[0], : shape[1]]


def _alike(
    tokens: NDArray[np.int32],
    lacking: NDArray[np.bool_],
    coarse: Sequence[IntArray | None],
    fine: Sequence[IntArray | None],
    distances: NDArray[np.int16],
) -> IntArray:
    """For each lacking cell the place with the most similar codes around it, int64 [n, 3]."""
    codes = len(distances)
    table = np.ascontiguousarray(distances).reshape(-1)
    padded = np.pad(tokens.astype(np.int64), 1, mode="edge")
    rows, columns = np.nonzero(lacking)
    near = np.stack([padded[rows + 1 + y, columns + 1 + x] for y, x in _AROUND], axis=1) * codes
    places, around = [], []
    for number, (whole, part) in enumerate(zip(coarse, fine, strict=True)):
        if whole is None or part is None:
            continue
        edge = np.pad(whole, 1, mode="edge")
        row, column = (axis.reshape(-1) for axis in np.mgrid[: whole.shape[0], : whole.shape[1]])
        around.append(np.stack([edge[row + 1 + y, column + 1 + x] for y, x in _AROUND], axis=1))
        places.append(np.stack([np.full(whole.size, number), row, column], axis=1))
    known, where = np.concatenate(around), np.concatenate(places)
    best = np.empty(len(rows), dtype=np.int64)
    for start in range(0, len(rows), _AT_ONCE):
        part = near[start : start + _AT_ONCE]
        cost = np.zeros((len(part), len(known)), dtype=np.int32)
        for place, _ in enumerate(_AROUND):
            weight = _CENTRE_WEIGHT if place == len(_AROUND) // 2 else 1
            cost += weight * table[part[:, place, None] + known[:, place]]
        best[start : start + _AT_ONCE] = cost.argmin(axis=1)
    return where[best]
