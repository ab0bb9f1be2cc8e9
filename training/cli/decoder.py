"""`python -m training decoder`: the adversarial finish of the tokenizer's decoder."""

import pathlib
from typing import Annotated

import typer

from training.cli.options import Config, Corpora, Device, Minutes, Run, Seed
from training.evaluation.surface import surface_figures
from training.fit.decoder import finish_decoder
from training.fit.settings import read_settings

app = typer.Typer(
    help="Finish the decoder against a critic; encoder and codebook stay as they are.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def decoder(
    corpora: Corpora,
    out: Annotated[pathlib.Path, typer.Option(help="Folder that receives the weights.")],
    minutes: Minutes = 60.0,
    run: Run = pathlib.Path("runs/decoder"),
    weights: Annotated[
        pathlib.Path, typer.Option(help="Folder of the float weights to start from; only read.")
    ] = pathlib.Path("weights"),
    seed: Seed = 0,
    config: Config = None,
    device: Device = "auto",
) -> None:
    """Finish the decoder; the same command resumes after any stop."""
    settings = read_settings(config, device)
    finish_decoder(corpora, run, weights, out, minutes, surface_figures, seed, settings)
