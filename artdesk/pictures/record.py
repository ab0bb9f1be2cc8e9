"""What a picture file says about its picture: recipe, sketch, palette, tokens and bundle.

The tokens are the picture's identity: decoding them gives the same picture again without any
sampling. The recipe is the way to it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

import artdesk
from artdesk.bundle.architecture import FIRST
from artdesk.core import packed, recipe_json, strict_json
from artdesk.core.edit_recipe import MAX_CODE
from artdesk.core.errors import PictureError, RecipeError, RecipeTooNew
from artdesk.core.prompt import format_prompt
from artdesk.core.recipe import Recipe, Sketch, Swatch
from artdesk.pictures.origin import Origin

FORMAT = "artdesk-picture"
VERSION = 2
MAX_TEXT = 1408 * 1024
"""Longest text in characters that is parsed: the longest recipe (640 thousand), 65,536 tokens
(175) with their origins (437) and 255 names of works (18), none of which can be made smaller."""

_HASH = re.compile(r"[0-9a-f]{64}")
_FIELDS = {
    "format",
    "version",
    "recipe",
    "sketch",
    "palette",
    "tokens",
    "origin",
    "bundle",
    "bundle_name",
}


class Describable(Protocol):
    """Anything that has what a picture file stores beside the pixels."""

    @property
    def recipe(self) -> Recipe: ...
    @property
    def sketch(self) -> Sketch: ...
    @property
    def palette(self) -> tuple[Swatch, ...]: ...
    @property
    def tokens(self) -> NDArray[np.uint16]: ...
    @property
    def cell(self) -> int: ...
    @property
    def origin(self) -> Origin | None: ...
    @property
    def bundle_hash(self) -> str: ...
    @property
    def bundle_name(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PictureRecord:
    """The description of a stored picture.

    Attributes:
        recipe: How it was made.
        sketch: Its whole composition, also the cells that the model drew.
        palette: The colours that were used.
        tokens: uint16 [height / cell, width / cell].
        bundle_hash: Identity of the model bundle, 64 hex digits.
        bundle_name: What people call that bundle.
        cell: Pixels on each side of a token's cell.
        origin: Where each cell comes from; None when nothing is remembered in it.
    """

    recipe: Recipe
    sketch: Sketch
    palette: tuple[Swatch, ...]
    tokens: NDArray[np.uint16]
    bundle_hash: str
    bundle_name: str
    cell: int = FIRST.downsampling
    origin: Origin | None = None


def record_to_json(picture: Describable) -> str:
    """The canonical JSON text stored in a picture file; ASCII only.

    Raises:
        PictureError: It is a preview, whose tokens do not fill the canvas.
    """
    rows, columns = picture.tokens.shape
    canvas = picture.recipe.canvas
    if (columns * picture.cell, rows * picture.cell) != (canvas.width, canvas.height):
        raise PictureError("This is only a preview: make the picture in full before saving it.")
    data = {
        "format": FORMAT,
        "version": VERSION,
        "recipe": recipe_json.recipe_to_data(picture.recipe),
        "sketch": recipe_json.sketch_to_data(picture.sketch),
        "palette": recipe_json.palette_to_data(picture.palette),
        "tokens": {
            "columns": columns,
            "rows": rows,
            "cell": picture.cell,
            "base64": packed.pack_tokens(picture.tokens),
        },
        "origin": None if picture.origin is None else picture.origin.to_data(),
        "bundle": picture.bundle_hash,
        "bundle_name": picture.bundle_name,
    }
    return json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False)


def record_from_json(text: str, name: str) -> PictureRecord:
    """Read what `record_to_json` wrote.

    Args:
        text: The stored text.
        name: How messages call the file.

    Raises:
        RecipeTooNew: A later ArtDesk wrote it.
        PictureError: It is damaged.
    """
    try:
        data = strict_json.load(text, MAX_TEXT)
        if data.get("format") != FORMAT:
            raise RecipeError("the format name is missing")
        version = data.get("version")
        if type(version) is int and version > VERSION:
            raise RecipeTooNew(
                f"{name} was made by a newer ArtDesk (picture version {str(version)[:12]}, this "
                f"one reads up to {VERSION}): update ArtDesk to open it."
            )
        if type(version) is not int or version < 1:
            raise RecipeError("the version is not usable")
        if version == 1:
            data = _from_version_1(data)
        record = _record(recipe_json.check_keys("picture", data, _FIELDS))
        if version == 1 and int(record.tokens.max()) >= FIRST.codes:
            raise RecipeError("a token is out of range")
        return record
    except RecipeTooNew:
        raise
    except (RecipeError, ValueError) as error:
        raise PictureError(
            f"The recipe stored in {name} is damaged: use another copy of the picture."
        ) from error


def _from_version_1(data: dict[str, Any]) -> dict[str, Any]:
    """Pictures of version 1 had one size of cell and remembered nothing."""
    tokens = data.get("tokens")
    if isinstance(tokens, dict):
        tokens = {"cell": FIRST.downsampling, **tokens}
    return {"origin": None, **data, "tokens": tokens}


def _record(data: Mapping[str, Any]) -> PictureRecord:
    if not isinstance(data["recipe"], dict):
        raise RecipeError("the recipe is no object")
    recipe = recipe_json.recipe_from_data(data["recipe"])
    sketch = recipe_json.sketch_from_data(data["sketch"])
    if not sketch.complete:
        raise RecipeError("the sketch has holes")
    palette = recipe_json.palette_from_data(data["palette"])
    name, digest = data["bundle_name"], data["bundle"]
    if not isinstance(digest, str) or _HASH.fullmatch(digest) is None:
        raise RecipeError("the bundle hash is none")
    if not isinstance(name, str) or not 1 <= len(name) <= 80 or not name.isprintable():
        raise RecipeError("the bundle name is none")
    Recipe(palette=palette or None)  # refuses more than five colours
    tokens, cell = _tokens(data["tokens"], recipe)
    origin = data["origin"]
    return PictureRecord(
        recipe=recipe,
        sketch=sketch,
        palette=palette or (),
        tokens=tokens,
        bundle_hash=digest,
        bundle_name=name,
        cell=cell,
        origin=None if origin is None else Origin.from_data(origin, *tokens.shape),
    )


def _tokens(data: object, recipe: Recipe) -> tuple[NDArray[np.uint16], int]:
    values = recipe_json.check_keys("tokens", data, {"columns", "rows", "cell", "base64"})
    sizes = columns, rows, cell = values["columns"], values["rows"], values["cell"]
    if not all(type(size) is int and size > 0 for size in sizes) or (
        (columns * cell, rows * cell) != (recipe.canvas.width, recipe.canvas.height)
    ):
        raise RecipeError("the token grid does not fit the canvas")
    tokens = packed.unpack_tokens("the picture", values["base64"], rows, columns)
    if int(tokens.max()) > MAX_CODE:
        raise RecipeError("a token is out of range")
    return tokens, cell


def parameters_text(picture: Describable, extra: str | None = None) -> str:
    """The recipe in AUTOMATIC1111's form, for the many tools that show it.

    Words, then "Negative prompt:", then one line of "Key: value" pairs in which values with
    commas, colons or line breaks are JSON-quoted.

    Args:
        picture: What to describe.
        extra: Text for one more pair, "ArtDesk".
    """
    recipe, sampling = picture.recipe, picture.recipe.sampling
    pairs = {
        "Steps": str(sampling.steps),
        "Sampler": "MaskToken",
        "CFG scale": f"{sampling.guidance_milli / 1000:g}",
        "Seed": str(recipe.seed),
        "Size": f"{recipe.canvas.width}x{recipe.canvas.height}",
        "Model hash": picture.bundle_hash[:10],
        "Model": picture.bundle_name,
        "Temperature": f"{sampling.temperature_milli / 1000:g}",
        "Top K": str(sampling.top_k),
        "Top P": f"{sampling.top_p_milli / 1000:g}",
        "Version": f"ArtDesk {artdesk.__version__}",
    }
    if extra is not None:
        pairs["ArtDesk"] = extra
    lines = [format_prompt(recipe.words, "parameters")]
    if recipe.avoid:
        lines.append("Negative prompt: " + format_prompt(recipe.avoid, "parameters"))
    lines.append(", ".join(f"{key}: {_quoted(value)}" for key, value in pairs.items()))
    return "\n".join(lines).lstrip("\n")


def _quoted(value: str) -> str:
    return json.dumps(value) if re.search(r'[,:\n"]', value) else value
