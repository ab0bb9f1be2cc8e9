"""Scalar fields turned into colour: smooth ramps and antialiased levels."""

import numpy as np
from numpy.typing import NDArray

from artdesk.core.colour import oklab_to_srgb8
from training.corpus.constructed.noise import Field
from training.corpus.constructed.palette import Lab, to_rgb

Picture = NDArray[np.float32]


def ramp(values: NDArray[np.floating], colours: Lab, smooth: bool = True) -> Picture:
    """Colour a field by a ramp mixed in Oklab.

    Args:
        values: [rows, columns], 0..1; outside it the end colours hold.
        colours: Oklab float64 [n, 3], evenly spaced along the ramp.
        smooth: Ease in and out at every colour.

    Returns:
        float32 [rows, columns, 3], sRGB 0..1.
    """
    where = np.linspace(0.0, len(colours) - 1.0, 1024)
    base = np.minimum(where.astype(int), len(colours) - 2) if len(colours) > 1 else 0 * where
    base = base.astype(int)
    share = where - base
    if smooth:
        share = share * share * (3.0 - 2.0 * share)
    upper = np.minimum(base + 1, len(colours) - 1)
    table = colours[base] + (colours[upper] - colours[base]) * share[:, None]
    shown = oklab_to_srgb8(table).astype(np.float32) / np.float32(255.0)
    index = np.clip(values * 1023.0 + 0.5, 0, 1023).astype(np.int32)
    return np.asarray(shown[index], dtype=np.float32)


def edge(values: NDArray[np.floating], softness: float = 0.0) -> Field:
    """Return the cover 0..1 of the region where ``values`` is positive, edges antialiased.

    Args:
        values: [rows, columns]; its zero line is the edge.
        softness: Added width of the edge in units of ``values``.
    """
    down, across = np.gradient(values)
    width = np.hypot(down, across) + softness + 1e-6
    return np.asarray(np.clip(values / width + 0.5, 0.0, 1.0), dtype=np.float32)


def levels(values: NDArray[np.floating], thresholds: list[float], colours: Lab) -> Picture:
    """Colour a field by level, with sharp antialiased edges between levels.

    Args:
        values: [rows, columns].
        thresholds: Rising limits between levels.
        colours: Oklab float64 [len(thresholds) + 1 or more, 3].

    Returns:
        float32 [rows, columns, 3], sRGB 0..1.
    """
    image = np.empty((*values.shape, 3), dtype=np.float32)
    image[:] = to_rgb(colours[0])
    down, across = np.gradient(values)
    width = np.hypot(down, across) + 1e-6
    for index, threshold in enumerate(thresholds):
        cover = np.clip((values - threshold) / width + 0.5, 0.0, 1.0)[..., None]
        rgb = np.array(to_rgb(colours[(index + 1) % len(colours)]), dtype=np.float32)
        image += cover.astype(np.float32) * (rgb - image)
    return image
