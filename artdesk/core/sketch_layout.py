"""Geometry of the colour sketch: cells from coarse to fine, neighbours, features, enlarging.

A sketch of `rows` x `columns` cells (8 on the longer side) is drawn as a pyramid of four levels
whose longer sides have 1, 2, 4 and 8 cells. Training and the app share these functions, so that
the network sees the same numbers in both.
"""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LEVELS = 4
LONG_SIDE = 8
NEIGHBOURS = 9
POSITION_DIM = LEVELS + 12
FEATURE_DIM = 2 * POSITION_DIM + 4 * NEIGHBOURS


@dataclass(frozen=True, slots=True)
class Layout:
    """All cells of a pyramid, level after level, each level row by row.

    Attributes:
        shapes: Rows and columns of each level, coarse to fine.
        level: int64 [N], level of each cell.
        neighbours: int64 [N, 9]: up, down, left, right, parent, and the parent's up, down, left,
            right; N stands for "none".
        position: float64 [N, POSITION_DIM], level one-hot and sines and cosines of the position.
    """

    shapes: tuple[tuple[int, int], ...]
    level: IntArray
    neighbours: IntArray
    position: FloatArray

    @property
    def cells(self) -> int:
        """Number of cells N of all levels."""
        return len(self.level)

    @property
    def finest(self) -> slice:
        """The cells of the finest level, which are the sketch itself."""
        rows, columns = self.shapes[-1]
        return slice(self.cells - rows * columns, self.cells)


def fitted_shape(longest: int, width: int, height: int) -> tuple[int, int]:
    """Rows and columns of square cells, `longest` on the longer side, the other by aspect."""
    longer = max(width, height)
    return max(1, round(longest * height / longer)), max(1, round(longest * width / longer))


def sketch_shape(width: int, height: int) -> tuple[int, int]:
    """Rows and columns of the sketch of a canvas: 8 on the longer side, the other by aspect."""
    return fitted_shape(LONG_SIDE, width, height)


@functools.lru_cache(maxsize=128)
def layout(rows: int, columns: int) -> Layout:
    """The pyramid of a sketch of `rows` x `columns` cells."""
    shapes = tuple(
        (max(1, round(rows / 2**step)), max(1, round(columns / 2**step)))
        for step in reversed(range(LEVELS))
    )
    starts = np.cumsum([0, *(r * c for r, c in shapes)])
    total = int(starts[-1])
    levels, neighbours, positions = [], [], []
    for level, (height, width) in enumerate(shapes):
        for y in range(height):
            for x in range(width):
                near = _around(level, y, x, shapes, starts, total)
                if level:
                    above, across = shapes[level - 1]
                    py, px = y * above // height, x * across // width
                    parent = int(starts[level - 1]) + py * across + px
                    near += [parent, *_around(level - 1, py, px, shapes, starts, total)]
                else:
                    near += [total] * 5
                levels.append(level)
                neighbours.append(near)
                angles = np.outer(
                    ((y + 0.5) / height, (x + 0.5) / width), np.pi * np.array((1.0, 2.0, 4.0))
                )
                one_hot = np.eye(LEVELS)[level]
                positions.append(np.concatenate([one_hot, *np.sin(angles), *np.cos(angles)]))
    return Layout(
        shapes=shapes,
        level=np.array(levels, dtype=np.int64),
        neighbours=np.array(neighbours, dtype=np.int64),
        position=np.array(positions),
    )


def _around(
    level: int,
    y: int,
    x: int,
    shapes: tuple[tuple[int, int], ...],
    starts: IntArray,
    none: int,
) -> list[int]:
    height, width = shapes[level]
    found = []
    for dy, dx in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        inside = 0 <= y + dy < height and 0 <= x + dx < width
        found.append(int(starts[level]) + (y + dy) * width + x + dx if inside else none)
    return found


def step_features(
    pyramid: Layout, colours: FloatArray, known: NDArray[np.bool_], target: int, previous: int
) -> FloatArray:
    """Numeric input of the sketch prior for drawing one cell.

    Args:
        pyramid: The layout.
        colours: float64 [N + 1, 3], scaled Oklab (`condition.scale_oklab`) of known cells; the
            last row belongs to "none" and is never known.
        known: bool [N + 1].
        target: Cell to draw.
        previous: Cell drawn just before, or -1 for the first cell.

    Returns:
        float64 [FEATURE_DIM]: target position, previous position, neighbours (colour, known).
    """
    near = pyramid.neighbours[target]
    seen = known[near].astype(np.float64)[:, None]
    before = pyramid.position[previous] if previous >= 0 else np.zeros(POSITION_DIM)
    around = np.concatenate([colours[near] * seen, seen], axis=1).ravel()
    return np.concatenate([pyramid.position[target], before, around])


def sequence_features(pyramid: Layout, colours: FloatArray, order: IntArray) -> FloatArray:
    """`step_features` of whole sequences at once, for training.

    Args:
        pyramid: The layout.
        colours: float64 [B, N, 3], scaled Oklab of all cells.
        order: int64 [B, N], the order in which the cells are drawn.

    Returns:
        float64 [B, N, FEATURE_DIM].
    """
    batch, cells = order.shape
    rank = np.full((batch, cells + 1), cells, dtype=np.int64)
    np.put_along_axis(rank, order, np.arange(cells)[None], axis=1)
    padded = np.concatenate([colours, np.zeros((batch, 1, 3))], axis=1)
    near = pyramid.neighbours[order]
    flat = near.reshape(batch, -1)
    seen = np.take_along_axis(rank, flat, axis=1).reshape(near.shape)
    seen = (seen < np.arange(cells)[None, :, None]).astype(np.float64)[..., None]
    around = np.take_along_axis(padded, flat[..., None], axis=1).reshape(*near.shape, 3) * seen
    around = np.concatenate([around, seen], axis=-1).reshape(batch, cells, -1)
    target = pyramid.position[order]
    before = np.concatenate([np.zeros((batch, 1, POSITION_DIM)), target[:, :-1]], axis=1)
    return np.concatenate([target, before, around], axis=-1)


def cell_means(image: FloatArray, rows: int, columns: int) -> FloatArray:
    """Average an image float64 [H, W, C] over `rows` x `columns` cells; [rows, columns, C]."""
    height, width = image.shape[:2]
    tops = np.arange(rows) * height // rows
    lefts = np.arange(columns) * width // columns
    sums = np.add.reduceat(np.add.reduceat(image, tops, axis=0), lefts, axis=1)
    tall = np.diff(np.append(tops, height))[:, None, None]
    wide = np.diff(np.append(lefts, width))[None, :, None]
    return np.asarray(sums / (tall * wide), dtype=np.float64)


@functools.lru_cache(maxsize=64)
def _weights(size: int, cells: int) -> FloatArray:
    """Bilinear weights float64 [size, cells], cell centres at half steps, edges held."""
    position = np.clip((np.arange(size) + 0.5) * cells / size - 0.5, 0, cells - 1)
    low = np.minimum(position.astype(int), max(cells - 2, 0))
    weights = np.zeros((size, cells))
    share = position - low
    weights[np.arange(size), low] += 1 - share
    weights[np.arange(size), np.minimum(low + 1, cells - 1)] += share
    return weights


def enlarge_sketch(sketch: FloatArray, height: int, width: int) -> FloatArray:
    """Enlarge sketches to the token grid, bilinearly, rounded to 1/256 so that CPUs agree.

    Args:
        sketch: float64 [..., rows, columns, 3], scaled Oklab.
        height: Rows of the token grid.
        width: Columns of the token grid.

    Returns:
        float64 [..., 4, height, width]; the fourth channel is 1: a sketch is given.
    """
    down, across = _weights(height, sketch.shape[-3]), _weights(width, sketch.shape[-2])
    large = np.einsum("yr,...rcd,xc->...dyx", down, sketch, across)
    given = np.ones((*large.shape[:-3], 1, height, width))
    return np.asarray(np.round(np.concatenate([large, given], axis=-3) * 256.0) / 256.0)
