"""`artdesk cross`: the composition of one picture, the colours of another, the touch of a third."""

import argparse
import secrets
from pathlib import Path

from artdesk.cli import common, options
from artdesk.cli.generate import picture_name
from artdesk.cli.progress import ProgressBar
from artdesk.core.recipe import MAX_SEED
from artdesk.engine.operations.cross import crossed
from artdesk.pictures import files as pictures


def add_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    for name, text in (
        ("composition", "picture of ArtDesk that gives size and composition"),
        ("palette", "picture that gives the colours (that of --composition)"),
        ("touch", "picture that gives words, sliders and remembered works (that of --composition)"),
    ):
        parser.add_argument(
            f"--{name}", type=Path, required=name == "composition", metavar="PICTURE", help=text
        )
    parser.add_argument(
        "--seed",
        type=options.whole_number(0, MAX_SEED),
        metavar="N",
        help="of the new picture; without it chance chooses one",
    )
    parser.add_argument(
        "-o", "--output", type=picture_name, required=True, metavar="OUT", help="file to write"
    )
    options.add_overwrite_option(parser, "a file")
    options.add_engine_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Make the picture; returns the exit status."""
    common.refuse_taken(arguments.output, arguments.overwrite)
    composition = pictures.read_record(arguments.composition)
    palette = pictures.read_record(arguments.palette) if arguments.palette else composition
    touch = pictures.read_record(arguments.touch) if arguments.touch else composition
    seed = secrets.randbelow(MAX_SEED + 1) if arguments.seed is None else arguments.seed
    recipe = crossed(composition, palette, touch, seed=seed)
    engine = common.start_engine(arguments)
    with ProgressBar("Drawing", 1, "picture") as bar:
        made = engine.generate(recipe, progress=lambda now: bar.update(now.step / now.steps))
    pictures.save_picture(arguments.output, made, replace=arguments.overwrite)
    print(arguments.output)
    return 0
