"""What people say of pictures: their tables brought together, compared, and put beside the texts.

The merged table `human_words.csv` of a corpus has one line for each picture and annotator. Tables
of people have at least the columns `picture`, `annotator` and `words`; the words are written like
a prompt of the app: "calm, very warm, not busy".
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt

from artdesk.core import atomic
from artdesk.core.attributes import AXES
from artdesk.core.errors import RecipeError
from artdesk.core.prompt import parse_prompt
from artdesk.engine.words.grammar import Part, normal, read_phrase
from training.corpus import metadata
from training.corpus.agreement import alpha, interval, nominal
from training.corpus.metadata import CorpusError, Row
from training.corpus.texts import Lexicon

FILE_NAME = "human_words.csv"
COLUMNS = ("picture", "annotator", "words")
# A word needs so many uses before its agreement means anything.
LEAST_USES = 3
_HEARD_FROM = 0.1

Floats = npt.NDArray[np.float64]
Said = dict[tuple[str, str], str]
"""Words by picture (its file name in the corpus) and annotator."""


@dataclass(slots=True)
class Merged:
    """What came of bringing tables together.

    Attributes:
        said: All words of the corpus now.
        added: Lines that are new or were replaced.
        unknown_pictures: Names in the tables that no picture of the corpus has.
        unknown_words: Words that the lexicon lacks, with how often they were said.
    """

    said: Said
    added: int = 0
    unknown_pictures: list[str] = field(default_factory=list)
    unknown_words: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Krippendorff's alpha of one word or axis.

    Attributes:
        name: The word or the axis.
        alpha: None where it is undefined.
        uses: How many judgements it rests on: for a word how often it was said, for an axis how
            many values it was given.
    """

    name: str
    alpha: float | None
    uses: int


def merge(corpus: Path, tables: Sequence[Path], lexicon: Lexicon) -> Merged:
    """Brings tables of people into a corpus and writes its merged table.

    A picture may be named by its file name, with or without folder and suffix, or by its work. Of
    an annotator who judged a picture before, the new words replace the old ones; several lines of
    one table are joined.

    Raises:
        CorpusError: A table cannot be read or understood, or names no picture of the corpus.
    """
    names = _names(metadata.read(corpus))
    result = Merged(said=read(corpus))
    for table in tables:
        fresh: dict[tuple[str, str], list[str]] = {}
        for picture, annotator, words in _lines(table):
            file_name = names.get(picture)
            if file_name is None:
                result.unknown_pictures.append(picture)
                continue
            fresh.setdefault((file_name, annotator), []).append(words)
        for key, parts in fresh.items():
            words = ", ".join(parts)
            if result.said.get(key) != words:
                result.said[key] = words
                result.added += 1
    if not result.said:
        raise CorpusError(
            f"No line names a picture of {corpus}; write its file name in the column 'picture'."
        )
    result.unknown_words.update(
        part.text
        for words in result.said.values()
        for part in parsed(words, lexicon)
        if not part.known
    )
    write(corpus, result.said)
    return result


def read(corpus: Path) -> Said:
    """The merged words of a corpus; none when nobody said anything.

    Raises:
        CorpusError: The table is damaged.
    """
    path = corpus / FILE_NAME
    if not path.exists():
        return {}
    return {(picture, annotator): words for picture, annotator, words in _lines(path)}


def write(corpus: Path, said: Said) -> None:
    """Writes the merged table, sorted."""
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows((*key, said[key]) for key in sorted(said))
    atomic.write_text(corpus / FILE_NAME, out.getvalue())


def human_texts(corpus: Path) -> dict[str, list[str]]:
    """What people said of each picture, by its file name, in the order of their names."""
    texts: dict[str, list[str]] = {}
    for (picture, _), words in sorted(read(corpus).items()):
        texts.setdefault(picture, []).append(words)
    return texts


def join_texts(corpus: Path, before: Said) -> int:
    """Puts the merged words beside the texts of the table in place of what was said before.

    Returns:
        How many pictures have words of people now.
    """
    old: dict[str, set[str]] = {}
    for (picture, _), words in before.items():
        old.setdefault(picture, set()).add(words)
    now = human_texts(corpus)
    rows = [
        row.with_texts(
            dict.fromkeys(
                [text for text in row.texts if text not in old.get(row.file_name, ())]
                + now.get(row.file_name, [])
            )
        )
        for row in metadata.read(corpus)
    ]
    metadata.write(corpus, rows)
    return len(now)


def parsed(words: str, lexicon: Lexicon) -> list[Part]:
    """Reads what a person wrote as the app reads it: degrees, "not", lists, forms of a word.

    Returns:
        The words as the lexicon spells them, each with its factor (1 plain, negative denied, more
        for "very"), and what the lexicon lacks.

    Raises:
        RecipeError: It cannot be understood as a prompt.
    """
    return [
        replace(part, factor=part.factor * percent / 100.0)
        for text, percent in parse_prompt(words)
        for part in read_phrase(normal(text), lexicon.rows.__contains__)
    ]


def word_agreement(said: Said, lexicon: Lexicon, least: int = LEAST_USES) -> list[Agreement]:
    """Alpha of saying or not saying each word, nominal, the most used words first.

    A person who judged a picture without the word counts as not saying it.
    """
    spoken = {
        key: {part.text for part in parsed(words, lexicon) if part.factor > 0}
        for key, words in said.items()
    }
    uses = Counter(word for words in spoken.values() for word in words)
    found = []
    for word, count in sorted(uses.items(), key=lambda item: (-item[1], item[0])):
        if count >= least:
            heard: dict[tuple[str, str], float] = {
                key: float(word in words) for key, words in spoken.items()
            }
            found.append(Agreement(word, alpha(_by_person(heard), nominal), count))
    return found


def axis_agreement(said: Said, lexicon: Lexicon) -> list[Agreement]:
    """Alpha of what people's words say of each axis, on an interval scale.

    The value that a person gives a picture is the mean of the lexicon's strengths of those words
    that speak of the axis, scaled by "very", "slightly" and "not"; none where no word does.
    """
    values = {key: axis_values(words, lexicon) for key, words in said.items()}
    found = []
    for index, axis in enumerate(AXES):
        heard = {key: float(row[index]) for key, row in values.items() if not np.isnan(row[index])}
        found.append(Agreement(axis.name, alpha(_by_person(heard), interval), len(heard)))
    return found


def axis_values(words: str, lexicon: Lexicon) -> Floats:
    """What a person's words say of each attribute, float64 [29] in -1..1; NaN says nothing."""
    vectors = [
        lexicon.vectors[lexicon.rows[part.text]] * part.factor
        for part in parsed(words, lexicon)
        if part.known
    ]
    if not vectors:
        return np.full(lexicon.vectors.shape[1], np.nan)
    table = np.stack(vectors)
    heard = np.abs(table) >= _HEARD_FROM
    total = np.where(heard, table, 0.0).sum(axis=0)
    mean = np.clip(total / np.maximum(heard.sum(axis=0), 1), -1.0, 1.0)
    return np.asarray(np.where(heard.any(axis=0), mean, np.nan))


def _by_person(heard: dict[tuple[str, str], float]) -> list[list[float | None]]:
    """Values by (picture, person) as one list for each person."""
    pictures = sorted({picture for picture, _ in heard})
    people = sorted({person for _, person in heard})
    return [[heard.get((picture, person)) for picture in pictures] for person in people]


def _names(rows: Iterable[Row]) -> dict[str, str]:
    """All names that a picture goes by, to its file name; a name of two pictures counts not."""
    names: dict[str, str | None] = {}
    for row in rows:
        path = PurePosixPath(row.file_name)
        for name in {row.file_name, path.name, path.stem, row.work_id}:
            names[name] = row.file_name if names.get(name, row.file_name) == row.file_name else None
    return {name: file_name for name, file_name in names.items() if name and file_name}


def _lines(path: Path) -> list[tuple[str, str, str]]:
    """Picture, annotator and words of every line of a table.

    Raises:
        CorpusError: It cannot be read, lacks a column, or a line cannot be understood.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        table = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        missing = [name for name in COLUMNS if name not in (table.fieldnames or ())]
        if missing:
            raise CorpusError(f"The table {path} lacks the column '{missing[0]}'; add it.")
        lines = []
        for row in table:
            picture, annotator, words = ((row[name] or "").strip() for name in COLUMNS)
            where = f"Line {table.line_num} of {path}"
            if not picture or not annotator:
                raise CorpusError(f"{where} names no picture or no annotator; mend it.")
            try:
                if not parse_prompt(words):
                    continue
            except RecipeError as error:
                raise CorpusError(f"{where} cannot be understood: {error}") from None
            # A line break inside a field would split the text of the picture in two.
            lines.append((picture, annotator, ", ".join(words.split("\n"))))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CorpusError(f"The table {path} cannot be read: {error}.") from None
    return lines
