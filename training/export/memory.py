"""The collection that ships with the model: which works it remembers, encoded and credited.

Paintings only where their mark allows it, of constructed works as many as the size allows, chosen
so that every attribute pole, hue and key of a palette is served. Held-out works are never read.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from artdesk.bundle.collection import (
    LEVELS,
    Collection,
    Work,
    WorkEntry,
    read_collection,
    tokenizer_hash,
    write_collection,
)
from artdesk.bundle.reader import Bundle
from artdesk.core.colour import srgb8_to_oklab
from artdesk.engine.memory.encoder import WorkEncoder
from artdesk.engine.tables import BundleTables
from training.corpus.constructed.registry import render
from training.corpus.metadata import CorpusError, Row, read

MARKS = {"yes": True, "no": False}
POLE = 0.7
"""A percentile (-1..1) from which a work shows a pole of an attribute clearly."""

SAME_PICTURE = 16.0
"""Mean difference in bytes up to which a picture drawn larger counts as the same picture."""

_ONE = 127
_KEYS = 3  # dark, middle and light palettes


@dataclass(frozen=True, slots=True)
class Credit:
    """What the table of a corpus, or a list of credits beside it, says of a painting."""

    title: str
    year: str
    remember: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A work of a corpus that may be remembered."""

    row: Row
    path: Path
    credit: Credit

    @property
    def identity(self) -> str:
        """Its id: the name of its file."""
        return self.path.stem[:64]


def read_credits(path: Path) -> dict[str, Credit]:
    """Title, year and mark of paintings by the name of their file, from a CSV list.

    Raises:
        CorpusError: It cannot be read, or a mark is neither yes nor no.
    """
    try:
        with path.open(newline="", encoding="utf-8") as source:
            return {row["file"]: _credit(row, row["file"]) for row in csv.DictReader(source)}
    except (OSError, KeyError, UnicodeDecodeError, csv.Error) as error:
        raise CorpusError(
            f"The list of credits {path} cannot be read ({error!r}): it needs the columns file, "
            "title, year and remember."
        ) from None


def candidates(corpora: Sequence[Path], listed: Mapping[str, Credit]) -> list[Candidate]:
    """Every work that may be remembered: of the training split, paintings only with their mark.

    Args:
        corpora: Corpus folders.
        listed: Of `read_credits`, for corpora whose table has no marks.

    Raises:
        CorpusError: A painting has no mark, so that nobody knows whether it may be remembered.
    """
    found: dict[str, Candidate] = {}
    for corpus in corpora:
        for row in read(corpus):
            if row.split != "train":
                continue
            credit = Credit("", "", True)
            if row.source == "painting":
                credit = _credit_of(row, listed)
            if credit.remember:
                part = Candidate(row, corpus / row.file_name, credit)
                found.setdefault(part.identity, part)
    return list(found.values())


def check_marks(
    collection: Collection, corpora: Sequence[Path], listed: Mapping[str, Credit]
) -> None:
    """Refuse a collection with a work that the corpora do not allow.

    Raises:
        CorpusError: Names the first work that is held out, unmarked or unknown.
    """
    allowed = {part.identity for part in candidates(corpora, listed)}
    for work in collection.works:
        if work.id not in allowed:
            raise CorpusError(
                f"The collection remembers “{work.id}”, which these corpora hold out, do not "
                "mark or do not have: make the collection again."
            )


def encode(encoder: WorkEncoder, part: Candidate, levels: Sequence[int]) -> WorkEntry:
    """Everything that is remembered of a candidate; constructed works are drawn larger if asked."""
    row = part.row
    with Image.open(part.path) as image:
        pixels = np.asarray(image.convert("RGB"), dtype=np.uint8)
    if row.source == "constructed" and max(levels) > min(pixels.shape[:2]):
        pixels = _drawn_larger(row, pixels, max(levels))
    work = Work(
        id=part.identity,
        title=part.credit.title,
        artist=row.artist,
        year=part.credit.year,
        source=row.source,
        family=row.family,
        licence=row.licence[:300],
        origin=str(row.parameters.get("origin", ""))[:300],
    )
    return encoder.entry(pixels, work, levels, row.raw)


def _drawn_larger(row: Row, pixels: NDArray[np.uint8], shorter: int) -> NDArray[np.uint8]:
    """The same constructed picture with more pixels; the given ones where that is not possible.

    Measured palettes come from a table that a corpus does not hold, so that a picture drawn with
    one cannot be drawn again from its row alone; the comparison finds those.
    """
    seed = row.parameters.get("seed")
    if not isinstance(seed, int):
        return pixels
    large, _ = render(row.family, seed, shorter)
    small = Image.fromarray(large).resize(pixels.shape[1::-1], Image.Resampling.BOX)
    gap = np.abs(np.asarray(small, dtype=np.int16) - pixels).mean()
    return large if gap <= SAME_PICTURE else pixels


def covering(entries: Sequence[WorkEntry], budget: int) -> list[int]:
    """Works that serve every pole, hue and palette key, by falling use, within a size.

    The greedy rule of the set cover problem: each next work is the one that adds most to poles
    that are served least, for its size.

    Args:
        entries: Works to choose from.
        budget: Bytes that the chosen ones may take together.
    """
    if not entries:
        return []
    poles = np.stack([_poles(entry) for entry in entries]).astype(np.float64)
    sizes = np.array([sum(map(len, entry.blocks)) for entry in entries])
    served = np.zeros(poles.shape[1])
    chosen: list[int] = []
    left = np.ones(len(entries), dtype=np.bool_)
    used = 0
    while left.any():
        gain = (poles @ (1.0 / (1.0 + served))) / np.sqrt(sizes)
        number = int(np.where(left, gain, -1.0).argmax())
        left[number] = False
        if used + sizes[number] > budget:
            continue
        chosen.append(number)
        used += int(sizes[number])
        served += poles[number]
    return chosen


def _poles(entry: WorkEntry) -> NDArray[np.bool_]:
    """What a work shows clearly: poles of attributes and hues, and the key of its palette."""
    values = entry.attributes / _ONE
    colours = srgb8_to_oklab(entry.palette)
    shares = entry.shares / max(1, int(entry.shares.sum()))
    lightness = float(colours[:, 0] @ shares)
    key = np.arange(_KEYS) == min(_KEYS - 1, int(lightness * _KEYS))
    return np.concatenate([values > POLE, values < -POLE, key])


def build(
    bundle: Bundle,
    corpora: Sequence[Path],
    listed: Mapping[str, Credit],
    budget: int,
    painterly: Sequence[str],
    finest_of: int,
    threads: int,
    progress: Callable[[int, int], None],
) -> bytes:
    """The bytes of the collection that a bundle shall remember.

    Args:
        bundle: Its encoder and codebook are used.
        corpora: Corpus folders.
        listed: Of `read_credits`.
        budget: Bytes of packed token maps; paintings and painterly families come first.
        painterly: Families of painterly works, which come before other constructed ones.
        finest_of: One of so many of their works is drawn and encoded at 1024 px too; 0 for none.
        threads: Threads of the encoder.
        progress: Told works done and works to do.

    Raises:
        CorpusError: A painting has no mark, or nothing may be remembered.
    """
    parts = candidates(corpora, listed)
    if not parts:
        raise CorpusError("The corpora hold no work that may be remembered: import more pictures.")
    encoder = WorkEncoder(bundle, threads)
    entries: list[WorkEntry] = []
    for number, part in enumerate(parts):
        fine = finest_of > 0 and part.row.family in painterly and number % finest_of == 0
        entries.append(encode(encoder, part, LEVELS if fine else LEVELS[:2]))
        progress(number + 1, len(parts))

    def painted(entry: WorkEntry) -> bool:
        return entry.work.source == "painting" or entry.work.family in painterly

    kept = [entry for entry in entries if painted(entry)]
    spent = sum(len(block) for entry in kept for block in entry.blocks)
    rest = [entry for entry in entries if not painted(entry)]
    kept += [rest[number] for number in covering(rest, budget - spent)]
    tables = BundleTables.of(bundle)
    data = write_collection(
        bundle.manifest.name, tokenizer_hash(tables.codebook), len(tables.codebook), kept
    )
    check_marks(read_collection(data), corpora, listed)
    return data


def _credit_of(row: Row, listed: Mapping[str, Credit]) -> Credit:
    if row.remember:
        values = {"remember": row.remember, "title": row.title, "year": row.year}
        return _credit(values, row.file_name)
    name = str(row.parameters.get("file", Path(row.file_name).name))
    if name not in listed:
        raise CorpusError(
            f"Nothing says whether {row.file_name} may be remembered: import the corpus with its "
            "catalogue, or name a list with --credits."
        )
    return listed[name]


def _credit(row: Mapping[str, str], name: str) -> Credit:
    mark = row["remember"].strip().lower()
    if mark not in MARKS:
        raise CorpusError(f"The mark 'remember' of {name} is '{mark[:20]}': write yes or no.")
    return Credit(row["title"].strip()[:300], row["year"].strip()[:300], MARKS[mark])


def summary(collection: Collection) -> dict[str, object]:
    """What a model card says of a collection."""
    works = collection.works
    painters = sorted({work.artist for work in works if work.artist})
    return {
        "works": len(works),
        "paintings": sum(work.source == "painting" for work in works),
        "constructed": sum(work.source == "constructed" for work in works),
        "artists": painters,
        "levels": [sum(len(work.shapes) > level for work in works) for level in range(len(LEVELS))],
    }
