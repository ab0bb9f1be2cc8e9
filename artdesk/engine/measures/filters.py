"""Filters on small pictures for the measures of pictures."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def ramp(values: Floats, low: float, high: float) -> Floats:
    """0 below `low`, 1 above `high`, straight between."""
    return np.clip((values - low) / (high - low), 0.0, 1.0)


def window(values: Floats, start: float, full: float, last: float, end: float) -> Floats:
    """1 from `full` to `last`, falling to 0 at `start` and `end`."""
    return np.minimum(ramp(values, start, full), 1.0 - ramp(values, last, end))


def hue_window(hue: Floats, start: float, full: float, last: float, end: float) -> Floats:
    """The same for angles in degrees, which start again after 360."""
    return window((hue - start) % 360.0 + start, start, full, last, end)


def squares(values: Floats) -> Floats:
    """Sum of the squares of the last axis."""
    return np.asarray(np.einsum("...c,...c->...", values, values))


def central(values: Floats, axis: int) -> Floats:
    """Central differences per pixel, borders repeated."""
    return np.asarray(np.gradient(values, axis=axis))


def box(values: Floats, radius: int, axis: int) -> Floats:
    """Mean of 2 * radius + 1 neighbours along one axis, borders repeated."""
    pad = [(0, 0)] * values.ndim
    pad[axis] = (radius + 1, radius)
    total = np.cumsum(np.pad(values, pad, mode="edge"), axis=axis)
    length = values.shape[axis]
    upper = np.take(total, np.arange(2 * radius + 1, 2 * radius + 1 + length), axis=axis)
    lower = np.take(total, np.arange(length), axis=axis)
    return np.asarray((upper - lower) / (2 * radius + 1))


def blur(values: Floats, sigma: float) -> Floats:
    """Gaussian blur over the first two axes, borders mirrored; sigma in pixels."""
    down = _blur_matrix(values.shape[0], sigma)
    across = _blur_matrix(values.shape[1], sigma).T
    if values.ndim == 2:
        return down @ values @ across
    planes = np.ascontiguousarray(np.moveaxis(values, 2, 0))
    return np.ascontiguousarray(np.moveaxis(down @ planes @ across, 0, 2))


@lru_cache(maxsize=64)
def _blur_matrix(length: int, sigma: float) -> Floats:
    """The blur along one side as a matrix [length, length]: at this size the fastest way."""
    radius = int(3.0 * sigma + 0.5)
    offsets = np.arange(-radius, radius + 1)
    kernel = np.exp(-0.5 * (offsets / sigma) ** 2)
    kernel /= kernel.sum()
    sources = np.pad(np.arange(length), radius, mode="symmetric")
    matrix = np.zeros((length, length))
    for row in range(length):
        np.add.at(matrix[row], sources[row : row + 2 * radius + 1], kernel)
    return matrix
