"""Options that the trainings of all networks share."""

import pathlib
from typing import Annotated

import typer

Corpora = Annotated[
    list[pathlib.Path], typer.Argument(help="Corpus folders, each with a metadata.csv.")
]
Minutes = Annotated[
    float, typer.Option(help="Length of the whole plan, earlier runs included.", min=0.1)
]
Run = Annotated[pathlib.Path, typer.Option(help="Folder of checkpoints and caches.")]
Weights = Annotated[pathlib.Path, typer.Option(help="Folder of the float weights.")]
Seed = Annotated[int, typer.Option(help="Seed of initial weights and draws.", min=0)]
Config = Annotated[
    pathlib.Path | None, typer.Option(help="TOML file of sizes and rates; see docs/training.md.")
]
Device = Annotated[str, typer.Option(help="auto, cpu or cuda.")]
