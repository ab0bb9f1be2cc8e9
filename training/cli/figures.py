"""`python -m training figures`: quality of any folders of pictures against real ones."""

import json
import pathlib
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from artdesk.core import atomic
from artdesk.core.errors import SettingError
from training.evaluation.decoding import comparison, decoded
from training.evaluation.likeness import Judge
from training.evaluation.quality import (
    REFERENCE_COUNT,
    Figures,
    Pixels,
    Reference,
    copy_ratio,
    figures,
    paintings,
    read_squares,
    square,
)
from training.fit.loop import save_sheet
from training.progress import track

app = typer.Typer(
    help="Measure the quality of folders of pictures against real ones.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _lines(found: Figures, extra: Mapping[str, float | None]) -> dict[str, str]:
    """What the table shows of one set of pictures."""
    lines = {"pictures": str(found.pictures)}
    for name, part in (("head", found.head), ("texture", found.texture)):
        lines[f"KID, {name}"] = f"{part.kid:.2f} ({part.kid_low:.2f} to {part.kid_high:.2f})"
        lines[f"density / coverage, {name}"] = f"{part.density:.2f} / {part.coverage:.2f}"
    for name, value in found.means.items():
        lines[name.replace("_", " ")] = f"{value:.3f}"
    lines["distance of surfaces"] = f"{found.surface_distance:.2f}"
    lines["straight segments, of real"] = f"{found.segments_ratio:.2f}"
    for name, given in extra.items():
        lines[name.replace("_", " ")] = "" if given is None else f"{given:.3f}"
    return lines


@app.command(name="figures")
def measure(
    reference: Annotated[
        pathlib.Path,
        typer.Argument(help="Corpus folder with paintings, or a folder of real pictures."),
    ],
    folders: Annotated[
        list[pathlib.Path] | None, typer.Argument(help="Folders of pictures to judge.")
    ] = None,
    weights: Annotated[
        list[pathlib.Path] | None,
        typer.Option(help="Folder of float weights: judge the corpus's reconstructions by them."),
    ] = None,
    sheet: Annotated[
        pathlib.Path | None,
        typer.Option(help="With --weights: also write a PNG of held-out paintings decoded."),
    ] = None,
    out: Annotated[
        pathlib.Path | None, typer.Option(help="Also write the figures as JSON here.")
    ] = None,
) -> None:
    """Compare folders of pictures with real ones; the same pictures give the same figures.

    With a corpus, 240 of its training paintings are the reference, its held-out paintings are
    judged first, and the guard looks for copies of training paintings.
    """
    console, judge = Console(), Judge()
    if weights and not (reference / "metadata.csv").is_file():
        raise SettingError(
            f"{reference} is no corpus; --weights needs one, with held-out paintings to decode."
        )
    sets: dict[str, Sequence[Pixels]] = {str(part): read_squares(part) for part in folders or ()}
    data = dict[str, Any]()
    for folder in weights or ():
        name, found = f"decoded by {folder}", decoded([reference], folder)
        sets[name] = list(found.pictures)
        data[name] = {"psnr": found.psnr, "oklab_shift": found.shift}
    works, held = [], []
    if (reference / "metadata.csv").is_file():
        works = paintings(reference, ("train",), None)
        held = [square(part) for part in paintings(reference, ("validation", "test"), None)]
        real = [square(part) for part in works[:REFERENCE_COUNT]]
        sets = {"held-out paintings": held, **sets}
    else:
        real = read_squares(reference)
    known = Reference.of(real, judge)
    shown: list[dict[str, str]] = []
    for name, pictures in track(list(sets.items()), "Measuring", console):
        measured = figures(pictures, known, judge)
        extra = {
            "copy_ratio": copy_ratio(pictures, held, works) if held else None,
            "psnr": None,
            "oklab_shift": None,
            **data.get(name, {}),
        }
        shown.append(_lines(measured, extra))
        data[name] = {**measured.as_dict(), **extra}
    table = Table("figure", *sets)
    for line in shown[0]:
        table.add_row(line, *(part[line] for part in shown))
    console.print(table)
    if sheet is not None and weights:
        save_sheet(sheet, *comparison([reference], weights))
        console.print(f"{sheet}: paintings, then a row for each folder of weights.")
    if out is not None:
        atomic.write_text(out, json.dumps(data, indent=1) + "\n")
