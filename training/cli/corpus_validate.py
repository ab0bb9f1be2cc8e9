"""The command `corpus validate`."""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console


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
    from training.corpus.validation.parameters import correlations
    from training.corpus.validation.stability import sample, stability
    from training.corpus.validation.trials import TRIALS
    from training.progress import stepwise

    console = Console()
    quantiles = read_quantiles(corpora[0]).astype(np.float64)
    count = len(sample(corpora, pictures))
    with stepwise(console) as begin:
        drawn = begin("Drawing series", len(TRIALS) * validating.SEEDS * validating.STEPS)
        changed = begin("Changing pictures", count)
        swept = [
            validating.sweep(trial, validating.SEEDS, validating.STEPS, drawn) for trial in TRIALS
        ]
        stable = stability(corpora, count, changed)
    seen = correlations([row for corpus in corpora for row in metadata.read(corpus)])
    validating.write(out, swept, stable, seen, count, quantiles)
    for line in validating.missing_aims(swept, stable):
        console.print(f"Below the aim: {line}", markup=False, highlight=False)
    console.print(f"Tables and plot are in {out}.", highlight=False)
