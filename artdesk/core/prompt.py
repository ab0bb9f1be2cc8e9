"""Read what an artist types: "calm, very warm:1.4, (blue)".

Words are separated by commas, semicolons or line breaks. `:1.4` sets a weight from 0.1 to 2.0.
Brackets work as artists know them from AUTOMATIC1111: (blue) is 1.1 times as strong, ((blue))
1.21, [blue] 1.1 times weaker, and (calm, blue:1.3) gives both words 1.3.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from artdesk.core.errors import RecipeError
from artdesk.core.recipe import MAX_WORD_LENGTH, MAX_WORDS, Word

Style = Literal["typed", "shown", "parameters"]

MAX_PROMPT = 2000
"""Longest prompt in characters."""

_SEPARATORS = ",;\n\r\u3001\uff0c\uff1b"  # the last three: ideographic and full-width commas
_INSIDE_WORDS = " -'.&/"
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_PLAIN_SIGNS = {0x2018: "'", 0x2019: "'"} | dict.fromkeys([*range(0x2010, 0x2016), 0x2212], "-")
"""Typographic apostrophes and hyphens, as word processors put them."""
_CLOSING = {")": "(", "]": "["}


@dataclass
class _Item:
    text: str
    weight: float
    depth_weight: float = 1.0


def parse_prompt(text: str) -> tuple[tuple[str, int], ...]:
    """Read a prompt into words and weights in percent.

    Words are normalised (Unicode NFKC, case folded, single spaces); of a repeated word the
    strongest stays. An empty prompt is no error and gives no words.

    Raises:
        RecipeError: Says what cannot be understood and what to write instead.
    """
    if len(text) > MAX_PROMPT:
        raise RecipeError(
            f"The prompt is {len(text):,} characters long: use at most {MAX_PROMPT:,}, "
            f"that is up to {MAX_WORDS} words."
        )
    words: dict[str, int] = {}
    for item in _items(text):
        weight = round(item.weight * item.depth_weight * 100)
        word = _normalise(item.text)
        words[word] = max(words.get(word, 0), min(max(weight, 10), 200))
    if len(words) > MAX_WORDS:
        raise RecipeError(f"The prompt has {len(words)} words: use at most {MAX_WORDS}.")
    return tuple(words.items())


def format_word(word: Word, style: Style = "typed") -> str:
    """One word with its weight; a weight of 100 % is not written.

    Args:
        word: The word.
        style: "typed" is what `parse_prompt` reads back, warm:1.4; "shown" is for reading,
            with a times sign; "parameters" is what AUTOMATIC1111 writes into pictures,
            (warm:1.4) with brackets escaped.
    """
    text = re.sub(r"([()\[\]\\])", r"\\\1", word.text) if style == "parameters" else word.text
    if word.weight_percent == 100:
        return text
    weight = f"{word.weight_percent / 100:g}"
    if style == "parameters":
        return f"({text}:{weight})"
    return f"{text} \N{MULTIPLICATION SIGN}{weight}" if style == "shown" else f"{text}:{weight}"


def format_prompt(words: Iterable[Word], style: Style = "typed") -> str:
    """Words with their weights in one line; `style` as of `format_word`."""
    return ", ".join(format_word(word, style) for word in words)


def _items(text: str) -> list[_Item]:
    """Split into words, resolving brackets with a stack of (bracket, first item inside)."""
    items: list[_Item] = []
    open_brackets: list[tuple[str, int]] = []
    piece = ""

    def finish() -> float | None:
        """End the piece at hand; a weight without a word is returned to the bracket."""
        nonlocal piece
        word, weight = _split_weight(piece)
        piece = ""
        if word:
            items.append(_Item(word, 1.0 if weight is None else weight))
            return None
        return weight

    for character in text:
        if character in _SEPARATORS:
            if finish() is not None:
                raise RecipeError("The prompt has a weight without a word: write it like warm:1.4.")
        elif character in "([":
            if finish() is not None:
                raise RecipeError("The prompt has a weight without a word: write it like warm:1.4.")
            open_brackets.append((character, len(items)))
        elif character in ")]":
            if not open_brackets or open_brackets[-1][0] != _CLOSING[character]:
                raise RecipeError(f"The prompt has a “{character}” that opens nowhere: remove it.")
            first = open_brackets.pop()[1]
            word, weight = _split_weight(piece)
            piece = ""
            if word:
                items.append(_Item(word, 1.0))
            _close(items[first:], character, weight)
        else:
            piece += character
    if open_brackets:
        raise RecipeError(
            f"The prompt has a “{open_brackets[-1][0]}” that is not closed: close it."
        )
    if finish() is not None:
        raise RecipeError("The prompt has a weight without a word: write it like warm:1.4.")
    return items


def _close(inside: list[_Item], bracket: str, weight: float | None) -> None:
    factor = weight if weight is not None else (1.1 if bracket == ")" else 1 / 1.1)
    for item in inside:
        item.depth_weight *= factor


def _split_weight(piece: str) -> tuple[str, float | None]:
    """Split "warm:1.4" into word and weight."""
    word, colon, number = piece.partition(":")
    word = word.strip()
    if not colon:
        return word, None
    number = number.strip()
    if _NUMBER.fullmatch(number) is None or len(number) > 20:
        raise RecipeError(
            f"The weight “{number[:20]}” of “{word[:40]}” is not a number: write it like warm:1.4."
        )
    weight = float(number)
    if not 0.1 <= weight <= 2.0:
        raise RecipeError(f"The weight {number} of “{word[:40]}” is out of range: use 0.1 to 2.0.")
    return word, weight


def fold(text: str) -> str:
    """NFKC, case folded, with plain apostrophes and hyphens: two spellings that mean the same."""
    plain = unicodedata.normalize("NFKC", text).translate(_PLAIN_SIGNS)
    return unicodedata.normalize("NFKC", plain.casefold())


def _normalise(text: str) -> str:
    word = fold(text)
    for character in word:
        if unicodedata.category(character)[0] in "LMN" or character in _INSIDE_WORDS:
            continue
        if character.isspace():
            continue
        shown = character if character.isprintable() else f"U+{ord(character):04X}"
        raise RecipeError(
            f"The character “{shown}” is not part of a word: describe the picture in words such "
            "as calm or warm."
        )
    word = " ".join(word.split())
    if len(word) > MAX_WORD_LENGTH:
        raise RecipeError(
            f"The word “{word[:20]}…” is {len(word)} characters long: use at most "
            f"{MAX_WORD_LENGTH}, and put commas between words."
        )
    if not any(character.isalpha() for character in word):
        raise RecipeError(f"“{word}” has no letters: describe the picture in words such as calm.")
    return word
