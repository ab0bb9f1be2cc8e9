"""What every adjective should say about a picture: the lexicon, carried on through WordNet.

The lexicon names attributes for some words. Two readings carry them to the others:

* the graph: words of one synset mean the same (0.85), satellites are similar to their head
  (0.7), satellites of one head to each other (0.5), "see also" is a hint (0.4), and antonyms
  turn the sign, between words as between the heads of two clusters;
* kernel ridge regression (Saunders et al. 1998) on the teacher's vectors of the word and of its
  WordNet definition. The definition matters: the teacher's vectors of "warm" and "cold" lie
  close together, those of "having a low temperature" and its opposite less so.

Where the graph has evidence it leads; elsewhere the regression does. New words of the table are
chosen by these two (`training.words.table`).

The student's targets come from a third reading, `infer`: Gaussian-process regression, which is
kernel ridge too (Rasmussen and Williams 2006, chapter 2), with a sum of two kernels, the one on
the teacher's vectors and one on random walks over all of WordNet (`training.words.walks`). It is
solved twice. The walks that turn at antonyms say on which side a word lies; the walks that do not
turn say how strongly it speaks of an attribute at all, for "hot" and "cold" both speak of warmth.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sparse
from sklearn.kernel_ridge import KernelRidge

from artdesk.core.attributes import ATTRIBUTES, AXES
from training.words.walks import Walks
from training.words.wordnet import Adjectives

FloatArray = npt.NDArray[np.float32]

_SYNONYM, _SIMILAR, _SIBLING, _ALSO, _ANTONYM = 0.85, 0.7, 0.5, 0.4, 0.8
_SENSES = 4
_KERNEL = 2.5
"""Sharpness of the Gaussian kernel on cosines."""
_PULL = 1.0
"""Weight of a full piece of graph evidence against the regression."""
_INFERRED_TRUST, _LINKED_TRUST = 0.5, 0.4
_TEXT_SHARE, _PENALTY = 0.6, 0.25
"""Weight of the teacher's kernel beside that of the walks, and the noise of the labels."""
METHOD = "walks 1"
"""Name of the way of `infer`: a training goes on only with targets of the same name."""
_BLOCK = 2048
_STEM, _SHORT_STEM = 4, 3


@dataclass(frozen=True, slots=True)
class Targets:
    """Attribute targets of a list of words.

    Attributes:
        values: float32 [N, 29], -1..1.
        trust: float32 [N], 1 for the lexicon, less for what was inferred.
    """

    values: FloatArray
    trust: FloatArray


def sense_weight(rank: int) -> float:
    """How much a word's sense counts; WordNet lists senses by falling use."""
    return float((1.0 + rank) ** -1.5)


def neighbours(adjectives: Adjectives, word: str) -> dict[str, float]:
    """Words linked to `word` in WordNet.

    Returns:
        Signed strength for each linked word, -1..1; negative for antonyms.
    """
    found: dict[str, float] = {}
    for rank, offset in enumerate(adjectives.senses.get(word, ())[:_SENSES]):
        for other, strength in _linked_synsets(adjectives, word, offset):
            for name in adjectives.synsets[other].words:
                senses = adjectives.senses.get(name, ())
                if name == word or other not in senses:
                    continue
                value = strength * sense_weight(rank) * sense_weight(senses.index(other))
                if abs(value) > abs(found.get(name, 0.0)):
                    found[name] = value
        for own, other, number in adjectives.synsets[offset].antonyms:
            if own == word:
                found[adjectives.synsets[other].words[number]] = -_ANTONYM * sense_weight(rank)
    return found


def _linked_synsets(adjectives: Adjectives, word: str, offset: int) -> list[tuple[int, float]]:
    synset = adjectives.synsets[offset]
    links = [(offset, _SYNONYM)]
    links += [(other, _SIMILAR) for other in synset.similar]
    links += [(other, _ALSO) for other in synset.also]
    head = adjectives.synsets[adjectives.cluster(offset)]
    if synset.satellite:
        links += [
            (other, _SIBLING)
            for other in head.similar
            if other != offset and adjectives.synsets[other].satellite
        ]
    own_distance = _SIMILAR if synset.satellite else 1.0
    for name, other, _ in head.antonyms:
        if synset.satellite or name != word:
            links.append((other, -_ANTONYM * own_distance))
        links += [
            (similar, -_ANTONYM * own_distance * _SIMILAR)
            for similar in adjectives.synsets[other].similar
            if adjectives.synsets[other].satellite != adjectives.synsets[similar].satellite
        ]
    return links


def spread(
    adjectives: Adjectives, words: Sequence[str], labels: Mapping[str, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """Graph evidence from labelled words.

    Args:
        adjectives: WordNet.
        words: words to read.
        labels: float32 [29] for each labelled word; a word never informs itself.

    Returns:
        Weighted mean float32 [N, 29] and its weight float32 [N] (0 = no labelled neighbour).
    """
    values = np.zeros((len(words), len(ATTRIBUTES)), np.float32)
    weights = np.zeros(len(words), np.float32)
    # A hue has no opposite: "not red" names no colour, so antonyms turn the axes only.
    axes = np.arange(len(ATTRIBUTES)) < len(AXES)
    for row, word in enumerate(words):
        for name, strength in neighbours(adjectives, word).items():
            if name not in labels:
                continue
            label = labels[name]
            values[row] += strength * np.where(axes, label, label if strength > 0 else 0.0)
            weights[row] += abs(strength)
    means = values / np.maximum(weights, 1e-9)[:, None]
    return means.astype(np.float32), weights


def ridge(
    features: FloatArray, rows: npt.NDArray[np.intp], labels: FloatArray, penalty: float = 0.1
) -> FloatArray:
    """Kernel ridge regression with a Gaussian kernel.

    Args:
        features: float32 [N, D], rows of length 1.
        rows: which of them have labels.
        labels: float32 [len(rows), A].
        penalty: ridge on the kernel's diagonal.

    Returns:
        float32 [N, A], predictions for every row.
    """
    known = features[rows]
    model = KernelRidge(alpha=penalty, kernel="precomputed")
    model.fit(_gaussian(known, known), labels.astype(np.float64))
    return np.asarray(model.predict(_gaussian(features, known)), dtype=np.float32)


def mix(linked: FloatArray, weights: FloatArray, read: FloatArray) -> FloatArray:
    """Graph evidence [N, 29] with its weights [N] over the regression [N, 29], clipped to -1..1."""
    share = (_PULL * weights / (1.0 + _PULL * weights))[:, None]
    return np.clip(share * linked + (1.0 - share) * read, -1.0, 1.0).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of N words without any label.

    Attributes:
        words: the words.
        text: float32 [N, D], see `material.word_features`; rows of length 1.
        walks: where walks over WordNet lead from them.
    """

    words: list[str]
    text: FloatArray
    walks: Walks

    def of(self, words: Sequence[str]) -> "Evidence":
        """The evidence of some of the words, in the order given."""
        place = {word: row for row, word in enumerate(self.words)}
        rows = np.array([place[word] for word in words], dtype=np.intp)
        return Evidence(list(words), self.text[rows], self.walks.rows(rows))


def regress(
    text: FloatArray, walks: sparse.csr_matrix, rows: npt.NDArray[np.intp], labels: FloatArray
) -> FloatArray:
    """Kernel ridge regression with the sum of the kernels on texts and on walks.

    Args:
        text: float32 [N, D], rows of length 1.
        walks: sparse [N, nodes], rows of length 1 or empty.
        rows: which of them have labels.
        labels: float32 [len(rows), A].

    Returns:
        float32 [N, A], predictions for every row.
    """
    known, reached = text[rows], walks[rows]
    kernel = _TEXT_SHARE * _gaussian(known, known) + (reached @ reached.T).toarray()
    model = KernelRidge(alpha=_PENALTY, kernel="precomputed")
    solved = model.fit(kernel, labels.astype(np.float64)).dual_coef_
    # The kernel on walks is linear in them: one matrix [nodes, A] reads all words.
    found = np.asarray(walks @ (reached.T @ solved))
    for start in range(0, len(text), _BLOCK):
        block = slice(start, start + _BLOCK)
        found[block] += _TEXT_SHARE * (_gaussian(text[block], known) @ solved)
    return found.astype(np.float32)


def _gaussian(first: FloatArray, second: FloatArray) -> npt.NDArray[np.float64]:
    cosine = first.astype(np.float64) @ second.T.astype(np.float64)
    return np.asarray(np.exp(_KERNEL * (cosine - 1.0)))


def infer(adjectives: Adjectives, labels: Mapping[str, FloatArray], evidence: Evidence) -> Targets:
    """Attribute targets for all words: the lexicon's own where it speaks, inferred elsewhere.

    Args:
        adjectives: WordNet's adjectives.
        labels: float32 [29] for each labelled word.
        evidence: of N words, labelled ones among them.
    """
    place = {word: row for row, word in enumerate(evidence.words)}
    known = sorted(word for word in labels if word in place)
    rows = np.array([place[word] for word in known], dtype=np.intp)
    truth = np.stack([labels[word] for word in known])
    side = regress(evidence.text, evidence.walks.signed, rows, truth)
    size = regress(evidence.text, evidence.walks.either, rows, np.abs(truth))
    values = np.sign(side) * (np.abs(side) + np.maximum(size, 0.0)) / 2.0
    # A hue has no opposite: "not red" names no colour.
    values[:, len(AXES) :] = np.maximum(values[:, len(AXES) :], 0.0)
    values = np.clip(values, -1.0, 1.0).astype(np.float32)
    _, weights = spread(adjectives, evidence.words, labels)
    trust = (_INFERRED_TRUST + _LINKED_TRUST * np.minimum(weights, 1.0)).astype(np.float32)
    values[rows], trust[rows] = truth, 1.0
    return Targets(values, trust)


def same_stem(word: str, others: Iterable[str]) -> bool:
    """Whether a part of the word begins like one of the others, as in "fog" and "foggy".

    The nouns and compounds of the lexicon are in no cluster of WordNet's adjectives. Those with
    the stem of a held-out word are left out with it.
    """
    parts = [part[:_STEM] for part in re.split(r"[- ]", word)]
    stems = {part[:_STEM] for other in others for part in re.split(r"[- ]", other)}
    starts = {stem[:_SHORT_STEM] for stem in stems}
    return any(
        part in stems
        or part[:_SHORT_STEM] in stems
        or (len(part) == _SHORT_STEM and part in starts)
        for part in parts
    )


def groups(adjectives: Adjectives, words: Iterable[str]) -> dict[str, int]:
    """Put words whose most used sense lies in one WordNet cluster into one group.

    Clusters that are antonyms of each other share a group too. Held-out tests leave out whole
    groups, so that no near synonym and no antonym of a tested word was trained on.

    Returns:
        Group number of each word; a word that WordNet does not know is alone.
    """
    found: dict[str, int] = {}
    for word in sorted(words):
        senses = adjectives.senses.get(word)
        if not senses:
            found[word] = -1 - len(found)
            continue
        head = adjectives.cluster(senses[0])
        opposite = [other for _, other, _ in adjectives.synsets[head].antonyms]
        found[word] = min([head, *opposite])
    return found
