"""Read the adjectives of Princeton WordNet 3.0 from its database files.

Debian's `wordnet-base` puts the files `data.adj`, `index.adj`, `index.noun`, `cntlist.rev` and
others into one folder; their format is described in wndb(5WN). An adjective cluster is a head
synset with the satellites that are "similar to" it; antonyms are linked between heads, so two
opposite clusters hang on one antonym link.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from artdesk.core.errors import WordsError

DEFAULT_FOLDER = Path("/usr/share/wordnet")

# Position markers that WordNet appends to adjectives: attributive, predicative, postnominal.
MARKER = re.compile(r"\((?:a|p|ip)\)$")
_PLAIN_WORD = re.compile(r"[a-z]{3,}(?:-[a-z]{2,}){0,2}")


@dataclass(frozen=True, slots=True)
class Synset:
    """One sense of an adjective, shared by its synonyms.

    Attributes:
        offset: identity of the synset in data.adj.
        satellite: whether it hangs on a head ("s") or is a head or stands alone ("a").
        words: its lemmas in lower case, spaces instead of underscores.
        similar: offsets of the synsets it is similar to.
        also: offsets of its "see also" links.
        antonyms: (own word, offset of the other synset, other word number from 0).
        gloss: its definition without the usage examples.
    """

    offset: int
    satellite: bool
    words: tuple[str, ...]
    similar: tuple[int, ...]
    also: tuple[int, ...]
    antonyms: tuple[tuple[str, int, int], ...]
    gloss: str


@dataclass(frozen=True, slots=True)
class Adjectives:
    """All adjective synsets and, for each lemma, its senses from the most to the least used."""

    synsets: dict[int, Synset]
    senses: dict[str, tuple[int, ...]]

    def words(self) -> list[str]:
        """Plain single adjectives (letters and hyphens, no proper names), in order."""
        return sorted(word for word in self.senses if _PLAIN_WORD.fullmatch(word))

    def cluster(self, offset: int) -> int:
        """The head of the cluster that a synset belongs to (itself if it is a head)."""
        synset = self.synsets[offset]
        if synset.satellite:
            for other in synset.similar:
                if not self.synsets[other].satellite:
                    return other
        return offset

    def antonym_pairs(self) -> list[tuple[str, str]]:
        """Direct antonym pairs of plain words, each once, in alphabetical order."""
        plain = set(self.words())
        pairs: set[tuple[str, str]] = set()
        for synset in self.synsets.values():
            for word, offset, number in synset.antonyms:
                other = self.synsets[offset].words[number]
                if word in plain and other in plain and word != other:
                    pairs.add((min(word, other), max(word, other)))
        return sorted(pairs)


def read_adjectives(folder: Path) -> Adjectives:
    """Read data.adj and index.adj.

    Raises:
        WordsError: the folder holds no WordNet database, or its files are not in its format.
    """
    synsets: dict[int, Synset] = {}
    for line in read_lines(folder, "data.adj"):
        synset = _parse_synset(line)
        synsets[synset.offset] = synset
    senses: dict[str, tuple[int, ...]] = {}
    for word, offsets in _read_index(folder, "index.adj"):
        # Lemmas with capitals (places, people) are lower case in the index but not in the data.
        if any(word in synsets[offset].words for offset in offsets):
            senses[word] = offsets
    return Adjectives(synsets=synsets, senses=senses)


def read_frequent_nouns(folder: Path, count: int) -> list[str]:
    """The `count` plain nouns tagged most often in WordNet's own sense-tagged texts.

    Raises:
        WordsError: as for `read_adjectives`.
    """
    plain = {word for word, _ in _read_index(folder, "index.noun") if _PLAIN_WORD.fullmatch(word)}
    tagged = _tagged(folder, "1:", plain)
    return sorted(sorted(tagged, key=lambda word: (-tagged[word], word))[:count])


def read_adjective_counts(folder: Path) -> dict[str, int]:
    """How often each adjective stands in WordNet's sense-tagged texts; the rest is missing.

    Raises:
        WordsError: as for `read_adjectives`.
    """
    plain = {word for word, _ in _read_index(folder, "index.adj") if _PLAIN_WORD.fullmatch(word)}
    heads, satellites = (_tagged(folder, kind, plain) for kind in ("3:", "5:"))
    return {w: heads.get(w, 0) + satellites.get(w, 0) for w in {*heads, *satellites}}


def _tagged(folder: Path, kind: str, wanted: set[str]) -> dict[str, int]:
    tagged: dict[str, int] = {}
    for line in read_lines(folder, "cntlist.rev"):
        key, _, times = line.split()
        lemma, _, rest = key.partition("%")
        if rest.startswith(kind) and lemma in wanted:
            tagged[lemma] = tagged.get(lemma, 0) + int(times)
    return tagged


def read_lines(folder: Path, name: str) -> Iterator[str]:
    """The lines of a database file, without the licence on top.

    Raises:
        WordsError: the file cannot be read.
    """
    path = folder / name
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WordsError(
            f"The WordNet file {path} cannot be read; install the package wordnet-base or give "
            "the folder with --wordnet."
        ) from error
    # The licence text on top of each file is indented by two spaces.
    return (line for line in text.splitlines() if line and not line.startswith("  "))


def _read_index(folder: Path, name: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    for line in read_lines(folder, name):
        fields = line.split()
        count = int(fields[2])
        yield fields[0].replace("_", " "), tuple(int(field) for field in fields[-count:])


def _parse_synset(line: str) -> Synset:
    data, _, gloss = line.partition(" | ")
    try:
        return _parse_fields(data.split(), gloss)
    except (IndexError, ValueError) as error:
        raise WordsError(
            f"The WordNet line {line[:60]!r} is not in the format of data.adj; "
            "use the database files of WordNet 3.0."
        ) from error


def _parse_fields(fields: list[str], gloss: str) -> Synset:
    word_count = int(fields[3], 16)
    own = [MARKER.sub("", fields[4 + 2 * i]).replace("_", " ") for i in range(word_count)]
    at = 4 + 2 * word_count
    pointer_count = int(fields[at])
    similar, also = [], []
    antonyms: list[tuple[str, int, int]] = []
    for i in range(pointer_count):
        symbol, offset, part, numbers = fields[at + 1 + 4 * i : at + 5 + 4 * i]
        if part not in "as":
            continue
        if symbol == "&":
            similar.append(int(offset))
        elif symbol == "^":
            also.append(int(offset))
        elif symbol == "!":
            antonyms.append((own[int(numbers[:2], 16) - 1], int(offset), int(numbers[2:], 16) - 1))
    definition = "; ".join(
        part.strip() for part in gloss.split(";") if not part.strip().startswith('"')
    )
    return Synset(
        offset=int(fields[0]),
        satellite=fields[2] == "s",
        words=tuple(own),
        similar=tuple(similar),
        also=tuple(also),
        antonyms=tuple(antonyms),
        gloss=definition,
    )
