"""`artdesk edit`: a part of a picture drawn again, or the whole of it a little."""

import argparse
import secrets
from pathlib import Path

from artdesk.cli import common, options, regions
from artdesk.cli.generate import picture_name
from artdesk.cli.progress import ProgressBar
from artdesk.core.errors import OutputError, RecipeError
from artdesk.core.recipe import MAX_SEED, MAX_SIDE, Recipe
from artdesk.engine.operations.canvas import Border, extended, seamless
from artdesk.engine.operations.credits import with_origin
from artdesk.engine.operations.explain import ALTERNATIVES, explained, swapped
from artdesk.engine.operations.recolour import recoloured
from artdesk.engine.operations.reroll import rerolled, varied
from artdesk.engine.pipeline import Engine, Picture
from artdesk.pictures import files as pictures
from artdesk.pictures.record import PictureRecord

PARTS = ("detail", "composition")
MAX_TRIES = 64


def add_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a picture of ArtDesk")
    what = parser.add_argument_group("what to change").add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--region",
        type=regions.regions,
        metavar="X,Y,W,H",
        help="draw this part again, in pixels; several with “;” between",
    )
    what.add_argument(
        "--mask",
        type=Path,
        metavar="PICTURE",
        help="draw again where this picture is bright; of the size of the picture or its cells",
    )
    what.add_argument(
        "--vary",
        type=options.thousandths(0, 1000),
        metavar="X",
        help="change this share of the picture, 0 to 1",
    )
    what.add_argument(
        "--extend",
        type=border,
        metavar="L,T,R,B",
        help="add so many pixels left, above, right and below; what is there stays",
    )
    what.add_argument(
        "--seamless",
        choices=("across", "down", "both"),
        help="draw the edges again so that the picture repeats without a seam",
    )
    what.add_argument(
        "--swap",
        type=cell_and_rank,
        metavar="X,Y,RANK",
        help="put another code into the cell at a pixel: 1 is what the model finds likeliest there",
    )
    what.add_argument(
        "--recolour",
        type=options.palette,
        metavar="COLOURS",
        help='bring the picture into other colours, like "#223344,#ffcc00:0.3"; forms stay',
    )
    how = parser.add_argument_group("how")
    how.add_argument(
        "--seed",
        type=options.whole_number(0, MAX_SEED),
        metavar="N",
        help="of this try; without it chance chooses one",
    )
    how.add_argument(
        "--tries",
        type=options.whole_number(1, MAX_TRIES),
        default=1,
        metavar="N",
        help="make several with the seeds that follow; each is named after its seed (1)",
    )
    how.add_argument(
        "--strength",
        type=options.thousandths(0, 1000),
        metavar="X",
        help="share of the region that is drawn again, or how far colours move, 0 to 1 (1)",
    )
    how.add_argument(
        "--words",
        type=options.words,
        metavar="WORDS",
        help="words for the region or the new canvas instead of the picture's",
    )
    how.add_argument(
        "--colours",
        choices=("keep", "new"),
        help="of the composition in the region (keep; new with --words)",
    )
    how.add_argument(
        "--part", choices=PARTS, help="what --vary changes (detail, over the same composition)"
    )
    parser.add_argument(
        "-o", "--output", type=picture_name, required=True, metavar="OUT", help="file to write"
    )
    parser.add_argument(
        "--other-model",
        action="store_true",
        help="go on although the picture was made with another model",
    )
    options.add_overwrite_option(parser, "files")
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")
    options.add_engine_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Make the edited pictures; returns the exit status."""
    _check_usage(arguments)
    record = pictures.read_record(arguments.file)
    seed = secrets.randbelow(MAX_SEED + 1) if arguments.seed is None else arguments.seed
    names = _names(arguments, seed)
    for path in names:
        _refuse_own_file(path, arguments.file)
        common.refuse_taken(path, arguments.overwrite)
    recipe = None if arguments.swap else _recipe(arguments, record, seed)
    engine = common.start_engine(arguments)
    common.refuse_other_model(engine, record, other_allowed=arguments.other_model)
    if recipe is None:
        recipe = _swap(engine, record, arguments.swap)
    if arguments.words is not None:
        common.say_unknown_words(engine.words.heard(word) for word in arguments.words)
    made = []
    with ProgressBar("Drawing", arguments.tries) as bar:
        singles = engine.batch(engine.resolve(recipe), arguments.tries)
        for number, (path, single) in enumerate(zip(names, singles, strict=True)):
            picture = engine.generate(
                single,
                progress=lambda now, number=number: bar.update(  # type: ignore[misc]
                    number + now.step / now.steps
                ),
            )
            grown = arguments.extend or Border()
            picture = with_origin(
                picture, record, grown.top // record.cell, grown.left // record.cell
            )
            pictures.save_picture(path, picture, replace=arguments.overwrite)
            made.append(_entry(path, picture, record))
            if not arguments.json:
                bar.clear()
                print(path, flush=True)
    if arguments.json:
        common.print_json({"bundle": engine.bundle.hash, "pictures": made})
    return 0


def cell_and_rank(text: str) -> tuple[int, int, int]:
    """Read "x,y,rank"."""
    pieces = text.split(",")
    if len(pieces) != 3 or not all(piece.strip().isdecimal() for piece in pieces):
        raise argparse.ArgumentTypeError(
            f"“{text[:30]}” names no cell: write x,y,rank, like 120,64,2"
        )
    x, y = (options.whole_number(0, MAX_SIDE)(piece) for piece in pieces[:2])
    return x, y, options.whole_number(1, ALTERNATIVES)(pieces[2])


def _swap(engine: Engine, record: PictureRecord, wanted: tuple[int, int, int]) -> Recipe:
    x, y, rank = wanted
    row, column = y // record.cell, x // record.cell
    codes = explained(engine, record).codes
    inside = row < codes.shape[0] and column < codes.shape[1]
    code = int(codes[row, column, rank - 1]) if inside else 0  # which `swapped` refuses
    return swapped(record, row, column, code)


def border(text: str) -> Border:
    """Read "left,top,right,bottom" in pixels."""
    pieces = text.split(",")
    if len(pieces) != 4 or not all(piece.strip().isdecimal() for piece in pieces):
        raise argparse.ArgumentTypeError(
            f"“{text[:30]}” is no border: write left,top,right,bottom in pixels, like 0,0,128,0"
        )
    left, top, right, bottom = (options.whole_number(0, MAX_SIDE)(piece) for piece in pieces)
    return Border(left=left, top=top, right=right, bottom=bottom)


_OPERATIONS = ("region", "mask", "vary", "extend", "seamless", "swap", "recolour")
_BELONGS = {
    "strength": ("region", "mask", "recolour"),
    "words": ("region", "mask", "extend"),
    "colours": ("region", "mask"),
    "part": ("vary",),
}
"""Options that only some of the operations understand."""


def _check_usage(arguments: argparse.Namespace) -> None:
    chosen = next(name for name in _OPERATIONS if getattr(arguments, name) is not None)
    for name, known in _BELONGS.items():
        if getattr(arguments, name) is not None and chosen not in known:
            where = " and ".join(f"--{operation}" for operation in known)
            raise RecipeError(f"--{name} belongs to {where}: leave it out here.")


def _recipe(arguments: argparse.Namespace, record: PictureRecord, seed: int) -> Recipe:
    if arguments.vary is not None:
        composition = arguments.part == "composition"
        return varied(record, arguments.vary, seed=seed, composition=composition)
    strength = 1000 if arguments.strength is None else arguments.strength
    if arguments.recolour is not None:
        return recoloured(record, arguments.recolour, strength)
    if arguments.extend is not None:
        return extended(record, arguments.extend, seed=seed, words=arguments.words)
    if arguments.seamless is not None:
        return seamless(record, arguments.seamless, seed=seed)
    if arguments.region is not None:
        mask = regions.region_mask(record, arguments.region)
    else:
        mask = regions.picture_mask(record, arguments.mask)
    own_words = arguments.words is not None
    return rerolled(
        record,
        mask,
        seed=seed,
        strength_milli=strength,
        words=arguments.words,
        new_colours=own_words if arguments.colours is None else arguments.colours == "new",
    )


def _refuse_own_file(path: Path, own: Path) -> None:
    if path.exists() and path.samefile(own):
        raise OutputError(f"{path} is the picture itself: choose another name to keep it.")


def _names(arguments: argparse.Namespace, seed: int) -> list[Path]:
    """The file of each try; with several, their seeds are in the names."""
    out: Path = arguments.output
    if arguments.tries == 1:
        return [out]
    seeds = ((seed + number) % (MAX_SEED + 1) for number in range(arguments.tries))
    return [out.with_stem(f"{out.stem}-{number}") for number in seeds]


def _changed(picture: Picture, record: PictureRecord) -> int | None:
    """How many tokens differ; None when the canvas has grown."""
    if picture.tokens.shape != record.tokens.shape:
        return None
    return int((picture.tokens != record.tokens).sum())


def _entry(path: Path, picture: Picture, record: PictureRecord) -> dict[str, object]:
    edit = picture.recipe.edit
    return {
        "file": str(path),
        "seed": None if edit is None else edit.seed,
        "recipe": picture.recipe.digest(),
        "tokens": common.token_hash(picture.tokens),
        "changed_tokens": _changed(picture, record),
    }
