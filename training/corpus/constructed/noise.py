"""Smooth chance fields that look the same at every picture size.

Value noise: a lattice of random numbers, enlarged smoothly (K. Perlin, "An image synthesizer",
SIGGRAPH 1985, in the lattice-value form of Ebert et al., Texturing and Modeling, 2003). The
lattice is laid out in picture units (short side = 1), so the number of pixels never changes it.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Field = NDArray[np.float32]


def lattice(
    rng: np.random.Generator,
    extent: tuple[float, float],
    pixels: tuple[int, int],
    cell: tuple[float, float],
) -> Field:
    """Return one octave of noise, about -1..1.

    Args:
        rng: Source of chance.
        extent: Width and height in picture units.
        pixels: Width and height in pixels.
        cell: Lattice spacing across and down in picture units.

    Returns:
        float32 [height, width].
    """
    columns = int(np.ceil(extent[0] / cell[0])) + 3
    rows = int(np.ceil(extent[1] / cell[1])) + 3
    values = rng.standard_normal((rows, columns)).astype(np.float32)
    box = (1.0, 1.0, 1.0 + extent[0] / cell[0], 1.0 + extent[1] / cell[1])
    picture = Image.fromarray(values).resize(pixels, Image.Resampling.BICUBIC, box=box)
    return np.asarray(picture, dtype=np.float32) * np.float32(0.6)


def fractal(
    rng: np.random.Generator,
    extent: tuple[float, float],
    pixels: tuple[int, int],
    cell: float,
    octaves: int = 4,
    gain: float = 0.5,
    stretch: float = 1.0,
) -> Field:
    """Return summed octaves of noise, about -1..1, float32 [height, width].

    Args:
        rng: Source of chance.
        extent: Width and height in picture units.
        pixels: Width and height in pixels.
        cell: Lattice spacing of the coarsest octave in picture units.
        octaves: Number of octaves, each half as wide as the one before.
        gain: Strength of each octave relative to the one before.
        stretch: Above 1 the forms lie down, below 1 they stand up.
    """
    total = np.zeros((pixels[1], pixels[0]), dtype=np.float32)
    weight, scale = 1.0, 0.0
    for octave in range(octaves):
        side = cell / 2.0**octave
        spacing = (side * stretch**0.5, side / stretch**0.5)
        total += np.float32(weight) * lattice(rng, extent, pixels, spacing)
        scale += weight * weight
        weight *= gain
    return total / np.float32(scale**0.5)


def sample(field: Field, x: Field, y: Field, extent: tuple[float, float]) -> Field:
    """Read a field at any picture coordinates, linearly, edges held.

    Args:
        field: float32 [rows, columns], covering the whole extent.
        x: float32 [...], picture units.
        y: float32 [...], picture units.
        extent: Width and height in picture units.
    """
    rows, columns = field.shape
    u = np.clip(x / extent[0] * columns - 0.5, 0.0, columns - 1.001)
    v = np.clip(y / extent[1] * rows - 0.5, 0.0, rows - 1.001)
    left, top = u.astype(np.int32), v.astype(np.int32)
    right, below = np.minimum(left + 1, columns - 1), np.minimum(top + 1, rows - 1)
    a, b = (u - left).astype(np.float32), (v - top).astype(np.float32)
    upper = field[top, left] * (1 - a) + field[top, right] * a
    lower = field[below, left] * (1 - a) + field[below, right] * a
    return np.asarray(upper * (1 - b) + lower * b, dtype=np.float32)


def curve(rng: np.random.Generator, points: int, knots: int, closed: bool = False) -> Field:
    """Return a smooth random curve of ``points`` values about -1..1 with ``knots`` bends."""
    values = rng.standard_normal(knots + 3) * 0.6
    if closed:
        values[-3:] = values[:3]
        where = np.linspace(1.0, knots + 1.0, points, endpoint=False)
    else:
        where = np.linspace(1.0, knots + 0.999, points)
    base = where.astype(int)
    t = where - base
    last = len(values) - 1
    p0, p1 = values[base - 1], values[base]
    p2, p3 = values[np.minimum(base + 1, last)], values[np.minimum(base + 2, last)]
    # Catmull-Rom spline (Catmull and Rom, 1974).
    smooth = 0.5 * (
        2 * p1
        + (p2 - p0) * t
        + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
        + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    )
    return np.asarray(smooth, dtype=np.float32)
