"""Read the word list that people curate: `resources/words/lexicon.csv`."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from artdesk.core.attributes import ATTRIBUTE_COUNT, ATTRIBUTES
from artdesk.core.errors import WordsError

COLUMNS = ("word", "attributes", "kind", "source")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the lexicon.

    Attributes:
        word: in lower case.
        attributes: strength of each attribute that the word speaks of, -1..1 without 0.
        kind: adjective, noun, affect and so on.
        source: where the line comes from.
    """

    word: str
    attributes: dict[str, float]
    kind: str
    source: str

    def vector(self) -> npt.NDArray[np.float32]:
        """The attributes as float32 [29]."""
        values = np.zeros(ATTRIBUTE_COUNT, np.float32)
        for name, strength in self.attributes.items():
            values[ATTRIBUTES.index(name)] = strength
        return values


def read_lexicon(path: Path) -> list[Entry]:
    """Read and check a lexicon.

    Raises:
        WordsError: the file cannot be read or a line is wrong; the message names the line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WordsError(
            f"The lexicon {path} cannot be read; give the file with --lexicon."
        ) from error
    rows = csv.DictReader(text.splitlines())
    if tuple(rows.fieldnames or ()) != COLUMNS:
        raise WordsError(f"The first line of {path} must be: {','.join(COLUMNS)}.")
    entries: dict[str, Entry] = {}
    for row in rows:
        where = f"Line {rows.line_num} of {path}"
        word = (row["word"] or "").strip()
        if not word or word != word.lower():
            raise WordsError(f"{where} has no word in lower case; mend it.")
        if word in entries:
            raise WordsError(f"{where} has the word {word!r} a second time; keep one line.")
        attributes = _read_attributes(row["attributes"] or "", where)
        entries[word] = Entry(word, attributes, row["kind"] or "", row["source"] or "")
    if not entries:
        raise WordsError(f"The lexicon {path} holds no words; give another file.")
    return list(entries.values())


def _read_attributes(text: str, where: str) -> dict[str, float]:
    attributes: dict[str, float] = {}
    for item in text.split(";"):
        if not item.strip():
            continue
        name, _, number = item.strip().partition("=")
        if name not in ATTRIBUTES:
            raise WordsError(f"{where} names {name!r}, which is no attribute; mend it.")
        try:
            strength = float(number)
        except ValueError as error:
            raise WordsError(
                f"{where}: {item!r} must be a name, an equals sign and a number."
            ) from error
        if not -1.0 <= strength <= 1.0:
            raise WordsError(f"{where}: the strength of {name} must lie in -1 to 1; mend it.")
        if strength:
            attributes[name] = strength
    return attributes
