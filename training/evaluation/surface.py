"""Measures of the surface of a picture that need no network: spectrum, gradient, grids, strokes.

All but `surface_figures` take lightness float64 [256, 256], 0..255, so that their numbers compare
from set to set.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects, gaussian_filter, label, uniform_filter
from skimage.feature import canny
from torch import Tensor

FloatArray = NDArray[np.float64]

SIDE = 256
# Cycles per picture: the slope is fitted from forms down to fine strokes; fine energy is what a
# picture loses first when it is blurred.
FIT = np.arange(4, 100)
FINE = (32, 100)
WINDOW = 9
# Straight edges: least length in pixels, and bins of direction over half a turn.
LENGTH, DIRECTIONS = 48, 8


def luminance(pixels: NDArray[np.uint8]) -> FloatArray:
    """Luminance float64 [..., h, w], 0..255, of sRGB uint8 [..., h, w, 3] (ITU-R BT.601)."""
    return np.asarray(pixels @ np.array([0.299, 0.587, 0.114]), dtype=np.float64)


def spectrum(light: FloatArray) -> tuple[float, float]:
    """Slope of the radial spectrum, and the share of its energy that is fine.

    Field 1987: natural pictures have a straight spectrum on log-log axes; its slope tells soft
    from crisp.

    Args:
        light: float64 [256, 256].

    Returns:
        Slope of log power against log frequency over 4-99 cycles a picture, and the share of
        energy at 32-100 cycles of all above 2.
    """
    window = np.outer(np.hanning(SIDE), np.hanning(SIDE))
    power = np.abs(np.fft.fft2((light - light.mean()) * window)) ** 2
    cycles = np.fft.fftfreq(SIDE) * SIDE
    radius = np.hypot(*np.meshgrid(cycles, cycles))
    ring = np.rint(radius).astype(int).ravel()
    means = np.bincount(ring, power.ravel())[FIT] / np.bincount(ring)[FIT]
    slope = np.polyfit(np.log(FIT), np.log(means + 1e-9), 1)[0]
    fine = power[(radius > FINE[0]) & (radius < FINE[1])].sum()
    return float(slope), float(fine / max(power[radius >= 2].sum(), 1e-9))


def surface_figures(images: Tensor) -> dict[str, float]:
    """Mean slope and fine energy of pictures float32 [n, 3, 256, 256] in -1..1."""
    pixels = images.add(1).mul(127.5).round().clamp(0, 255).byte().permute(0, 2, 3, 1).numpy()
    found = np.array([spectrum(luminance(part)) for part in pixels])
    return {"slope": float(found[:, 0].mean()), "fine_energy": float(found[:, 1].mean())}


def borders(light: FloatArray, period: int) -> float:
    """Gradient at the borders of cells relative to elsewhere; 1 means that no grid shows.

    Args:
        light: float64 [h, w].
        period: Side of a cell in pixels: 32 for cells of a sketch at 256 px, 8 for tokens.
    """
    found = []
    for axis in (0, 1):
        steps = np.abs(np.diff(light, axis=axis)).mean(axis=1 - axis)
        near = np.isin((np.arange(len(steps)) + 1) % period, (0, 1, period - 1))
        found.append(steps[near].mean() / max(steps[~near].mean(), 1e-9))
    return float(np.mean(found))


def gradient(light: FloatArray) -> float:
    """Mean absolute difference of neighbouring pixels of lightness [h, w]."""
    parts = (np.abs(np.diff(light, axis=axis)).ravel() for axis in (0, 1))
    return float(np.concatenate(list(parts)).mean())


def coherence(light: FloatArray) -> float:
    """How much neighbouring gradients run one way: 1 for stripes, low for noise.

    Energy-weighted coherence of the structure tensor over 9x9 pixels (Bigun & Granlund 1987).
    """
    down, across = np.gradient(light)
    tensor = (across * across, down * down, across * down)
    xx, yy, xy = (uniform_filter(part, WINDOW)[4:-4, 4:-4] for part in tensor)
    energy = xx + yy
    shares = np.hypot(xx - yy, 2.0 * xy) / (energy + 1e-6)
    return float((shares * energy).sum() / max(energy.sum(), 1e-9))


def straight_segments(light: FloatArray) -> int:
    """Number of straight edges of at least 48 px that stay within a pixel of a line.

    After von Gioi et al. 2010 (LSD): edges with one direction of the gradient are grown together,
    and their principal axis is their line. Half-shifted bins of direction find what lies at the
    border of two bins; what was found before is not counted again.
    """
    edges: NDArray[np.bool_] = canny(light / 255.0, sigma=1.5)  # type: ignore[no-untyped-call]
    smooth = gaussian_filter(light, 1.5)
    down, across = np.gradient(smooth)
    angle = np.arctan2(down, across) % np.pi
    taken = np.zeros_like(edges)
    found: list[NDArray[np.int64]] = []
    for shift in (0.0, 0.5):
        bins = np.floor(angle / np.pi * DIRECTIONS + shift).astype(int) % DIRECTIONS
        for direction in range(DIRECTIONS):
            parts, count = label(edges & (bins == direction), np.ones((3, 3)))
            for place in find_objects(parts, count):
                number = parts[place].max()
                rows, columns = np.nonzero(parts[place] == number)
                if len(rows) >= LENGTH:
                    offset = (place[0].start, place[1].start)
                    found.append(np.stack([rows + offset[0], columns + offset[1]], axis=1))
    total = 0
    for points in sorted(found, key=len, reverse=True):
        if taken[points[:, 0], points[:, 1]].mean() > 0.5:
            continue
        centred = points - points.mean(axis=0)
        axes = np.linalg.svd(centred.astype(np.float64), full_matrices=False)[2]
        along, off = centred @ axes[0], centred @ axes[1]
        if np.ptp(along) >= LENGTH and np.percentile(np.abs(off), 95) < 1.0:
            taken[points[:, 0], points[:, 1]] = True
            total += 1
    return total
