"""The command `corpus validate`."""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


def register(app: typer.Typer) -> None:
    """Add the command to the corpus app."""
    app.command("validate")(validate)


def validate(
    corpora: Annotated[list[Path], typer.Argument(help="Annotated corpus folders.")],
    out: Annotated[Path, typer.Option(help="Folder for tables and plot.")],
    pictures: Annotated[
        int, typer.Option(min=4, max=5000, help="Pictures for the stability, spread evenly.")
    ] = 160,
) -> None:
    """Test the measures: do they follow what is drawn, and do they hold when a file changes."""
    from training.corpus import metadata
    from training.corpus.annotating import read_quantiles
    from training.corpus.validation import report as validating
    from training.corpus.validation.parameters import followed
    from training.corpus.validation.stability import sample, stability
    from training.corpus.validation.trials import TRIALS

    quantiles = read_quantiles(corpora[0]).astype(np.float64)
    count = len(sample(corpora, pictures))
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    ) as bar:
        series = len(TRIALS) * validating.SEEDS * validating.STEPS
        drawing = bar.add_task("Drawing series", total=series)
        changing = bar.add_task("Changing pictures", total=count)
        swept = [
            validating.sweep(
                trial, validating.SEEDS, validating.STEPS, lambda: bar.advance(drawing)
            )
            for trial in TRIALS
        ]
        stable = stability(corpora, count, lambda: bar.advance(changing))
    seen = followed([row for corpus in corpora for row in metadata.read(corpus)])
    validating.write(out, swept, stable, seen, count, quantiles)
    console = Console()
    for line in validating.missing_aims(swept, stable):
        console.print(f"Below the aim: {line}", markup=False, highlight=False)
    console.print(f"Tables and plot are in {out}.", highlight=False)
