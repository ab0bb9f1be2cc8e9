"""Saying with a few adjectives what was measured in a picture.

The words differ from call to call, as they would between people: the better a word agrees with the
picture the likelier it is said, and no two words of one text say nearly the same or the opposite.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from artdesk.core.attributes import ATTRIBUTE_COUNT, AXES, HUES
from training.corpus.lexicon import read_lexicon

Floats = npt.NDArray[np.float64]

_MOST_WORDS = 4
# Chances of one to four words.
_COUNTS = (0.2, 0.35, 0.3, 0.15)
# Below this agreement (of about 1) a word is not said, however lucky.
_LEAST_AGREEMENT = 0.3
# How strongly the better word wins over chance.
_DECIDEDNESS = 7.0
_CONTRADICTION = 1.5
# A word of many meanings is rarely right in all of them; an exponent below 1 is lenient to it.
_LENIENCE = 0.75
# Said together, two words must neither repeat nor deny one another.
_REPEATED = 0.75
_DENIED = -0.25
# People say "blue" rather than "cerulean": poles and plain hues are likelier.
_PLAIN_BONUS = 0.6


@dataclass(frozen=True)
class Lexicon:
    """Adjectives and what they say.

    Attributes:
        words: One string each.
        vectors: float64 [W, 29], -1..1, 0 where a word says nothing.
        directions: float64 [W, 29], the vectors at length 1.
        plain: bool [W], whether the word names a pole or a hue.
    """

    words: tuple[str, ...]
    vectors: Floats
    directions: Floats
    plain: npt.NDArray[np.bool_]

    @cached_property
    def rows(self) -> dict[str, int]:
        """Place of each word."""
        return {word: place for place, word in enumerate(self.words)}

    @classmethod
    def read(cls, path: Path) -> "Lexicon":
        """Reads the adjectives of `lexicon.csv`; its nouns name things, not what a picture is.

        Raises:
            WordsError: The file cannot be read or a line is wrong.
        """
        entries = [entry for entry in read_lexicon(path) if entry.kind != "noun"]
        names = {name for axis in AXES for name in (axis.negative, axis.positive)} | {*HUES}
        vectors = np.stack([entry.vector() for entry in entries]).astype(np.float64)
        return cls(
            words=tuple(entry.word for entry in entries),
            vectors=vectors,
            directions=vectors / np.linalg.norm(vectors, axis=1, keepdims=True),
            plain=np.array([entry.word in names for entry in entries]),
        )


def agreement(attributes: Floats, vectors: Floats) -> Floats:
    """How well each word fits a picture.

    Args:
        attributes: float64 [29], the measured picture, -1..1.
        vectors: float64 [W, 29].

    Returns:
        float64 [W]: 1 when the picture shows all that the word says in full, negative when it
        shows the opposite. Contradictions count more than agreements, and a word whose strongest
        meaning is absent does not fit through its weaker ones.
    """
    products = vectors * attributes
    scale = np.maximum(np.abs(vectors).sum(axis=1), 1e-9) ** _LENIENCE
    score = (products + _CONTRADICTION * np.minimum(products, 0.0)).sum(axis=1) / scale
    leading = np.abs(vectors).argmax(axis=1)
    main = np.take_along_axis(products, leading[:, None], axis=1)[:, 0]
    return np.asarray(np.minimum(score, main / np.maximum(np.abs(vectors).max(axis=1), 1e-9)))


def sample_words(
    attributes: Floats, lexicon: Lexicon, rng: np.random.Generator
) -> list[tuple[str, float]]:
    """Chooses one to four adjectives that agree with a picture.

    Args:
        attributes: float64 [29], the measured picture, -1..1.
        lexicon: The words to choose from.
        rng: Source of chance.

    Returns:
        Words with weights 0.5..1.6, more where the picture shows it more; none for a picture
        without any marked attribute.

    Raises:
        ValueError: `attributes` has another shape.
    """
    if attributes.shape != (ATTRIBUTE_COUNT,):
        raise ValueError(f"attributes have shape {attributes.shape}, not ({ATTRIBUTE_COUNT},)")
    fit = agreement(attributes, lexicon.vectors)
    luck = rng.gumbel(size=len(fit)) + _PLAIN_BONUS * lexicon.plain
    appeal = np.where(fit >= _LEAST_AGREEMENT, _DECIDEDNESS * fit + luck, -np.inf)
    wanted = int(rng.choice(np.arange(1, _MOST_WORDS + 1), p=_COUNTS))
    chosen: list[tuple[str, float]] = []
    for _ in range(wanted):
        best = int(appeal.argmax())
        if not np.isfinite(appeal[best]):
            break
        weight = 0.55 + 0.75 * float(fit[best]) + float(rng.normal(0.0, 0.12))
        chosen.append((lexicon.words[best], round(min(1.6, max(0.5, weight)), 2)))
        alike = lexicon.directions @ lexicon.directions[best]
        appeal[(alike > _REPEATED) | (alike < _DENIED)] = -np.inf
    return chosen


def phrase(words: Sequence[tuple[str, float]]) -> str:
    """Writes words as a person would: strong ones with "very", weak ones with "slightly"."""
    said = []
    for word, weight in words:
        degree = "very " if weight >= 1.25 else "slightly " if weight <= 0.75 else ""
        said.append(degree + word)
    return ", ".join(said)
