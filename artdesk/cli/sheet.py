"""A contact sheet: all pictures of a batch side by side, each with its seed."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from artdesk.pictures import files as pictures

CELL = 256
_SMALL_CELL = 128
_MANY = 100
_GAP = 12
_LABEL = 20
_GROUND = (24, 24, 26)
_INK = (200, 200, 204)


def thumbnail(pixels: NDArray[np.uint8], cell: int = CELL) -> NDArray[np.uint8]:
    """A picture uint8 [H, W, 3] with at most `cell` pixels on each side."""
    height, width = pixels.shape[:2]
    scale = min(1.0, cell / max(height, width))
    if scale == 1.0:
        return pixels
    return pictures.resize(pixels, max(1, round(width * scale)), max(1, round(height * scale)))


def contact_sheet(
    thumbnails: Sequence[NDArray[np.uint8]], labels: Sequence[str]
) -> NDArray[np.uint8]:
    """Arrange thumbnails in a nearly square grid, uint8 [H, W, 3]."""
    cell = CELL if len(thumbnails) <= _MANY else _SMALL_CELL  # keeps the sheet openable
    thumbnails = [thumbnail(pixels, cell) for pixels in thumbnails]
    columns = math.ceil(math.sqrt(len(thumbnails)))
    rows = math.ceil(len(thumbnails) / columns)
    step_x, step_y = cell + _GAP, cell + _LABEL + _GAP
    sheet = Image.new("RGB", (_GAP + columns * step_x, _GAP + rows * step_y), _GROUND)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(14)
    for number, (pixels, label) in enumerate(zip(thumbnails, labels, strict=True)):
        row, column = divmod(number, columns)
        left, top = _GAP + column * step_x, _GAP + row * step_y
        height, width = pixels.shape[:2]
        place = (left + (cell - width) // 2, top + (cell - height) // 2)
        sheet.paste(Image.fromarray(pixels), place)
        draw.text((left + cell // 2, top + cell + 2), label, fill=_INK, font=font, anchor="ma")
    return np.asarray(sheet, dtype=np.uint8)
