"""Texts about pictures agree with what was measured, and vary."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from artdesk.core.attributes import ATTRIBUTES
from artdesk.core.paths import resources
from artdesk.core.prompt import parse_prompt
from tests.corpus_pictures import folder_of
from training.cli.corpus import app
from training.corpus import metadata
from training.corpus.annotating import read_quantiles
from training.corpus.importing import import_folder
from training.corpus.metadata import CorpusError
from training.corpus.sheets import axis_sheets
from training.corpus.texts import Lexicon, agreement, phrase, sample_words

LEXICON = Lexicon.read(resources() / "words" / "lexicon.csv")
VECTORS = dict(zip(LEXICON.words, LEXICON.vectors, strict=True))


def _picture(**strengths: float) -> np.ndarray:
    values = np.zeros(len(ATTRIBUTES))
    for name, value in strengths.items():
        values[ATTRIBUTES.index(name)] = value
    return values


def _said(attributes: np.ndarray, times: int = 40) -> list[str]:
    rng = np.random.default_rng(0)
    return [word for _ in range(times) for word, _ in sample_words(attributes, LEXICON, rng)]


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_words_agree_with_the_one_thing_that_a_picture_shows(name: str) -> None:
    for sign in (-1.0, 1.0) if ATTRIBUTES.index(name) < 16 else (1.0,):
        words = _said(_picture(**{name: sign}))
        assert words
        assert all(VECTORS[word][ATTRIBUTES.index(name)] * sign > 0 for word in words)


def test_words_vary_and_plain_ones_are_frequent() -> None:
    words = _said(_picture(blue=0.9, warmth=-0.8, brightness=-0.4, dynamism=-0.6), times=150)
    assert len(set(words)) > 20
    assert words.count("blue") > words.count("navy") / 3
    assert "warm" not in words
    assert "red" not in words


def test_nothing_is_said_of_a_picture_without_marks() -> None:
    assert sample_words(np.zeros(29), LEXICON, np.random.default_rng(0)) == []


def test_a_strong_mark_weighs_more() -> None:
    rng = np.random.default_rng(1)
    weights = {}
    for amount in (0.55, 1.0):
        drawn = [sample_words(_picture(red=amount), LEXICON, rng) for _ in range(300)]
        weights[amount] = np.mean(
            [weight for words in drawn for word, weight in words if word == "red"]
        )
    assert weights[1.0] > weights[0.55] + 0.1


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_no_text_repeats_or_denies_itself(seed: int) -> None:
    rng = np.random.default_rng(seed)
    attributes = rng.uniform(-1, 1, 29)
    words = sample_words(attributes, LEXICON, rng)
    assert len(words) <= 4
    for index, (word, weight) in enumerate(words):
        assert 0.5 <= weight <= 1.6
        assert agreement(attributes, VECTORS[word][None])[0] > 0
        for other, _ in words[:index]:
            one, two = VECTORS[word], VECTORS[other]
            cosine = one @ two / np.linalg.norm(one) / np.linalg.norm(two)
            assert -0.26 < cosine < 0.76
    # Every text is a prompt that the app understands.
    assert len(parse_prompt(phrase(words))) == len(words)


def test_the_same_seed_says_the_same() -> None:
    attributes = _picture(red=0.9, busyness=0.5)
    one, two = (sample_words(attributes, LEXICON, np.random.default_rng(5)) for _ in range(2))
    assert one == two


def test_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        sample_words(np.zeros(16), LEXICON, np.random.default_rng(0))


def test_annotate_measures_ranks_and_tells(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    import_folder(folder_of(tmp_path / "in", 5), one)
    import_folder(folder_of(tmp_path / "more", 5, first=50), two)
    rows = metadata.read(one)
    metadata.write(one, [row.with_raw(np.zeros(29)) for row in rows])
    result = CliRunner().invoke(app, ["annotate", str(one), str(two)])
    assert result.exit_code == 0, result.output
    assert (read_quantiles(one) == read_quantiles(two)).all()
    assert (np.diff(read_quantiles(one), axis=1) >= 0).all()
    told = metadata.read(one) + metadata.read(two)
    assert all(1 <= len(row.texts) <= 4 for row in told)
    for row, before in zip(told, rows, strict=False):
        assert row.raw is not None
        assert before.raw is not None
        assert np.allclose(row.raw, before.raw, rtol=1e-4, atol=1e-5)
    first = (one / "metadata.csv").read_bytes()
    assert CliRunner().invoke(app, ["annotate", str(one), str(two)]).exit_code == 0
    assert (one / "metadata.csv").read_bytes() == first
    assert axis_sheets([one], tmp_path / "sheets", columns=4, side=16) == 29
    assert len(list((tmp_path / "sheets").glob("*.png"))) == 29


def test_a_missing_or_foreign_scale_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="corpus annotate"):
        read_quantiles(tmp_path)
    (tmp_path / "attributes.npz").write_bytes(b"nothing")
    with pytest.raises(CorpusError, match="corpus annotate"):
        read_quantiles(tmp_path)
