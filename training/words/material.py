"""What the student learns from: words and phrases with their targets, and batches of them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from artdesk.core.attributes import ATTRIBUTE_COUNT, AXES, HUES
from training.words import targets
from training.words.nonsense import KINDS, NonsenseMaker
from training.words.semantic import TEMPLATES, Basis, encode_templates, fit_basis, unit_rows
from training.words.teacher import Teacher, cached_encode
from training.words.walks import Links, walk
from training.words.wordnet import Adjectives

FloatArray = npt.NDArray[np.float32]
Advance = Callable[[int], None]

_ADVERBS = ("very", "slightly", "deeply", "rather", "softly", "almost")
_NOUN_TRUST = 0.1
_PAIR_STRENGTH = 0.3
_BATCH, _NONSENSE, _PAIRS = 256, 28, 24
# How often an example is drawn, by its kind.
_LEXICON_SHARE, _ADJECTIVE_SHARE, _NOUN_SHARE, _PHRASE_SHARE = 3.0, 1.0, 0.7, 0.5
TRAINED_KINDS = tuple(kind for kind in KINDS if kind != "syllables")
"""Kinds of nonsense in the batches; the last kind is left for the test."""


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that training and its tests need.

    Attributes:
        texts: words, then phrases.
        semantic: float32 [N, 64], unit rows.
        attributes: float32 [N, 29].
        weights: float32 [N], trust in the attributes.
        shares: float64 [N], how often each is drawn; sums to 1.
        pairs: int [P, 2], rows of antonyms that differ clearly.
        held_out: lexicon words whose labels nothing was learnt from.
        hidden: real adjectives that the student never sees at all.
        nonsense: float32 [64], the direction that stands for "no word".
    """

    texts: list[str]
    semantic: FloatArray
    attributes: FloatArray
    weights: FloatArray
    shares: npt.NDArray[np.float64]
    pairs: npt.NDArray[np.intp]
    held_out: list[str]
    hidden: list[str]
    nonsense: FloatArray


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch; rows from `pairs_from` on are antonyms, one pair after the other.

    Attributes:
        texts: B texts.
        semantic: float32 [B, 64].
        attributes: float32 [B, 29].
        weights: float32 [B].
        pairs_from: first row of the antonyms.
        signs: float32 [pairs, 29], the first word's attributes where both differ, else 0.
    """

    texts: list[str]
    semantic: FloatArray
    attributes: FloatArray
    weights: FloatArray
    pairs_from: int
    signs: FloatArray


class Batches:
    """Batches by step number: the same seed and step give the same batch."""

    def __init__(self, material: Material, seed: int) -> None:
        """Prepare drawing.

        Args:
            material: what to draw from.
            seed: seed of the training.
        """
        self._material = material
        self._maker = NonsenseMaker(material.texts, {*material.texts, *material.hidden})
        self._seed = seed

    def draw(self, step: int) -> Batch:
        """The batch of a step."""
        material = self._material
        random = np.random.default_rng([self._seed, step])
        count = _BATCH - _NONSENSE - 2 * _PAIRS
        chosen = random.choice(len(material.texts), size=count, p=material.shares)
        texts = [_dress(material.texts[i], random) for i in chosen]
        texts += [
            self._maker.make(TRAINED_KINDS[int(random.integers(0, len(TRAINED_KINDS)))], random)
            for _ in range(_NONSENSE)
        ]
        pairs = material.pairs[random.integers(0, len(material.pairs), _PAIRS)]
        flat = pairs.reshape(-1)
        texts += [material.texts[i] for i in flat]
        first, second = material.attributes[pairs[:, 0]], material.attributes[pairs[:, 1]]
        signs = np.where((np.abs(first) > _PAIR_STRENGTH) & (first * second < 0), first, 0.0)
        nothing = np.zeros((_NONSENSE, ATTRIBUTE_COUNT), np.float32)
        return Batch(
            texts=texts,
            semantic=np.concatenate(
                [
                    material.semantic[chosen],
                    np.tile(material.nonsense, (_NONSENSE, 1)),
                    material.semantic[flat],
                ]
            ),
            attributes=np.concatenate(
                [material.attributes[chosen], nothing, material.attributes[flat]]
            ),
            weights=np.concatenate(
                [
                    material.weights[chosen],
                    np.full(_NONSENSE, 0.3, np.float32),
                    material.weights[flat],
                ]
            ),
            pairs_from=_BATCH - 2 * _PAIRS,
            signs=signs.astype(np.float32),
        )


def prepare(
    labels: Mapping[str, FloatArray],
    adjectives: Adjectives,
    links: Links,
    nouns: Sequence[str],
    teacher: Teacher,
    basis: Basis | None,
    cache: Path,
    seed: int,
    advance: Advance | None = None,
) -> tuple[Material, Basis, targets.Evidence]:
    """Collect words, targets and phrases.

    Args:
        labels: the lexicon, float32 [29] for each word.
        adjectives: WordNet's adjectives.
        links: all of WordNet as a network.
        nouns: frequent nouns, for meaning only.
        teacher: gives the vectors.
        basis: meaning basis of an earlier training; None fits a new one.
        cache: folder for the teacher's vectors.
        seed: seed of the splits and the phrases.
        advance: told how many texts the teacher has read.

    Returns:
        The material, the basis, and what was known of all words without labels.
    """
    random = np.random.default_rng([seed, 1])
    plain = adjectives.words()
    known = set(plain)
    held_out = choose_held_out(adjectives, labels, random)
    trained = {
        word: label
        for word, label in labels.items()
        if not touches(word, frozenset(held_out))
        and (word in known or not targets.same_stem(word, held_out))
    }
    hidden = _choose_hidden(adjectives, labels, random)
    encoded = encode_templates(teacher, plain, cache, advance)
    if basis is None:
        basis = fit_basis(encoded)
    others = sorted((set(labels) | set(nouns)) - known)
    more = encode_templates(teacher, others, cache, advance)
    words = [*plain, *others]
    encoded = np.concatenate([encoded, more], axis=1)
    features = word_features(adjectives, words, basis.centred(encoded), teacher, cache, advance)
    evidence = targets.Evidence(words, features, walk(links, words))
    inferred = targets.infer(adjectives, trained, evidence)
    semantic = basis.project(encoded)
    weights, shares = inferred.trust.copy(), np.full(len(words), _ADJECTIVE_SHARE)
    for row, word in enumerate(words):
        if word in trained:
            shares[row] = _LEXICON_SHARE
        elif word not in known:
            weights[row], shares[row] = _NOUN_TRUST, _NOUN_SHARE
    keep = np.array([word not in set(hidden) for word in words])
    words = [word for word, kept in zip(words, keep, strict=True) if kept]
    values, semantic = inferred.values[keep], semantic[keep]
    weights, shares = weights[keep], shares[keep]

    phrases, parts = make_phrases(words, len(plain) - len(hidden), sorted(trained), random)
    spoken = encode_templates(teacher, phrases, cache, advance)
    material = Material(
        texts=[*words, *phrases],
        semantic=np.concatenate([semantic, basis.project(spoken)]),
        attributes=np.concatenate([values, np.clip(_sum_parts(values, parts), -1.0, 1.0)]).astype(
            np.float32
        ),
        weights=np.concatenate([weights, [weights[list(part)].min() for part in parts]]).astype(
            np.float32
        ),
        shares=_normalised(np.concatenate([shares, np.full(len(phrases), _PHRASE_SHARE)])),
        pairs=_antonym_rows(adjectives, words, values),
        held_out=held_out,
        hidden=hidden,
        nonsense=emptiest_direction(semantic[: len(plain) - len(hidden)]),
    )
    return material, basis, evidence


def word_features(
    adjectives: Adjectives,
    words: Sequence[str],
    centred: FloatArray,
    teacher: Teacher,
    cache: Path,
    advance: Advance | None = None,
) -> FloatArray:
    """Word vector and mean vector of the WordNet definitions, side by side.

    Args:
        adjectives: WordNet.
        words: N words.
        centred: float32 [N, D], their centred teacher vectors.
        teacher: reads the definitions.
        cache: folder for the teacher's vectors.
        advance: told how many texts the teacher has read.

    Returns:
        float32 [N, 2 D], unit rows; the second half is 0 for words that WordNet does not define.
    """
    offsets = sorted(adjectives.synsets)
    place = {offset: row for row, offset in enumerate(offsets)}
    glosses = cached_encode(
        teacher, [adjectives.synsets[offset].gloss for offset in offsets], cache, advance
    )
    glosses = glosses - glosses.mean(axis=0)
    defined = np.zeros_like(centred)
    for row, word in enumerate(words):
        for rank, offset in enumerate(adjectives.senses.get(word, ())[:3]):
            defined[row] += targets.sense_weight(rank) * glosses[place[offset]]
    return unit_rows(np.concatenate([unit_rows(centred), 0.5 * unit_rows(defined)], axis=1))


def choose_held_out(
    adjectives: Adjectives,
    labels: Mapping[str, FloatArray],
    random: np.random.Generator,
    share: float = 0.12,
) -> list[str]:
    """Lexicon words of whole WordNet clusters (with their antonyms), about `share` of all.

    The words that name poles and hues stay, and of the plain words of each pole (those that say
    it more strongly than anything else) at least half, so that nothing is unheard of.
    """
    known = [word for word in labels if word in adjectives.senses]
    group = targets.groups(adjectives, known)
    members: dict[int, list[str]] = {}
    for word in sorted(group):
        members.setdefault(group[word], []).append(word)
    names = {name for axis in AXES for name in (axis.negative, axis.positive)} | {*HUES, "golden"}
    pole = {word: _plain_pole(labels[word]) for word in known}
    left = Counter(pole.values())
    least = {place: -(-count // 2) for place, count in left.items()}
    chosen: list[str] = []
    for index in random.permutation(len(members)):
        if len(chosen) >= share * len(known):
            break
        words = members[sorted(members)[int(index)]]
        taken = Counter(pole[word] for word in words)
        if names.isdisjoint(words) and all(
            left[place] - count >= least[place] for place, count in taken.items()
        ):
            left -= taken
            chosen += words
    return sorted(chosen)


def touches(word: str, held_out: frozenset[str]) -> bool:
    """Whether a word is held out or has a held-out word as a part, as "half-lit" has "lit"."""
    return word in held_out or not held_out.isdisjoint(word.split("-"))


def _plain_pole(label: FloatArray) -> tuple[int, bool]:
    """The attribute that a word says most strongly, and on which side."""
    place = int(np.abs(label).argmax())
    return place, bool(label[place] > 0)


def make_phrases(
    words: Sequence[str], adjective_count: int, lexicon: Sequence[str], random: np.random.Generator
) -> tuple[list[str], list[tuple[int, ...]]]:
    """Phrases of one or two known words.

    Args:
        words: all words, the adjectives first.
        adjective_count: how many of them are adjectives.
        lexicon: words of the lexicon; every phrase has at least one.
        random: source of chance.

    Returns:
        Texts, and for each the rows of the words that it holds.
    """
    place = {word: row for row, word in enumerate(words)}
    base = [place[word] for word in lexicon if word in place]
    made: dict[str, tuple[int, ...]] = {}
    for _ in range(800):
        row = base[int(random.integers(0, len(base)))]
        made[f"{_ADVERBS[int(random.integers(0, len(_ADVERBS)))]} {words[row]}"] = (row,)
    for _ in range(2200):
        row = base[int(random.integers(0, len(base)))]
        if random.random() < 0.6:
            other = base[int(random.integers(0, len(base)))]
        else:
            other = int(random.integers(0, adjective_count))
        if row != other:
            made[f"{words[row]} {words[other]}"] = (row, other)
    return list(made), list(made.values())


def emptiest_direction(vectors: FloatArray) -> FloatArray:
    """The unit vector whose nearest neighbour among `vectors` is as far as possible.

    Gradient descent on the log-sum-exp of the cosines, a smooth form of their maximum.

    Args:
        vectors: float32 [N, 64], unit rows.

    Returns:
        float32 [64], unit length.
    """
    sharpness = 30.0
    points = vectors.astype(np.float64)
    direction = -points.mean(axis=0)
    direction /= np.linalg.norm(direction)
    for step in range(400):
        scores = sharpness * (points @ direction)
        weight = np.exp(scores - scores.max())
        direction -= 0.1 * (1.0 - step / 400) * (weight @ points) / weight.sum()
        direction /= np.linalg.norm(direction)
    return np.asarray(direction, dtype=np.float32)


def _choose_hidden(
    adjectives: Adjectives,
    labels: Mapping[str, FloatArray],
    random: np.random.Generator,
    count: int = 800,
) -> list[str]:
    words = [word for word in adjectives.words() if word not in labels and word.isalpha()]
    return sorted(random.choice(np.array(words), size=count, replace=False).tolist())


def _antonym_rows(
    adjectives: Adjectives, words: Sequence[str], values: FloatArray
) -> npt.NDArray[np.intp]:
    place = {word: row for row, word in enumerate(words)}
    rows = [
        (place[first], place[second])
        for first, second in adjectives.antonym_pairs()
        if first in place and second in place
    ]
    clear = [
        (first, second)
        for first, second in rows
        if ((np.abs(values[first]) > _PAIR_STRENGTH) & (values[first] * values[second] < 0)).any()
    ]
    return np.array(clear, dtype=np.intp).reshape(-1, 2)


def _sum_parts(values: FloatArray, parts: Sequence[tuple[int, ...]]) -> FloatArray:
    return np.stack([values[list(part)].sum(axis=0) for part in parts]).astype(np.float32)


def _normalised(shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(shares / shares.sum(), dtype=np.float64)


def _dress(text: str, random: np.random.Generator) -> str:
    if random.random() < 0.15:
        return TEMPLATES[int(random.integers(1, len(TEMPLATES)))].format(text)
    return text
