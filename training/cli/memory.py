"""`python -m training memory`: the works that the model remembers."""

import pathlib
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from artdesk.bundle.collection import FILE_NAME, read_collection
from artdesk.bundle.reader import open_bundle
from artdesk.core import atomic
from training.export import memory
from training.export.publish import note_collection

PAINTERLY = (
    "brushwork", "dry_brush", "frottage", "gouache", "impasto", "ink_splash", "monotype",
    "painted_over", "palette_knife", "pastel", "torn_paper", "wet_in_wet",
)  # fmt: skip
"""Families that look painted and have detail of their own at 1024 px."""

app = typer.Typer(
    help="Remember works: encode corpora into a bundle.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command(name="memory")
def remember(
    corpora: Annotated[
        list[pathlib.Path], typer.Argument(help="Corpus folders; held-out works are never read.")
    ],
    bundle: Annotated[
        pathlib.Path, typer.Option(help="Folder of the bundle that shall remember them.")
    ] = pathlib.Path("resources/bundle"),
    credits_list: Annotated[
        pathlib.Path | None,
        typer.Option("--credits", help="CSV with file, title, year and remember of paintings."),
    ] = None,
    megabytes: Annotated[
        float, typer.Option(help="Size of the packed token maps.", min=0.1, max=40.0)
    ] = 15.0,
    finest_of: Annotated[
        int, typer.Option(min=0, help="Encode one of so many painterly works at 1024 px; 0: none.")
    ] = 0,
    out: Annotated[
        pathlib.Path | None,
        typer.Option(help="Write the collection to this file and leave the bundle alone."),
    ] = None,
    ready: Annotated[
        pathlib.Path | None,
        typer.Option(help="Take this collection, check its marks, and put it into the bundle."),
    ] = None,
    threads: Annotated[int, typer.Option(min=1, max=64, help="Threads of the encoder.")] = 2,
) -> None:
    """Encode training works with the bundle's own encoder and write them into the bundle.

    Paintings are taken where their mark 'remember' says yes; a painting without a mark is refused.
    """
    console = Console()
    listed = {} if credits_list is None else memory.read_credits(credits_list)
    if ready is not None:
        data = ready.read_bytes()
        memory.check_marks(read_collection(data), corpora, listed)
    else:
        with Progress(console=console) as bar:
            task = bar.add_task("Encoding works", total=None)
            data = memory.build(
                open_bundle(bundle),
                corpora,
                listed,
                round(megabytes * 1e6),
                PAINTERLY,
                finest_of,
                threads,
                lambda done, total: bar.update(task, completed=done, total=total),
            )
    described = memory.summary(read_collection(data))
    for name, value in described.items():
        console.print(f"{name}: {value}", highlight=False)
    if out is not None:
        atomic.write_bytes(out, data)
        console.print(f"Wrote {out}, {len(data) / 1e6:.1f} MB.", highlight=False)
        return
    written = note_collection(bundle, data, described)
    size = sum(map(len, written.data.values())) / 1e6
    console.print(
        f"Wrote {bundle} with {FILE_NAME}, {size:.1f} MB, hash {written.hash[:16]}.",
        highlight=False,
    )
