"""The sketch input of the detail prior."""

import numpy as np
from numpy.typing import NDArray

from artdesk.core.colour import srgb8_to_oklab
from artdesk.core.condition import scale_oklab
from artdesk.core.sketch_layout import cell_means, enlarge_sketch, sketch_shape


def sketch_channels(pixels: NDArray[np.uint8], colours: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The sketch input of the detail prior, taken from a picture.

    Args:
        pixels: uint8 [H, W, 3].
        colours: Sketch table uint8 [n, 3].

    Returns:
        float32 [1, 4, H/8, W/8].
    """
    height, width = pixels.shape[:2]
    table = srgb8_to_oklab(colours)
    cells = cell_means(srgb8_to_oklab(pixels), *sketch_shape(width, height))
    snapped = table[np.square(cells[..., None, :] - table).sum(axis=-1).argmin(axis=-1)]
    enlarged = enlarge_sketch(scale_oklab(snapped), height // 8, width // 8)
    return enlarged[None].astype(np.float32)
