"""The word table of the app: known words with their attributes and their semantic part.

Words of the lexicon keep its attributes exactly. Further adjectives come from WordNet where the
graph of synonyms, similar words and antonyms and the teacher's reading agree (`wordnet.csv`,
written beside the lexicon, to be read by people); `not-visual.txt` holds what people struck out.
"""

import csv
import io
import json
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from artdesk.core import atomic
from artdesk.core.attributes import ATTRIBUTES, WORD_DIM
from artdesk.engine.words import grammar
from artdesk.engine.words.spelling import foreign
from artdesk.engine.words.table import INFERRED_FILE
from training.corpus.lexicon import COLUMNS, Entry, read_lexicon
from training.data.arrays import npz
from training.words import targets
from training.words.semantic import Basis, encode_templates, load_basis
from training.words.student import BASIS_FILE
from training.words.teacher import Teacher, package_folder
from training.words.wordnet import Adjectives

FloatArray = npt.NDArray[np.float32]

WORDNET_FILE = "wordnet.csv"
EXCLUDED_FILE = "not-visual.txt"
SCALE = 127
# A word is added when its links weigh this much, its strongest attribute is this strong, the
# teacher's reading has at least this share of it with the same sign, and it is in use.
_LEAST_WEIGHT, _LEAST_STRENGTH, _LEAST_AGREEMENT = 0.7, 0.36, 0.1
_LEAST_KEPT, _MOST_KEPT = 0.25, 4
# Of an inferred word: what is kept, how strong the strongest is in words that come first, and
# the size of the whole file, for which the folder of weights has no more room.
_LEAST_INFERRED, _STRONG_INFERRED, _INFERRED_BYTES = 0.1, 0.2, 106_000


def derive_entries(
    adjectives: Adjectives,
    counts: Mapping[str, int],
    labels: Mapping[str, FloatArray],
    words: Sequence[str],
    features: FloatArray,
    excluded: frozenset[str],
) -> list[Entry]:
    """Adjectives that the lexicon lacks and WordNet explains.

    Args:
        adjectives: WordNet.
        counts: how often a word stands in tagged texts; the rare ones are left out.
        labels: the lexicon, float32 [29] for each word.
        words: the rows of `features`.
        features: float32 [N, D], see `material.word_features`.
        excluded: words that people struck out.

    Returns:
        Entries in alphabetical order, source "wordnet".
    """
    place = {word: row for row, word in enumerate(words)}
    known = sorted(word for word in labels if word in place)
    candidates = sorted(
        word
        for word in counts
        if word in place and word not in labels and word not in excluded and word.isalpha()
    )
    chosen = features[[place[word] for word in [*known, *candidates]]]
    rows = np.arange(len(known))
    read = targets.ridge(chosen, rows, np.stack([labels[word] for word in known]))
    read = read[len(known) :]
    linked, weights = targets.spread(adjectives, candidates, labels)
    mixed = targets.mix(linked, weights, read)
    entries = []
    for word, weight, told, value in zip(candidates, weights, read, mixed, strict=True):
        best = int(np.abs(value).argmax())
        agreement = told[best] * np.sign(value[best])
        if (
            weight >= _LEAST_WEIGHT
            and abs(value[best]) >= _LEAST_STRENGTH
            and agreement > _LEAST_AGREEMENT * abs(value[best])
        ):
            strongest = np.argsort(-np.abs(value))[:_MOST_KEPT]
            attributes = {
                ATTRIBUTES[i]: round(round(float(value[i]) * 20) / 20, 2)
                for i in strongest
                if abs(value[i]) >= _LEAST_KEPT
            }
            entries.append(Entry(word, attributes, "derived", "wordnet"))
    return entries


def merge_entries(
    kept: Sequence[Entry], derived: Sequence[Entry], barred: Collection[str]
) -> list[Entry]:
    """Earlier derived words as they are, new ones beside them, in alphabetical order.

    A word keeps its attributes for good: pictures were made, and networks trained, with them.

    Args:
        kept: entries of the present `wordnet.csv`.
        derived: what `derive_entries` finds now.
        barred: words of the lexicon and words that people struck out.
    """
    found = {entry.word: entry for entry in [*derived, *kept] if entry.word not in barred}
    return [found[word] for word in sorted(found)]


def write_entries(path: Path, entries: Sequence[Entry]) -> None:
    """Write entries in the form of the lexicon."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for entry in entries:
        attributes = ";".join(f"{name}={value:g}" for name, value in entry.attributes.items())
        writer.writerow([entry.word, attributes, entry.kind, entry.source])
    atomic.write_text(path, buffer.getvalue())


def read_excluded(path: Path) -> frozenset[str]:
    """The words of not-visual.txt; none if the file is not there."""
    if not path.exists():
        return frozenset()
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def build_word_table(
    lexicon: Path, weights: Path, cache: Path, teacher: Teacher | None = None
) -> tuple[list[dict[str, Any]], npt.NDArray[np.int8]]:
    """Known words and their vectors, as the bundle holds them.

    Args:
        lexicon: lexicon.csv; wordnet.csv beside it is read too.
        weights: folder with the semantic basis.
        cache: folder for the teacher's vectors.
        teacher: the teacher; None loads the installed one.

    Returns:
        Words (each with word, attributes and source) and int8 [W, 93], scaled by 127.

    Raises:
        WordsError: an input is missing or damaged.
    """
    entries = read_lexicon(lexicon)
    known = {entry.word for entry in entries}
    derived = lexicon.with_name(WORDNET_FILE)
    if derived.exists():
        entries += [entry for entry in read_lexicon(derived) if entry.word not in known]
    basis: Basis = load_basis(weights / BASIS_FILE)
    chosen = teacher if teacher is not None else Teacher(package_folder())
    words = [entry.word for entry in entries]
    semantic = basis.project(encode_templates(chosen, words, cache))
    vectors = np.concatenate([np.stack([entry.vector() for entry in entries]), semantic], axis=1)
    rows = np.clip(np.rint(vectors * SCALE), -SCALE, SCALE).astype(np.int8)
    if rows.shape != (len(words), WORD_DIM):
        raise ValueError(f"word table has shape {rows.shape}")
    listed = [
        {"word": entry.word, "attributes": entry.attributes, "source": entry.source}
        for entry in entries
    ]
    return listed, rows


def write_word_table(
    weights: Path, words: list[dict[str, Any]], vectors: npt.NDArray[np.int8], threshold: float
) -> None:
    """Write words.npz and words.json.

    Args:
        weights: target folder.
        words: see `build_word_table`.
        vectors: int8 [W, 93].
        threshold: least cosine to a known word at which another text counts as a word.
    """
    buffer = io.BytesIO()
    np.savez_compressed(buffer, vectors=vectors, thresholds=np.array([threshold], dtype=np.float32))
    atomic.write_bytes(weights / "words.npz", buffer.getvalue())
    lines = [json.dumps(word, ensure_ascii=False, sort_keys=True) for word in words]
    atomic.write_text(weights / "words.json", "[\n" + ",\n".join(lines) + "\n]\n")


def write_inferred(
    weights: Path,
    words: Sequence[str],
    values: FloatArray,
    counts: Mapping[str, int],
    known: Collection[str],
) -> int:
    """Write inferred.npz, see `artdesk.engine.words.table.read_inferred`.

    Words that the app reads without it, from the table or as another language, are left out.
    Those with a strong attribute come first, then those that stand in many tagged texts.

    Args:
        weights: target folder.
        words: N words, sorted.
        values: float32 [N, 29], see `targets.infer`.
        counts: how often a word stands in tagged texts.
        known: words of the table.

    Returns:
        How many words there was room for.
    """
    strength = np.abs(values).max(axis=1, initial=0.0)
    rows = [
        row
        for row, word in enumerate(words)
        if strength[row] >= _LEAST_INFERRED
        and foreign(word) is None
        and grammar.read_phrase(word, known.__contains__) == (grammar.Part(word, 1.0, False),)
    ]
    rows.sort(key=lambda row: (strength[row] < _STRONG_INFERRED, -counts.get(words[row], 0), row))

    def packed(count: int) -> bytes:
        chosen = sorted(rows[:count])
        small = values[chosen]
        # The strongest of each row, where it is strong enough.
        least = np.sort(np.abs(small), axis=1)[:, -_MOST_KEPT, None]
        kept = np.abs(small) >= np.maximum(least, _LEAST_INFERRED)
        return npz(
            {
                "words": np.frombuffer("\n".join(words[row] for row in chosen).encode(), np.uint8),
                "counts": kept.sum(axis=1).astype(np.uint8),
                "places": np.nonzero(kept)[1].astype(np.uint8),
                "values": np.rint(small[kept] * SCALE).astype(np.int8),
            }
        )

    sizes = range(len(rows) + 1)
    count = bisect_right(sizes, _INFERRED_BYTES, key=lambda size: len(packed(size))) - 1
    atomic.write_bytes(weights / INFERRED_FILE, packed(count))
    return count


def unit_semantic(vectors: npt.NDArray[np.int8]) -> FloatArray:
    """The semantic part of table rows as unit vectors, float32 [W, 64]."""
    semantic = vectors[:, len(ATTRIBUTES) :].astype(np.float32)
    length = np.linalg.norm(semantic, axis=1, keepdims=True)
    return np.asarray(semantic / np.maximum(length, 1.0), dtype=np.float32)
