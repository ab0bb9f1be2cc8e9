"""Measures of the surface of a picture that need no network: spectrum, gradient, grids, strokes.

All take lightness float64 [256, 256], 0..255, so that their numbers compare from set to set.
"""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

SIDE = 256
# Cycles per picture: the slope is fitted from forms down to fine strokes; fine energy is what a
# picture loses first when it is blurred.
FIT = np.arange(4, 100)
FINE = (32, 100)


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
