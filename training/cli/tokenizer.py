"""`python -m training tokenizer`: train the tokenizer."""

import pathlib
from typing import Annotated

import typer

from training.fit.tokenizer import train_tokenizer

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
) -> None:
    """Train the tokenizer; the same command resumes after any stop."""
    train_tokenizer(corpora, run, weights, minutes, seed)
