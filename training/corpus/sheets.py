"""Contact sheets that show whether the measures see what people see."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from artdesk.core import atomic
from artdesk.core.attributes import ATTRIBUTES, AXES
from training.corpus import metadata
from training.corpus.metadata import CorpusError
from training.sheets import save_sheet


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
        lines = [[measured[place] for place in line] for line in (even, ends)]
        axis = next((axis for axis in AXES if axis.name == name), None)
        title = f"{axis.negative} ... {axis.positive}" if axis else name
        save_sheet(
            out / f"{index:02d}-{name}.png",
            [[_small(corpus / row.file_name, side) for corpus, row in line] for line in lines],
            [title, "lowest and highest" if axis else "highest"],
            side,
            [[f"{raw[place, index]:.3g}" for place in line] for line in (even, ends)],
        )
    return len(ATTRIBUTES)


def _small(path: Path, side: int) -> npt.NDArray[np.uint8]:
    with Image.open(path) as picture:
        # A JPEG file can be decoded at a fraction of its size, many times as fast.
        picture.draft("RGB", (2 * side, 2 * side))
        return np.asarray(picture.convert("RGB"))
