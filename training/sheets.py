"""Contact sheets: rows of pictures as one PNG file."""

import io
import math
import pathlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from artdesk.core import atomic

Pixels = NDArray[np.uint8]

SIDE = 160
_GAP = 4
_LABEL = 20
_GROUND = (24, 24, 26)
_INK = (210, 210, 214)


def in_rows(pictures: Sequence[Pixels]) -> list[Sequence[Pixels]]:
    """Cut a list of pictures into the rows of a nearly square grid."""
    columns = max(1, math.ceil(math.sqrt(len(pictures))))
    return [pictures[start : start + columns] for start in range(0, len(pictures), columns)]


def contact_sheet(
    rows: Sequence[Sequence[Pixels]],
    labels: Sequence[str] | None = None,
    side: int = SIDE,
    captions: Sequence[Sequence[str]] | None = None,
) -> Image.Image:
    """Rows of pictures on a dark ground.

    Args:
        rows: Pictures uint8 [H, W, 3]; each is scaled to fit a square.
        labels: A text above each row.
        side: Pixels of the squares.
        captions: A text below each picture.
    """
    above, below = (_LABEL if labels else 0), (_LABEL if captions else 0)
    columns = max(len(row) for row in rows)
    tall = side + above + below + _GAP
    sheet = Image.new("RGB", (_GAP + columns * (side + _GAP), _GAP + len(rows) * tall), _GROUND)
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(14)
    for number, row in enumerate(rows):
        top = _GAP + number * tall
        if labels:
            pen.text((_GAP, top + 1), labels[number], fill=_INK, font=font)
        for column, pixels in enumerate(row):
            small = Image.fromarray(np.ascontiguousarray(pixels))
            small.thumbnail((side, side), Image.Resampling.LANCZOS)
            left = _GAP + column * (side + _GAP)
            across, down = (side - small.width) // 2, (side - small.height) // 2
            sheet.paste(small, (left + across, top + above + down))
            if captions:
                place = (left, top + above + side + 1)
                pen.text(place, captions[number][column], fill=_INK, font=font)
    return sheet


def save_sheet(
    path: pathlib.Path,
    rows: Sequence[Sequence[Pixels]],
    labels: Sequence[str] | None = None,
    side: int = SIDE,
    captions: Sequence[Sequence[str]] | None = None,
) -> None:
    """Write `contact_sheet` as one PNG file."""
    stream = io.BytesIO()
    contact_sheet(rows, labels, side, captions).save(stream, "PNG", optimize=True)
    atomic.write_bytes(path, stream.getvalue())
