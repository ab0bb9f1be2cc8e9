"""`python -m training decoder`: the adversarial finish of the tokenizer's decoder."""

import pathlib
from typing import Annotated

import typer

from training.evaluation.surface import surface_figures
from training.fit.decoder import finish_decoder
from training.fit.settings import read_settings

Config = Annotated[
    pathlib.Path | None, typer.Option(help="TOML file of sizes and rates; see docs/training.md.")
]
Device = Annotated[str, typer.Option(help="auto, cpu or cuda.")]

app = typer.Typer(
    help="Finish the decoder against a critic; encoder and codebook stay as they are.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def decoder(
    corpora: Annotated[
        list[pathlib.Path], typer.Argument(help="Corpus folders, each with a metadata.csv.")
    ],
    out: Annotated[pathlib.Path, typer.Option(help="Folder that receives the weights.")],
    minutes: Annotated[
        float, typer.Option(help="Length of the whole plan, earlier runs included.", min=0.1)
    ] = 60.0,
    run: Annotated[pathlib.Path, typer.Option(help="Folder of the checkpoint.")] = pathlib.Path(
        "runs/decoder"
    ),
    weights: Annotated[
        pathlib.Path, typer.Option(help="Folder of the float weights to start from; only read.")
    ] = pathlib.Path("weights"),
    seed: Annotated[int, typer.Option(help="Seed of the critic and of all draws.", min=0)] = 0,
    config: Config = None,
    device: Device = "auto",
) -> None:
    """Finish the decoder; the same command resumes after any stop."""
    settings = read_settings(config, device)
    finish_decoder(corpora, run, weights, out, minutes, surface_figures, seed, settings)
