"""Recolouring: colours brought to a palette so that each swatch gets its share of the picture.

Points go to swatches by the cheapest way that keeps the shares (the transport problem, solved by
prices as in Bertsekas, "The auction algorithm", 1988). They are compared after both sets are
brought to one middle and spread, so that dark goes to dark and warm to warm even where the picture
has none of the palette's colours.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from artdesk.core.colour import oklab_to_srgb8
from artdesk.engine.memory.colours import ONE, Colours, IntArray, from_srgb8, to_oklab

KEPT_MILLI = 300
"""Thousandths of the differences inside a swatch's area that recolouring keeps."""

GRADE_WIDTH = 0.08
"""Oklab distance at which a matched colour moves a pixel by exp(-1/2) of its weight."""

_ROUNDS = 60
_LEAST_SPREAD = ONE // 64
_SAMPLES = 4096
_BIN = ONE // 20
_GRID = 17
_FINE = 64


def assigned(points: Colours, swatches: Colours, shares: Sequence[int]) -> IntArray:
    """The swatch of each point.

    Args:
        points: int16 [n, 3], Oklab in 1/4096.
        swatches: int16 [k, 3].
        shares: The share that each swatch should have; only their proportions count.

    Returns:
        int64 [n], 0..k-1; about as many of each as its share asks for.
    """
    values = points.astype(np.int64)
    targets = swatches.astype(np.int64)
    portion = np.array(shares, dtype=np.int64)
    total = int(portion.sum())
    middle, spread = _moments(values, np.ones(len(values), dtype=np.int64))
    wanted, reach = _moments(targets, portion)
    # Both are brought to a spread of one: `ONE` is what lies between middle and edge.
    scaled = (values - middle) * ONE // spread
    goals = (targets - wanted) * ONE // reach
    gaps = scaled[:, None] - goals
    cost = np.sqrt(np.square(gaps).sum(axis=-1).astype(np.float64)).astype(np.int64)
    price = np.zeros(len(targets), dtype=np.int64)
    step = 4 * ONE
    choice = cost.argmin(axis=1)
    for _ in range(_ROUNDS):
        counts = np.bincount(choice, minlength=len(targets))
        excess = counts * total - portion * len(values)
        price += excess * step // (total * len(values))
        step = max(step * 9 // 10, ONE // 16)
        choice = (cost + price).argmin(axis=1)
    return np.asarray(choice, dtype=np.int64)


def recoloured(
    cells: Colours, swatches: Colours, shares: Sequence[int], strength_milli: int
) -> Colours:
    """Cells int16 [r, c, 3] in the colours of a palette, as far as `strength_milli` (0..1000)."""
    if not strength_milli:
        return cells
    points = cells.reshape(-1, 3)
    choice = assigned(points, swatches, shares)
    counts = np.maximum(np.bincount(choice, minlength=len(swatches)), 1)
    sums = np.zeros((len(swatches), 3), dtype=np.int64)
    np.add.at(sums, choice, points.astype(np.int64))
    means = sums // counts[:, None]
    own = (points.astype(np.int64) - means[choice]) * KEPT_MILLI // 1000
    target = swatches.astype(np.int64)[choice] + own
    moved = points + (target - points) * strength_milli // 1000
    limit = ONE // 2
    low, high = (0, -limit, -limit), (ONE, limit, limit)
    return np.asarray(np.clip(moved, low, high), dtype=np.int16).reshape(cells.shape)


def graded(
    pixels: NDArray[np.uint8],
    swatches: Colours,
    shares: Sequence[int],
    strength_milli: int,
    like: NDArray[np.uint8] | None = None,
) -> NDArray[np.uint8]:
    """Pixels moved smoothly towards a palette.

    The picture's colours are matched to the swatches by shares; every pixel then follows the
    differences of the colours near it. The map is a table of whole steps of sRGB, so that a pixel
    moves by the same step on every machine.

    Args:
        pixels: uint8 [H, W, 3].
        swatches: int16 [k, 3], Oklab in 1/4096.
        shares: Of each swatch.
        strength_milli: 1000 moves colours as far as they are matched.
        like: Another picture to measure how colours move, uint8 [H, W, 3]; None is the picture.
    """
    if not strength_milli or not pixels.size:
        return pixels
    source = pixels if like is None else like
    height, width = source.shape[:2]
    step = max(1, int((height * width / _SAMPLES) ** 0.5))
    sample = from_srgb8(source[step // 2 :: step, step // 2 :: step]).reshape(-1, 3)
    if not len(sample):
        sample = from_srgb8(source).reshape(-1, 3)
    choice = assigned(sample, swatches, shares)
    shift = (swatches.astype(np.int64)[choice] - sample) * strength_milli // 1000
    bins = sample.astype(np.int64) // _BIN + 64
    codes = (bins[:, 0] * 256 + bins[:, 1]) * 256 + bins[:, 2]
    _, inverse, counts = np.unique(codes, return_inverse=True, return_counts=True)
    inverse = inverse.reshape(-1)
    middle = np.zeros((len(counts), 3), dtype=np.int64)
    moved = np.zeros((len(counts), 3), dtype=np.int64)
    np.add.at(middle, inverse, sample.astype(np.int64))
    np.add.at(moved, inverse, shift)
    table = _steps(middle / counts[:, None] / ONE, moved / ONE, counts)
    moved_pixels = pixels.astype(np.int16)
    index = (pixels[..., 0] >> 2).astype(np.intp) * _FINE * _FINE
    index += (pixels[..., 1] >> 2).astype(np.intp) * _FINE + (pixels[..., 2] >> 2)
    moved_pixels += table[index]
    return np.clip(moved_pixels, 0, 255).astype(np.uint8)


def _steps(
    middle: NDArray[np.float64], moved: NDArray[np.float64], counts: NDArray[np.int64]
) -> NDArray[np.int16]:
    """How far each of 64**3 areas of sRGB moves, int16 [64**3, 3] in steps of a byte.

    Args:
        middle: Oklab float64 [n, 3] of the picture's colours.
        moved: Their summed differences to what they are matched with.
        counts: How many pixels of the sample have each colour.
    """
    axis = np.rint(np.linspace(0, 255, _GRID)).astype(np.uint8)
    corners = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    places = to_oklab(from_srgb8(corners))
    squares = (
        np.square(places).sum(axis=1)[:, None]
        - 2 * places @ middle.T
        + np.square(middle).sum(axis=1)
    )
    # The nearest colour keeps a weight however far away it is: no corner is left without one.
    nearest = squares.min(axis=1, keepdims=True)
    weights = np.exp(-(squares - nearest) / (2 * GRADE_WIDTH**2))
    shift = weights @ moved / (weights @ counts)[:, None]
    target = oklab_to_srgb8(places + shift).astype(np.int32)
    coarse = (target - corners).reshape(_GRID, _GRID, _GRID, 3) * 64
    return (_interpolated(coarse) + 32 >> 6).astype(np.int16).reshape(-1, 3)


def _interpolated(grid: NDArray[np.int32]) -> NDArray[np.int32]:
    """A table [17, 17, 17, 3] at 64 places a side, linearly, in whole numbers."""
    centre = np.arange(_FINE) * 4 + 2  # of the four bytes that share a place
    place = centre * (_GRID - 1) * 16 // 255
    low, share = np.minimum(place >> 4, _GRID - 2), place & 15
    result = grid
    for axis in range(3):
        shape = [1] * 4
        shape[axis] = _FINE
        weight = share.reshape(shape)
        result = (result.take(low, axis) * (16 - weight) + result.take(low + 1, axis) * weight) >> 4
    return result.astype(np.int32)


def _moments(values: IntArray, weights: IntArray) -> tuple[IntArray, int]:
    """Weighted middle int64 [3] and spread, the same for all three axes."""
    total = int(weights.sum())
    middle = (values * weights[:, None]).sum(axis=0) // total
    variance = int((np.square(values - middle).sum(axis=1) * weights).sum()) // total
    return middle, max(_LEAST_SPREAD, int(float(variance) ** 0.5))
