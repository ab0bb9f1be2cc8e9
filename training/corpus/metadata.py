"""The table of a corpus: `metadata.csv` in the form of the Hugging Face image folder."""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from artdesk.core import atomic
from artdesk.core.attributes import ATTRIBUTES
from artdesk.core.errors import ArtDeskError

FILE_NAME = "metadata.csv"
FIELDS = (
    "file_name", "text", "split", "work_id", "source", "licence", "artist", "family", "title",
    "year", "remember", "width", "height", "sha256", "parameters",
)  # fmt: skip
# Tables of older corpora lack these; what they say is then empty.
_MAY_LACK = ("title", "year", "remember")
REMEMBER = ("yes", "no")
COLUMNS = FIELDS + tuple(f"a_{name}" for name in ATTRIBUTES)


class CorpusError(ArtDeskError):
    """A corpus folder is not what it should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One picture of a corpus.

    Attributes:
        file_name: Path of the picture, relative to the corpus folder, with forward slashes.
        text: Texts about the picture, one per line of the field; empty before `annotate`.
        split: train, validation or test.
        work_id: Identity of the work; all its pictures are in one split.
        source: painting or constructed.
        licence: Why the picture may be used.
        artist: Who painted it; empty for constructed pictures.
        family: What constructed it; empty for paintings.
        title: What the work is called; empty where nobody says.
        year: When it was made, as text, since many are circa; empty where nobody says.
        remember: yes or no: whether the model may remember its token map, which decodes to a
            likeness of it; empty where nobody ever said.
        width: In pixels.
        height: In pixels.
        sha256: Of the file that was imported, before any conversion.
        parameters: What the picture was made from, or where it was found.
        raw: Measured attributes, float64 [29], or None before they are measured.
    """

    file_name: str
    split: str
    work_id: str
    source: str
    licence: str
    sha256: str
    width: int
    height: int
    text: str = ""
    artist: str = ""
    family: str = ""
    title: str = ""
    year: str = ""
    remember: str = ""
    parameters: dict[str, object]
    raw: npt.NDArray[np.float64] | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts one by one."""
        return tuple(line for line in self.text.split("\n") if line)

    def with_texts(self, texts: Iterable[str]) -> "Row":
        """The same row with other texts."""
        return replace(self, text="\n".join(texts))

    def with_raw(self, raw: npt.NDArray[np.float64]) -> "Row":
        """The same row with other measured attributes."""
        return replace(self, raw=raw)

    def with_split(self, split: str) -> "Row":
        """The same row in another split."""
        return replace(self, split=split)


def read(corpus: Path) -> list[Row]:
    """Reads the table of a corpus.

    Raises:
        CorpusError: There is none, or it has other columns or a row that makes no sense.
    """
    path = corpus / FILE_NAME
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CorpusError(
            f"The folder {corpus} holds no {FILE_NAME}; make one with 'corpus import'."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"The table {path} cannot be read: {error}.") from None
    table = csv.DictReader(io.StringIO(text, newline=""))
    there = {*(table.fieldnames or ()), *_MAY_LACK}
    missing = [name for name in FIELDS if name not in there]
    if missing:
        raise CorpusError(f"The table {path} lacks the column '{missing[0]}'; build it again.")
    rows = []
    for values in table:
        try:
            rows.append(_parsed(values))
        except (ValueError, TypeError, AttributeError) as error:
            raise CorpusError(
                f"Line {table.line_num} of {path} cannot be understood: {error}."
            ) from None
    return rows


def write(corpus: Path, rows: Iterable[Row]) -> None:
    """Writes the table of a corpus, sorted by file name."""
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for row in sorted(rows, key=lambda row: row.file_name):
        raw = [""] * len(ATTRIBUTES) if row.raw is None else [f"{value:.6g}" for value in row.raw]
        parameters = json.dumps(row.parameters, sort_keys=True, ensure_ascii=False)
        fixed = [getattr(row, name) for name in FIELDS[:-1]]
        table.writerow([*fixed, parameters, *raw])
    atomic.write_text(corpus / FILE_NAME, out.getvalue())


def _parsed(values: dict[str, str]) -> Row:
    # Constructed pictures have no measured columns until they are annotated.
    raw_texts = [values.get(f"a_{name}") or "" for name in ATTRIBUTES]
    parameters = json.loads(values["parameters"] or "{}")
    if not isinstance(parameters, dict):
        raise TypeError("the parameters are not a JSON object")
    return Row(
        file_name=values["file_name"],
        text=values["text"],
        split=values["split"],
        work_id=values["work_id"],
        source=values["source"],
        licence=values["licence"],
        artist=values["artist"],
        family=values["family"],
        title=values.get("title") or "",
        year=values.get("year") or "",
        # Constructed works are drawn by ArtDesk and free; older tables did not say so.
        remember=values.get("remember") or ("yes" if values["source"] == "constructed" else ""),
        width=int(values["width"]),
        height=int(values["height"]),
        sha256=values["sha256"],
        parameters=parameters,
        raw=np.array([float(text) for text in raw_texts]) if all(raw_texts) else None,
    )
