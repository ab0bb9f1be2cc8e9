"""The text form of recipes: strict in both directions.

Every field is written, also defaults, so that changing a default never changes an old file.
Reading refuses unknown, missing and repeated fields, NaN and anything of the wrong type.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from artdesk.core import migrate, strict_json
from artdesk.core.edit_recipe import Edit, Grade
from artdesk.core.errors import RecipeError
from artdesk.core.memory_recipe import CellPicture, Composition, Influence, Memory
from artdesk.core.recipe import Canvas, Recipe, Sampling, Sketch, Swatch, Word

_T = TypeVar("_T")

MAX_TEXT = 640 * 1024
"""Longest JSON text in characters that is parsed at all.

The longest possible recipe has about 480 thousand: 65,536 tokens of an edit that cannot be made
smaller are 175, those of its grade as many, their mask is 11, a picture as composition 17, banned
works 17, and 72 words of 40 letters outside ASCII with their vectors 50. Real ones without an edit
stay below 60 thousand.
"""


def load(text: str) -> dict[str, Any]:
    """Parse a JSON object strictly; RecipeError when that fails."""
    if len(text) > MAX_TEXT:
        raise RecipeError("The recipe is far too long: it is damaged, use another copy.")
    try:
        return strict_json.load(text, MAX_TEXT)
    except ValueError as error:
        raise RecipeError("The recipe is damaged and cannot be read: use another copy.") from error


def recipe_to_data(recipe: Recipe) -> dict[str, Any]:
    """The recipe as plain dicts and lists, with format name and version."""
    return {
        "format": migrate.FORMAT,
        "version": migrate.VERSION,
        "words": [_plain(word) for word in recipe.words],
        "avoid": [_plain(word) for word in recipe.avoid],
        "palette": palette_to_data(recipe.palette),
        "sketch": None if recipe.sketch is None else sketch_to_data(recipe.sketch),
        "canvas": _plain(recipe.canvas),
        "sampling": _plain(recipe.sampling),
        "seed": recipe.seed,
        "memory": None if recipe.memory is None else memory_to_data(recipe.memory),
        "edit": None if recipe.edit is None else _edit_to_data(recipe.edit),
    }


def recipe_from_data(data: dict[str, Any]) -> Recipe:
    """Build a recipe from parsed JSON, migrating older versions; RecipeError when invalid."""
    data = migrate.migrate(data)
    names = {entry.name for entry in fields(Recipe)}
    check_keys("recipe", data, names | {"format", "version"})
    sketch, memory, edit = data["sketch"], data["memory"], data["edit"]
    canvas = _fields_of("canvas", data["canvas"], Canvas)
    sampling = _fields_of("sampling", data["sampling"], Sampling)
    return Recipe(
        words=_listed("words", data["words"], _word),
        avoid=_listed("avoid", data["avoid"], _word),
        palette=palette_from_data(data["palette"]),
        sketch=None if sketch is None else sketch_from_data(sketch),
        canvas=Canvas(**canvas),
        sampling=Sampling(**sampling),
        seed=data["seed"],
        memory=None if memory is None else memory_from_data(memory),
        edit=None if edit is None else _edit_from_data(edit),
    )


def palette_to_data(palette: Sequence[Swatch] | None) -> list[dict[str, Any]] | None:
    """A palette as a list of plain dicts."""
    return None if palette is None else [_plain(swatch) for swatch in palette]


def palette_from_data(data: object) -> tuple[Swatch, ...] | None:
    """Read what `palette_to_data` made; RecipeError when invalid."""
    return None if data is None else _listed("palette", data, _swatch)


def sketch_to_data(sketch: Sketch) -> dict[str, Any]:
    """A sketch as a plain dict."""
    return {"columns": sketch.columns, "rows": sketch.rows, "cells": list(sketch.cells)}


def sketch_from_data(data: object) -> Sketch:
    """Read what `sketch_to_data` made; RecipeError when invalid."""
    values = _fields_of("sketch", data, Sketch)
    if not isinstance(values["cells"], list):
        raise RecipeError("sketch cells must be a list: the recipe is damaged, use another copy.")
    return Sketch(columns=values["columns"], rows=values["rows"], cells=tuple(values["cells"]))


def memory_to_data(memory: Memory) -> dict[str, Any]:
    """A memory as a plain dict."""
    picture = memory.composition.picture
    return _plain(memory) | {
        "composition": _plain(memory.composition)
        | {"picture": None if picture is None else _plain(picture)},
        "influences": [_plain(influence) for influence in memory.influences],
        "banned": list(memory.banned),
        "collections": list(memory.collections),
    }


def memory_from_data(data: object) -> Memory:
    """Read what `memory_to_data` made; RecipeError when invalid."""
    values = _fields_of("memory", data, Memory)
    composition = _fields_of("composition", values["composition"], Composition)
    picture = composition["picture"]
    if picture is not None:
        picture = CellPicture(**_fields_of("composition picture", picture, CellPicture))
    return Memory(
        **values
        | {
            "composition": Composition(**composition | {"picture": picture}),
            "influences": _listed("influences", values["influences"], _influence),
            "banned": _listed("banned", values["banned"], _text),
            "collections": _listed("collections", values["collections"], _text),
        }
    )


def _edit_to_data(edit: Edit) -> dict[str, Any]:
    words = None if edit.words is None else [_plain(word) for word in edit.words]
    grade = edit.grade
    return _plain(edit) | {
        "words": words,
        "palette": palette_to_data(edit.palette),
        "grade": None
        if grade is None
        else _plain(grade) | {"palette": palette_to_data(grade.palette)},
    }


def _edit_from_data(data: object) -> Edit:
    values = _fields_of("edit", data, Edit)
    words = values["words"]
    words = None if words is None else _listed("words of the edit", words, _word)
    grade = values["grade"]
    if grade is not None:
        parts = _fields_of("grade", grade, Grade)
        grade = Grade(**parts | {"palette": palette_from_data(parts["palette"])})
    palette = palette_from_data(values["palette"])
    return Edit(**values | {"words": words, "palette": palette, "grade": grade})


def check_keys(where: str, data: object, names: set[str]) -> dict[str, Any]:
    """Return `data` when it is a dict of exactly these fields.

    Raises:
        RecipeError: Names the first missing or unknown field.
    """
    if not isinstance(data, dict):
        raise RecipeError(f"{where} must be an object: the recipe is damaged, use another copy.")
    missing = sorted(names - data.keys())
    if missing:
        raise RecipeError(f"{where} lacks the field {missing[0]}: use another copy of the recipe.")
    unknown = sorted(str(key) for key in data.keys() - names)
    if unknown:
        raise RecipeError(
            f"{where} has the unknown field {unknown[0][:40]!r}: remove it or use another copy."
        )
    return data


def _plain(value: Any) -> dict[str, Any]:
    """The fields of a dataclass by name."""
    return {entry.name: getattr(value, entry.name) for entry in fields(value)}


def _fields_of(where: str, data: object, kind: type) -> dict[str, Any]:
    """`data` when it is a dict of exactly the fields of a dataclass."""
    return check_keys(where, data, {entry.name for entry in fields(kind)})


def _word(data: object) -> Word:
    return Word(**_fields_of("word", data, Word))


def _swatch(data: object) -> Swatch:
    return Swatch(**_fields_of("palette entry", data, Swatch))


def _influence(data: object) -> Influence:
    return Influence(**_fields_of("influence", data, Influence))


def _text(data: object) -> str:
    if not isinstance(data, str):
        raise RecipeError("A name in the recipe is no text: it is damaged, use another copy.")
    return data


def _listed(where: str, data: object, read: Callable[[object], _T]) -> tuple[_T, ...]:
    if not isinstance(data, list):
        raise RecipeError(f"{where} must be a list: the recipe is damaged, use another copy.")
    return tuple(read(entry) for entry in data)
