"""The command `python -m training corpus`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from training.corpus.constructed import commands

app = typer.Typer(help="Build the corpus of pictures.", no_args_is_help=True)
commands.register(app)


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    )


@app.command("import")
def import_(
    folder: Annotated[Path, typer.Argument(help="Folder of pictures, with a CSV file or without.")],
    out: Annotated[Path, typer.Option(help="Folder of the corpus; added to when it exists.")],
    licence: Annotated[str, typer.Option(help="Licence where the CSV file says none.")] = "",
    artist: Annotated[str, typer.Option(help="Artist where the CSV file says none.")] = "",
) -> None:
    """Bring a folder of pictures into a corpus; duplicates and bad files are left out and listed.

    Stopped at any moment, the same command goes on where it was.
    """
    from training.corpus.importing import REJECTED_NAME, import_folder

    with _bar() as bar:
        tasks = {stage: bar.add_task(stage, total=None) for stage in ("Reading", "Comparing")}
        result = import_folder(
            folder,
            out,
            licence,
            artist,
            lambda stage, done, total: bar.update(tasks[stage], completed=done, total=total),
        )
    console = Console()
    splits = [
        sum(row.split == name for row in result.rows) for name in ("train", "validation", "test")
    ]
    console.print(
        f"{len(result.rows)} pictures in {out}, {result.added} of them new "
        f"(train {splits[0]}, validation {splits[1]}, test {splits[2]})."
    )
    if result.rejected:
        console.print(f"{len(result.rejected)} files were left out; see {out / REJECTED_NAME}.")
    if any(not row.licence for row in result.rows):
        console.print("Some pictures have no licence; give one with --licence or in the CSV file.")
