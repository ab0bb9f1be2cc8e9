"""`python -m training prior`: train the sketch prior and the detail prior."""

import pathlib
from typing import Annotated

import typer

from training.cli.options import Config, Corpora, Device, Minutes, Run, Seed, Weights
from training.data.captions import load_caption_writer
from training.evaluation.referee import Referee
from training.fit.detail import train_detail_prior
from training.fit.flow import train_flow
from training.fit.settings import read_settings
from training.fit.sketch import train_sketch_prior

app = typer.Typer(
    help="Train the sketch prior and the detail prior.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def sketch(
    corpora: Corpora,
    minutes: Minutes = 30.0,
    run: Run = pathlib.Path("runs/prior"),
    weights: Weights = pathlib.Path("weights"),
    seed: Seed = 0,
    config: Config = None,
    device: Device = "auto",
) -> None:
    """Train the sketch prior; the same command resumes after any stop."""
    train_sketch_prior(
        corpora,
        run,
        weights,
        minutes,
        load_caption_writer(weights),
        seed,
        read_settings(config, device),
    )


@app.command()
def detail(
    corpora: Corpora,
    minutes: Minutes = 90.0,
    run: Run = pathlib.Path("runs/prior"),
    weights: Weights = pathlib.Path("weights"),
    seed: Seed = 0,
    config: Config = None,
    device: Device = "auto",
) -> None:
    """Train the detail prior on the tokens of the tokenizer; the same command resumes."""
    train_detail_prior(
        corpora,
        run,
        weights,
        minutes,
        load_caption_writer(weights),
        seed,
        read_settings(config, device),
    )


@app.command()
def flow(
    corpora: Corpora,
    out: Annotated[pathlib.Path, typer.Option(help="Folder that receives the weights.")],
    minutes: Minutes = 60.0,
    run: Run = pathlib.Path("runs/flow"),
    weights: Weights = pathlib.Path("weights"),
    seed: Seed = 0,
    config: Config = None,
    device: Device = "auto",
) -> None:
    """Train a flow over latents and compare it with the detail prior; an experiment.

    The app does not use it. The same command resumes after any stop.
    """
    train_flow(
        corpora,
        run,
        weights,
        out,
        minutes,
        load_caption_writer(weights),
        lambda samples, real, tokenizer: Referee(samples, real, tokenizer).figures,
        seed,
        read_settings(config, device),
    )
