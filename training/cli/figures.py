"""`python -m training figures`: quality of any folders of pictures against real ones."""

import json
import pathlib
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from artdesk.core import atomic
from training.evaluation.likeness import Judge
from training.evaluation.quality import (
    REFERENCE_COUNT,
    Figures,
    Reference,
    copy_ratio,
    figures,
    paintings,
    read_squares,
    square,
)

app = typer.Typer(
    help="Measure the quality of folders of pictures against real ones.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _row(name: str, found: Figures, copies: float | None) -> list[str]:
    head, texture, means = found.head, found.texture, found.means
    return [
        name,
        f"{head.kid:.2f} ({head.kid_low:.2f}-{head.kid_high:.2f})",
        f"{head.density:.2f}/{head.coverage:.2f}",
        f"{texture.kid:.2f}",
        f"{texture.density:.2f}/{texture.coverage:.2f}",
        f"{means['fine_energy']:.3f}",
        f"{means['slope']:.2f}",
        f"{means['coherence']:.2f}",
        f"{found.surface_distance:.2f}",
        f"{means['sketch_borders']:.2f}",
        f"{means['token_borders']:.2f}",
        f"{found.segments_ratio:.2f}",
        "" if copies is None else f"{copies:.2f}",
    ]


COLUMNS = (
    "pictures", "KID", "density/coverage", "texture KID", "texture d/c", "HF", "slope",
    "coherence", "surface", "ph32", "ph8", "segments", "copying",
)  # fmt: skip


@app.command(name="figures")
def measure(
    reference: Annotated[
        pathlib.Path,
        typer.Argument(help="Corpus folder with paintings, or a folder of real pictures."),
    ],
    folders: Annotated[list[pathlib.Path], typer.Argument(help="Folders of pictures to judge.")],
    out: Annotated[
        pathlib.Path | None, typer.Option(help="Also write the figures as JSON here.")
    ] = None,
) -> None:
    """Compare folders of pictures with real ones; the same pictures give the same figures.

    With a corpus, 240 of its training paintings are the reference, its held-out paintings are
    judged first, and the guard looks for copies of training paintings.
    """
    console, judge = Console(), Judge()
    sets = {folder.name: read_squares(folder) for folder in folders}
    works, held = [], []
    if (reference / "metadata.csv").is_file():
        works = paintings(reference, ("train",), None)
        held = [square(part) for part in paintings(reference, ("validation", "test"), None)]
        real = [square(part) for part in works[:REFERENCE_COUNT]]
        sets = {"held-out paintings": held, **sets}
    else:
        real = read_squares(reference)
    known = Reference.of(real, judge)
    table, data = Table(*COLUMNS), dict[str, Any]()
    for name, pictures in track(list(sets.items()), console=console, description="Measuring"):
        found = figures(pictures, known, judge)
        copies = copy_ratio(pictures, held, works) if held else None
        table.add_row(*_row(name, found, copies))
        data[name] = {**found.as_dict(), "copy_ratio": copies}
    console.print(table)
    if out is not None:
        atomic.write_text(out, json.dumps(data, indent=1) + "\n")
