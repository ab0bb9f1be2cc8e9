"""`artdesk morph`: pictures that turn into each other, as a moving picture."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from artdesk.cli import common, options
from artdesk.cli.progress import ProgressBar
from artdesk.core.errors import PictureError
from artdesk.core.recipe import MAX_SEED
from artdesk.engine.operations import morph
from artdesk.engine.operations.morph import Morph
from artdesk.engine.pipeline import Engine, Pixels
from artdesk.pictures import files as pictures
from artdesk.pictures.animation import SUFFIXES, save_animation
from artdesk.pictures.record import PictureRecord

_DEFAULTS = Morph()


def add_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="pictures of ArtDesk of one size"
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="OUT",
        help=f"{', '.join(SUFFIXES)}; without an ending a new folder of frames",
    )
    parser.add_argument(
        "--frames",
        type=options.whole_number(1, morph.MAX_FRAMES),
        default=_DEFAULTS.frames,
        metavar="N",
        help="frames from one picture to the next (%(default)s)",
    )
    parser.add_argument(
        "--fps",
        type=options.thousandths(1000, 120_000),
        default=12_000,
        metavar="X",
        help="frames in a second (12)",
    )
    parser.add_argument(
        "--softness",
        type=options.thousandths(0, 4000),
        default=_DEFAULTS.softness_milli,
        metavar="X",
        help="0 flips cell after cell, 4 blends all of them together (0.6)",
    )
    parser.add_argument(
        "--easing", choices=get_args(morph.Easing), default=_DEFAULTS.easing, help="(smooth)"
    )
    parser.add_argument(
        "--loop", action="store_true", help="turn the last picture into the first again"
    )
    parser.add_argument(
        "--seed",
        type=options.whole_number(0, MAX_SEED),
        default=_DEFAULTS.seed,
        metavar="N",
        help="decides which cells go first (0)",
    )
    options.add_engine_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Draw and write the frames; returns the exit status."""
    if len(arguments.files) < 2:
        raise PictureError("A morph needs at least two pictures: add another.")
    records = [pictures.read_record(path) for path in arguments.files]
    chosen = Morph(
        frames=arguments.frames,
        softness_milli=arguments.softness,
        easing=arguments.easing,
        loop=arguments.loop,
        seed=arguments.seed,
    )
    engine = common.start_engine(arguments)
    save_animation(arguments.output, _told(engine, records, chosen), arguments.fps / 1000.0)
    print(arguments.output)
    return 0


def _told(engine: Engine, records: list[PictureRecord], chosen: Morph) -> Iterator[Pixels]:
    total = len(chosen.moments(len(records)))
    with ProgressBar("Drawing", total, "frames") as bar:
        for number, pixels in enumerate(morph.frames(engine, records, chosen), start=1):
            bar.update(number)
            yield pixels
