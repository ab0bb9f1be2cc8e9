"""The map of the words: neighbours stay neighbours, colours say what the words say."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from artdesk.core.attributes import ATTRIBUTES, WORD_DIM
from training.words import map as words_map


def clusters() -> tuple[list[str], np.ndarray]:
    """Three groups of twenty words, each speaking of one hue."""
    random = np.random.default_rng(6)
    vectors = 0.05 * random.normal(size=(60, WORD_DIM))
    for group, hue in enumerate(("red", "green", "blue")):
        rows = slice(20 * group, 20 * group + 20)
        vectors[rows, ATTRIBUTES.index(hue)] += 0.9
        vectors[rows, 40 + group] += 1.0
    letters = "abcdefghijklmnopqrstuvwxyz"
    return [f"word{letters[i // 26]}{letters[i % 26]}" for i in range(60)], vectors


def test_groups_stay_together_and_the_map_repeats() -> None:
    _, vectors = clusters()
    spots = words_map.places(vectors, steps=250)
    assert np.array_equal(spots, words_map.places(vectors, steps=250))
    assert spots.min() >= 0.0
    assert spots.max() <= 1.0
    gaps = np.linalg.norm(spots[:, None] - spots, axis=2)
    np.fill_diagonal(gaps, np.inf)
    groups = np.arange(60) // 20
    assert (groups[gaps.argmin(axis=1)] == groups).mean() > 0.9


@pytest.mark.parametrize(("hue", "channel"), [("red", 0), ("green", 1), ("blue", 2)])
def test_a_word_has_the_colour_that_it_names(hue: str, channel: int) -> None:
    vector = np.zeros(WORD_DIM)
    vector[ATTRIBUTES.index(hue)] = 1.0
    assert int(np.argmax(words_map.colour(vector))) == channel


def test_warm_is_redder_than_cool_and_bright_lighter_than_dark() -> None:
    warm, bright = np.zeros(WORD_DIM), np.zeros(WORD_DIM)
    warm[ATTRIBUTES.index("warmth")] = bright[ATTRIBUTES.index("brightness")] = 1.0
    assert words_map.colour(warm)[0] > words_map.colour(-warm)[0]
    assert sum(words_map.colour(bright)) > sum(words_map.colour(-bright))


def test_the_picture_is_written(tmp_path: Path) -> None:
    words, vectors = clusters()
    words[7] = "red"
    target = tmp_path / "new" / "map.png"
    assert words_map.choose(words, vectors, 30)[0] == 7
    assert words_map.write_map(target, words, vectors, 30) == 30
    with Image.open(target) as picture:
        assert picture.size == (words_map.WIDTH, words_map.HEIGHT)
        assert len(picture.convert("RGB").getcolors(10_000) or []) > 3
