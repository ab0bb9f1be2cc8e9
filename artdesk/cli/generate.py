"""`artdesk generate`: pictures from words, palette, sketch and sliders."""

import argparse
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artdesk.cli import common, memory_options, options
from artdesk.cli.progress import ProgressBar
from artdesk.cli.sheet import contact_sheet, thumbnail
from artdesk.core import atomic, paths
from artdesk.core.errors import OutputError
from artdesk.core.recipe import MAX_SEED, Recipe
from artdesk.engine.memory.encoder import WorkEncoder
from artdesk.engine.operations.foreign import fitted, painted_over
from artdesk.engine.pipeline import Engine, Picture
from artdesk.engine.words import palette as palettes
from artdesk.pictures import files as pictures

SUFFIXES = {"png": ".png", "jpeg": ".jpg", "webp": ".webp"}
DEFAULT_STRENGTH = 500
SHEET_NAME = "contact-sheet.png"


def add_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    options.add_recipe_options(parser)
    memory_options.add_memory_options(parser)
    start = parser.add_argument_group("start from a picture")
    start.add_argument(
        "--from",
        dest="start",
        type=Path,
        metavar="PICTURE",
        help="paint over the middle of any picture, in the size of --size",
    )
    start.add_argument(
        "--strength",
        type=options.thousandths(0, 1000),
        metavar="X",
        help="share of it that is drawn again; 0 is the picture as the model sees it (0.5)",
    )
    output = parser.add_argument_group("output")
    output.add_argument(
        "--count",
        type=options.whole_number(1, options.MAX_COUNT),
        default=1,
        metavar="N",
        help="pictures, with the seeds that follow --seed (1)",
    )
    output.add_argument(
        "--out", type=Path, metavar="DIR", help="folder for the pictures (Pictures/ArtDesk)"
    )
    output.add_argument(
        "--format", choices=sorted(SUFFIXES), default="png", help="of the files (png)"
    )
    output.add_argument(
        "--quality",
        type=options.whole_number(1, 100),
        default=92,
        metavar="N",
        help="of JPEG and WebP, 1 to 100 (92)",
    )
    output.add_argument(
        "--no-recipe", action="store_true", help="leave the recipe out of the saved files"
    )
    output.add_argument(
        "--sheet",
        "--contact-sheet",
        nargs="?",
        const=SHEET_NAME,
        type=picture_name,
        metavar="FILE",
        help=f"also write all pictures onto one sheet ({SHEET_NAME} in the folder)",
    )
    options.add_overwrite_option(output, "a sheet")
    output.add_argument("--json", action="store_true", help="print what was made as JSON")
    options.add_engine_options(parser)


def picture_name(text: str) -> Path:
    """An argparse type for the name of a picture file to write."""
    path = Path(text)
    if path.suffix.lower() not in pictures.FORMATS:
        raise argparse.ArgumentTypeError(
            f"“{text[:60]}” is no picture file: end the name in .png, .jpg or .webp"
        )
    return path


def run(arguments: argparse.Namespace) -> int:
    """Make the pictures; returns the exit status."""
    if arguments.seed is not None and arguments.seed + arguments.count - 1 > MAX_SEED:
        raise OutputError(
            f"There are not {arguments.count} seeds from {arguments.seed} on: use a smaller seed."
        )
    folder = arguments.out or paths.pictures_folder()
    _check_folder(folder)
    if arguments.sheet is not None and not arguments.sheet.parent.is_dir():
        raise OutputError(
            f"There is no folder {arguments.sheet.parent} for the sheet: make it or choose another."
        )
    named = arguments.sheet is not None and str(arguments.sheet) != SHEET_NAME
    common.refuse_taken(arguments.sheet if named else None, arguments.overwrite)
    own_palette = arguments.palette
    if arguments.palette_from is not None:
        own_palette = palettes.palette_from_image(pictures.open_image(arguments.palette_from))
    outline = None if arguments.sketch is None else pictures.open_image(arguments.sketch)
    if arguments.strength is not None and arguments.start is None:
        raise OutputError("--strength belongs to --from: name the picture to start from.")
    start = None if arguments.start is None else pictures.open_image(arguments.start)
    engine = common.start_engine(arguments)
    # What is painted over has forms of its own: works take part only where they are asked for.
    remembers = engine.memory.remembers and start is None
    memory_options.settle(arguments, remembers=remembers)
    sketch = None if outline is None else engine.sketch_from_image(outline, arguments.size)
    recipe = engine.resolve(options.recipe_from(arguments, own_palette, sketch))
    if start is not None:
        recipe = _painted_over(engine, start, recipe, arguments)
    heard = engine.heard(recipe)
    common.say_unknown_words(heard)
    made, small = _make_all(engine, recipe, folder, arguments)
    sheet = None
    if arguments.sheet is not None:
        sheet = arguments.sheet if named else folder / SHEET_NAME
        labels = [str(entry["seed"]) for entry in made]
        pixels, quality = contact_sheet(small, labels), arguments.quality
        if named or arguments.overwrite:
            pictures.save_pixels(sheet, pixels, quality=quality, replace=arguments.overwrite)
        else:
            sheet = pictures.save_new_pixels(sheet, pixels, quality=quality)
    if arguments.json:
        common.print_json(
            {
                "bundle": engine.bundle.hash,
                "bundle_name": engine.bundle.manifest.name,
                "words": [
                    {
                        "text": word.text,
                        "known": word.known,
                        "nearest": list(word.nearest),
                        "attributes": dict(word.attributes),
                    }
                    for word in heard
                ],
                "pictures": made,
                "sheet": None if sheet is None else str(sheet),
            }
        )
    elif sheet is not None:
        print(sheet)
    return 0


def _painted_over(
    engine: Engine, start: NDArray[np.uint8], recipe: Recipe, arguments: argparse.Namespace
) -> Recipe:
    pixels = fitted(start, recipe.canvas)
    tokens = WorkEncoder(engine.bundle, arguments.threads).tokens(pixels)
    strength = DEFAULT_STRENGTH if arguments.strength is None else arguments.strength
    return painted_over(pixels, tokens, recipe, strength)


def _make_all(
    engine: Engine, recipe: Recipe, folder: Path, arguments: argparse.Namespace
) -> tuple[list[dict[str, Any]], list[Any]]:
    """Make and save the batch one by one, so that what is finished is never lost."""
    made: list[dict[str, Any]] = []
    small: list[Any] = []
    try:
        with ProgressBar("Drawing", arguments.count) as bar:
            for number, single in enumerate(engine.batch(recipe, arguments.count)):
                begin = time.perf_counter()
                picture = engine.generate(
                    single,
                    progress=lambda now, number=number: bar.update(  # type: ignore[misc]
                        number + now.step / now.steps
                    ),
                )
                path = _save(folder, picture, arguments)
                made.append(_entry(path, picture, time.perf_counter() - begin))
                if arguments.sheet is not None:
                    small.append(thumbnail(picture.pixels))
                if not arguments.json:
                    bar.clear()
                    print(path, flush=True)
    except KeyboardInterrupt:
        common.note(f"Cancelled: {len(made)} of {arguments.count} pictures are in {folder}.")
        raise
    return made, small


def _save(folder: Path, picture: Picture, arguments: argparse.Namespace) -> Path:
    return pictures.save_new(
        folder,
        picture,
        SUFFIXES[arguments.format],
        with_recipe=not arguments.no_recipe,
        quality=arguments.quality,
    )


def _entry(path: Path, picture: Picture, seconds: float) -> dict[str, Any]:
    return {
        "file": str(path),
        "seed": picture.recipe.seed,
        "recipe": picture.recipe.digest(),
        "tokens": common.token_hash(picture.tokens),
        "palette": [swatch.colour for swatch in picture.palette],
        "seconds": round(seconds, 3),
    }


def _check_folder(folder: Path) -> None:
    """Say now, not after the first picture, that nothing can be saved there."""
    atomic.make_folder(folder)
    if not os.access(folder, os.W_OK):
        raise OutputError(f"You may not write into {folder}: choose another folder with --out.")
