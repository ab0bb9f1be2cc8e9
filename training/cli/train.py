"""`python -m training train`: from a folder of pictures to a model of one's own, in one command."""

import pathlib
from typing import Annotated

import typer
from rich.console import Console

from artdesk.bundle.reader import open_bundle
from artdesk.bundle.writer import write_pack
from artdesk.core.errors import SettingError
from training.cli.export import show
from training.export.own_model import OwnModelOrder, check_out, stages
from training.stages import State, run_chain

STOPPED = 130

app = typer.Typer(
    help="Train a model on a folder of pictures and pack it for the app.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def train(
    pictures: Annotated[
        pathlib.Path, typer.Argument(help="Folder of pictures; folders in it count too.")
    ],
    out: Annotated[pathlib.Path, typer.Option(help="File to write, for example my.artpack.")],
    minutes: Annotated[
        float,
        typer.Option(
            help="Minutes of training, split over three networks; preparing the pictures and "
            "exporting come on top.",
            min=0.5,
        ),
    ] = 200.0,
    weights: Annotated[
        pathlib.Path, typer.Option(help="Folder of the float weights to go on from.")
    ] = pathlib.Path("weights"),
    run: Annotated[
        pathlib.Path | None,
        typer.Option(help="Folder for everything on the way; runs/NAME when not given."),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="What people call the model; the file's name if not given.")
    ] = None,
    constructed: Annotated[
        int, typer.Option(help="Constructed pictures to add.", min=0, max=100_000)
    ] = 200,
    seed: Annotated[int, typer.Option(help="Seed of all draws.", min=0)] = 0,
) -> None:
    """Import, construct, measure, train and export; stopped, the same command goes on.

    More --minutes than before train a finished run further.
    """
    check_out(out)
    title = (name or out.stem).strip()
    if not 1 <= len(title) <= 80 or not title.isprintable():
        raise SettingError("The name of the model must be a text of 1 to 80 characters.")
    for folder, what in ((pictures, "pictures"), (weights, "weights")):
        if not folder.is_dir():
            raise SettingError(f"There is no folder {folder}; name a folder of {what}.")
    order = OwnModelOrder(
        pictures=pictures,
        weights=weights,
        run=run or pathlib.Path("runs") / out.stem,
        name=title,
        minutes=minutes,
        constructed=constructed,
        seed=seed,
    )
    console = Console()
    identity = {"pictures": str(pictures.resolve()), "weights": str(weights.resolve())}
    state = State.open(order.run, identity)
    if not run_chain(state, stages(order, console, lambda built: show(built, console)), console):
        console.print("Stopped. The same command goes on from here.")
        raise typer.Exit(STOPPED)
    bundle = open_bundle(order.bundle)
    write_pack(bundle, out)
    size = out.stat().st_size / 1e6
    console.print(f"Wrote {out}, {size:.1f} MB, hash {bundle.hash[:16]}.", highlight=False)
