"""`python -m training tokenizer`: train the tokenizer."""

import pathlib

import typer

from training.cli.options import Config, Corpora, Device, Minutes, Run, Seed, Weights
from training.fit.settings import read_settings
from training.fit.tokenizer import train_tokenizer

app = typer.Typer(
    help="Train the tokenizer: encoder, codebook and decoder.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def tokenizer(
    corpora: Corpora,
    minutes: Minutes = 75.0,
    run: Run = pathlib.Path("runs/tokenizer"),
    weights: Weights = pathlib.Path("weights"),
    seed: Seed = 0,
    config: Config = None,
    device: Device = "auto",
) -> None:
    """Train the tokenizer; the same command resumes after any stop."""
    train_tokenizer(corpora, run, weights, minutes, seed, read_settings(config, device))
