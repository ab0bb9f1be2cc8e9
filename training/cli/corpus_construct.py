"""The commands `corpus construct`, `corpus sheet` and `corpus palettes`."""

import io
import re
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console

from artdesk.core import atomic
from training.corpus.constructed import build
from training.corpus.constructed.palette import measure_palettes, read_measured
from training.corpus.constructed.registry import ConstructionError
from training.progress import counted

PalettesOption = Annotated[
    Path | None,
    typer.Option(help="CSV of measured palettes ('corpus palettes'); half the pictures use it."),
]

FamilyOption = Annotated[list[str] | None, typer.Option(help="Only this family; repeatable.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the corpus app."""
    app.command("construct")(construct)
    app.command("sheet")(sheet)
    app.command("palettes")(palettes)


def construct(
    count: Annotated[int, typer.Option(help="Pictures of the whole job.")],
    out: Annotated[Path, typer.Option(help="Folder of the corpus.")],
    seed: Annotated[int, typer.Option(help="Seed of the first picture.")] = 0,
    size: Annotated[int, typer.Option(help="Pixels of the shorter side, 16 to 4096.")] = 512,
    shard: Annotated[str, typer.Option(help="Draw only part i of n, written i/n.")] = "1/1",
    palettes: PalettesOption = None,
    processes: Annotated[
        int, typer.Option(min=1, max=64, help="How many draw at once; the pictures are the same.")
    ] = 1,
    family: FamilyOption = None,
) -> None:
    """Draw constructed abstract pictures; the same seed gives the same pictures everywhere."""
    match = re.fullmatch(r"(\d{1,6})/(\d{1,6})", shard)
    if match is None:
        raise ConstructionError(f"The shard is '{shard}'. Write it as i/n, for example 1/4.")
    part = int(match[1]), int(match[2])
    with counted("Drawing") as progress:
        rows = build.construct(
            count,
            seed,
            out,
            size,
            part,
            _table(palettes),
            progress,
            processes,
            family or (),
        )
    families = len({row.family for row in rows})
    Console().print(f"{len(rows)} pictures of {families} families are in {out / 'pictures'}.")


def sheet(
    out: Annotated[Path, typer.Option(help="PNG file to write.")],
    columns: Annotated[int, typer.Option(min=1, max=32, help="Pictures of each family.")] = 6,
    size: Annotated[int, typer.Option(min=64, max=1024, help="Pixels of each picture.")] = 256,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the first column.")] = 0,
    family: FamilyOption = None,
    palettes: PalettesOption = None,
) -> None:
    """Write a labelled contact sheet of every family."""
    stream = io.BytesIO()
    build.sheet(columns, size, seed, _table(palettes), family or ()).save(stream, "PNG")
    atomic.write_bytes(out, stream.getvalue())
    Console().print(f"The contact sheet is {out}.")


def palettes(
    folder: Annotated[Path, typer.Argument(help="Folder of pictures.")],
    out: Annotated[Path, typer.Option(help="CSV file to write.")],
) -> None:
    """Measure the five main colours of every picture in a folder."""
    found = sorted(
        path for path in folder.glob("*") if path.suffix.lower() in {".jpg", ".jpeg", ".png"}
    )
    if not found:
        raise ConstructionError(f"There are no JPEG or PNG pictures in {folder}.")
    atomic.write_text(out, measure_palettes(found))
    Console().print(f"{len(found)} palettes are in {out}.")


def _table(path: Path | None) -> NDArray[np.uint8] | None:
    return None if path is None else read_measured(path)
