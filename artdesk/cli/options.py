"""Arguments of the commands: their names, ranges and plain refusals."""

import argparse
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar

from artdesk.core.colour import parse_hex
from artdesk.core.errors import ArtDeskError
from artdesk.core.prompt import parse_prompt
from artdesk.core.recipe import (
    MAX_SEED,
    MAX_SWATCHES,
    SAMPLING_RANGES,
    Canvas,
    Recipe,
    Sampling,
    Sketch,
    Swatch,
    Word,
)

_T = TypeVar("_T")

MAX_COUNT = 999
EXAMPLE = '"calm, blue"'

_NUMBER = re.compile(r"[+-]?(\d{1,12}(\.\d{0,12})?|\.\d{1,12})")
_SAMPLING_HELP = {
    "steps": "passes of the detail model",
    "temperature_milli": "wildness of the detail",
    "composition_temperature_milli": "wildness of the composition",
    "guidance_milli": "how strictly words and palette are obeyed",
    "top_k": "codes considered for each cell, 0 for all",
    "top_p_milli": "probability considered for each cell",
    "diversity_milli": "common (-1) to rare (1) codes",
    "palette_size": "codes that one picture may use",
    "jitter_milli": "share of codes swapped for a near one",
    "refine_milli": "share of the picture drawn once more at the end",
    "palette_strength_milli": "how strongly the palette bends the composition",
    "constructed_milli": "painterly (-1) to constructed (1)",
    "zoom_milli": "share of an imagined full picture that is shown",
}


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaint is one sentence instead of the whole usage."""

    def error(self, message: str) -> NoReturn:
        # "argument --size: ..." becomes "--size: ...", and the prompt needs no name at all.
        message = re.sub(r"^argument (?:WORDS: )?(?=\S)", "", message)
        sentence = message[:1].upper() + message[1:]
        if not sentence.endswith("."):
            sentence += "."
        self.exit(2, f"{self.prog}: {sentence} See “{self.prog} --help”.\n")


def whole_number(low: int, high: int) -> Callable[[str], int]:
    """An argparse type for whole numbers from `low` to `high`."""

    def read(text: str) -> int:
        if not re.fullmatch(r"[+-]?\d{1,20}", text.strip(), re.ASCII):
            raise argparse.ArgumentTypeError(
                f"“{text[:20]}” is not a whole number: use {low} to {high}"
            )
        value = int(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{value} is out of range: use {low} to {high}")
        return value

    return read


def thousandths(low: int, high: int) -> Callable[[str], int]:
    """An argparse type for decimal numbers, kept in thousandths as recipes do."""

    def read(text: str) -> int:
        span = f"use {low / 1000:g} to {high / 1000:g}"
        if not _NUMBER.fullmatch(text.strip()):
            raise argparse.ArgumentTypeError(f"“{text[:20]}” is not a number: {span}")
        value = round(float(text) * 1000)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text[:20]} is out of range: {span}")
        return value

    return read


def canvas(text: str) -> Canvas:
    """Read "512x384" or "512"."""
    match = re.fullmatch(r"(\d{1,9})(?:[x×X](\d{1,9}))?", text.strip(), re.ASCII)  # noqa: RUF001
    if match is None:
        raise argparse.ArgumentTypeError(f"“{text[:20]}” is not a size: write it like 512x384")
    width = int(match.group(1))
    height = int(match.group(2) or width)
    return plain(lambda: Canvas(width=width, height=height))


def words(text: str) -> tuple[Word, ...]:
    """Read a prompt."""
    found = plain(lambda: parse_prompt(text))
    if not found:
        raise argparse.ArgumentTypeError(
            f"the prompt is empty: write words such as {EXAMPLE}, or leave it out to let the "
            "model draw freely"
        )
    return tuple(Word(text=word, weight_percent=weight) for word, weight in found)


def palette(text: str) -> tuple[Swatch, ...]:
    """Read "#223344,#ffcc00:0.4": colours, each with a share if wished."""
    pieces = [piece for piece in re.split(r"[,\s]+", text.strip()) if piece]
    if not 1 <= len(pieces) <= MAX_SWATCHES:
        raise argparse.ArgumentTypeError(
            f"the palette has {len(pieces)} colours: use 1 to {MAX_SWATCHES}, like #223344,#ffcc00"
        )
    share_type = thousandths(1, 1000)
    swatches = []
    for piece in pieces:
        colour, colon, share = piece.partition(":")
        milli = share_type(share) if colon else 1000 // len(pieces)
        hex_colour = plain(lambda colour=colour: parse_hex(colour))  # type: ignore[misc]
        swatches.append(Swatch(colour=hex_colour, share_milli=milli))
    return tuple(swatches)


def add_recipe_options(
    parser: argparse.ArgumentParser, prompt: Callable[[str], object] = words
) -> None:
    """Everything that determines the picture; `prompt` reads the words."""
    recipe = parser.add_argument_group("what to draw")
    recipe.add_argument(
        "prompt",
        nargs="?",
        type=prompt,
        default=(),
        metavar="WORDS",
        help='words with weights, like "calm, warm:1.4"; without any the model draws freely',
    )
    recipe.add_argument("--avoid", type=words, default=(), metavar="WORDS", help="words to avoid")
    colours = recipe.add_mutually_exclusive_group()
    colours.add_argument(
        "--palette",
        type=palette,
        metavar="COLOURS",
        help='up to five colours, like "#223344,#ffcc00:0.3", each with a share if wished',
    )
    colours.add_argument(
        "--palette-from", type=Path, metavar="PICTURE", help="take the palette from a picture"
    )
    recipe.add_argument(
        "--sketch", type=Path, metavar="PICTURE", help="take the composition from a picture"
    )
    recipe.add_argument(
        "--size",
        type=canvas,
        metavar="WxH",
        help="pixels, multiples of 8 from 64 to 2048 (512x512, without memory 256x256)",
    )
    recipe.add_argument(
        "--seed",
        type=whole_number(0, MAX_SEED),
        metavar="N",
        help="the same seed gives the same picture; without it chance chooses one",
    )
    sampling = parser.add_argument_group("sampling")
    defaults = Sampling()
    for name, (low, high) in SAMPLING_RANGES.items():
        milli = name.endswith("_milli")
        scale = 1000 if milli else 1
        sampling.add_argument(
            "--" + name.removesuffix("_milli").replace("_", "-"),
            dest=name,
            type=thousandths(low, high) if milli else whole_number(low, high),
            metavar="X" if milli else "N",
            help=f"{_SAMPLING_HELP[name]}, {low / scale:g} to {high / scale:g} "
            f"({getattr(defaults, name) / scale:g})",
        )


def add_overwrite_option(parser: argparse._ActionsContainer, what: str) -> None:
    """Whether a file that is there already may be replaced."""
    parser.add_argument("--overwrite", action="store_true", help=f"replace {what} of that name")


def add_engine_options(parser: argparse.ArgumentParser) -> None:
    """Which bundle, how many threads."""
    group = parser.add_argument_group("engine")
    group.add_argument(
        "--bundle", type=Path, metavar="PATH", help="another model bundle: folder or .artpack"
    )
    group.add_argument(
        "--threads",
        type=whole_number(1, 64),
        default=min(4, os.cpu_count() or 1),
        metavar="N",
        help="threads of the networks; the pictures do not depend on it (%(default)s)",
    )


def recipe_from(
    arguments: argparse.Namespace, own_palette: tuple[Swatch, ...] | None, sketch: Sketch | None
) -> Recipe:
    """Put the recipe together from parsed arguments and what was read from pictures."""
    seed = arguments.seed
    return Recipe(
        words=arguments.prompt,
        avoid=arguments.avoid,
        palette=own_palette,
        sketch=sketch,
        canvas=arguments.size,
        sampling=Sampling(**{name: getattr(arguments, name) for name in SAMPLING_RANGES}),
        seed=secrets.randbelow(MAX_SEED + 1) if seed is None else seed,
        memory=arguments.memory_recipe,
    )


def plain(make: Callable[[], _T]) -> _T:
    """Turn the plain sentence of an ArtDeskError into argparse's kind of complaint."""
    try:
        return make()
    except ArtDeskError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
