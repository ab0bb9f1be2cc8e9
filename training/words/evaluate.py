"""Tests of the trained student: held-out words, antonyms, and what counts as no word at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from artdesk.core.attributes import ATTRIBUTE_COUNT
from training.words import targets
from training.words.material import TRAINED_KINDS, Material
from training.words.nonsense import KINDS, NonsenseMaker
from training.words.student import Student
from training.words.wordnet import Adjectives

FloatArray = npt.NDArray[np.float32]

_TIE = 0.101
_NAMED = 0.25
_CLEAR = 0.3
_STRINGS_PER_KIND = 200


@dataclass(frozen=True, slots=True)
class Reading:
    """How well attributes of words were read; each a share 0..1.

    Attributes:
        count: words tested.
        pole: the sign of the word's strongest attribute is right.
        named: the attribute read strongest is one that the lexicon names, with its sign.
        strongest: it is the lexicon's strongest (or within 0.1 of it), with its sign.
    """

    count: int
    pole: float
    named: float
    strongest: float


def score(read: FloatArray, truth: FloatArray) -> Reading:
    """Compare attribute vectors, float32 [N, 29] each."""
    rows = np.arange(len(truth))
    best = np.abs(read).argmax(axis=1)
    main = np.abs(truth).argmax(axis=1)
    agrees = read[rows, best] * truth[rows, best] > 0
    strength = np.abs(truth[rows, best])
    return Reading(
        count=len(truth),
        pole=_share(read[rows, main] * truth[rows, main] > 0),
        named=_share(agrees & (strength >= _NAMED)),
        strongest=_share(agrees & (strength >= np.abs(truth).max(axis=1) - _TIE)),
    )


def held_out(student: Student, labels: Mapping[str, FloatArray], material: Material) -> Reading:
    """Lexicon words of whole WordNet clusters whose labels nothing was learnt from."""
    words = [word for word in material.held_out if np.abs(labels[word]).max() >= _CLEAR]
    truth = np.stack([labels[word] for word in words])
    return score(student.read(words)[:, :ATTRIBUTE_COUNT], truth)


def held_out_targets(labels: Mapping[str, FloatArray], material: Material) -> Reading:
    """The same words as inferred from the other labels, without any student."""
    words = [word for word in material.held_out if np.abs(labels[word]).max() >= _CLEAR]
    place = {text: row for row, text in enumerate(material.texts)}
    truth = np.stack([labels[word] for word in words])
    return score(material.attributes[[place[word] for word in words]], truth)


def cross_validate(
    adjectives: Adjectives,
    labels: Mapping[str, FloatArray],
    evidence: targets.Evidence,
    folds: int = 5,
) -> Reading:
    """How well the student's own targets are inferred, over all of the lexicon's adjectives.

    Each fold leaves out whole groups of WordNet clusters, and with them the nouns and compounds
    of the lexicon that share a stem with one of their words. No student takes part: this
    measures the most that it could learn.

    Args:
        adjectives: WordNet.
        labels: the lexicon, float32 [29] for each word.
        evidence: of the lexicon's words, others may be among them.
        folds: number of parts.
    """
    plain, read_words = set(adjectives.words()), set(evidence.words)
    known = sorted(word for word in labels if word in read_words and word in plain)
    others = sorted(word for word in labels if word in read_words and word not in plain)
    group = targets.groups(adjectives, known)
    numbers = sorted(set(group.values()))
    parts = np.random.default_rng(0).permutation(len(numbers)) % folds
    fold = {number: int(part) for number, part in zip(numbers, parts, strict=True)}
    chosen = evidence.of([*known, *others])
    row = {word: number for number, word in enumerate(chosen.words)}
    read, truth = [], []
    for part in range(folds):
        test = [word for word in known if fold[group[word]] == part]
        rest = {word: labels[word] for word in known if fold[group[word]] != part}
        rest |= {word: labels[word] for word in others if not targets.same_stem(word, test)}
        found = targets.infer(adjectives, rest, chosen)
        for word in test:
            if np.abs(labels[word]).max() >= _CLEAR:
                read.append(found.values[row[word]])
                truth.append(labels[word])
    return score(np.stack(read), np.stack(truth))


def antonyms(
    student: Student,
    adjectives: Adjectives,
    labels: Mapping[str, FloatArray],
    material: Material,
) -> dict[str, float]:
    """Antonym pairs of the lexicon whose two words end on opposite sides.

    A pair counts when both are in the lexicon and an axis has them on opposite sides there; it
    is separated when the student orders them alike on the axis where they differ most.

    Returns:
        Number and share of separated pairs: all, and those with both words held out.
    """
    unseen = set(material.held_out)
    pairs = [
        pair
        for pair in adjectives.antonym_pairs()
        if pair[0] in labels
        and pair[1] in labels
        and ((labels[pair[0]] * labels[pair[1]] < 0) & (np.abs(labels[pair[0]]) >= _CLEAR)).any()
    ]
    if not pairs:
        return {"count": 0, "separated": 0.0, "held_out_count": 0, "held_out_separated": 0.0}
    first = student.read([pair[0] for pair in pairs])[:, :ATTRIBUTE_COUNT]
    second = student.read([pair[1] for pair in pairs])[:, :ATTRIBUTE_COUNT]
    apart = np.stack([labels[a] - labels[b] for a, b in pairs])
    opposite = np.stack([labels[a] * labels[b] < 0 for a, b in pairs])
    axis = np.abs(apart * opposite).argmax(axis=1)
    rows = np.arange(len(pairs))
    right = (first - second)[rows, axis] * apart[rows, axis] > 0
    new = np.array([a in unseen and b in unseen for a, b in pairs])
    return {
        "count": len(pairs),
        "separated": _share(right),
        "held_out_count": int(new.sum()),
        "held_out_separated": _share(right[new]),
    }


def calibrate_unknown(
    student: Student, known: FloatArray, known_words: Sequence[str], material: Material
) -> dict[str, Any]:
    """Set the least cosine to a known word at which a text counts as a word.

    The threshold balances two errors, on texts that the student was not trained on: real
    adjectives called unknown, and nonsense taken for a word.

    Args:
        student: the trained student.
        known: float32 [W, 64], semantic part of the table's words.
        known_words: those words.
        material: holds the hidden adjectives.

    Returns:
        The threshold and the error rates, of nonsense also by kind.
    """
    table = set(known_words)
    real = [word for word in material.hidden if word not in table]
    random = np.random.default_rng(20_261)
    maker = NonsenseMaker(material.texts, {*material.texts, *material.hidden, *table})
    made = {kind: [maker.make(kind, random) for _ in range(_STRINGS_PER_KIND)] for kind in KINDS}
    of_real = nearest_cosine(student, known, real)
    of_kind = {kind: nearest_cosine(student, known, texts) for kind, texts in made.items()}
    of_nonsense = np.concatenate(list(of_kind.values()))
    options = np.quantile(np.concatenate([of_real, of_nonsense]), np.linspace(0.0, 1.0, 401))
    errors = [(of_real < t).mean() + (of_nonsense >= t).mean() for t in options]
    threshold = round(float(options[int(np.argmin(errors))]), 3)
    seen = [text for text in material.texts if " " not in text and text not in table][::12]
    return {
        "threshold": threshold,
        "real_words": len(real),
        "real_called_unknown": _share(of_real < threshold),
        "trained_words_called_unknown": _share(nearest_cosine(student, known, seen) < threshold),
        "nonsense": len(of_nonsense),
        "nonsense_taken_for_words": _share(of_nonsense >= threshold),
        "by_kind": {kind: _share(values >= threshold) for kind, values in of_kind.items()},
        "kinds_never_trained_on": [kind for kind in KINDS if kind not in TRAINED_KINDS],
    }


def nearest_cosine(student: Student, known: FloatArray, texts: list[str]) -> FloatArray:
    """Cosine of each text's semantic part to the most similar known word, float32 [len(texts)]."""
    semantic = student.read(texts)[:, ATTRIBUTE_COUNT:]
    return np.asarray((semantic @ known.T).max(axis=1), dtype=np.float32)


def agreement(student: Student, material: Material) -> dict[str, float]:
    """Mean cosine to the teacher's semantic vectors: words trained on (a sample)."""
    rows = np.arange(0, len(material.texts), 23)
    semantic = student.read([material.texts[i] for i in rows])[:, ATTRIBUTE_COUNT:]
    cosine = (semantic * material.semantic[rows]).sum(axis=1)
    return {"trained": round(float(cosine.mean()), 4)}


def _share(hits: npt.NDArray[np.bool_]) -> float:
    return round(float(hits.mean()), 4) if hits.size else 0.0
