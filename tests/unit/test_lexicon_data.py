"""The shipped list of adjectives is complete, unambiguous and speaks about known attributes."""

import csv
from pathlib import Path

import pytest

from artdesk.core.attributes import ATTRIBUTES, AXES, HUES

KINDS = ("perceptual", "hue", "affect", "material", "nature", "noun")
WORDS = Path(__file__).parents[2] / "resources" / "words"


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (WORDS / "lexicon.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _strengths(row: dict[str, str]) -> dict[str, float]:
    return {name: float(value) for name, value in
            (pair.split("=") for pair in row["attributes"].split(";"))}  # fmt: skip


def test_there_are_enough_words_and_none_twice(rows: list[dict[str, str]]) -> None:
    words = [row["word"] for row in rows]
    adjectives = [row["word"] for row in rows if row["kind"] != "noun"]
    assert len(adjectives) >= 1500
    assert len(words) - len(adjectives) >= 100
    assert len(set(words)) == len(words)
    assert all(word == word.strip().casefold() and len(word) <= 40 for word in words)


def test_every_strength_names_an_attribute_and_is_in_range(rows: list[dict[str, str]]) -> None:
    for row in rows:
        strengths = _strengths(row)
        assert strengths, row
        for name, value in strengths.items():
            assert name in ATTRIBUTES, row
            assert value != 0, row
            assert -1 <= value <= 1, row


def test_every_pole_and_hue_is_a_word_of_full_strength(rows: list[dict[str, str]]) -> None:
    table = {row["word"]: _strengths(row) for row in rows}
    for axis in AXES:
        assert table[axis.negative][axis.name] == -1
        assert table[axis.positive][axis.name] == 1
    for hue in HUES:
        word = {"gold": "golden"}.get(hue, hue)
        assert table[word][hue] == 1


def test_every_pole_has_several_words(rows: list[dict[str, str]]) -> None:
    for name in ATTRIBUTES:
        for sign in (-1, 1) if name not in HUES else (1,):
            found = [row["word"] for row in rows if _strengths(row).get(name, 0) * sign >= 0.4]
            assert len(found) >= 6, (name, sign, found)


def test_every_source_is_explained(rows: list[dict[str, str]]) -> None:
    explained = (WORDS / "SOURCES.md").read_text(encoding="utf-8")
    for source in {row["source"] for row in rows}:
        assert f"| {source} |" in explained or source == "by hand", source
    assert {row["kind"] for row in rows} == set(KINDS)


def test_affect_words_stand_on_studies(rows: list[dict[str, str]]) -> None:
    affect = [row for row in rows if row["kind"] == "affect"]
    assert len(affect) >= 50
    assert sum(row["source"] != "by hand" for row in affect) >= 50


def test_only_colours_that_are_denied_are_negative(rows: list[dict[str, str]]) -> None:
    denied = {
        row["word"] for row in rows for hue in HUES if _strengths(row).get(hue, 0) < 0
    }  # "saturated" is not grey, "bloodless" is not red
    assert denied == {"saturated", "bloodless"}
