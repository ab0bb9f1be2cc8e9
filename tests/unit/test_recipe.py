"""Recipes: their limits, their text form and the messages of both."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from artdesk.core import migrate
from artdesk.core.errors import RecipeError, RecipeTooNew
from artdesk.core.recipe import (
    SAMPLING_RANGES,
    Canvas,
    Recipe,
    Sampling,
    Sketch,
    Swatch,
    Word,
)

SAMPLES = Path(__file__).parents[1] / "data" / "recipes"
VECTOR = base64.b64encode(bytes(93)).decode()


def full_recipe() -> Recipe:
    return Recipe(
        words=(Word(text="calm"), Word(text="gloopy", weight_percent=140, vector=VECTOR)),
        avoid=(Word(text="busy", weight_percent=10),),
        palette=(Swatch(colour="#223344", share_milli=600), Swatch(colour="#ffcc00")),
        sketch=Sketch(columns=2, rows=2, cells=("#000000", None, "#ffffff", None)),
        canvas=Canvas(width=512, height=384),
        sampling=Sampling(
            steps=20,
            temperature_milli=1000,
            composition_temperature_milli=900,
            guidance_milli=2000,
            diversity_milli=-200,
            refine_milli=0,
            palette_strength_milli=500,
        ),
        seed=2**32 - 1,
    )


@pytest.mark.parametrize("recipe", [Recipe(), full_recipe()])
def test_round_trip(recipe: Recipe) -> None:
    text = recipe.to_json()
    assert Recipe.from_json(text) == recipe
    assert Recipe.from_json(text).to_json() == text
    assert "\n" not in text


def test_every_archived_recipe_still_opens() -> None:
    files = sorted(SAMPLES.glob("v*/*.json"))
    assert files
    for file in files:
        Recipe.from_json(file.read_text(encoding="utf-8"))


def test_text_of_version_1_never_changes() -> None:
    """The archived text is what `to_json` still writes, so old digests stay valid.

    The archive holds the defaults of its day; defaults may change, since files write all fields.
    """
    assert (SAMPLES / "v1" / "full.json").read_text("utf-8").strip() == full_recipe().to_json()
    text = (SAMPLES / "v1" / "empty.json").read_text("utf-8").strip()
    empty = Recipe.from_json(text)
    assert empty.to_json() == text
    assert empty.digest() == "be3d6127c3ae2a8b93a23875e4328c96353fe796a5f907a713d3778074eef44b"
    assert empty.words == Recipe().words
    assert empty.canvas == Recipe().canvas


def test_all_defaults_are_written() -> None:
    data = json.loads(Recipe().to_json())
    assert data["sampling"]["jitter_milli"] == 0
    assert data["palette"] is None
    assert set(data["sampling"]) == set(SAMPLING_RANGES)


@pytest.mark.parametrize("name", SAMPLING_RANGES)
def test_sampling_ranges(name: str) -> None:
    low, high = SAMPLING_RANGES[name]
    Sampling(**{name: low})
    Sampling(**{name: high})
    for bad in (low - 1, high + 1, float(low), str(low), None, True, 10**9000):
        with pytest.raises(RecipeError, match=f"{name} is .*from {low} to {high}"):
            Sampling(**{name: bad})  # type: ignore[arg-type]


@pytest.mark.parametrize("side", ["width", "height"])
def test_canvas(side: str) -> None:
    Canvas(**{side: 64})
    Canvas(**{side: 1024})
    for bad in (0, -8, 56, 63, 65, 252, 1032, 256.0, "256", None):
        with pytest.raises(RecipeError, match=f"{side} is .*multiple of 8 from 64 to 1024"):
            Canvas(**{side: bad})  # type: ignore[arg-type]


def test_seed() -> None:
    for bad in (-1, 2**32, True, "7", 1.0):
        with pytest.raises(RecipeError, match="seed is"):
            Recipe(seed=bad)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", " calm", "calm ", "x" * 41, "a\nb", "a\0", "\ud800", None, 7])
def test_word_text(text: Any) -> None:
    with pytest.raises(RecipeError, match="readable text of 1 to 40"):
        Word(text=text)


@pytest.mark.parametrize("weight", [9, 201, 100.0, True, "100", None])
def test_word_weight(weight: Any) -> None:
    with pytest.raises(RecipeError, match=r"weight_percent of “calm” is .*from 10 to 200"):
        Word(text="calm", weight_percent=weight)


@pytest.mark.parametrize(
    "vector", ["", "AAAA", "é" * 124, VECTOR + "=", VECTOR[:-1], VECTOR + "AAAA", 7, b"", "!" * 124]
)
def test_word_vector(vector: Any) -> None:
    with pytest.raises(RecipeError, match="stored meaning of “calm” is damaged"):
        Word(text="calm", vector=vector)


@pytest.mark.parametrize("colour", ["#FFFFFF", "ffffff", "#fff", "red", "#gggggg", "", None, 0])
def test_swatch_colour(colour: Any) -> None:
    with pytest.raises(RecipeError, match="a colour is written like"):
        Swatch(colour=colour)
    with pytest.raises(RecipeError, match=r"sketch cell 1|needs 1 cells"):
        Sketch(columns=1, rows=1, cells=(colour,) if colour is not None else ())


def test_counts() -> None:
    with pytest.raises(RecipeError, match="words has 25 entries: use 0 to 24"):
        Recipe(words=(Word(text="calm"),) * 25)
    with pytest.raises(RecipeError, match="palette has 6 entries: use 1 to 5"):
        Recipe(palette=(Swatch(colour="#000000"),) * 6)
    with pytest.raises(RecipeError, match="palette has 0 entries"):
        Recipe(palette=())
    with pytest.raises(RecipeError, match="words must be a list of word entries"):
        Recipe(words=[Word(text="calm")])  # type: ignore[arg-type]
    with pytest.raises(RecipeError, match="words must be"):
        Recipe(words=("calm",))  # type: ignore[arg-type]
    with pytest.raises(RecipeError, match="needs 4 cells"):
        Sketch(columns=2, rows=2, cells=(None,) * 3)
    with pytest.raises(RecipeError, match="columns is 9"):
        Sketch(columns=9, rows=1, cells=(None,) * 9)
    with pytest.raises(RecipeError, match="sketch must be"):
        Recipe(sketch="x")  # type: ignore[arg-type]
    with pytest.raises(RecipeError, match="canvas and sampling"):
        Recipe(canvas=None)  # type: ignore[arg-type]


def changed(path: str, value: object) -> str:
    data = json.loads(full_recipe().to_json())
    *parents, last = path.split("/")
    place = data
    for name in parents:
        place = place[int(name) if name.isdigit() else name]
    last = int(last) if last.isdigit() else last  # type: ignore[assignment]
    if value is KeyError:
        del place[last]
    else:
        place[last] = value
    return json.dumps(data)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("format", "x", "not an ArtDesk recipe"),
        ("format", KeyError, "not an ArtDesk recipe"),
        ("version", 0, "no usable version"),
        ("version", "1", "no usable version"),
        ("version", True, "no usable version"),
        ("version", KeyError, "no usable version"),
        ("more", 1, "recipe has the unknown field 'more'"),
        ("seed", KeyError, "recipe lacks the field seed"),
        ("seed", 1.0, "seed is 1.0"),
        ("seed", None, "seed is None"),
        ("words", None, "words must be a list"),
        ("words", {}, "words must be a list"),
        ("words/0", "calm", "word must be an object"),
        ("words/0/text", KeyError, "word lacks the field text"),
        ("canvas", [], "canvas must be an object"),
        ("canvas/width", 250, "width is 250"),
        ("canvas/depth", 8, "canvas has the unknown field 'depth'"),
        ("sampling/steps", 0, "steps is 0"),
        ("sampling/steps", KeyError, "sampling lacks the field steps"),
        ("sampling/warp", 0, "sampling has the unknown field 'warp'"),
        ("palette", "red", "palette must be a list"),
        ("palette/0/colour", "red", "a colour is written like"),
        ("sketch", [], "sketch must be an object"),
        ("sketch/cells", None, "sketch cells must be a list"),
        ("sketch/cells", [], "needs 4 cells"),
    ],
)
def test_bad_text(path: str, value: object, words: str) -> None:
    with pytest.raises(RecipeError, match=words):
        Recipe.from_json(changed(path, value))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "7",
        "{",
        '{"format": "artdesk-recipe", "format": "artdesk-recipe"}',
        "[" * 100_000,
        '{"a":' * 100_000,
        "1" * 5000,
        " " * 300_000,
        changed("seed", 7).replace("7", "NaN"),
        changed("seed", 7).replace('"seed": 7', '"seed": Infinity'),
    ],
)
def test_damaged_text(text: str) -> None:
    with pytest.raises(RecipeError):
        Recipe.from_json(text)


@pytest.mark.parametrize("version", [2, 99, 10**30])
def test_newer(version: int) -> None:
    with pytest.raises(RecipeTooNew, match=r"newer ArtDesk .* update ArtDesk"):
        Recipe.from_json(changed("version", version))


def test_there_is_a_migration_for_each_old_version() -> None:
    assert set(migrate.MIGRATIONS) == set(range(1, migrate.VERSION))
