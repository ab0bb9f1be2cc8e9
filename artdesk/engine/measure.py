"""Reading the 29 attributes of a picture from its pixels.

Every number comes from a published formula or a plain statistic that is named where it is computed.
All of it works on a copy of the picture with a long side of 128 pixels, so that the numbers of one
picture at two sizes agree. The same code annotates the corpus and reads generated pictures.
"""

import numpy as np
import numpy.typing as npt
from PIL import Image

from artdesk.core.attributes import ATTRIBUTES
from artdesk.core.colour import srgb8_to_oklab
from artdesk.core.errors import PictureError
from artdesk.engine.measure_colour import colour_axes, hue_shares
from artdesk.engine.measure_filters import Floats
from artdesk.engine.measure_form import form_axes

LONG_SIDE = 128


def measure(pixels: npt.NDArray[np.uint8]) -> Floats:
    """Reads all attributes of one picture.

    Args:
        pixels: uint8 [H, W, 3], sRGB.

    Returns:
        float64 [29], raw numbers in the order of `ATTRIBUTES`; more means more of the positive pole
        or of the hue. `percentiles` puts them on a common scale.

    Raises:
        PictureError: The array is not a colour picture of 8 bits.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
        raise PictureError("Only colour pictures with 8 bits per channel can be measured.")
    small = _small_copy(pixels)
    oklab = srgb8_to_oklab(small)
    values = colour_axes(small, oklab) | form_axes(oklab) | hue_shares(oklab)
    return np.array([values[name] for name in ATTRIBUTES], dtype=np.float64)


def percentiles(raw: npt.NDArray[np.floating], quantiles: npt.NDArray[np.floating]) -> Floats:
    """Puts raw attribute numbers on a scale from -1 to 1 by their rank in a corpus.

    A value at or below the smallest of the corpus gives -1, so a hue that is not there at all reads
    -1 even when many pictures lack it.

    Args:
        raw: float [..., 29], numbers from `measure`.
        quantiles: float [29, 101], the 0th to 100th percentile of each attribute in the corpus.

    Returns:
        float64 [..., 29], twice the percentile less one.
    """
    raw64 = np.asarray(raw, dtype=np.float64)
    table = np.asarray(quantiles, dtype=np.float64)
    result = np.empty(raw64.shape, dtype=np.float64)
    for index, row in enumerate(table):
        levels, first, counts = np.unique(row, return_index=True, return_counts=True)
        # Equal quantiles share the middle of their ranks, except the lowest, which means "none".
        ranks = first + (counts - 1) / 2.0
        ranks[0] = 0.0
        if len(levels) == 1:
            result[..., index] = 0.0
            continue
        start = counts[0] - 1
        # Just above a run of lowest values the rank is the end of that run, not its beginning.
        positive = np.interp(
            raw64[..., index],
            np.concatenate([levels[:1], levels[1:]]),
            np.concatenate([[float(start)], ranks[1:]]),
        )
        lowest = raw64[..., index] <= levels[0]
        result[..., index] = np.where(lowest, 0.0, positive) / (len(row) - 1) * 2.0 - 1.0
    return result


def _small_copy(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Scales to a long side of 128 pixels; uint8 [h, w, 3], both sides at least 16."""
    height, width = pixels.shape[:2]
    scale = LONG_SIDE / max(height, width)
    size = (max(16, round(width * scale)), max(16, round(height * scale)))
    if size == (width, height):
        return pixels
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    # Box before bicubic keeps large pictures fast without changing what a small one shows.
    return np.asarray(picture.resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0))
