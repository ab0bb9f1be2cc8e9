"""Splits a text into the numbered word pieces that the word network reads.

WordPiece of BERT (Devlin and others 2019, "BERT: Pre-training of Deep Bidirectional Transformers",
section 3; greedy longest match: Wu and others 2016, "Google's Neural Machine Translation System",
section 4.1), for the one kind of tokenizer.json that our training writes. Written here because the
library for it brings an HTTP client into the app and ends the process on some hostile files.

Unlike that library, "[SEP]" in an artist's text is five pieces of text and never the mark.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from artdesk.core import strict_json
from artdesk.core.errors import BundleError

MAX_CHARACTERS = 4_000_000
"""Longest tokenizer.json; that of BERT with its 30,522 pieces has 0.7 million."""
MAX_VOCABULARY = 120_000
"""Most pieces; BERT's vocabulary for a hundred languages has 119,547."""
MAX_PIECE = 200
"""Longest piece, and longest word that is taken apart, in characters."""
MAX_LENGTH = 512
"""Most pieces of a text with both marks; BERT has so many positions."""

_START, _END = "[CLS]", "[SEP]"
# Ideographs stand alone. The ranges are those of BERT's own tokenizer, with the gap at U+2B820
# that the trained vocabulary was made with.
_IDEOGRAPHS = (
    *((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F)),
    *((0x2B740, 0x2B81F), (0x2B920, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F)),
)
_BLANK = {"\t", "\n", "\r"}


@dataclass(frozen=True, slots=True)
class WordPieces:
    """The vocabulary and how a text is made ready for it.

    Attributes:
        numbers: Number of each piece; those inside a word start with `prefix`.
        unknown: Number that stands for a word which cannot be spelt.
        start: Number of the mark before the text.
        end: Number of the mark after it.
        prefix: What pieces inside a word start with.
        longest_word: Longer words are unknown, in characters.
        length: Most pieces of a text with both marks.
        clean: Whether control characters are dropped.
        ideographs: Whether ideographs are words of their own.
        accents: Whether accents stay.
        lowercase: Whether capitals become small.
    """

    numbers: Mapping[str, int]
    unknown: int
    start: int
    end: int
    prefix: str
    longest_word: int
    length: int
    clean: bool
    ideographs: bool
    accents: bool
    lowercase: bool

    @classmethod
    def read(cls, data: bytes) -> "WordPieces":
        """Read a tokenizer.json.

        Raises:
            BundleError: It is damaged, too large, or asks for something else than this module does.
        """
        try:
            return _read(strict_json.load(data.decode("utf-8"), MAX_CHARACTERS))
        except (ValueError, KeyError, TypeError) as error:
            raise BundleError(
                "The tokenizer of the model is damaged or of another kind: install the model again."
            ) from error

    def encode(self, text: str) -> list[int]:
        """Numbers of the pieces of a text between both marks, at most `length`; never empty."""
        room = self.length - 2
        pieces: list[int] = []
        for word in self._words(text):
            if len(pieces) >= room:
                break
            pieces += self._spell(word)
        return [self.start, *pieces[:room], self.end]

    def _normal(self, text: str) -> str:
        if self.clean:
            text = "".join(" " if _is_blank(c) else c for c in text if not _is_dropped(c))
        if self.ideographs:
            text = "".join(f" {c} " if _is_ideograph(c) else c for c in text)
        if not self.accents:
            apart = unicodedata.normalize("NFD", text)
            text = "".join(c for c in apart if unicodedata.category(c) != "Mn")
        # One by one: a final sigma is a sigma, as when the vocabulary was made.
        return "".join(c.lower() for c in text) if self.lowercase else text

    def _words(self, text: str) -> Iterator[str]:
        """Parts between blanks; every mark of punctuation is one of its own."""
        word = ""
        for character in self._normal(text):
            if _is_blank(character) or _is_punctuation(character):
                if word:
                    yield word
                    word = ""
                if not _is_blank(character):
                    yield character
            else:
                word += character
        if word:
            yield word

    def _spell(self, word: str) -> list[int]:
        """The longest known piece, then the longest known of the rest, to the end of the word."""
        if len(word) > self.longest_word:
            return [self.unknown]
        found: list[int] = []
        start = 0
        while start < len(word):
            prefix = self.prefix if start else ""
            for end in range(len(word), start, -1):
                number = self.numbers.get(prefix + word[start:end])
                if number is not None:
                    found.append(number)
                    start = end
                    break
            else:
                return [self.unknown]
        return found


def _is_blank(character: str) -> bool:
    return character in _BLANK or unicodedata.category(character) in ("Zs", "Zl", "Zp")


def _is_dropped(character: str) -> bool:
    if character in _BLANK:
        return False
    return character == "\ufffd" or unicodedata.category(character) in ("Cc", "Cf", "Co")


def _is_ideograph(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in _IDEOGRAPHS)


def _is_punctuation(character: str) -> bool:
    if character.isascii():
        # BERT counts all signs of ASCII, as "$" and "+", which Unicode calls symbols.
        return character.isprintable() and not character.isalnum() and character != " "
    return unicodedata.category(character).startswith("P")


def _read(document: dict[str, Any]) -> WordPieces:
    """The fields of a tokenizer.json; ValueError, KeyError or TypeError when it is another."""
    model, normalizer = document["model"], document["normalizer"]
    _demand(model["type"] == "WordPiece")
    _demand(normalizer["type"] == "BertNormalizer")
    _demand(document["pre_tokenizer"] == {"type": "BertPreTokenizer"})
    numbers = _vocabulary(model["vocab"])
    marks = _marks(document["post_processor"])
    _demand(all(numbers.get(mark) == number for mark, number in marks.items()))
    lowercase = _truth(normalizer["lowercase"])
    strip = normalizer["strip_accents"]
    return WordPieces(
        numbers=numbers,
        unknown=numbers[_text(model["unk_token"])],
        start=marks[_START],
        end=marks[_END],
        prefix=_text(model["continuing_subword_prefix"]),
        longest_word=_whole(model["max_input_chars_per_word"], 1, MAX_PIECE),
        length=_length(document["truncation"]),
        clean=_truth(normalizer["clean_text"]),
        ideographs=_truth(normalizer["handle_chinese_chars"]),
        # BERT: where nothing is said of accents, they go together with the capitals.
        accents=not (lowercase if strip is None else _truth(strip)),
        lowercase=lowercase,
    )


def _vocabulary(vocabulary: object) -> dict[str, int]:
    _demand(isinstance(vocabulary, dict))
    assert isinstance(vocabulary, dict)
    size = len(vocabulary)
    _demand(0 < size <= MAX_VOCABULARY)
    numbers = {_text(piece): _whole(n, 0, size - 1) for piece, n in vocabulary.items()}
    # Every number once, so that none points outside the network's table of that size.
    _demand(len(set(numbers.values())) == size)
    return numbers


def _marks(processor: Any) -> dict[str, int]:
    """Numbers of the marks at both ends, which must be BERT's."""
    _demand(processor["type"] == "TemplateProcessing")
    start, text, end = processor["single"]
    _demand(start["SpecialToken"]["id"] == _START and end["SpecialToken"]["id"] == _END)
    _demand(text["Sequence"]["id"] == "A")
    marks = {}
    for mark in (_START, _END):
        (number,) = processor["special_tokens"][mark]["ids"]
        marks[mark] = _whole(number, 0, MAX_VOCABULARY)
    return marks


def _length(truncation: Any) -> int:
    if truncation is None:
        return MAX_LENGTH
    _demand(truncation["direction"] == "Right")
    return _whole(truncation["max_length"], 3, MAX_LENGTH)


def _demand(holds: bool) -> None:
    if not holds:
        raise ValueError("this is not the tokenizer that ArtDesk's training writes")


def _text(value: object) -> str:
    _demand(isinstance(value, str) and 0 < len(value) <= MAX_PIECE)
    return str(value)


def _truth(value: object) -> bool:
    _demand(isinstance(value, bool))
    return bool(value)


def _whole(value: object, least: int, most: int) -> int:
    # `type`: a bool is an int to isinstance.
    if type(value) is not int or not least <= value <= most:
        raise ValueError("a number is out of bounds")
    return value
