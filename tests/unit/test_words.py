"""What words mean: table, degrees, phrases, unknown words, several words together."""

import base64
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from artdesk.bundle.reader import Bundle
from artdesk.core.attributes import ATTRIBUTE_COUNT, ATTRIBUTES, WORD_DIM
from artdesk.core.errors import BundleError
from artdesk.core.recipe import Word
from artdesk.engine.words.encoder import TextEncoder
from artdesk.engine.words.table import INFERRED_FILE, WordTable, read_inferred
from training.data.arrays import npz

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


def inferred_arrays() -> dict[str, NDArray[Any]]:
    """A grey, a bright and a dark word, and one that the table reads otherwise."""
    names = ("brightness", "grey", "brightness", "warmth", "brightness")
    return {
        "words": np.frombuffer(b"cool\ngrey-eyed\nlambent\nsombrous", np.uint8),
        "counts": np.array([1, 1, 2, 1], np.uint8),
        "places": np.array([ATTRIBUTES.index(name) for name in names], np.uint8),
        "values": np.array([127, 64, 100, 30, -90], np.int8),
    }


def taught() -> WordTable:
    plain = table()
    vectors = np.stack([plain.vector(word(text)) for text in plain.known()])
    return WordTable(plain.known(), vectors, inferred=read_inferred(inferred_arrays()))


@pytest.mark.parametrize(
    ("text", "attributes"),
    [
        ("lambent", {"brightness": 0.79, "warmth": 0.24}),
        ("LAMBENT", {"brightness": 0.79, "warmth": 0.24}),
        ("gray eyed", {"grey": 0.5}),
        ("not sombrous", {"brightness": 0.71}),
        ("slightly lambent", {"brightness": 0.39, "warmth": 0.12}),
        ("dark and lambent", {"brightness": -1.0, "warmth": 0.24}),
    ],
)
def test_inferred_words_are_known_and_kept_in_the_recipe(
    text: str, attributes: dict[str, float]
) -> None:
    words = taught()
    heard = words.heard(word(text))
    assert heard.known
    assert heard.nearest == ()
    assert heard.attributes == attributes
    assert not table().heard(word(text)).known
    # Their meaning is worked out by the network, so the recipe has to keep the vector.
    kept = words.resolve([word(text)])[0]
    assert kept.vector is not None
    np.testing.assert_array_equal(table().vector(kept), words.vector(word(text)))


def test_inferred_words_change_neither_known_words_nor_kept_vectors() -> None:
    words = taught()
    for text in (*MEANINGS, "dark cool", "not very cool", "blue and calm"):
        np.testing.assert_array_equal(words.vector(word(text)), table().vector(word(text)))
        assert words.resolve([word(text)])[0].vector is None
    for text in ("nice", "lambent nice"):
        assert not words.heard(word(text)).known
    old = np.full(WORD_DIM, 5, np.int8)
    kept = Word(
        text="lambent", weight_percent=100, vector=base64.b64encode(old.tobytes()).decode("ascii")
    )
    np.testing.assert_array_equal(words.vector(kept), old)
    assert words.resolve([kept]) == (kept,)


def test_the_meaning_of_an_inferred_word_comes_from_the_network(toy_bundle: Bundle) -> None:
    network = TextEncoder(toy_bundle.file("text.onnx"), toy_bundle.file("tokenizer.json"))
    known = np.ones((1, WORD_DIM), dtype=np.int8)
    inferred = read_inferred(inferred_arrays())
    vector = WordTable(["calm"], known, -1.0, network, inferred).encode("lambent")
    plain = WordTable(["calm"], known, -1.0, network).encode("lambent")
    np.testing.assert_array_equal(vector[:ATTRIBUTE_COUNT], inferred["lambent"])
    np.testing.assert_array_equal(vector[ATTRIBUTE_COUNT:], plain[ATTRIBUTE_COUNT:])


def test_a_bundle_carries_inferred_words_or_none(toy_bundle: Bundle) -> None:
    assert not WordTable.of(toy_bundle).heard(word("lambent")).known
    whole = npz(inferred_arrays())
    for data, works in ((whole, True), (whole[:-40], False)):
        bundle = Bundle(
            toy_bundle.manifest, toy_bundle.hash, {**toy_bundle.data, INFERRED_FILE: data}
        )
        if works:
            assert WordTable.of(bundle).heard(word("lambent")).known
        else:
            with pytest.raises(BundleError, match=INFERRED_FILE):
                WordTable.of(bundle)


@pytest.mark.parametrize(
    "damage",
    [
        {"words": np.frombuffer(b"lambent\ncool\ngrey-eyed\nsombrous", np.uint8)},
        {"words": np.frombuffer(b"cool\ncool\nlambent\nsombrous", np.uint8)},
        {"words": np.frombuffer(b"cool\nlambent", np.uint8)},
        {"words": np.frombuffer(b"cool\ngrey-eyed\nlambent\nsombr\xc3\xb6s", np.uint8)},
        {"words": np.array(["cool", "lambent"])},
        {"counts": np.array([1, 1, 2, 2], np.uint8)},
        {"counts": np.array([1, 1, 3], np.uint8)},
        {"counts": np.array([[1, 1, 2, 1]], np.uint8)},
        {"places": np.array([0, 1, 2, 3, ATTRIBUTE_COUNT], np.uint8)},
        {"places": np.array([0, 1, 2, 3, 4], np.int64)},
        {"values": np.array([1, 1, 1, 1], np.int8)},
        {"values": np.array([1, 1, 1, 1, -128], np.int8)},
        {"values": np.ones(5)},
    ],
)
def test_damaged_inferred_words_are_a_plain_error(damage: dict[str, NDArray[Any]]) -> None:
    with pytest.raises(BundleError, match="install the model again"):
        read_inferred({**inferred_arrays(), **damage})


def test_missing_inferred_arrays_are_a_plain_error() -> None:
    with pytest.raises(BundleError, match="inferred words"):
        read_inferred({})
