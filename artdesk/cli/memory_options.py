"""Options of the remembered works, and the defaults that differ with and without them."""

import argparse
from pathlib import Path

from artdesk.cli.options import plain, thousandths, whole_number
from artdesk.core.errors import RecipeError
from artdesk.core.memory_recipe import (
    MEMORY_RANGES,
    Composition,
    Influence,
    Memory,
    check_work,
)
from artdesk.core.new_recipe import new_recipe
from artdesk.core.recipe import SAMPLING_RANGES, Canvas
from artdesk.core.sketch_layout import fitted_shape
from artdesk.engine.memory.composition import cell_picture
from artdesk.pictures.files import open_any_image

IMAGINED = "imagined"
_FIELDS = (
    "invention_milli", "influence_count", "touch", "composition", "fidelity", "quotation", "ban",
    "collection",
)  # fmt: skip


def add_memory_options(parser: argparse.ArgumentParser) -> None:
    """Everything about remembered works; nothing is set where nothing is asked for."""
    default = Memory()
    group = parser.add_argument_group("memory")
    group.add_argument(
        "--memory",
        action=argparse.BooleanOptionalAction,
        help="paint from remembered works, or by the networks alone (on where the model has any)",
    )
    group.add_argument(
        "--invention",
        dest="invention_milli",
        type=thousandths(0, 1000),
        metavar="X",
        help=f"share of the cells painted anew: 0 quotes, 1 imagines all "
        f"({default.invention_milli / 1000:g})",
    )
    for name, dest, text in (
        ("influences", "influence_count", "works that give the touch"),
        ("fidelity", "fidelity", "cells on the longer side of the composition"),
    ):
        low, high, _ = MEMORY_RANGES[dest]
        group.add_argument(
            f"--{name}",
            dest=dest,
            type=whole_number(low, high),
            metavar="N",
            help=f"{text}, {low} to {high} ({getattr(default, dest)})",
        )
    group.add_argument(
        "--quotation",
        type=int,
        choices=range(4, 13, 2),
        help=f"cells of a quoted patch's side ({default.quotation})",
    )
    group.add_argument(
        "--touch",
        action="append",
        type=_influence,
        metavar="WORK[:W]",
        help="a work that gives the touch, with its weight if wished; repeatable "
        "(names: artdesk collection list)",
    )
    group.add_argument(
        "--composition",
        metavar="WORK",
        help=f"a work, a picture file, or “{IMAGINED}” for the model's own (chosen by the words)",
    )
    group.add_argument(
        "--ban", action="append", type=_work, metavar="WORK", help="never use it; repeatable"
    )
    group.add_argument(
        "--collection", action="append", metavar="NAME", help="only works of it; repeatable"
    )


def settle(arguments: argparse.Namespace, *, remembers: bool) -> None:
    """Fill in what was not asked for: `memory_recipe`, size and sampling.

    Args:
        arguments: Parsed with these options and those of the recipe.
        remembers: Whether the model or the artist has any collection.

    Raises:
        RecipeError: Options of the memory are given beside --no-memory.
        PictureError: The picture for the composition cannot be read.
    """
    asked = [name for name in _FIELDS if getattr(arguments, name) is not None]
    wanted = arguments.memory
    if wanted is False and asked:
        raise RecipeError("--no-memory leaves no use for other options of memory: leave them out.")
    if wanted is None:
        wanted = remembers or bool(asked)
    base = new_recipe(remembers=wanted)
    if arguments.size is None:
        arguments.size = base.canvas
    for name in SAMPLING_RANGES:
        if getattr(arguments, name) is None:
            setattr(arguments, name, getattr(base.sampling, name))
    arguments.memory_recipe = _memory(arguments) if wanted else None


def _memory(arguments: argparse.Namespace) -> Memory:
    given = {
        name: value for name in MEMORY_RANGES if (value := getattr(arguments, name)) is not None
    }
    return Memory(
        composition=_composition(arguments.composition, arguments.size, given.get("fidelity")),
        influences=tuple(arguments.touch or ()),
        banned=tuple(arguments.ban or ()),
        collections=tuple(arguments.collection or ()),
        **given,
    )


def _composition(text: str | None, canvas: Canvas, fidelity: int | None) -> Composition:
    if text is None:
        return Composition()
    if text == IMAGINED:
        return Composition(source="imagined")
    path = Path(text)
    if path.suffix and path.exists():
        rows, columns = fitted_shape(fidelity or Memory().fidelity, canvas.width, canvas.height)
        return Composition(
            source="picture", picture=cell_picture(open_any_image(path), rows, columns)
        )
    return Composition(work=text)


def _influence(text: str) -> Influence:
    work, colon, weight = text.partition(":")
    percent = thousandths(100, 2000)(weight) // 10 if colon else 100
    return plain(lambda: Influence(work=work, weight_percent=percent))


def _work(text: str) -> str:
    plain(lambda: check_work("A work", text))
    return text
