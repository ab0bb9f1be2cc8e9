"""Bring a folder of pictures into a corpus: decode, measure, leave out what does not belong.

Every picture's result is one line in the journal of the corpus, so a stopped import goes on where
it was, and a finished one can be repeated in seconds.
"""

import base64
import csv
import hashlib
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from artdesk.core import atomic
from artdesk.engine.measures.attributes import measure
from training.corpus import metadata, splits
from training.corpus.borders import check_page, without_border
from training.corpus.decoding import RejectedError, decode, is_picture_name
from training.corpus.fingerprints import (
    FINGERPRINT_SIDE,
    Print,
    find_duplicates,
    fingerprint,
    groups,
)
from training.corpus.measuring import measure_version
from training.corpus.metadata import CorpusError, Row

REJECTED_NAME = "rejected.csv"
_JOURNAL = Path("cache") / "import.jsonl"

Progress = Callable[[str, int, int], None]


def _silent(stage: str, done: int, total: int) -> None:
    """Shows no progress."""


@dataclass(slots=True)
class ImportResult:
    """What an import did.

    Attributes:
        rows: All pictures of the corpus afterwards.
        added: How many of them are new.
        rejected: Name and reason of every file that was left out.
    """

    rows: list[Row]
    added: int
    rejected: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A decoded picture, as the journal keeps it.

    Attributes:
        sha256: Of the file as it was found.
        file_name: Of the picture in the corpus.
        width: Of the picture in the corpus, in pixels.
        height: The same.
        print: Fingerprint of the whole picture, before a border was cut off.
        raw: Measured attributes, float64 [29].
        area: Pixels before a border was cut off; the larger of two near-duplicates stays.
        note: What was done to the picture, for people.
    """

    sha256: str
    file_name: str
    width: int
    height: int
    print: Print
    raw: npt.NDArray[np.float64]
    area: int
    note: str = ""


def import_folder(
    source: Path, corpus: Path, licence: str = "", artist: str = "",
    progress: Progress = _silent,
) -> ImportResult:  # fmt: skip
    """Adds the pictures of a folder, and of the folders in it, to a corpus.

    A CSV file in the folder with a column `file` or `file_name` may tell `artist`, `title`, `year`,
    `licence` (or `licence_basis`), where each picture was found, and whether the model may
    `remember` it (yes or no). A painting of which nothing is said may not be remembered. What the
    file says of a picture that is in the corpus already takes the place of what it said before.

    Args:
        source: The folder with pictures.
        corpus: The corpus folder; made when it is not there.
        licence: Licence of pictures of which the CSV file says none.
        artist: The same for the artist.
        progress: Called with a stage, what is done, and what there is to do.

    Raises:
        CorpusError: There is no such folder, or no picture in it.
    """
    if not source.is_dir():
        raise CorpusError(f"There is no folder {source}; name a folder with pictures.")
    paths = sorted(path for path in source.rglob("*") if path.is_file() and is_picture_name(path))
    paths = [path for path in paths if corpus.resolve() not in path.resolve().parents]
    if not paths:
        raise CorpusError(f"The folder {source} holds no pictures; name one that does.")
    atomic.make_folder(corpus / "pictures")
    known = _read_journal(corpus)
    old = metadata.read(corpus) if (corpus / metadata.FILE_NAME).exists() else []
    facts = _read_facts(source)
    _check_marks(facts)
    result = ImportResult(rows=[], added=0)
    entries = {row.sha256: _entry_of_row(corpus, row, known) for row in old}
    rows = {row.sha256: row for row in old}
    names = {row.sha256: row.file_name for row in old}
    for done, path in enumerate(paths):
        progress("Reading", done, len(paths))
        name = path.relative_to(source).as_posix()
        try:
            entry = _taken_in(path, name, corpus, known, entries)
        except RejectedError as reason:
            result.rejected.append((name, str(reason)))
            continue
        if entry.sha256 in rows:
            if rows[entry.sha256].parameters.get("file") == name:
                rows[entry.sha256] = _told(rows[entry.sha256], facts.get(name, {}))
            if names[entry.sha256] not in (name, rows[entry.sha256].file_name):
                result.rejected.append((name, f"duplicate of {names[entry.sha256]}"))
            names.setdefault(entry.sha256, name)
            continue
        entries[entry.sha256], names[entry.sha256] = entry, name
        rows[entry.sha256] = _new_row(entry, name, facts.get(name, {}), licence, artist)
    progress("Reading", len(paths), len(paths))
    progress("Comparing", 0, 1)
    settled = {row.sha256 for row in old}
    for loser, winner in _near_duplicates(list(entries.values()), settled).items():
        if loser in settled:
            continue
        result.rejected.append((names[loser], f"near-duplicate of {names[winner]}"))
        _forget_picture(corpus, rows.pop(loser))
    progress("Comparing", 1, 1)
    result.rows = _with_splits(list(rows.values()), old)
    result.added = len(result.rows) - len(old)
    metadata.write(corpus, result.rows)
    seen = {path.relative_to(source).as_posix() for path in paths}
    _write_rejected(corpus, result.rejected, seen)
    return result


def _taken_in(
    path: Path,
    name: str,
    corpus: Path,
    known: dict[str, _Entry],
    settled: dict[str, _Entry],
) -> _Entry:
    """Decodes and measures one file and copies it into the corpus, unless that was done before."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RejectedError(f"cannot be read: {error.strerror}") from None
    digest = hashlib.sha256(data).hexdigest()
    entry = settled.get(digest) or known.get(digest)
    if entry is not None and (corpus / entry.file_name).exists():
        return entry
    whole, plain = decode(data)
    check_page(whole)
    pixels, note = without_border(whole)
    if plain and not note:
        stored, suffix = data, ".jpg"
    else:
        stream = io.BytesIO()
        Image.fromarray(pixels).save(stream, "PNG")
        stored, suffix = stream.getvalue(), ".png"
    stem = Path(name).with_suffix("").as_posix().replace("/", "-")
    target = Path("pictures") / f"{stem}{suffix}"
    # The same bytes are from an import that was stopped or that used older measures.
    if (corpus / target).exists() and (corpus / target).read_bytes() != stored:
        target = Path("pictures") / f"{stem}-{digest[:8]}{suffix}"
    atomic.write_bytes(corpus / target, stored)
    entry = _Entry(
        sha256=digest,
        file_name=target.as_posix(),
        width=pixels.shape[1],
        height=pixels.shape[0],
        print=fingerprint(whole),
        raw=measure(pixels),
        area=whole.shape[0] * whole.shape[1],
        note=note,
    )
    _write_journal(corpus, entry)
    known[digest] = entry
    return entry


def _near_duplicates(entries: Sequence[_Entry], settled: set[str]) -> dict[str, str]:
    """Losers and winners by sha256; what is in the corpus already wins, then the larger picture."""
    pairs = find_duplicates([entry.print for entry in entries])
    verdicts = {}
    for members in groups(len(entries), pairs):
        ranked = sorted(
            (entries[index] for index in members),
            key=lambda entry: (
                entry.sha256 not in settled, -entry.area, entry.file_name,
            ),
        )  # fmt: skip
        verdicts.update({entry.sha256: ranked[0].sha256 for entry in ranked[1:]})
    return verdicts


def _with_splits(rows: Sequence[Row], old: Sequence[Row]) -> list[Row]:
    """Gives every new row its split; old rows keep theirs."""
    frozen = splits.frozen()
    settled = {row.work_id: frozen[row.sha256] for row in rows if row.sha256 in frozen}
    settled |= {row.work_id: row.split for row in old}
    dealt = splits.assign([(row.work_id, row.artist or row.family) for row in rows], settled)
    return [row.with_split(dealt[row.work_id]) for row in rows]


def _new_row(entry: _Entry, name: str, facts: dict[str, str], licence: str, artist: str) -> Row:
    origin = " ".join(filter(None, (facts.get("source_repo"), facts.get("source_path"))))
    found: dict[str, object] = {"file": name, "origin": origin}
    if entry.note:
        found["done"] = entry.note
    row = Row(
        file_name=entry.file_name,
        split="train",
        work_id=entry.sha256[:16],
        source="painting",
        licence=facts.get("licence") or facts.get("licence_basis") or licence,
        artist=facts.get("artist") or artist,
        sha256=entry.sha256,
        width=entry.width,
        height=entry.height,
        remember="no",
        parameters=found,
        raw=entry.raw,
    )
    return _told(row, facts)


def _told(row: Row, facts: dict[str, str]) -> Row:
    """The row with the title, the year and the mark that the folder's table gives its work."""
    return replace(
        row,
        title=facts.get("title", row.title).strip(),
        year=facts.get("year", row.year).strip(),
        remember=facts.get("remember", row.remember or "no").strip().lower(),
    )


def _check_marks(facts: dict[str, dict[str, str]]) -> None:
    for name, values in facts.items():
        mark = values.get("remember", "no")
        if mark.strip().lower() not in metadata.REMEMBER:
            raise CorpusError(f"The column 'remember' says '{mark}' of {name}; write yes or no.")


def _read_facts(source: Path) -> dict[str, dict[str, str]]:
    """What CSV files in the folder say about its pictures, by file name."""
    facts: dict[str, dict[str, str]] = {}
    for path in sorted(source.glob("*.csv")):
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                table = list(csv.DictReader(file))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise CorpusError(f"The table {path} cannot be read: {error}.") from None
        for values in table:
            name = values.get("file") or values.get("file_name")
            if name:
                facts[name] = {key: value for key, value in values.items() if key and value}
    return facts


def _entry_of_row(corpus: Path, row: Row, known: dict[str, _Entry]) -> _Entry:
    """The journal's entry of a picture in the corpus, made anew when the journal was lost."""
    entry = known.get(row.sha256)
    if entry is not None:
        return entry
    try:
        pixels, _ = decode((corpus / row.file_name).read_bytes())
    except (OSError, RejectedError) as error:
        raise CorpusError(
            f"The picture {row.file_name} of the corpus cannot be read ({error}); "
            "run 'corpus check' and import it again."
        ) from None
    return _Entry(
        sha256=row.sha256,
        file_name=row.file_name,
        width=row.width,
        height=row.height,
        print=fingerprint(pixels),
        raw=measure(pixels),
        area=row.width * row.height,
    )


def _forget_picture(corpus: Path, row: Row) -> None:
    (corpus / row.file_name).unlink(missing_ok=True)


def _write_rejected(corpus: Path, rejected: Sequence[tuple[str, str]], seen: set[str]) -> None:
    """Writes the list of what was left out; lines of other folders' files stay in it."""
    path = corpus / REJECTED_NAME
    kept: list[tuple[str, str]] = []
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            before = [(row["file"], row["reason"]) for row in csv.DictReader(file)]
        kept = [line for line in before if line[0] not in seen]
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\n")
    table.writerow(("file", "reason"))
    table.writerows([*kept, *rejected])
    atomic.write_text(path, out.getvalue())


def _write_journal(corpus: Path, entry: _Entry) -> None:
    line = {
        "measure": measure_version(),
        "sha256": entry.sha256,
        "file_name": entry.file_name,
        "width": entry.width,
        "height": entry.height,
        "print": base64.b64encode(entry.print.tobytes()).decode("ascii"),
        "raw": entry.raw.tolist(),
        "area": entry.area,
        "note": entry.note,
    }
    path = corpus / _JOURNAL
    atomic.make_folder(path.parent)
    atomic.append_line(path, json.dumps(line))


def _read_journal(corpus: Path) -> dict[str, _Entry]:
    """Entries by sha256; torn lines and numbers of older measures are passed over."""
    path = corpus / _JOURNAL
    if not path.exists():
        return {}
    version = measure_version()
    side = FINGERPRINT_SIDE
    entries = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            values = json.loads(line)
            if values["measure"] != version:
                continue
            pixels = np.frombuffer(base64.b64decode(values["print"]), dtype=np.uint8)
            entries[values["sha256"]] = _Entry(
                sha256=values["sha256"],
                file_name=values["file_name"],
                width=values["width"],
                height=values["height"],
                print=pixels.reshape(side, side, 3),
                raw=np.array(values["raw"], dtype=np.float64),
                area=int(values["area"]),
                note=str(values["note"]),
            )
        except (ValueError, KeyError, TypeError):
            continue
    return entries
