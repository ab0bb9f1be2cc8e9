"""One HTML file that shows what is in a corpus: pictures, counts, attributes, rejected files."""

import base64
import csv
import html
import io
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from artdesk.core import atomic
from artdesk.core.attributes import ATTRIBUTES, AXES
from training.corpus import metadata
from training.corpus.importing import REJECTED_NAME
from training.corpus.metadata import CorpusError, Row
from training.corpus.splits import SHARES

_SIDE = 112
_COLOURS = 6
_STYLE = """
body { font: 14px sans-serif; margin: 2em auto; max-width: 1200px; color: #222; }
figure { display: inline-block; margin: 4px; width: 120px; font-size: 11px; vertical-align: top; }
figure img { display: block; }
i { display: inline-block; height: 10px; }
table { border-collapse: collapse; } td, th { padding: 2px 10px; text-align: left; }
svg { background: #f4f4f4; } .attribute { display: inline-block; margin: 4px; }
"""


def write_report(
    corpora: Sequence[Path],
    out: Path,
    pictures: int = 120,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Writes the report, with all pictures inside the file.

    Args:
        corpora: Corpus folders.
        out: The HTML file.
        pictures: How many pictures are shown, evenly from all.
        progress: Called with pictures done and pictures to do.

    Raises:
        CorpusError: A corpus cannot be read, or there are no pictures.
    """
    rows = [(corpus, row) for corpus in corpora for row in metadata.read(corpus)]
    if not rows:
        raise CorpusError("There are no pictures to report on; import some first.")
    places = np.unique(np.linspace(0, len(rows) - 1, min(pictures, len(rows))).round().astype(int))
    figures = []
    for done, place in enumerate(places):
        figures.append(_figure(*rows[place]))
        if progress is not None:
            progress(done + 1, len(places))
    only = [row for _, row in rows]
    parts = [
        f"<h1>{len(rows)} pictures</h1>",
        _counts("Splits", [(row.split, row.split) for row in only]),
        _counts("Artists and families", [(row.artist or row.family, row.split) for row in only]),
        _counts("Licences", [(row.licence or "none", row.split) for row in only]),
        "<h2>Attributes</h2>" + _histograms(only),
        "<h2>Pictures and their main colours</h2>" + "".join(figures),
        *(_rejected(corpus) for corpus in corpora),
    ]
    page = f"<!doctype html><meta charset='utf-8'><title>Corpus</title><style>{_STYLE}</style>"
    atomic.write_text(out, page + "\n".join(parts) + "\n")


def _figure(corpus: Path, row: Row) -> str:
    """A thumbnail with its colours, name, split and first text."""
    try:
        with Image.open(corpus / row.file_name) as picture:
            small = picture.convert("RGB")
    except OSError:
        raise CorpusError(
            f"The picture {row.file_name} cannot be read; run 'corpus check'."
        ) from None
    small.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    stream = io.BytesIO()
    small.save(stream, "JPEG", quality=80)
    data = base64.b64encode(stream.getvalue()).decode("ascii")
    name = Path(row.file_name).stem
    text = row.texts[0] if row.texts else ""
    return (
        f"<figure><img src='data:image/jpeg;base64,{data}' alt='{html.escape(name, quote=True)}'>"
        f"{_bars(small)}<br>{html.escape(name)}<br>{html.escape(row.split)}: {html.escape(text)}"
        "</figure>"
    )


def _bars(picture: Image.Image) -> str:
    """The main colours as bars as wide as their shares."""
    quantised = picture.quantize(_COLOURS, Image.Quantize.MEDIANCUT)
    palette = quantised.getpalette() or []
    counts = np.bincount(np.asarray(quantised).ravel(), minlength=_COLOURS)
    bars = []
    for index in np.argsort(-counts, kind="stable")[:_COLOURS]:
        if counts[index]:
            red, green, blue = palette[3 * index : 3 * index + 3]
            width = round(counts[index] / counts.sum() * _SIDE)
            bars.append(f"<i style='width:{width}px;background:rgb({red},{green},{blue})'></i>")
    return "".join(bars)


def _counts(title: str, kinds: Sequence[tuple[str, str]]) -> str:
    """A table of how many pictures there are of each kind, in all and by split.

    Args:
        title: Heading.
        kinds: Kind and split of every picture.
    """
    head = "".join(f"<th>{split}</th>" for split in SHARES)
    by_split = Counter(kinds)
    lines = []
    for name, count in Counter(kind for kind, _ in kinds).most_common():
        cells = "".join(f"<td>{by_split[name, split]}</td>" for split in SHARES)
        lines.append(f"<tr><td>{html.escape(name)}</td><td>{count}</td>{cells}</tr>")
    return f"<h2>{title}</h2><table><tr><th></th><th>all</th>{head}</tr>{''.join(lines)}</table>"


def _histograms(rows: Sequence[Row]) -> str:
    """A small histogram of every attribute, as drawings inside the page."""
    measured = [row.raw for row in rows if row.raw is not None]
    if not measured:
        return "<p>Not measured yet; run 'corpus annotate'.</p>"
    table = np.stack(measured)
    drawings = []
    for index, name in enumerate(ATTRIBUTES):
        counts, edges = np.histogram(table[:, index], bins=40)
        heights = counts / max(1, counts.max()) * 60
        bars = "".join(
            f"<rect x='{4 * place}' y='{60 - height:.1f}' width='3' height='{height:.1f}'/>"
            for place, height in enumerate(heights)
        )
        axis = AXES[index] if index < len(AXES) else None
        label = f"{axis.negative} ... {axis.positive}" if axis else name
        drawings.append(
            f"<div class='attribute'>{html.escape(label)}<br><svg width='160' height='60'>{bars}"
            f"</svg><br><small>{edges[0]:.3g} to {edges[-1]:.3g}</small></div>"
        )
    return "".join(drawings)


def _rejected(corpus: Path) -> str:
    """The files that the import left out, with reasons."""
    path = corpus / REJECTED_NAME
    if not path.exists():
        return ""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = "".join(
        f"<tr><td>{html.escape(row['file'])}</td><td>{html.escape(row['reason'])}</td></tr>"
        for row in rows
    )
    return f"<h2>{len(rows)} files left out</h2><table>{lines}</table>"
