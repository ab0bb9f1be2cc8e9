"""Finding what is wrong with a corpus before anything is trained on it."""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from artdesk.core.attributes import ATTRIBUTES
from artdesk.core.paths import resources
from training.corpus import metadata
from training.corpus.consistency import (
    balance_faults,
    drift_faults,
    human_contradictions,
    label_faults,
    unknown_pictures,
)
from training.corpus.decoding import RejectedError, decode
from training.corpus.fingerprints import Print, find_duplicates, fingerprint
from training.corpus.metadata import Row
from training.corpus.splits import SHARES
from training.corpus.texts import Lexicon

SOURCES = ("painting", "constructed")
# A held-out split of fewer works than this cannot judge anything.
_LEAST_HELD_OUT = 10
_LARGE_CORPUS = 300

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong.

    Attributes:
        kind: Short name: leak, duplicate, licence, remember, file, value, label, balance,
            unlisted.
        text: One plain sentence.
    """

    kind: str
    text: str


def check(
    corpora: Sequence[Path],
    progress: Progress | None = None,
    near: bool = True,
    lexicon: Lexicon | None = None,
) -> list[Fault]:
    """Checks corpora alone and against each other.

    Args:
        corpora: Folders with `metadata.csv`.
        progress: Called with pictures read and pictures to read.
        near: Whether to look for near-duplicates too, which takes minutes for thousands.
        lexicon: What the words of texts mean; the app's own words when not given.

    Returns:
        All faults; none means that the corpora can be trained on.

    Raises:
        CorpusError: A folder is no corpus at all.
    """
    report = progress or (lambda done, total: None)  # noqa: ARG005
    rows = [(corpus, row) for corpus in corpora for row in metadata.read(corpus)]
    if not rows:
        return [Fault("file", "The corpus is empty; import or construct pictures.")]
    faults = [fault for corpus, row in rows for fault in _row_faults(corpus, row)]
    faults += _leaks([row for _, row in rows])
    faults += _unlisted(corpora, rows)
    prints: list[tuple[Row, Print]] = []
    for done, (corpus, row) in enumerate(rows):
        report(done, len(rows))
        try:
            pixels, _ = decode((corpus / row.file_name).read_bytes())
        except (OSError, RejectedError) as error:
            faults.append(Fault("file", f"{row.file_name} cannot be used: {error}."))
            continue
        if pixels.shape[:2] != (row.height, row.width):
            faults.append(
                Fault("value", f"{row.file_name} is not {row.width} x {row.height} pixels.")
            )
        prints.append((row, fingerprint(pixels)))
    report(len(rows), len(rows))
    faults += _duplicates(prints, near)
    words = lexicon or Lexicon.read(resources() / "words" / "lexicon.csv")
    labels = label_faults(corpora, rows, words) + drift_faults(corpora, rows)
    faults += [Fault("label", text) for text in labels + unknown_pictures(rows)]
    return faults + _imbalance([row for _, row in rows])


def disagreements(corpora: Sequence[Path], lexicon: Lexicon | None = None) -> list[str]:
    """Where people's words and the measured attributes point to different poles.

    Args:
        corpora: Folders with `metadata.csv`.
        lexicon: What the words mean; the app's own words when not given.
    """
    words = lexicon or Lexicon.read(resources() / "words" / "lexicon.csv")
    rows = [(corpus, row) for corpus in corpora for row in metadata.read(corpus)]
    return human_contradictions(rows, words)


def _row_faults(corpus: Path, row: Row) -> list[Fault]:
    faults = []
    path = PurePosixPath(row.file_name)
    if path.is_absolute() or ".." in path.parts:
        faults.append(Fault("file", f"{row.file_name} lies outside of the corpus {corpus}."))
    if not row.licence.strip():
        faults.append(Fault("licence", f"{row.file_name} has no licence."))
    if row.remember not in metadata.REMEMBER:
        said = f"the mark '{row.remember}' to remember" if row.remember else "no mark to remember"
        faults.append(
            Fault(
                "remember",
                f"{row.file_name} has {said}; import its folder again (where its table says "
                "nothing, the mark is no).",
            )
        )
    if row.split not in SHARES:
        faults.append(Fault("value", f"{row.file_name} has the unknown split '{row.split}'."))
    if row.source not in SOURCES:
        faults.append(Fault("value", f"{row.file_name} has the unknown source '{row.source}'."))
    if not row.work_id:
        faults.append(Fault("value", f"{row.file_name} belongs to no work."))
    if not row.sha256:
        faults.append(Fault("value", f"{row.file_name} has no file hash."))
    if row.raw is None:
        faults.append(Fault("value", f"{row.file_name} was not measured; run 'corpus annotate'."))
    elif not np.isfinite(row.raw).all():
        names = [ATTRIBUTES[index] for index in np.flatnonzero(~np.isfinite(row.raw))]
        faults.append(Fault("value", f"{row.file_name} has no number for {', '.join(names)}."))
    return faults


def _leaks(rows: Sequence[Row]) -> list[Fault]:
    """Works with pictures on both sides."""
    sides: dict[str, set[str]] = {}
    for row in rows:
        sides.setdefault(row.work_id, set()).add(row.split)
    return [
        Fault("leak", f"The work {work} is in {' and '.join(sorted(found))}.")
        for work, found in sides.items()
        if len(found) > 1
    ]


def _unlisted(corpora: Sequence[Path], rows: Sequence[tuple[Path, Row]]) -> list[Fault]:
    """Pictures in the folder that the table does not know, and names that are there twice."""
    listed = Counter((corpus, row.file_name) for corpus, row in rows)
    faults = [
        Fault("duplicate", f"{name} is listed {count} times.")
        for (_, name), count in listed.items()
        if count > 1
    ]
    for corpus in corpora:
        for path in sorted((corpus / "pictures").glob("*")):
            name = f"pictures/{path.name}"
            if path.is_file() and (corpus, name) not in listed:
                faults.append(Fault("unlisted", f"{name} is in the folder but not in the table."))
    return faults


def _duplicates(prints: Sequence[tuple[Row, Print]], near: bool) -> list[Fault]:
    faults = []
    seen: dict[str, Row] = {}
    for row, pixels in prints:
        for digest in {row.sha256 or row.file_name, hashlib.sha256(pixels.tobytes()).hexdigest()}:
            other = seen.setdefault(digest, row)
            if other is not row:
                kind = "leak" if other.split != row.split else "duplicate"
                faults.append(Fault(kind, f"{row.file_name} is the same as {other.file_name}."))
                break
    if not near:
        return faults
    # Constructed pictures of one family may well look alike; only paintings are compared.
    paintings = [(row, pixels) for row, pixels in prints if row.source == "painting"]
    for pair in find_duplicates([pixels for _, pixels in paintings]):
        one, two = paintings[pair.first][0], paintings[pair.second][0]
        if one.work_id == two.work_id:
            continue
        kind = "leak" if one.split != two.split else "duplicate"
        text = f"{one.file_name} shows the same work as {two.file_name} ({pair.score:.2f})."
        faults.append(Fault(kind, text))
    return faults


def _imbalance(rows: Sequence[Row]) -> list[Fault]:
    """Splits too small to judge by, and what is lopsided."""
    faults = []
    if len(rows) >= _LARGE_CORPUS:
        counts = Counter(row.split for row in rows)
        faults = [
            Fault("balance", f"Only {counts[split]} pictures are held out for {split}.")
            for split in SHARES
            if counts[split] < _LEAST_HELD_OUT
        ]
    return faults + [Fault("balance", text) for text in balance_faults(rows)]
