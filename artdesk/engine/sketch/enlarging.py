"""A finished sketch as the detail prior sees it."""

import numpy as np
from numpy.typing import NDArray

from artdesk.core.colour import srgb8_to_oklab
from artdesk.core.condition import scale_oklab
from artdesk.core.edit_recipe import Tile
from artdesk.core.recipe import Sketch
from artdesk.core.sketch_layout import enlarge_sketch
from artdesk.engine.sketch.draw import sketch_colours

FloatArray = NDArray[np.float64]


def enlarged(sketch: Sketch, shape: tuple[int, int], tile: Tile = "none") -> FloatArray:
    """A sketch as the detail prior sees it, float64 [4, h, w]; its edges blend where it tiles."""
    rows, columns = shape
    down, across = (3 if tile in (way, "both") else 1 for way in ("down", "across"))
    colours = np.tile(scale_oklab(srgb8_to_oklab(sketch_colours(sketch))), (down, across, 1))
    large = enlarge_sketch(colours, rows * down, columns * across)
    top, left = rows * (down // 2), columns * (across // 2)
    return large[:, top : top + rows, left : left + columns]
