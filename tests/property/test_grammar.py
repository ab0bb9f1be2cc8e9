"""Laws of the prompt grammar, whatever the words are."""

import itertools
import unicodedata

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from artdesk.core.attributes import ATTRIBUTE_COUNT, WORD_DIM
from artdesk.engine.words import grammar, spelling
from artdesk.engine.words.table import WordTable

WORDS = ("warm", "calm", "dark", "red", "blue", "turquoise", "high-contrast", "geometric", "smooth")
SCALE = ("barely", "slightly", "fairly", "quite", "very", "extremely")
known = st.sampled_from(WORDS)
anything = st.text(max_size=60)


def table() -> WordTable:
    random = np.random.default_rng(4)
    vectors = np.zeros((len(WORDS), WORD_DIM), dtype=np.int8)
    vectors[:, :ATTRIBUTE_COUNT] = random.integers(-60, 61, (len(WORDS), ATTRIBUTE_COUNT))
    vectors[:, ATTRIBUTE_COUNT:] = random.integers(-127, 128, (len(WORDS), 64))
    return WordTable(list(WORDS), vectors)


TABLE = table()


def said(text: str) -> np.ndarray:
    vector = TABLE.lookup(text)
    assert vector is not None, text
    return vector[:ATTRIBUTE_COUNT].astype(int)


@given(word=known)
def test_a_stronger_adverb_never_says_less(word: str) -> None:
    strengths = [np.abs(said(f"{adverb} {word}")) for adverb in SCALE]
    for weaker, stronger in itertools.pairwise(strengths):
        assert (weaker <= stronger).all()
    assert (said(f"extremely {word}") * said(word) >= 0).all()


@given(word=known)
def test_not_turns_the_sign_and_twice_not_gives_it_back(word: str) -> None:
    assert (said(f"not {word}") == -said(word)).all()
    assert (said(f"not not {word}") == said(word)).all()
    assert (said(f"without {word}") == said(f"not {word}")).all()


@given(first=known, second=known)
def test_the_order_of_a_list_says_nothing(first: str, second: str) -> None:
    one, other = said(f"{first} and {second}"), said(f"{second} and {first}")
    assert (np.abs(one) == np.abs(other)).all()


@given(word=known, upper=st.booleans(), hyphen=st.sampled_from("-\u2010\u2011 "))
def test_case_width_hyphens_and_blanks_do_not_matter(word: str, upper: bool, hyphen: str) -> None:
    written = word.upper() if upper else word.title()
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isalpha() else hyphen for c in written)
    for form in (written.replace("-", hyphen), f"  {written}\t", wide):
        assert (said(form) == said(word)).all(), form
    assert (said(unicodedata.normalize("NFD", word)) == said(word)).all()


@given(text=anything)
def test_any_text_gives_a_vector_in_range_or_none(text: str) -> None:
    found = TABLE.lookup(text)
    assert found is None or (found.dtype == np.int8 and found.shape == (WORD_DIM,))
    assert TABLE.encode(text).shape == (WORD_DIM,)
    assert len(TABLE.nearest(text)) <= 3
    assert grammar.normal(grammar.normal(text)) == grammar.normal(text)


@given(word=known, data=st.data())
def test_one_typing_error_finds_the_word_again(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(word) - 1))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    kind = data.draw(st.sampled_from(("change", "insert", "delete", "swap")))
    wrong = {
        "change": word[:at] + letter + word[at + 1 :],
        "insert": word[:at] + letter + word[at:],
        "delete": word[:at] + word[at + 1 :],
        "swap": word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
    }[kind]
    assert word in spelling.misspelt(wrong, WORDS) or wrong == word
    assert spelling.distance(word, wrong, 3) <= 1


@given(first=st.text("abc", max_size=6), second=st.text("abc", max_size=6))
def test_distance_is_symmetric_and_zero_only_for_equals(first: str, second: str) -> None:
    there = spelling.distance(first, second, 9)
    assert there == spelling.distance(second, first, 9)
    assert (there == 0) == (first == second)
    assert abs(len(first) - len(second)) <= there <= max(len(first), len(second))
    for limit in range(3):
        capped = spelling.distance(first, second, limit)
        assert capped == there if there <= limit else capped > limit
