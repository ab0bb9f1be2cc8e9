"""What words mean: table, degrees, phrases, unknown words, several words together."""

import base64
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artdesk.bundle.reader import Bundle
from artdesk.core.attributes import ATTRIBUTE_COUNT, ATTRIBUTES, WORD_DIM
from artdesk.core.errors import BundleError
from artdesk.core.recipe import Word
from artdesk.engine.text_encoder import TextEncoder
from artdesk.engine.words import WordTable

MEANINGS: dict[str, dict[str, float]] = {
    "warm": {"warmth": 0.8},
    "cool": {"warmth": -0.8},
    "dark": {"brightness": -1.0},
    "blue": {"blue": 1.0, "warmth": -0.4},
    "calm": {"busyness": -0.8, "dynamism": -0.6},
    "high-contrast": {"contrast": 1.0},
    "very high": {"verticality": 1.0},
}


def table() -> WordTable:
    vectors = np.zeros((len(MEANINGS), WORD_DIM), dtype=np.int8)
    for row, strengths in enumerate(MEANINGS.values()):
        for name, strength in strengths.items():
            vectors[row, ATTRIBUTES.index(name)] = round(127 * strength)
        vectors[row, ATTRIBUTE_COUNT + row] = 127
    return WordTable(list(MEANINGS), vectors)


def said(words: WordTable, text: str) -> dict[str, float]:
    vector = words.lookup(text)
    assert vector is not None
    return {
        ATTRIBUTES[i]: round(float(vector[i]) / 127, 1) for i in range(ATTRIBUTE_COUNT) if vector[i]
    }


def word(text: str, weight: int = 100) -> Word:
    return Word(text=text, weight_percent=weight)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("warm", {"warmth": 0.8}),
        ("  WARM ", {"warmth": 0.8}),
        ("very warm", {"warmth": 1.0}),
        ("slightly warm", {"warmth": 0.4}),
        ("not warm", {"warmth": -0.8}),
        ("not not warm", {"warmth": 0.8}),
        ("not very warm", {"warmth": -0.4}),
        ("dark blue", {"brightness": -1.0, "blue": 1.0, "warmth": -0.4}),
        ("very dark blue", {"brightness": -1.0, "blue": 1.0, "warmth": -0.6}),
        ("dark-blue", {"brightness": -1.0, "blue": 1.0, "warmth": -0.4}),
        ("dark and blue", {"brightness": -1.0, "blue": 1.0, "warmth": -0.4}),
        ("high-contrast", {"contrast": 1.0}),
        ("very high", {"verticality": 1.0}),
        ("not very high", {"verticality": -1.0}),
    ],
)
def test_degrees_and_phrases(text: str, expected: dict[str, float]) -> None:
    assert said(table(), text) == expected


@pytest.mark.parametrize(
    "text", ["", "very", "not", "nice", "very nice", "dark nice", "and", "warmish"]
)
def test_what_the_table_lacks(text: str) -> None:
    assert table().lookup(text) is None


def test_not_says_nothing_of_the_meaning() -> None:
    vector = table().lookup("not warm")
    assert vector is not None
    assert not vector[ATTRIBUTE_COUNT:].any()


def test_completion_is_sorted_and_limited() -> None:
    words = table()
    assert words.complete("c") == ("calm", "cool")
    assert words.complete("C", limit=1) == ("calm",)
    assert words.complete("zz") == ()
    assert len(words.complete("")) == 7
    assert set(words.known()) == set(MEANINGS)


def test_words_about_different_things_stay_strong_together() -> None:
    attributes, meaning = table().combine([word("warm"), word("dark"), word("calm")])
    assert attributes[ATTRIBUTES.index("warmth")] == pytest.approx(0.8, abs=0.01)
    assert attributes[ATTRIBUTES.index("brightness")] == pytest.approx(-1.0, abs=0.01)
    assert np.linalg.norm(meaning) == pytest.approx(1.0)


def test_opposites_cancel_and_weights_decide() -> None:
    words = table()
    warmth = ATTRIBUTES.index("warmth")
    assert words.combine([word("warm"), word("cool")])[0][warmth] == pytest.approx(0.0)
    assert words.combine([word("warm", 150), word("cool", 50)])[0][warmth] > 0.3
    assert words.combine([word("warm", 50)])[0][warmth] == pytest.approx(0.4, abs=0.01)


@given(
    chosen=st.lists(st.tuples(st.sampled_from(sorted(MEANINGS)), st.integers(10, 200)), max_size=8)
)
def test_any_mixture_stays_in_range(chosen: list[tuple[str, int]]) -> None:
    attributes, meaning = table().combine([word(text, weight) for text, weight in chosen])
    assert np.abs(attributes).max(initial=0) <= 1
    assert np.linalg.norm(meaning) <= 1 + 1e-9


def test_no_words_say_nothing() -> None:
    attributes, meaning = table().combine([])
    assert not attributes.any()
    assert not meaning.any()


def test_a_stored_vector_wins_over_everything() -> None:
    stored = np.arange(WORD_DIM, dtype=np.int8)
    text = base64.b64encode(stored.tobytes()).decode()
    kept = Word(text="nice", vector=text)
    np.testing.assert_array_equal(table().vector(kept), stored)
    assert table().resolve([kept]) == (kept,)


def test_words_nobody_can_read_say_nothing_and_are_kept_so() -> None:
    resolved = table().resolve([word("nice", 70), word("warm")])
    assert resolved[0].vector == base64.b64encode(bytes(WORD_DIM)).decode()
    assert resolved[0].weight_percent == 70
    assert resolved[1] == word("warm")
    heard = table().heard(word("nice"))
    assert (heard.known, heard.nearest, heard.attributes) == (False, (), {})


def test_heard_lists_the_strongest_first() -> None:
    heard = table().heard(word("dark blue"))
    assert heard.known
    assert list(heard.attributes)[-1] == "warmth"
    assert heard.attributes["brightness"] == -1.0


def test_the_shape_of_the_table_is_checked() -> None:
    with pytest.raises(BundleError, match="2 words"):
        WordTable(["a", "b"], np.zeros((3, WORD_DIM), dtype=np.int8))


def test_unknown_words_go_through_the_network(toy_bundle: Bundle) -> None:
    words = WordTable.of(toy_bundle)
    network = TextEncoder(toy_bundle.file("text.onnx"), toy_bundle.file("tokenizer.json"))
    exact = network.encode("gloomy")
    assert exact.shape == (WORD_DIM,)
    free = WordTable(["calm"], np.ones((1, WORD_DIM), dtype=np.int8), -1.0, network)
    vector = free.encode("gloomy")
    np.testing.assert_allclose(vector / 127, exact, atol=0.5 / 127 + 1e-6)
    assert free.nearest("gloomy") == ("calm",)
    resolved = free.resolve([word("gloomy")])[0]
    np.testing.assert_array_equal(free.vector(resolved), vector)
    strict = WordTable(["calm"], np.ones((1, WORD_DIM), dtype=np.int8), 1.01, network)
    assert not strict.encode("gloomy").any()
    assert strict.nearest("gloomy") == ()
    assert len(words.known()) == len(json.loads(toy_bundle.file("words.json")))
    assert network.encode("a" * 40 + " " + "b " * 60).shape == (WORD_DIM,)


def test_damaged_parts_are_a_plain_error(toy_bundle: Bundle) -> None:
    broken = TextEncoder(toy_bundle.file("text.onnx"), b"{}")
    with pytest.raises(BundleError, match="tokenizer"):
        broken.encode("gloomy")
    wrong = TextEncoder(toy_bundle.file("decoder.onnx"), toy_bundle.file("tokenizer.json"))
    with pytest.raises(BundleError, match="install the model again"):
        wrong.encode("gloomy")
