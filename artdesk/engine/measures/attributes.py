"""Reading the 29 attributes of a picture from its pixels.

Every number comes from a published formula or a plain statistic that is named where it is computed.
All of it works on a copy of the picture with a long side of 128 pixels, so that the numbers of one
picture at two sizes agree. The same code annotates the corpus and reads generated pictures.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image

from artdesk.core.attributes import ATTRIBUTES
from artdesk.core.colour import srgb8_to_oklab
from artdesk.core.errors import PictureError
from artdesk.engine.measures.colour import colour_axes, hue_shares
from artdesk.engine.measures.filters import Floats
from artdesk.engine.measures.form import form_axes

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
    values = np.asarray(raw, dtype=np.float64)
    table = np.ascontiguousarray(quantiles, dtype=np.float64)
    result = np.empty(values.shape, dtype=np.float64)
    for index, (levels, scores) in enumerate(_scores(table.tobytes(), table.shape[1])):
        one = values[..., index]
        if len(levels) == 1:
            result[..., index] = 0.0
        else:
            result[..., index] = np.where(one <= levels[0], -1.0, np.interp(one, levels, scores))
    return result


@lru_cache(maxsize=8)
def _scores(table: bytes, columns: int) -> tuple[tuple[Floats, Floats], ...]:
    """The distinct levels of every attribute and their places from -1 to 1.

    Args:
        table: Bytes of a float64 quantile table (hashable, since it is read for each picture).
        columns: Quantiles per attribute.
    """
    result = []
    for row in np.frombuffer(table, dtype=np.float64).reshape(-1, columns):
        levels, first, counts = np.unique(row, return_index=True, return_counts=True)
        # Equal quantiles share the middle of their ranks. Just above the lowest the rank is the end
        # of its run, so that a trace of a colour does not read as none.
        ranks = first + (counts - 1) / 2.0
        ranks[0] = counts[0] - 1
        result.append((levels, ranks / (columns - 1) * 2.0 - 1.0))
    return tuple(result)


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
