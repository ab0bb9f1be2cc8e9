"""`artdesk render`: a picture again, from its stored tokens or from its recipe."""

import argparse
from pathlib import Path

import numpy as np

from artdesk.cli import common, options
from artdesk.cli.generate import picture_name
from artdesk.cli.progress import ProgressBar
from artdesk.core.errors import PictureError
from artdesk.core.recipe import Recipe
from artdesk.engine.pipeline import Engine, Picture
from artdesk.pictures import files as pictures
from artdesk.pictures.files import StoredPicture


def add_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="a picture of ArtDesk or a recipe (.json)"
    )
    parser.add_argument(
        "-o", "--output", type=picture_name, required=True, metavar="OUT", help="file to write"
    )
    options.add_overwrite_option(parser, "a file")
    parser.add_argument(
        "--resample",
        action="store_true",
        help="draw again from the seed instead of decoding the stored tokens, and say whether "
        "both agree",
    )
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")
    options.add_engine_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Make the picture again; returns the exit status."""
    common.refuse_taken(arguments.output, arguments.overwrite)
    if arguments.file.suffix.lower() == ".json":
        recipe = common.read_recipe_file(arguments.file)
        engine = common.start_engine(arguments)
        common.say_unknown_words(engine.heard(recipe))
        return _finish(arguments, _sample(engine, recipe), "sampled", None)
    record = pictures.read_record(arguments.file)
    engine = common.start_engine(arguments)
    same_bundle = record.bundle_hash == engine.bundle.hash
    if not same_bundle:
        common.note(
            f"Note: the picture was made with the model “{record.bundle_name}” "
            f"({record.bundle_hash[:10]}), not with “{engine.bundle.manifest.name}”, and will look "
            "different; name its model with --bundle."
        )
    if not arguments.resample:
        pixels = engine.decode(record)
        return _finish(arguments, StoredPicture.of(record, pixels), "decoded", None)
    picture = _sample(engine, record.recipe)
    different = int(np.count_nonzero(picture.tokens != record.tokens))
    if not arguments.json:
        total = record.tokens.size
        if different:
            print(f"{different} of {total} tokens differ from the stored ones.")
        else:
            print(f"All {total} tokens agree with the stored ones.")
    _finish(arguments, picture, "sampled", different)
    if different and same_bundle:
        raise PictureError(
            "The same recipe and model gave another picture here: run “artdesk check”, and use "
            "the stored tokens without --resample meanwhile."
        )
    return 0


def _sample(engine: Engine, recipe: Recipe) -> Picture:
    with ProgressBar("Drawing", 1, "picture") as bar:
        return engine.generate(recipe, progress=lambda now: bar.update(now.step / now.steps))


def _finish(
    arguments: argparse.Namespace,
    picture: Picture | StoredPicture,
    way: str,
    different: int | None,
) -> int:
    pictures.save_picture(arguments.output, picture, replace=arguments.overwrite)
    if arguments.json:
        common.print_json(
            {
                "file": str(arguments.output),
                "way": way,
                "tokens": common.token_hash(picture.tokens),
                "different_tokens": different,
                "bundle": picture.bundle_hash,
            }
        )
    else:
        print(arguments.output)
    return 0
