"""The text form of recipes: strict in both directions.

Every field is written, also defaults, so that changing a default never changes an old file.
Reading refuses unknown, missing and repeated fields, NaN and anything of the wrong type.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from artdesk.core import migrate, strict_json
from artdesk.core.errors import RecipeError
from artdesk.core.recipe import Canvas, Recipe, Sampling, Sketch, Swatch, Word

_T = TypeVar("_T")

MAX_TEXT = 256 * 1024
"""Longest JSON text in characters that is parsed at all; real ones stay below 40 thousand."""


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
    }


def recipe_from_data(data: dict[str, Any]) -> Recipe:
    """Build a recipe from parsed JSON, migrating older versions; RecipeError when invalid."""
    data = migrate.migrate(data)
    names = {entry.name for entry in fields(Recipe)}
    check_keys("recipe", data, names | {"format", "version"})
    sketch = data["sketch"]
    canvas = check_keys("canvas", data["canvas"], {"width", "height"})
    sampling = check_keys("sampling", data["sampling"], {entry.name for entry in fields(Sampling)})
    return Recipe(
        words=_listed("words", data["words"], _word),
        avoid=_listed("avoid", data["avoid"], _word),
        palette=palette_from_data(data["palette"]),
        sketch=None if sketch is None else sketch_from_data(sketch),
        canvas=Canvas(**canvas),
        sampling=Sampling(**sampling),
        seed=data["seed"],
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
    values = check_keys("sketch", data, {"columns", "rows", "cells"})
    if not isinstance(values["cells"], list):
        raise RecipeError("sketch cells must be a list: the recipe is damaged, use another copy.")
    return Sketch(columns=values["columns"], rows=values["rows"], cells=tuple(values["cells"]))


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


def _plain(value: Word | Swatch | Canvas | Sampling) -> dict[str, Any]:
    return {entry.name: getattr(value, entry.name) for entry in fields(value)}


def _word(data: object) -> Word:
    return Word(**check_keys("word", data, {entry.name for entry in fields(Word)}))


def _swatch(data: object) -> Swatch:
    return Swatch(**check_keys("palette entry", data, {"colour", "share_milli"}))


def _listed(where: str, data: object, read: Callable[[object], _T]) -> tuple[_T, ...]:
    if not isinstance(data, list):
        raise RecipeError(f"{where} must be a list: the recipe is damaged, use another copy.")
    return tuple(read(entry) for entry in data)
