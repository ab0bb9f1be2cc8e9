"""What words mean to the model: a table of known words, and a network for the others.

Of many words that the table lacks the attributes were inferred from WordNet beforehand; the
network then gives only their semantic embedding.

A word vector is int8 [93]: 29 attributes and a semantic embedding of 64, times 127. Known words
come from the table and are the same on every machine; the vector of an unknown word is worked
out once by the network and then kept in the recipe.
"""

import base64
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artdesk.bundle.reader import Bundle
from artdesk.core import strict_json
from artdesk.core.attributes import ATTRIBUTE_COUNT, ATTRIBUTES, WORD_DIM
from artdesk.core.errors import BundleError
from artdesk.core.recipe import Word
from artdesk.engine.words import grammar, spelling
from artdesk.engine.words.encoder import TextEncoder

FloatArray = NDArray[np.float64]
WordVector = NDArray[np.int8]

SCALE = 127
DEFAULT_THRESHOLD = 0.5
"""Cosine to the nearest known word below which a text is taken for no word at all."""

INFERRED_FILE = "inferred.npz"
"""Attributes inferred from WordNet; a bundle may do without."""

MAX_LIST = 64 * 1024 * 1024
"""Longest words.json in characters; the first has 370 thousand."""
MAX_WORD = 80
"""Longest word of it in characters."""

_HEARD_FROM = 0.1


@dataclass(frozen=True, slots=True)
class HeardWord:
    """What the model heard.

    Attributes:
        text: The word as it was typed.
        known: Whether the table has it, or WordNet told its attributes.
        nearest: Known words that may be meant by an unknown word, by spelling, language or
            meaning; empty when nothing is near.
        attributes: Strength -1..1 of each attribute that the word speaks of, strongest first.
        language: The language of a word that is not English, "another language" if it is not
            sure which; empty for the rest.
    """

    text: str
    known: bool
    nearest: tuple[str, ...]
    attributes: dict[str, float]
    language: str = ""


def combine_vectors(vectors: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """What several words say together, as the app and the training tell the networks.

    Each attribute is a mean in which a word counts by how much it speaks of the attribute, so
    that "warm, calm" is as warm as "warm" alone while "warm, cool" cancels out; the weight makes
    a word louder or softer.

    Args:
        vectors: float64 [n, 93], whole numbers divided by 127.
        weights: float64 [n].

    Returns:
        Attributes float64 [29] in -1..1; semantic embedding float64 [64], unit length or 0.
    """
    said, loud = vectors[:, :ATTRIBUTE_COUNT], weights[:, None]
    loudness = np.abs(said)
    # The floor is the least that a word can say, so it only keeps 0 from being divided by 0.
    heard = np.maximum(loudness.sum(axis=0), 1.0 / SCALE)
    attributes = (loud * said * loudness).sum(axis=0) / heard
    semantic = (loud * vectors[:, ATTRIBUTE_COUNT:]).sum(axis=0)
    length = float(np.sqrt(np.square(semantic).sum()))
    if length > 1e-6:
        semantic = semantic / length
    return np.clip(attributes, -1.0, 1.0), semantic


class WordTable:
    """The known words and their vectors.

    Args:
        words: Known words in lower case, each once.
        vectors: int8 [words, 93].
        threshold: Least cosine to a known word at which a text counts as a word.
        encoder: Works out the vectors of other words; without it they say nothing.
        inferred: Attributes of other words, int8 [29] each, that the encoder would guess worse.
    """

    def __init__(
        self,
        words: Sequence[str],
        vectors: NDArray[np.int8],
        threshold: float = DEFAULT_THRESHOLD,
        encoder: TextEncoder | None = None,
        inferred: Mapping[str, WordVector] | None = None,
    ) -> None:
        if (
            not words
            or vectors.dtype != np.int8
            or vectors.shape != (len(words), WORD_DIM)
            or vectors.min() < -SCALE
        ):
            raise BundleError(
                f"The word table of the model has {len(words)} words but vectors of the shape "
                f"{list(vectors.shape)}: install the model again."
            )
        self._vectors = vectors
        self._rows = {word: row for row, word in enumerate(words)}
        self._words = tuple(words)
        self._sorted = sorted(self._rows)
        self._threshold = threshold
        self._encoder = encoder
        self._inferred = inferred or {}
        self._encoded: dict[str, WordVector] = {}
        semantic = vectors[:, ATTRIBUTE_COUNT:].astype(np.float64)
        self._semantic = semantic / np.maximum(np.linalg.norm(semantic, axis=1, keepdims=True), 1.0)

    @classmethod
    def of(cls, bundle: Bundle, threads: int = 1) -> "WordTable":
        """The table of a bundle; BundleError when it is malformed."""
        arrays = bundle.arrays("words.npz")
        try:
            entries = strict_json.load_list(bundle.file("words.json").decode("utf-8"), MAX_LIST)
            words = [_text(entry["word"]) for entry in entries]
            if len(set(words)) != len(words):
                raise ValueError("a word is there twice")
            vectors = arrays["vectors"]
            threshold = _threshold(arrays)
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise BundleError(
                "The word list of the model is damaged: install the model again."
            ) from error
        encoder = TextEncoder(bundle.file("text.onnx"), bundle.file("tokenizer.json"), threads)
        inferred = (
            read_inferred(bundle.arrays(INFERRED_FILE)) if INFERRED_FILE in bundle.data else None
        )
        return cls(words, vectors, threshold, encoder, inferred)

    def known(self) -> tuple[str, ...]:
        """All known words, in the order of the table."""
        return self._words

    def complete(self, prefix: str, limit: int = 8) -> tuple[str, ...]:
        """Known words that begin with `prefix`, in alphabetical order."""
        wanted = grammar.normal(prefix)
        start = bisect_left(self._sorted, wanted)
        found: list[str] = []
        for word in self._sorted[start:]:
            if len(found) == limit or not word.startswith(wanted):
                break
            found.append(word)
        return tuple(found)

    def lookup(self, text: str) -> WordVector | None:
        """The vector of a known word, also of "very warm", "dark blue" or "calm but not red".

        Returns:
            int8 [93], or None when a part of the text is not in the table.
        """
        parts = self._read(text)
        if not parts or not all(part.known and part.text in self._rows for part in parts):
            return None
        return _together([self._part(part) for part in parts])

    def vector(self, word: Word) -> WordVector:
        """The vector of any word, int8 [93]: kept in the recipe, looked up, or worked out."""
        if word.vector is not None:
            return np.frombuffer(base64.b64decode(word.vector), dtype=np.int8)
        known = self.lookup(word.text)
        return self.encode(word.text) if known is None else known

    def encode(self, text: str) -> WordVector:
        """The vector of a text with unknown words in it.

        The network reads what the table lacks, with the inferred attributes if there are any;
        what it cannot read either, and words of other languages, say nothing.
        """
        parts = self._read(text)
        if not parts:
            return np.zeros(WORD_DIM, dtype=np.int8)
        return _together([self._part(part) for part in parts])

    def nearest(self, text: str, count: int = 3) -> tuple[str, ...]:
        """Known words that may be meant by a text, best first; empty when none is near.

        Of a text with unknown words only those are looked at: first for what another language
        calls by that name, then for typing errors, then for words of similar meaning.
        """
        parts = self._read(text)
        asked = next((part.text for part in parts if not part.known), "")
        if not asked:
            return self._alike(parts[0].text, count) if len(parts) == 1 else ()
        abroad = spelling.foreign(asked)
        if abroad is not None:
            return tuple(word for word in abroad[:1] if word in self._rows)
        meant = spelling.misspelt(asked, self._sorted, count)
        alike = tuple(word for word in self._alike(asked, count) if word not in meant)
        return (*meant, *alike)[:count]

    def heard(self, word: Word) -> HeardWord:
        """What the model hears in a word."""
        parts = self._read(word.text)
        known = bool(parts) and all(part.known for part in parts)
        language = "" if known else self._language(word.text)
        strengths = self.vector(word)[:ATTRIBUTE_COUNT] / SCALE
        order = np.argsort(-np.abs(strengths), kind="stable")
        return HeardWord(
            text=word.text,
            known=known,
            nearest=() if known else self.nearest(word.text),
            attributes={
                ATTRIBUTES[i]: round(float(strengths[i]), 2)
                for i in order
                if abs(strengths[i]) >= _HEARD_FROM
            },
            language=language,
        )

    def resolve(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """The words with a vector for each that the table lacks."""
        return tuple(
            word
            if word.vector is not None or self.lookup(word.text) is not None
            else Word(
                text=word.text,
                weight_percent=word.weight_percent,
                vector=base64.b64encode(self.encode(word.text).tobytes()).decode("ascii"),
            )
            for word in words
        )

    def combine(self, words: Sequence[Word]) -> tuple[FloatArray, FloatArray]:
        """What several words say together.

        Returns:
            Attributes float64 [29] in -1..1; semantic embedding float64 [64], unit length or 0.
        """
        if not words:
            return np.zeros(ATTRIBUTE_COUNT), np.zeros(WORD_DIM - ATTRIBUTE_COUNT)
        vectors = np.stack([self.vector(word) for word in words]).astype(np.float64) / SCALE
        return combine_vectors(vectors, np.array([word.weight_percent for word in words]) / 100.0)

    def _read(self, text: str) -> tuple[grammar.Part, ...]:
        text = grammar.normal(text)
        parts = grammar.read_phrase(text, self._rows.__contains__)
        # What the table explains alone is never read in another way.
        if all(part.known for part in parts):
            return parts
        return grammar.read_phrase(text, lambda w: w in self._rows or w in self._inferred)

    def _part(self, part: grammar.Part) -> WordVector:
        if part.known and part.text in self._rows:
            return _with_degree(np.asarray(self._vectors[self._rows[part.text]]), part.factor)
        vector = self._encode_core(part.text)
        if (
            spelling.foreign(part.text) is not None
            or self._similarity(vector).max(initial=-1.0) < self._threshold
        ):
            vector = np.zeros(WORD_DIM, dtype=np.int8)
        if part.known:
            vector = np.concatenate([self._inferred[part.text], vector[ATTRIBUTE_COUNT:]])
        return _with_degree(vector, part.factor)

    def _language(self, text: str) -> str:
        found = (spelling.foreign(part.text) for part in self._read(text) if not part.known)
        abroad = next((pair for pair in found if pair is not None), None)
        return "" if abroad is None else abroad[1] or "another language"

    def _alike(self, text: str, count: int) -> tuple[str, ...]:
        """Known words of similar meaning, most similar first."""
        row = self._rows.get(text)
        similarity = self._similarity(
            self._encode_core(text) if row is None else np.asarray(self._vectors[row])
        )
        best = np.argsort(-similarity, kind="stable")[: count + 1]
        return tuple(
            self._words[row]
            for row in best
            if similarity[row] >= self._threshold and self._words[row] != text
        )[:count]

    def _encode_core(self, text: str) -> WordVector:
        found = self._encoded.get(text)
        if found is None:
            if self._encoder is None:
                found = np.zeros(WORD_DIM, dtype=np.int8)
            else:
                exact = np.rint(self._encoder.encode(text) * SCALE)
                found = np.clip(exact, -SCALE, SCALE).astype(np.int8)
            if len(self._encoded) > 1000:
                self._encoded.clear()
            self._encoded[text] = found
        return found

    def _similarity(self, vector: WordVector) -> FloatArray:
        """Cosine of the embedding of `vector` to every known word, float64 [words]."""
        semantic = vector[ATTRIBUTE_COUNT:].astype(np.float64)
        return np.asarray(self._semantic @ semantic / max(float(np.linalg.norm(semantic)), 1.0))


def read_inferred(arrays: Mapping[str, NDArray[Any]]) -> dict[str, WordVector]:
    """Attributes int8 [29] of each word of an inferred.npz.

    Args:
        arrays: `words` uint8, the ASCII letters of W sorted words with line feeds between them;
            `counts` uint8 [W], how many attributes each has; `places` uint8 [sum of counts] and
            `values` int8 [sum of counts], which ones, and how strong (times 127).

    Raises:
        BundleError: They are not of this form.
    """
    try:
        letters, counts, places, values = (
            arrays[name] for name in ("words", "counts", "places", "values")
        )
        words = letters.tobytes().decode("ascii").split("\n")
        kinds = [str(part.dtype) for part in (letters, counts, places, values)]
        if (
            kinds != ["uint8", "uint8", "uint8", "int8"]
            or words != sorted(set(words))
            or counts.shape != (len(words),)
            or places.shape != (int(counts.sum()),)
            or values.shape != places.shape
            or places.max(initial=0) >= ATTRIBUTE_COUNT
            or values.min(initial=0) < -SCALE
        ):
            raise ValueError("the sizes differ")
    except (ValueError, KeyError) as error:
        raise BundleError(
            "The inferred words of the model are damaged: install the model again."
        ) from error
    rows = np.zeros((len(words), ATTRIBUTE_COUNT), dtype=np.int8)
    rows[np.repeat(np.arange(len(words)), counts), places] = values
    return dict(zip(words, rows, strict=True))


def _together(vectors: Sequence[WordVector]) -> WordVector:
    """One vector for the words of a phrase: the loudest of each attribute, the mean embedding."""
    if len(vectors) == 1:
        return vectors[0]
    parts = np.stack(vectors).astype(np.int64)
    loudest = np.abs(parts).argmax(axis=0)
    phrase = parts[loudest, np.arange(WORD_DIM)]
    phrase[ATTRIBUTE_COUNT:] = parts[:, ATTRIBUTE_COUNT:].sum(axis=0) // len(vectors)
    return np.asarray(phrase, dtype=np.int8)


def _with_degree(vector: WordVector, factor: float) -> WordVector:
    """Scale the attributes; the embedding weakens with them and is dropped by "not"."""
    if factor == 1.0:
        return vector
    scaled = vector.astype(np.float64)
    scaled[:ATTRIBUTE_COUNT] *= factor
    scaled[ATTRIBUTE_COUNT:] *= min(max(factor, 0.0), 1.0)
    return np.clip(np.rint(scaled), -SCALE, SCALE).astype(np.int8)


def _threshold(arrays: Mapping[str, NDArray[Any]]) -> float:
    values = arrays.get("thresholds")
    return DEFAULT_THRESHOLD if values is None else float(np.ravel(values)[0])


def _text(value: object) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_WORD:
        raise ValueError("a word is no text")
    return value
