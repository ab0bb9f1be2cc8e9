"""`python -m training export`: from float weights to the int8 bundle that the app loads."""

import enum
import pathlib
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from artdesk.bundle.reader import open_bundle
from artdesk.core.errors import SettingError
from training.export.assemble import Built, QuantizationLimits, assemble
from training.export.decoder import with_decoder
from training.export.material import gather, summary
from training.export.networks import load_networks
from training.export.publish import note_known_picture, rewrite, write
from training.fit.detail import load_tokenizer


class Part(enum.Enum):
    """A part of a bundle that can be replaced by itself."""

    DECODER = "decoder"


app = typer.Typer(
    help="Write the int8 bundle that the app loads.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


def show(built: Built, console: Console) -> None:
    """Print what was measured."""
    table = Table(title="What quantization cost, on held-out pictures")
    table.add_column("measure")
    table.add_column("value", justify="right")
    table.add_column("limit", justify="right")
    table.add_column("kept")
    for part in built.measures:
        sign = "at least" if part.at_least else "at most"
        limit = "" if part.limit is None else f"{sign} {part.limit:g}"
        kept = "" if part.limit is None else ("yes" if part.kept else "NO")
        table.add_row(part.meaning, f"{part.value:.4f}".rstrip("0").rstrip("."), limit, kept)
    console.print(table)
    for name, data in sorted(built.files.items()):
        console.print(f"{len(data) / 1e6:8.2f} MB  {name}", highlight=False)


def replace_decoder(
    corpora: Sequence[pathlib.Path],
    weights: pathlib.Path,
    out: pathlib.Path,
    pictures: int,
    seed: int,
    console: Console,
) -> None:
    """Write the decoder of some weights into the bundle `out`; see `training.export.decoder`."""
    old = open_bundle(out)
    with console.status("Encoding pictures"):
        material = gather(corpora, weights, pictures, seed)
    with console.status("Exporting and quantizing"):
        tokenizer = load_tokenizer(weights)
        built = with_decoder(old, tokenizer, material.calibration, material.held_out)
    show(built, console)
    described = summary(weights, material.library, ("tokenizer",))
    bundle = rewrite(built, old, out, training={"tokenizer": described["tokenizer"]})
    console.print(f"Wrote {out}, hash {bundle.hash[:16]}.", highlight=False)


@app.command()
def export(
    corpora: Annotated[
        list[pathlib.Path] | None,
        typer.Argument(help="Corpus folders for calibration, palettes and the comparison."),
    ] = None,
    weights: Annotated[
        pathlib.Path, typer.Option(help="Folder of the float weights.")
    ] = pathlib.Path("weights"),
    out: Annotated[
        pathlib.Path, typer.Option(help="Folder of the bundle; an older bundle is replaced.")
    ] = pathlib.Path("resources/bundle"),
    name: Annotated[str, typer.Option(help="What people call the model.")] = "Atelier 1",
    pictures: Annotated[int, typer.Option(help="Calibration pictures.", min=8, max=1000)] = 64,
    seed: Annotated[int, typer.Option(help="Seed of the choice of pictures.", min=0)] = 0,
    only: Annotated[
        Part | None,
        typer.Option(
            help="Replace this part in the bundle that is there; all other files stay as they are."
        ),
    ] = None,
    self_test_only: Annotated[
        bool,
        typer.Option(help="Only note anew, in the bundle that is there, what the engine draws."),
    ] = False,
) -> None:
    """Quantize the networks, compare them with the float ones, and write the bundle.

    A bundle that fails its own checks is not written, and an older one stays.
    """
    console = Console()
    if self_test_only:
        bundle = note_known_picture(out)
        console.print(f"Wrote {out}, hash {bundle.hash[:16]}.", highlight=False)
        return
    if not corpora:
        raise SettingError("No corpus was given; name one or more corpus folders.")
    if only is Part.DECODER:
        replace_decoder(corpora, weights, out, pictures, seed, console)
        return
    networks = load_networks(weights)
    with console.status("Encoding pictures"):
        material = gather(corpora, weights, pictures, seed)
    with console.status("Exporting and quantizing"):
        built = assemble(networks, material, QuantizationLimits())
    show(built, console)
    bundle = write(built, out, name=name, training=summary(weights, material.library))
    console.print(f"Wrote {out}, hash {bundle.hash[:16]}.", highlight=False)
