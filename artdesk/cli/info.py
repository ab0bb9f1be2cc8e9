"""`artdesk info`: what is stored in a picture, a recipe or a bundle."""

import argparse
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from artdesk.bundle.collection import FILE_NAME, read_collection
from artdesk.bundle.reader import open_bundle
from artdesk.cli import common
from artdesk.core import paths
from artdesk.core.errors import ArtDeskError, PictureError
from artdesk.core.prompt import format_prompt
from artdesk.core.recipe import Edit, Recipe, Sampling
from artdesk.core.recipe_json import recipe_to_data
from artdesk.engine.detail.region import redrawn
from artdesk.engine.words.palette import palette_from_image
from artdesk.pictures import files as pictures
from artdesk.pictures.origin import Origin
from artdesk.pictures.record import PictureRecord, record_to_json
from artdesk.studio import own_collections


def add_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="a picture, a recipe (.json) or a model bundle"
    )
    parser.add_argument("--json", action="store_true", help="print all of it as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print what the file holds; returns the exit status."""
    path: Path = arguments.file
    if path.is_dir() or path.suffix.lower() == ".artpack":
        return _bundle(path, arguments.json)
    if path.suffix.lower() == ".json":
        recipe = common.read_recipe_file(path)
        if arguments.json:
            common.print_json(recipe_to_data(recipe))
        else:
            _print([("Recipe", str(path)), *recipe_lines(recipe)])
        return 0
    record = pictures.read_record(path)
    if arguments.json:
        common.print_json(json.loads(record_to_json(record)))
    else:
        used = [("Colours used", _colours_used(path))]
        lines = [*recipe_lines(record.recipe), *used, *_record_lines(record)]
        _print([("Picture", str(path)), *lines])
    return 0


def recipe_lines(recipe: Recipe) -> list[tuple[str, str]]:
    """A recipe as pairs of a name and a text."""
    lines = [
        ("Words", format_prompt(recipe.words) or "none, drawn freely"),
        ("Avoided", format_prompt(recipe.avoid) or "none"),
        ("Palette", common.palette_text(recipe.palette) if recipe.palette else "free"),
    ]
    if recipe.sketch is not None:
        own = sum(cell is not None for cell in recipe.sketch.cells)
        lines.append(("Sketch", f"{own} of {len(recipe.sketch.cells)} cells given"))
    if recipe.edit is not None:
        lines += edit_lines(recipe.edit)
    lines += [
        ("Size", f"{recipe.canvas.width}x{recipe.canvas.height}"),
        ("Seed", str(recipe.seed)),
    ]
    for name in Sampling.__dataclass_fields__:
        value = getattr(recipe.sampling, name)
        shown = f"{value / 1000:g}" if name.endswith("_milli") else str(value)
        lines.append((name.removesuffix("_milli").replace("_", " ").capitalize(), shown))
    lines.append(("Recipe hash", recipe.digest()))
    return lines


def edit_lines(edit: Edit) -> list[tuple[str, str]]:
    """What an edit changes, as pairs of a name and a text."""
    marked = int(edit.mask_grid().sum())
    lines = [
        ("Edit", f"{marked} of {edit.columns * edit.rows} cells may change"),
        ("Edit strength", f"{edit.strength_milli / 1000:g}, {int(redrawn(edit).sum())} cells"),
        ("Edit seed", str(edit.seed)),
    ]
    if edit.tile != "none":
        ways = "across and down" if edit.tile == "both" else edit.tile
        lines.append(("Tile", f"joins {ways} without a seam"))
    if edit.grade is not None and edit.grade.palette is not None:
        colours = common.palette_text(edit.grade.palette)
        lines.append(("Recoloured", f"{colours}, strength {edit.grade.strength_milli / 1000:g}"))
    if edit.words is not None:
        lines.append(("Edit words", format_prompt(edit.words) or "none, drawn freely"))
    return lines


def _colours_used(path: Path) -> str:
    """The main colours of the pixels, which need not be those that the model was asked for."""
    try:
        return common.palette_text(palette_from_image(pictures.open_picture(path).pixels))
    except PictureError:
        return "not known, the picture is cut off or was scaled"


def _record_lines(record: PictureRecord) -> list[tuple[str, str]]:
    rows, columns = record.tokens.shape
    return [
        *influence_lines(record.origin),
        ("Colours asked", common.palette_text(record.palette)),
        ("Composition", f"{record.sketch.columns}x{record.sketch.rows} cells"),
        ("Tokens", f"{columns}x{rows}, hash {common.token_hash(record.tokens)}"),
        ("Model", f"{record.bundle_name}, hash {record.bundle_hash}"),
    ]


def influence_lines(origin: Origin | None) -> list[tuple[str, str]]:
    """The works that a picture comes from with their shares, as far as they are known here."""
    if origin is None:
        return []
    credit = _credits()
    shares = origin.shares()
    lines = [
        ("Touch", f"{share:.0%} {credit.get(work, work)} [{work}]")
        for work, share in shares.items()
    ]
    lines += [
        ("Composition of", f"{credit.get(work, work)} [{work}]")
        for work in origin.works
        if work not in shares
    ]
    return [*lines, ("Invented", f"{1 - sum(shares.values()):.0%}")]


def _credits() -> dict[str, str]:
    """Credit lines of the shipped and of the artist's own works; a lack of them is no failure."""
    found: dict[str, str] = {}
    with suppress(ArtDeskError):
        shipped = read_collection(open_bundle(paths.bundle_folder()).file(FILE_NAME))
        own, _ = own_collections.load(shipped.tokenizer)
        for collection in (shipped, *(one for _, one in own)):
            found |= {work.id: work.credit for work in collection.works}
    return found


def _bundle(path: Path, as_json: bool) -> int:
    bundle = open_bundle(path)
    manifest = bundle.manifest
    if as_json:
        data: dict[str, Any] = json.loads(manifest.to_json())
        common.print_json({"hash": bundle.hash, **data})
        return 0
    total = sum(entry.bytes for entry in manifest.files.values())
    lines = [
        ("Model bundle", str(path)),
        ("Name", manifest.name),
        ("Licence", manifest.licence),
        ("Hash", bundle.hash),
        ("Size", f"{total / 1e6:.1f} MB in {len(manifest.files)} files"),
    ]
    lines += [(name, f"{entry.bytes:,} bytes") for name, entry in sorted(manifest.files.items())]
    _print(lines)
    return 0


def _print(lines: list[tuple[str, str]]) -> None:
    width = max(len(name) for name, _ in lines)
    for name, text in lines:
        print(f"{name:<{width}}  {text}")
