"""Recipes, prompts, seeds and files under whatever hypothesis can think of."""

import base64
import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from artdesk.bundle.manifest import Manifest
from artdesk.core import atomic, recipe_json, seed, strict_json
from artdesk.core.edit_recipe import Edit, Grade
from artdesk.core.errors import BundleError, PictureError, RecipeError
from artdesk.core.memory_recipe import CellPicture, Composition, Influence, Memory
from artdesk.core.prompt import format_prompt, parse_prompt
from artdesk.core.recipe import (
    SAMPLING_RANGES,
    Canvas,
    Recipe,
    Sampling,
    Sketch,
    Swatch,
    Word,
)
from artdesk.pictures import files as pictures
from artdesk.pictures.files import StoredPicture
from artdesk.pictures.record import record_from_json

COLOURS = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)
WORDS = st.builds(
    Word,
    text=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40),
    weight_percent=st.integers(10, 200),
    vector=st.none()
    | st.binary(min_size=93, max_size=93).map(lambda data: base64.b64encode(data).decode()),
)
SWATCHES = st.builds(Swatch, colour=COLOURS, share_milli=st.integers(1, 1000))
SIDES = st.integers(8, 64).map(lambda cells: cells * 8)


@st.composite
def sketches(draw: st.DrawFn, *, complete: bool = False) -> Sketch:
    columns, rows = draw(st.integers(1, 8)), draw(st.integers(1, 3))
    cell = COLOURS if complete else st.none() | COLOURS
    cells = draw(st.lists(cell, min_size=columns * rows, max_size=columns * rows))
    return Sketch(columns=columns, rows=rows, cells=tuple(cells))


WORKS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", fullmatch=True)


@st.composite
def compositions(draw: st.DrawFn) -> Composition:
    source = draw(st.sampled_from(["work", "imagined", "picture"]))
    if source != "picture":
        work = draw(st.none() | WORKS.map(lambda name: f"c{name}"[:64]))
        return Composition(source=source, work=work if source == "work" else None)
    shape = (draw(st.integers(1, 64)), draw(st.integers(1, 64)), 3)
    random = np.random.default_rng(draw(st.integers(0, 9)))
    picture = CellPicture.of(random.integers(0, 256, shape).astype(np.uint8))
    return Composition(source="picture", picture=picture)


MEMORIES = st.builds(
    Memory,
    composition=compositions(),
    # Ids of a kind of their own for each list, so that nothing is banned and asked for at once.
    influences=st.lists(
        st.builds(
            Influence,
            work=WORKS.map(lambda name: f"i{name}"[:64]),
            weight_percent=st.integers(10, 200),
        ),
        max_size=6,
        unique_by=lambda influence: influence.work,
    ).map(tuple),
    influence_count=st.integers(1, 6),
    banned=st.lists(WORKS.map(lambda name: f"b{name}"[:64]), max_size=9, unique=True).map(tuple),
    collections=st.lists(
        st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=80),
        max_size=4,
        unique=True,
    ).map(tuple),
    invention_milli=st.integers(0, 1000),
    quotation=st.sampled_from([4, 6, 8, 10, 12]),
    fidelity=st.integers(4, 64),
)


@st.composite
def grades(draw: st.DrawFn) -> Grade:
    shape = (draw(st.integers(1, 64)), draw(st.integers(1, 64)))
    random = np.random.default_rng(draw(st.integers(0, 9)))
    return Grade.of(
        random.integers(0, 512, shape).astype(np.uint16),
        draw(st.none() | st.lists(SWATCHES, min_size=1, max_size=5).map(tuple)),
        draw(st.integers(0, 2000)),
    )


@st.composite
def edits(draw: st.DrawFn, canvas: Canvas) -> Edit:
    shape = (canvas.height // 8, canvas.width // 8)
    random = np.random.default_rng(draw(st.integers(0, 9)))
    mask = random.integers(0, 1000, shape) < draw(st.integers(0, 1000))
    mask[0, 0] = True
    return Edit.of(
        random.integers(0, 512, shape).astype(np.uint16),
        mask,
        strength_milli=draw(st.integers(0, 1000)),
        seed=draw(st.integers(0, 2**32 - 1)),
        words=draw(st.none() | st.lists(WORDS, max_size=3).map(tuple)),
        palette=draw(st.none() | st.lists(SWATCHES, min_size=1, max_size=5).map(tuple)),
        tile=draw(st.sampled_from(["none", "across", "down", "both"])),
        grade=draw(st.none() | grades()),
    )


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    recipe = draw(PLAIN)
    edit = draw(st.none() | edits(recipe.canvas))
    return replace(recipe, memory=draw(st.none() | MEMORIES), edit=edit)


PLAIN = st.builds(
    Recipe,
    words=st.lists(WORDS, max_size=5).map(tuple),
    avoid=st.lists(WORDS, max_size=3).map(tuple),
    palette=st.none() | st.lists(SWATCHES, min_size=1, max_size=5).map(tuple),
    sketch=st.none() | sketches(),
    canvas=st.builds(Canvas, width=SIDES, height=SIDES),
    sampling=st.builds(
        Sampling, **{name: st.integers(*ends) for name, ends in SAMPLING_RANGES.items()}
    ),
    seed=st.integers(0, 2**32 - 1),
)
RECIPES = recipes()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(RECIPES)
def test_recipe_round_trip(recipe: Recipe) -> None:
    text = recipe.to_json()
    assert Recipe.from_json(text) == recipe
    assert Recipe.from_json(text).digest() == recipe.digest()
    assert Recipe.from_json(json.dumps(json.loads(text), indent=3)) == recipe


@given(JSON | st.text())
def test_any_json_gives_recipe_errors_only(data: object) -> None:
    with suppress(RecipeError):
        Recipe.from_json(data if isinstance(data, str) else json.dumps(data))


def places(data: object) -> list[tuple[object, object]]:
    """Every (container, key) of nested JSON."""
    if isinstance(data, dict):
        found: list[tuple[object, object]] = [(data, key) for key in data]
        return found + [place for value in data.values() for place in places(value)]
    if isinstance(data, list):
        found = [(data, number) for number in range(len(data))]
        return found + [place for value in data for place in places(value)]
    return []


@given(RECIPES, st.data())
def test_any_change_of_a_recipe_gives_recipe_errors_only(
    recipe: Recipe, data: st.DataObject
) -> None:
    """A whole recipe with one value replaced by anything is read or refused, never more."""
    plain = recipe_json.recipe_to_data(recipe)
    container, key = data.draw(st.sampled_from(places(plain)))
    container[key] = data.draw(JSON)  # type: ignore[index]
    with suppress(RecipeError):
        read = Recipe.from_json(json.dumps(plain))
        assert Recipe.from_json(read.to_json()) == read


@given(st.text(max_size=300) | st.text("()[]:,.;0123456789 abc\n", max_size=60))
def test_prompt_parser_raises_recipe_errors_only(text: str) -> None:
    try:
        words = parse_prompt(text)
    except RecipeError as error:
        message = str(error)
    else:
        message = "."
        # What the parser gives, a recipe takes.
        made = [Word(text=word, weight_percent=weight) for word, weight in words]
        assert parse_prompt(format_prompt(made)) == words
    assert message.endswith(".")
    assert "\n" not in message


@given(JSON | st.text())
def test_any_json_gives_bundle_errors_only(data: object) -> None:
    with suppress(BundleError):
        Manifest.from_json(data if isinstance(data, str) else json.dumps(data))


@given(JSON | st.text())
def test_any_json_gives_picture_errors_only(data: object) -> None:
    with pytest.raises((PictureError, RecipeError)):
        record_from_json(data if isinstance(data, str) else json.dumps(data), "a.png")


@given(RECIPES, sketches(complete=True), st.sampled_from([".png", ".jpg", ".webp"]), st.data())
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_picture_round_trip(
    tmp_path: Path, recipe: Recipe, sketch: Sketch, suffix: str, data: st.DataObject
) -> None:
    rows, columns = recipe.canvas.height // 8, recipe.canvas.width // 8
    random = np.random.default_rng(data.draw(st.integers(0, 9)))
    cells = random.integers(0, 256, (rows, columns, 3)).astype(np.uint8)
    picture = StoredPicture(
        recipe=recipe,
        sketch=sketch,
        palette=recipe.palette or (),
        tokens=random.integers(0, 512, (rows, columns)).astype(np.uint16),
        bundle_hash="0f" * 32,
        bundle_name=data.draw(
            st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=80)
        ),
        pixels=cells.repeat(8, axis=0).repeat(8, axis=1),
    )
    path = tmp_path / f"a{suffix}"
    pictures.save_picture(path, picture)
    back = pictures.open_picture(path)
    assert back.recipe == recipe
    assert back.sketch == sketch
    assert back.palette == picture.palette
    assert back.bundle_name == picture.bundle_name
    np.testing.assert_array_equal(back.tokens, picture.tokens)
    if suffix == ".png":
        np.testing.assert_array_equal(back.pixels, picture.pixels)


@given(st.integers(0, 2**32 - 1), st.text(max_size=8), st.integers(0, 99), st.integers(1, 40))
def test_a_cell_reads_the_same_number_on_every_canvas(
    number: int, purpose: str, step: int, rows: int
) -> None:
    first = seed.raw(number, purpose, step, rows)
    np.testing.assert_array_equal(first, seed.raw(number, purpose, step, rows + 9)[:rows])


@given(st.binary(max_size=200), st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_written_bytes_come_back(tmp_path: Path, first: bytes, second: bytes) -> None:
    path = tmp_path / "a"
    for data in (first, second):
        atomic.write_bytes(path, data)
        assert path.read_bytes() == data
    assert [entry.name for entry in tmp_path.iterdir()] == ["a"]


@given(JSON)
def test_strict_json_has_one_form(data: object) -> None:
    try:
        text = strict_json.dump({"a": data})
    except ValueError:  # NaN or infinity somewhere in it
        return
    assert strict_json.dump(strict_json.load(text, 10**6)) == text
