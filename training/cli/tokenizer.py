"""`python -m training tokenizer`: train the tokenizer."""

import pathlib
from typing import Annotated

import typer

from training.fit.settings import read_settings
from training.fit.tokenizer import train_tokenizer

Config = Annotated[
    pathlib.Path | None, typer.Option(help="TOML file of sizes and rates; see docs/training.md.")
]
Device = Annotated[str, typer.Option(help="auto, cpu or cuda.")]

app = typer.Typer(
    help="Train the tokenizer: encoder, codebook and decoder.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def tokenizer(
    corpora: Annotated[
        list[pathlib.Path], typer.Argument(help="Corpus folders, each with a metadata.csv.")
    ],
    minutes: Annotated[
        float, typer.Option(help="Length of the whole plan, earlier runs included.", min=0.1)
    ] = 75.0,
    run: Annotated[pathlib.Path, typer.Option(help="Folder of the checkpoint.")] = pathlib.Path(
        "runs/tokenizer"
    ),
    weights: Annotated[
        pathlib.Path, typer.Option(help="Folder of the float weights.")
    ] = pathlib.Path("weights"),
    seed: Annotated[int, typer.Option(help="Seed of initial weights and draws.", min=0)] = 0,
    config: Config = None,
    device: Device = "auto",
) -> None:
    """Train the tokenizer; the same command resumes after any stop."""
    train_tokenizer(corpora, run, weights, minutes, seed, read_settings(config, device))
