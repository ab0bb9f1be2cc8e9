"""Bring recipes of older versions to the present one, one pure function for each step."""

from collections.abc import Callable, Mapping
from typing import Any

from artdesk.core.errors import RecipeError, RecipeTooNew

FORMAT = "artdesk-recipe"
VERSION = 2


def _memory_and_edit(data: dict[str, Any]) -> dict[str, Any]:
    """1 to 2: pictures of version 1 were drawn by the networks alone, in one go."""
    return {"memory": None, "edit": None, **data, "version": 2}


MIGRATIONS: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _memory_and_edit}
"""Version n to the function that makes version n + 1 of it; an archived sample of each version
lies in tests/data/recipes."""


def migrate(data: dict[str, Any]) -> dict[str, Any]:
    """Check format and version and bring `data` to the present version.

    Raises:
        RecipeTooNew: A later ArtDesk wrote it.
        RecipeError: It is no recipe, or of a version that never existed.
    """
    if data.get("format") != FORMAT:
        raise RecipeError("This is not an ArtDesk recipe: choose another file.")
    version = data.get("version")
    if type(version) is not int or version < 1:
        raise RecipeError("The recipe names no usable version: it is damaged, use another copy.")
    if version > VERSION:
        raise RecipeTooNew(
            f"This recipe was made by a newer ArtDesk (recipe version {str(version)[:12]}, this "
            f"one reads up to {VERSION}): update ArtDesk to open it."
        )
    for step in range(version, VERSION):
        data = MIGRATIONS[step](data)
    return data
