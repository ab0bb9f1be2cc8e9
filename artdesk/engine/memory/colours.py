"""Oklab in whole numbers: the colours of cells as quilting, influences and grading compare them."""

import numpy as np
from numpy.typing import NDArray

from artdesk.bundle.collection import CELL_COLOUR_ONE
from artdesk.core.colour import srgb8_to_oklab

ONE = 4096
"""One unit of Oklab; int16 holds lightness 0..1 and the two chroma axes with room to spare."""

IntArray = NDArray[np.int64]
Colours = NDArray[np.int16]


def from_cells(cells: NDArray[np.int8]) -> Colours:
    """Stored cell colours int8 [..., 3] as int16 [..., 3] in 1/4096."""
    steps = cells.astype(np.int16) * (ONE // CELL_COLOUR_ONE)
    steps[..., 0] += ONE // 2
    return steps


def from_srgb8(pixels: NDArray[np.uint8]) -> Colours:
    """Oklab int16 [..., 3] in 1/4096 of sRGB bytes [..., 3]."""
    return np.rint(srgb8_to_oklab(pixels) * ONE).astype(np.int16)


def to_oklab(colours: NDArray[np.integer]) -> NDArray[np.float64]:
    """Whole numbers [..., 3] in 1/4096 back to Oklab float64."""
    return np.asarray(colours.astype(np.float64) / ONE)


def distance(first: NDArray[np.integer], second: NDArray[np.integer]) -> IntArray:
    """Euclidean Oklab distance in 1/4096, int64 [...], of broadcast [..., 3]; rounded down.

    The square root of a whole number below 2**52 is the same on every machine (IEEE 754).
    """
    difference = first.astype(np.int64) - second
    squares = np.einsum("...c,...c->...", difference, difference)
    return root(squares)


def root(squares: NDArray[np.integer]) -> IntArray:
    """Square roots of whole numbers, rounded down, int64."""
    return np.sqrt(squares.astype(np.float64)).astype(np.int64)


def to_tokens(cells: Colours, shape: tuple[int, int]) -> Colours:
    """Cell colours int16 [r, c, 3] of 2 x 2 tokens at every token, int16 [h, w, 3], bilinearly."""
    result = cells.astype(np.int32)
    for axis, length in enumerate(shape):
        before = np.concatenate([result.take([0], axis), result], axis).take(
            range(result.shape[axis]), axis
        )
        after = np.concatenate([result, result.take([-1], axis)], axis).take(
            range(1, result.shape[axis] + 1), axis
        )
        pairs = np.stack([3 * result + before, 3 * result + after], axis + 1) + 2 >> 2
        doubled = list(result.shape)
        doubled[axis] *= 2
        result = pairs.reshape(doubled).take(range(length), axis)
    return result.astype(np.int16)


def averaged(colours: NDArray[np.integer], rows: int, columns: int) -> Colours:
    """Means over `rows` x `columns` areas of colours [h, w, 3]; int16 [rows, columns, 3].

    A grid finer than the colours repeats them.
    """
    height, width = colours.shape[:2]
    tops = np.arange(rows + 1) * height // rows
    lefts = np.arange(columns + 1) * width // columns
    sums = np.zeros((height + 1, width + 1, 3), dtype=np.int64)
    sums[1:, 1:] = colours.astype(np.int64).cumsum(axis=0).cumsum(axis=1)
    bottoms, rights = np.maximum(tops[1:], tops[:-1] + 1), np.maximum(lefts[1:], lefts[:-1] + 1)
    tops, lefts = tops[:-1], lefts[:-1]
    total = (
        sums[np.ix_(bottoms, rights)]
        - sums[np.ix_(tops, rights)]
        - sums[np.ix_(bottoms, lefts)]
        + sums[np.ix_(tops, lefts)]
    )
    areas = ((bottoms - tops)[:, None] * (rights - lefts))[..., None]
    return np.asarray((2 * total + areas) // (2 * areas), dtype=np.int16)


def enlarged(cells: Colours, rows: int, columns: int) -> Colours:
    """Each cell repeated over the area that it stands for, int16 [rows, columns, 3]."""
    down = np.arange(rows) * cells.shape[0] // rows
    across = np.arange(columns) * cells.shape[1] // columns
    return np.ascontiguousarray(cells[down[:, None], across])
