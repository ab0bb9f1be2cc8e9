"""The command `python -m training corpus`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from training.cli import corpus_build as building_command
from training.cli import corpus_construct as commands
from training.cli import corpus_validate as validating_command
from training.progress import counted, staged

app = typer.Typer(help="Build the corpus of pictures.", no_args_is_help=True)
commands.register(app)
building_command.register(app)
validating_command.register(app)


Corpora = Annotated[list[Path], typer.Argument(help="Corpus folders.")]


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

    with staged() as progress:
        result = import_folder(folder, out, licence, artist, progress)
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


@app.command()
def annotate(
    corpora: Corpora,
    lexicon: Annotated[Path | None, typer.Option(help="List of adjectives.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Another seed gives other texts.")] = 0,
    processes: Annotated[
        int, typer.Option(min=1, max=64, help="How many measure at once; the result is the same.")
    ] = 1,
) -> None:
    """Measure the attributes of all pictures, rank them on one scale, and write texts."""
    from artdesk.core.paths import resources
    from training.corpus.annotating import QUANTILES_NAME
    from training.corpus.annotating import annotate as annotate_corpora
    from training.corpus.texts import Lexicon

    words = Lexicon.read(lexicon or resources() / "words" / "lexicon.csv")
    with counted("Measuring") as progress:
        annotate_corpora(corpora, words, seed, progress, processes)
    for corpus in corpora:
        Console().print(f"Texts and attributes are in {corpus}, the scale in {QUANTILES_NAME}.")


@app.command()
def check(
    corpora: Corpora,
    near: Annotated[bool, typer.Option(help="Also look for near-duplicates.")] = True,
) -> None:
    """Look for leaks, duplicates, bad labels and files; exit status 1 if any is found.

    Where people's words and the measures contradict each other is listed and no fault.
    """
    from training.corpus.checking import check as find_faults
    from training.corpus.checking import disagreements

    with counted("Reading") as progress:
        faults = find_faults(corpora, progress, near)
    console = Console(stderr=True)
    for text in disagreements(corpora):
        console.print(f"note: {text}", markup=False, highlight=False, soft_wrap=True)
    for fault in faults:
        console.print(f"{fault.kind}: {fault.text}", markup=False, highlight=False, soft_wrap=True)
    if faults:
        console.print(f"{len(faults)} faults were found; mend them before training.")
        raise typer.Exit(1)
    console.print("No faults were found.")


@app.command()
def axes(
    corpora: Corpora,
    out: Annotated[Path, typer.Option(help="Folder for the sheets.")],
) -> None:
    """Write a contact sheet for each attribute, from the lowest picture to the highest."""
    from training.corpus.sheets import axis_sheets

    count = axis_sheets(corpora, out)
    Console().print(f"{count} sheets are in {out}.")


@app.command()
def report(
    corpora: Corpora,
    out: Annotated[Path, typer.Option(help="HTML file to write.")],
    pictures: Annotated[int, typer.Option(min=1, help="How many pictures to show.")] = 120,
) -> None:
    """Write one HTML file with pictures, counts, attributes and the files that were left out."""
    from training.corpus.report import write_report

    with counted("Drawing") as progress:
        write_report(corpora, out, pictures, progress)
    Console().print(f"The report is {out}.")
