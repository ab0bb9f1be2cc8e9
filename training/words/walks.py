"""Walks over all of WordNet: where a word leads, on its own side and on the opposite one.

Nodes are the synsets of all parts of speech, their lemmas, and bare spellings. Links are
WordNet's pointers (among them "similar to", antonyms, derived forms, attributes and hypernyms),
lemmas with their senses, and definitions with the words that they are written in: that "torrid"
is "extremely hot" brings it to "hot".

From each word a random walk with restarts sets out (Page et al. 1999; for WordNet: Hughes and
Ramage 2007, "Lexical Semantic Relatedness with Random Graph Walks"). An antonym link changes the
side of the walk, as in signed networks (Jung et al. 2016, "Personalized Ranking in Signed Networks
using Signed Random Walk with Restart"). No label takes part.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse as sparse

from training.words.wordnet import MARKER, read_lines

_Node = tuple[str, str]

_FILES = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
# Strength of WordNet's pointers, by their symbols in wninput(5WN); others are not followed.
_POINTERS = {
    "&": 1.0,  # similar to
    "!": 0.9,  # antonym
    "\\": 1.0,  # pertains to
    "<": 1.0,  # participle of
    "+": 0.7,  # derivationally related
    "^": 0.6,  # see also
    "=": 0.6,  # attribute
    "@": 0.6,  # hypernym
    "#s": 0.5,  # substance of
    "%s": 0.5,
    "$": 0.4,  # verb group
    "*": 0.3,  # entailment
    ">": 0.3,  # cause
    "#m": 0.2,  # member of
    "%m": 0.2,
    "#p": 0.2,  # part of
    "%p": 0.2,
    ";c": 0.2,  # domain
    "~": 0.15,  # hyponym
}
_ANTONYM = "!"
_SPEECH = {"a": 1.0, "n": 0.7, "v": 0.7, "r": 0.5}
_TO_SPELLING, _TO_SENSE, _TO_LEMMA = 0.3, 2.0, 1.0
_LEXICAL, _LEXICAL_ANTONYM = 0.5, 0.7
_DEFINES, _DEFINED_BY = 1.0, 0.3
_TOKEN = re.compile(r"[a-z]+(?:-[a-z]+)*")
_ENDINGS = (
    *(("s", ""), ("es", ""), ("ies", "y"), ("ing", ""), ("ing", "e")),
    *(("ed", ""), ("ed", "e"), ("ly", "")),
)
_EMPTY_TEXT = """
and with for from are being been that which who not than into one used having some any especially
very more most other such usually etc like but when something someone without characterized marked
relating pertaining can may will does did has have had two all made make out about over under
between through his her their them they this these those was were also only same own each the
"""
_EMPTY_WORDS = frozenset(_EMPTY_TEXT.split())
_STEPS, _RESTART, _KEPT = 5, 0.3, 300
_POWER, _RARITY = 0.2, 0.3
_BLOCK = 2048


@dataclass(frozen=True, slots=True)
class Links:
    """WordNet as a network.

    Attributes:
        numbers: the number of each node; a lemma is (part of speech, lemma), a spelling ("",
            lemma), a synset (part of speech, "#" and its offset).
        steps: float64 sparse [2 N, 2 N], chances of a step; the second half of the nodes is the
            opposite side, and antonym links lead from one side to the other.
    """

    numbers: dict[_Node, int]
    steps: sparse.csr_matrix


@dataclass(frozen=True, slots=True)
class Walks:
    """Where walks lead, for W words; both sparse float64 [W, N] with rows of length 1.

    Attributes:
        signed: visits on the word's side less those on the opposite side.
        either: visits on both sides.
    """

    signed: sparse.csr_matrix
    either: sparse.csr_matrix

    def rows(self, chosen: npt.NDArray[np.intp]) -> "Walks":
        """The walks of some of the words."""
        return Walks(self.signed[chosen], self.either[chosen])


class _Edges:
    """Collects weighted links between numbered nodes."""

    def __init__(self) -> None:
        self.numbers: dict[_Node, int] = {}
        self._from: list[int] = []
        self._to: list[int] = []
        self._weight: list[float] = []

    def node(self, name: _Node) -> int:
        return self.numbers.setdefault(name, len(self.numbers))

    def add(self, start: int, end: int, weight: float) -> None:
        """Link two nodes; a negative weight is an antonym link."""
        self._from.append(start)
        self._to.append(end)
        self._weight.append(weight)

    def steps(self) -> sparse.csr_matrix:
        count = len(self.numbers)
        start, end = np.array(self._from), np.array(self._to)
        weight = np.array(self._weight)
        chance = np.abs(weight) / np.bincount(start, np.abs(weight), count)[start]
        parts = [
            sparse.csr_matrix((chance[chosen], (start[chosen], end[chosen])), (count, count))
            for chosen in (weight > 0, weight < 0)
        ]
        return sparse.block_array([parts, parts[::-1]], format="csr")


def read_links(folder: Path) -> Links:
    """Read the network from WordNet's database files.

    Raises:
        WordsError: the folder lacks a file of WordNet.
    """
    edges = _Edges()
    for part, file in _FILES.items():
        for line in read_lines(folder, f"index.{file}"):
            fields = line.split()
            _add_lemma(edges, part, fields[0], fields[-int(fields[2]) :])
    parsed = [
        (part, *line.split(" | ", 1))
        for part, file in _FILES.items()
        for line in read_lines(folder, f"data.{file}")
    ]
    names = {(part, line[:8]): _lemmas(line.split()) for part, line, _ in parsed}
    for part, line, _ in parsed:
        _add_pointers(edges, part, line.split(), names)
    told = [_defining_words(edges, gloss) for _, _, gloss in parsed]
    spread = Counter(word for words in told for word in words)
    for (part, line, _), words in zip(parsed, told, strict=True):
        number = edges.node((part, f"#{line[:8]}"))
        # Sorted, because the order of a set differs between runs, and with it sums and ties.
        rarity = {word: math.log(len(parsed) / spread[word]) for word in sorted(words)}
        total = sum(rarity.values())
        for word, value in rarity.items() if total > 0 else ():
            spelling = edges.node(("", word))
            edges.add(number, spelling, _DEFINES * value / total)
            edges.add(spelling, number, _DEFINED_BY * value / total / math.sqrt(spread[word]))
    return Links(edges.numbers, edges.steps())


def _add_lemma(edges: _Edges, part: str, lemma: str, offsets: Sequence[str]) -> None:
    number, spelling = edges.node((part, lemma)), edges.node(("", lemma))
    edges.add(spelling, number, _SPEECH[part])
    edges.add(number, spelling, _TO_SPELLING)
    for rank, offset in enumerate(offsets):
        sense = edges.node((part, f"#{offset}"))
        weight = (1.0 + rank) ** -1.5
        edges.add(number, sense, _TO_SENSE * weight)
        edges.add(sense, number, _TO_LEMMA * weight)


def _lemmas(fields: Sequence[str]) -> list[str]:
    return [MARKER.sub("", fields[4 + 2 * i]).lower() for i in range(int(fields[3], 16))]


def _add_pointers(
    edges: _Edges, part: str, fields: Sequence[str], names: dict[tuple[str, str], list[str]]
) -> None:
    own = names[part, fields[0]]
    at = 4 + 2 * len(own)
    here = edges.node((part, f"#{fields[0]}"))
    for i in range(int(fields[at])):
        symbol, offset, kind, places = fields[at + 1 + 4 * i : at + 5 + 4 * i]
        other = ("a" if kind == "s" else kind, offset)
        if symbol not in _POINTERS or other not in names:
            continue
        weight = _POINTERS[symbol] * (-1.0 if symbol == _ANTONYM else 1.0)
        there = edges.node((other[0], f"#{offset}"))
        first, second = int(places[:2], 16), int(places[2:], 16)
        if first and second:
            lemmas = (part, own[first - 1]), (other[0], names[other][second - 1])
            if all(lemma in edges.numbers for lemma in lemmas):
                edges.add(edges.node(lemmas[0]), edges.node(lemmas[1]), weight)
            weight *= _LEXICAL_ANTONYM if symbol == _ANTONYM else _LEXICAL
        edges.add(here, there, weight)


def _defining_words(edges: _Edges, gloss: str) -> set[str]:
    """The lemmas of a definition, without its examples."""
    definition = ";".join(part for part in gloss.split(";") if not part.strip().startswith('"'))
    found = set()
    for token in _TOKEN.findall(definition.lower()):
        if len(token) < 3 or token in _EMPTY_WORDS:
            continue
        forms = [token, *(token.removesuffix(a) + b for a, b in _ENDINGS if token.endswith(a))]
        lemma = next((form for form in forms if ("", form) in edges.numbers), None)
        if lemma is not None:
            found.add(lemma)
    return found


def walk(links: Links, words: Sequence[str]) -> Walks:
    """Let walks set out from words.

    A word that WordNet lacks sets out from its parts ("half-lit" from "half" and "lit"); with
    no known part its rows are empty.

    Args:
        links: WordNet as a network.
        words: W words in lower case.

    Returns:
        The visits, raised to a small power (as in Hellinger's distance, but flatter) and divided
        by a power of how much all words visit the node.
    """
    count = len(links.numbers)
    places = [_setting_out(links.numbers, word) for word in words]
    start = sparse.csr_matrix(
        (
            [1.0 / len(place) for place in places for _ in place],
            [number for place in places for number in place],
            np.cumsum([0, *(len(place) for place in places)]),
        ),
        (len(words), 2 * count),
    )
    # In parts, because the unpruned visits of all words would fill the memory.
    visits = sparse.vstack(
        [_wander(links.steps, start[at : at + _BLOCK]) for at in range(0, len(words), _BLOCK)],
        format="csr",
    )
    same, opposite = visits[:, :count], visits[:, count:]
    return Walks(_scaled(same - opposite), _scaled(same + opposite))


def _wander(steps: sparse.csr_matrix, start: sparse.csr_matrix) -> sparse.csr_matrix:
    """The most visited nodes of walks with restarts."""
    visits = state = start
    for _ in range(_STEPS):
        state = _largest((1.0 - _RESTART) * (state @ steps), _KEPT)
        visits = visits + state
    return _largest(visits, _KEPT)


def _setting_out(numbers: dict[_Node, int], word: str) -> list[int]:
    for parts in ([word.replace(" ", "_")], re.split(r"[- ]", word)):
        known = [
            next(node for node in (("a", part), ("", part)) if node in numbers)
            for part in parts
            if ("", part) in numbers
        ]
        if known:
            return sorted({numbers[node] for node in known})
    return []


def _largest(matrix: sparse.csr_matrix, count: int) -> sparse.csr_matrix:
    """Keep the largest entries of every row."""
    kept = []
    for start, end in zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True):
        values = matrix.data[start:end]
        if len(values) > count:
            kept.append(start + np.sort(np.argpartition(-values, count)[:count]))
        else:
            kept.append(np.arange(start, end))
    chosen = np.concatenate(kept)
    ends = np.cumsum([0, *(len(row) for row in kept)])
    return sparse.csr_matrix((matrix.data[chosen], matrix.indices[chosen], ends), matrix.shape)


def _scaled(visits: sparse.csr_matrix) -> sparse.csr_matrix:
    flat = visits.copy()
    flat.data = np.sign(flat.data) * np.abs(flat.data) ** _POWER
    total = np.asarray(abs(flat).sum(axis=0)).ravel()
    flat = flat @ sparse.diags_array(np.maximum(total, 1e-9) ** -_RARITY)
    length = np.sqrt(np.asarray(flat.multiply(flat).sum(axis=1)).ravel())
    return (sparse.diags_array(1.0 / np.maximum(length, 1e-9)) @ flat).tocsr()
