"""Contact sheets that show whether the measures see what people see."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from artdesk.core import atomic
from artdesk.core.attributes import ATTRIBUTES, AXES
from training.corpus import metadata
from training.corpus.metadata import CorpusError, Row

_GAP = 6
_LABEL = 16


def axis_sheets(corpora: Sequence[Path], out: Path, columns: int = 12, side: int = 128) -> int:
    """Writes one sheet per attribute: pictures in order from its lowest to its highest value.

    Two rows: evenly spaced places of the whole range, and the highest one by one (for a hue) or the
    lowest and the highest halves (for an axis).

    Args:
        corpora: Annotated corpora.
        out: Folder for the PNG files.
        columns: Pictures in a row.
        side: Longer side of a picture in pixels.

    Returns:
        How many sheets were written.

    Raises:
        CorpusError: No picture was measured.
    """
    rows = [(corpus, row) for corpus in corpora for row in metadata.read(corpus)]
    measured = [(corpus, row) for corpus, row in rows if row.raw is not None]
    if not measured:
        raise CorpusError("No picture was measured; run 'corpus annotate'.")
    atomic.make_folder(out)
    raw = np.stack([row.raw for _, row in measured if row.raw is not None])
    for index, name in enumerate(ATTRIBUTES):
        order = np.argsort(raw[:, index], kind="stable")
        even = order[np.linspace(0, len(order) - 1, columns).round().astype(int)]
        half = columns // 2
        ends = np.concatenate([order[:half], order[-half:]])
        if index >= len(AXES):
            ends = order[-columns:]
        sheet = _sheet(name, [[measured[place] for place in line] for line in (even, ends)], side)
        stream = io.BytesIO()
        sheet.save(stream, "PNG")
        atomic.write_bytes(out / f"{index:02d}-{name}.png", stream.getvalue())
    return len(ATTRIBUTES)


def _sheet(name: str, lines: Sequence[Sequence[tuple[Path, Row]]], side: int) -> Image.Image:
    width = len(lines[0]) * (side + _GAP) + _GAP
    sheet = Image.new("RGB", (width, len(lines) * (side + _LABEL + _GAP) + _LABEL), "white")
    pen = ImageDraw.Draw(sheet)
    axis = next((axis for axis in AXES if axis.name == name), None)
    pen.text((_GAP, 2), f"{axis.negative} ... {axis.positive}" if axis else name, fill="black")
    index = ATTRIBUTES.index(name)
    for row_number, line in enumerate(lines):
        top = _LABEL + row_number * (side + _LABEL + _GAP)
        for column, (corpus, row) in enumerate(line):
            left = _GAP + column * (side + _GAP)
            with Image.open(corpus / row.file_name) as picture:
                # A JPEG file can be decoded at a fraction of its size, many times as fast.
                picture.draft("RGB", (2 * side, 2 * side))
                small = picture.convert("RGB")
            small.thumbnail((side, side), Image.Resampling.LANCZOS)
            sheet.paste(small, (left, top + _LABEL))
            value = 0.0 if row.raw is None else float(row.raw[index])
            pen.text((left, top + 2), f"{value:.3g}", fill="black")
    return sheet
