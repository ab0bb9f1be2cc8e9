"""Phrases as people write them, other spellings, typing errors and other languages."""

from pathlib import Path

import numpy as np
import pytest

from artdesk.core.attributes import ATTRIBUTE_COUNT, ATTRIBUTES, WORD_DIM
from artdesk.core.recipe import Word
from artdesk.engine.words import grammar, spelling
from artdesk.engine.words.table import WordTable

WORDS = {
    "warm": "warmth", "calm": "busyness", "dark": "brightness", "pale": "contrast",
    "red": "red", "blue": "blue", "grey": "grey", "colourful": "colourfulness",
    "black-and-white": "vividness", "pretty": "pink", "naive": "density",
    "high-contrast": "boldness", "lively": "dynamism",
}  # fmt: skip


def table() -> WordTable:
    vectors = np.zeros((len(WORDS), WORD_DIM), dtype=np.int8)
    for row, attribute in enumerate(WORDS.values()):
        vectors[row, ATTRIBUTES.index(attribute)] = 60
        vectors[row, ATTRIBUTE_COUNT + row] = 127
    return WordTable(list(WORDS), vectors)


def read(text: str) -> list[tuple[str, float]]:
    parts = grammar.read_phrase(grammar.normal(text), WORDS.__contains__)
    assert all(part.known for part in parts), parts
    return [(part.text, round(part.factor, 2)) for part in parts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("barely warm", [("warm", 0.25)]),
        ("a little warm", [("warm", 0.5)]),
        ("fairly warm", [("warm", 0.8)]),
        ("extremely warm", [("warm", 1.8)]),
        ("pretty warm", [("warm", 0.8)]),
        ("pretty", [("pretty", 1.0)]),
        ("warm but not red", [("warm", 1.0), ("red", -1.0)]),
        ("calm without red", [("calm", 1.0), ("red", -1.0)]),
        ("without red and blue", [("red", -1.0), ("blue", -1.0)]),
        ("without red but warm", [("red", -1.0), ("warm", 1.0)]),
        ("not red or blue", [("red", -1.0), ("blue", -1.0)]),
        ("not red and blue", [("red", -1.0), ("blue", 1.0)]),
        ("neither warm nor dark", [("warm", -1.0), ("dark", -1.0)]),
        ("neither warm, nor".replace(",", ""), [("warm", -1.0)]),
        ("anything but calm", [("calm", -1.0)]),
        ("not at all calm", [("calm", -1.0)]),
        ("isn't calm", [("calm", -1.0)]),
        ("not extremely warm", [("warm", -0.5)]),
        ("non-red", [("red", -1.0)]),
        ("very dark and slightly blue", [("dark", 1.4), ("blue", 0.5)]),
        ("very dark blue", [("dark", 1.4), ("blue", 1.4)]),
        ("dark, very blue".replace(",", ""), [("dark", 1.0), ("blue", 1.4)]),
        ("a warm and calm picture with red tones", [("warm", 1.0), ("calm", 1.0), ("red", 1.0)]),
        ("black and white", [("black-and-white", 1.0)]),
        ("warm black and white", [("warm", 1.0), ("black-and-white", 1.0)]),
        ("not black-and-white", [("black-and-white", -1.0)]),
        ("high contrast", [("high-contrast", 1.0)]),
        ("high\u2011contrast", [("high-contrast", 1.0)]),
        ("blue-gray", [("blue", 1.0), ("grey", 1.0)]),
        ("colorful", [("colourful", 1.0)]),
        ("naïve", [("naive", 1.0)]),
        ("red-coloured", [("red", 1.0)]),
        ("darker", [("dark", 1.2)]),
        ("palest", [("pale", 1.6)]),
        ("redder", [("red", 1.2)]),
        ("livelier", [("lively", 1.2)]),
        ("warmly red", [("warm", 1.0), ("red", 1.0)]),
        ("ＷＡＲＭ", [("warm", 1.0)]),  # noqa: RUF001
    ],
)
def test_phrases(text: str, expected: list[tuple[str, float]]) -> None:
    assert read(text) == expected


def test_unknown_words_keep_their_clause_and_spare_the_others() -> None:
    parts = grammar.read_phrase("very zorpy blue and not red", WORDS.__contains__)
    assert [(p.text, p.factor, p.known) for p in parts] == [
        ("zorpy blue", 1.4, False),
        ("red", -1.0, True),
    ]


@pytest.mark.parametrize("text", ["", "very", "not", "and", "the", "a picture of", "or nor", "but"])
def test_words_that_say_nothing_alone(text: str) -> None:
    parts = grammar.read_phrase(text, WORDS.__contains__)
    assert not [part for part in parts if part.known]
    assert table().lookup(text) is None
    assert not table().encode(text).any()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("wram", "warm"), ("clam", "calm"), ("colourfull", "colourful"), ("livley", "lively"),
     ("drak", "dark"), ("very clourful", "colourful")],
)  # fmt: skip
def test_typing_errors_are_suggested_and_not_taken(typed: str, meant: str) -> None:
    words = table()
    heard = words.heard(Word(text=typed))
    assert not heard.known
    assert heard.nearest[0] == meant
    assert heard.attributes == {}  # nothing is guessed


def test_what_is_too_far_is_not_suggested() -> None:
    assert spelling.misspelt("zorp", list(WORDS)) == ()
    assert spelling.misspelt("bl", list(WORDS)) == ()
    assert spelling.distance("abcdef", "xyz", 2) == 3


@pytest.mark.parametrize(
    ("text", "language", "english"),
    [
        ("bleu", "French", ("blue",)),
        ("sehr dunkel", "German", ()),
        ("dunkel", "German", ("dark",)),
        ("rojo", "Spanish", ("red",)),
        ("very rosso", "Italian", ("red",)),
        ("теплый", "another language", ()),
        ("青い", "another language", ()),
        ("blau", "German", ("blue",)),
        ("warm", "", ()),
    ],
)
def test_other_languages_say_nothing_and_are_named(
    text: str, language: str, english: tuple[str, ...]
) -> None:
    words = table()
    heard = words.heard(Word(text=text))
    if text == "sehr dunkel":  # only single words are listed
        assert heard.attributes == {}
        return
    assert heard.language == language
    if language:
        assert heard.nearest == english
        assert not words.encode(text).any()


def test_every_foreign_word_means_a_word_of_the_lexicon() -> None:
    listed = {pair for pairs in spelling._LANGUAGES.values() for pair in pairs.split()}
    lexicon = Path(__file__).parents[2] / "resources" / "words" / "lexicon.csv"
    shipped = {line.split(",")[0] for line in lexicon.read_text(encoding="utf-8").splitlines()}
    for pair in listed:
        word, english = pair.split("=")
        assert english in shipped, pair
        assert grammar.normal(word) == word or word == "weiß"
