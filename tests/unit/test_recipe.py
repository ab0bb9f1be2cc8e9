"""Recipes: their limits, their text form and the messages of both."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from artdesk.core import migrate, packed
from artdesk.core.edit_recipe import Edit, Grade
from artdesk.core.errors import RecipeError, RecipeTooNew
from artdesk.core.memory_recipe import (
    MEMORY_RANGES,
    CellPicture,
    Composition,
    Influence,
    Memory,
)
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
# Packed once and written here, since another zlib may pack in another way.
CELLS = "eNpjYGRiZmEFAAApABA="
TOKENS = "eNpjYHBgaGA4wMDA6MDYwHiAEQAWIAMF"
MASK = "eNrjBwAAEAAQ"


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


def with_memory() -> Recipe:
    picture = CellPicture(columns=2, rows=1, pixels=CELLS)
    return replace(
        full_recipe(),
        memory=Memory(
            composition=Composition(source="picture", picture=picture),
            influences=(Influence(work="wikiart-0123", weight_percent=150), Influence(work="a")),
            influence_count=4,
            banned=("moma:7", "x"),
            collections=("My ink", "Shipped"),
            invention_milli=350,
            quotation=6,
            fidelity=64,
        ),
    )


def edited() -> Recipe:
    return replace(
        Recipe(canvas=Canvas(width=64, height=128)),
        edit=Edit(
            columns=2,
            rows=4,
            tokens=TOKENS,
            mask=MASK,
            strength_milli=700,
            seed=9,
            words=(Word(text="red"),),
            palette=(Swatch(colour="#102030"),),
            tile="both",
            grade=Grade(
                palette=(Swatch(colour="#405060"),),
                strength_milli=800,
                columns=2,
                rows=4,
                tokens=TOKENS,
            ),
        ),
    )


@pytest.mark.parametrize("recipe", [Recipe(), full_recipe(), with_memory(), edited()])
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


@pytest.mark.parametrize("name", ["empty", "full"])
def test_recipes_of_version_1_become_those_of_the_networks_alone(name: str) -> None:
    """What was drawn without memory stays so; nothing else of the text changes."""
    old = json.loads((SAMPLES / "v1" / f"{name}.json").read_text("utf-8"))
    assert (SAMPLES / "v2" / f"{name}.json").read_text("utf-8").strip() == Recipe.from_json(
        json.dumps(old)
    ).to_json()
    new = json.loads(Recipe.from_json(json.dumps(old)).to_json())
    assert new == old | {"version": 2, "memory": None, "edit": None}


def test_text_of_version_2_never_changes() -> None:
    """The archived text is what `to_json` still writes, so old digests stay valid.

    The archive holds the defaults of its day; defaults may change, since files write all fields.
    """
    for name, recipe in {"full": full_recipe(), "memory": with_memory(), "edit": edited()}.items():
        assert (SAMPLES / "v2" / f"{name}.json").read_text("utf-8").strip() == recipe.to_json()
    text = (SAMPLES / "v2" / "empty.json").read_text("utf-8").strip()
    empty = Recipe.from_json(text)
    assert empty.to_json() == text
    assert empty.digest() == "fd6c98199dcf2006ec92adbb7da4c35ba759f0ba858ba726bfdb75c5ae3cf190"
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
    Canvas(**{side: 2048})
    for bad in (0, -8, 56, 63, 65, 252, 2056, 256.0, "256", None):
        with pytest.raises(RecipeError, match=f"{side} is .*multiple of 8 from 64 to 2048"):
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


def changed(path: str, value: object, recipe: Recipe | None = None) -> str:
    data = json.loads((recipe or full_recipe()).to_json())
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
    ("path", "value", "words"),
    [
        ("memory", [], "memory must be an object"),
        ("memory", KeyError, "recipe lacks the field memory"),
        ("memory/composition", None, "composition must be an object"),
        ("memory/composition/source", "dream", "use one of work, imagined, picture"),
        ("memory/composition/source", [], "use one of work, imagined, picture"),
        ("memory/composition/source", "work", "needs the picture, and no other has one"),
        ("memory/composition/picture", None, "needs the picture, and no other has one"),
        ("memory/composition/picture/columns", 65, "from 1 to 64"),
        ("memory/composition/picture/rows", 2, "cannot be unpacked"),
        ("memory/composition/picture/pixels", "AAAA", "cannot be unpacked"),
        ("memory/composition/picture/pixels", None, "cannot be unpacked"),
        ("memory/composition/picture/depth", 1, "unknown field 'depth'"),
        ("memory/composition/work", "x y", "a work is named by"),
        ("memory/composition/work", "x", "does not come from one"),
        ("memory/influences", None, "influences must be a list"),
        ("memory/influences/0/work", "é", "a work is named by"),
        ("memory/influences/0/work", "a" * 65, "a work is named by"),
        ("memory/influences/0/work", "", "a work is named by"),
        ("memory/influences/0/work", "a", "name “a” twice"),
        ("memory/influences/0/work", "x", "asked for and banned at once"),
        ("memory/influences/0/weight_percent", 9, "from 10 to 200"),
        ("memory/influences/0/weight_percent", 201, "from 10 to 200"),
        ("memory/banned/0", 7, "is no text"),
        ("memory/banned/0", "x", "name “x” twice"),
        ("memory/banned", ["x"] * 257, "use 0 to 256"),
        ("memory/collections/0", " ", "readable text of 1 to 80"),
        ("memory/collections/0", "Shipped", "name “Shipped” twice"),
        ("memory/quotation", 5, "a multiple of 2 from 4 to 12"),
        ("memory/more", 1, "unknown field 'more'"),
    ],
)
def test_bad_memory(path: str, value: object, words: str) -> None:
    with pytest.raises(RecipeError, match=words):
        Recipe.from_json(changed(path, value, with_memory()))


@pytest.mark.parametrize("name", MEMORY_RANGES)
def test_memory_ranges(name: str) -> None:
    low, high, step = MEMORY_RANGES[name]
    Memory(**{name: low})  # type: ignore[arg-type]
    Memory(**{name: high})  # type: ignore[arg-type]
    for bad in (low - step, high + step, float(low), str(low), None, True):
        with pytest.raises(RecipeError, match=f"{name} is .*from {low} to {high}"):
            Memory(**{name: bad})  # type: ignore[arg-type]


def test_too_many_influences() -> None:
    with pytest.raises(RecipeError, match="influences has 7 entries: use 0 to 6"):
        Memory(influences=tuple(Influence(work=str(number)) for number in range(7)))


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("edit", [], "edit must be an object"),
        ("edit", KeyError, "recipe lacks the field edit"),
        ("edit/tokens", "", "edited picture cannot be unpacked"),
        ("edit/tokens", "A" * 4000, "edited picture cannot be unpacked"),
        ("edit/tokens", packed.pack(bytes(17)), "edited picture cannot be unpacked"),
        ("edit/tokens", packed.pack(b"\xff" * 16), "a code that no model has"),
        ("edit/mask", packed.pack(bytes(1)), "marks no cell"),
        ("edit/mask", packed.pack(bytes(2)), "mask of the edit cannot be unpacked"),
        ("edit/mask", 7, "mask of the edit cannot be unpacked"),
        ("edit/columns", 257, "columns of the edit is 257"),
        ("edit/columns", 4, "cannot be unpacked"),
        ("edit/strength_milli", 1001, "strength_milli is 1001"),
        ("edit/seed", -1, "seed of the edit is -1"),
        ("edit/words", "red", "words of the edit must be a list"),
        ("edit/tile", "round", "use one of none, across, down, both"),
        ("edit/grade", 1, "grade must be an object"),
        ("edit/grade/palette", [], "palette of the grade has 0 entries"),
        ("edit/grade/strength_milli", 2001, "strength_milli of the grade is 2001"),
        ("edit/grade/rows", 5, "graded picture cannot be unpacked"),
        ("edit/grade/tokens", packed.pack(b"\xff" * 16), "a code that no model has"),
        ("edit/grade/more", 1, "unknown field 'more'"),
        ("edit/tile", None, "use one of none, across, down, both"),
        ("edit/palette", [], "palette of the edit has 0 entries"),
        ("edit/more", 0, "unknown field 'more'"),
        ("canvas/width", 72, "do not fill 72 by 128 pixels"),
    ],
)
def test_bad_edit(path: str, value: object, words: str) -> None:
    with pytest.raises(RecipeError, match=words):
        Recipe.from_json(changed(path, value, edited()))


def test_a_mask_keeps_within_the_picture() -> None:
    mask = packed.pack(b"\xff")
    with pytest.raises(RecipeError, match="marks cells outside the picture"):
        packed.unpack_mask("the mask", mask, 1, 7)
    assert packed.unpack_mask("the mask", mask, 2, 4).all()
    with pytest.raises(RecipeError, match=r"mask has 2 by 1 cells, the picture 2 by 2"):
        Edit.of(np.zeros((2, 2), np.uint16), np.ones((1, 2), np.bool_))


def test_the_longest_recipe_can_be_read_again() -> None:
    """Everything as large and as hard to pack as it may be."""
    random = np.random.default_rng(1)
    letter = "\U0001f308"
    words = tuple(Word(text=letter * 40, weight_percent=200, vector=VECTOR) for _ in range(24))
    recipe = Recipe(
        words=words,
        avoid=words,
        canvas=Canvas(width=2048, height=2048),
        memory=Memory(
            composition=Composition(
                source="picture",
                picture=CellPicture.of(random.integers(0, 256, (64, 64, 3), np.uint8)),
            ),
            banned=tuple(f"{number:064}" for number in range(256)),
        ),
        edit=Edit.of(
            random.integers(0, 65535, (256, 256), np.uint16),
            random.integers(0, 2, (256, 256)).astype(np.bool_),
            words=words,
            grade=Grade.of(random.integers(0, 65535, (256, 256), np.uint16)),
        ),
    )
    assert Recipe.from_json(json.dumps(json.loads(recipe.to_json()))) == recipe


@pytest.mark.parametrize(
    "fault",
    [
        lambda: Recipe(memory="x"),  # type: ignore[arg-type]
        lambda: Recipe(edit="x"),  # type: ignore[arg-type]
        lambda: Memory(composition="x"),  # type: ignore[arg-type]
        lambda: Composition(source="picture", picture="x"),  # type: ignore[arg-type]
    ],
)
def test_parts_of_another_class(fault: Callable[[], object]) -> None:
    with pytest.raises(RecipeError, match="must be"):
        fault()


def test_members_of_a_batch_have_seeds_in_a_row() -> None:
    assert [Recipe(seed=2**32 - 1).member(number).seed for number in (0, 1, 2)] == [2**32 - 1, 0, 1]
    second = edited().member(1)
    assert second.edit is not None
    assert (second.seed, second.edit.seed) == (0, 10)


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
        " " * 600_000,
        changed("seed", 7).replace("7", "NaN"),
        changed("seed", 7).replace('"seed": 7', '"seed": Infinity'),
    ],
)
def test_damaged_text(text: str) -> None:
    with pytest.raises(RecipeError):
        Recipe.from_json(text)


@pytest.mark.parametrize("version", [3, 99, 10**30])
def test_newer(version: int) -> None:
    with pytest.raises(RecipeTooNew, match=r"newer ArtDesk .* update ArtDesk"):
        Recipe.from_json(changed("version", version))


def test_there_is_a_migration_for_each_old_version() -> None:
    assert set(migrate.MIGRATIONS) == set(range(1, migrate.VERSION))
