"""The commands `corpus build` and `corpus words`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

STOPPED = 130


def register(app: typer.Typer) -> None:
    """Add the commands to the corpus app."""
    app.command("build")(build)
    app.command("words")(words)


def build(
    out: Annotated[Path, typer.Option(help="Folder for all of it; gone on with if it exists.")],
    paintings: Annotated[
        Path | None, typer.Option(help="Folder of pictures, with a CSV file or without.")
    ] = None,
    count: Annotated[int, typer.Option(help="How many pictures to construct.", min=1)] = 1940,
    seed: Annotated[int, typer.Option(help="Seed of the first of them.", min=0)] = 0,
    size: Annotated[
        int, typer.Option(help="Pixels of their shorter side.", min=96, max=4096)
    ] = 512,
    licence: Annotated[str, typer.Option(help="Licence where the CSV file says none.")] = "",
    processes: Annotated[
        int | None, typer.Option(help="Two where there are two cores.", min=1, max=64)
    ] = None,
) -> None:
    """Import, construct, annotate, draw sheets, report and check: the whole corpus.

    Stopped at any moment, the same command goes on; with more paintings or a larger count it adds
    to what is there.
    """
    from training.corpus import building
    from training.corpus.workers import processes_here

    order = building.CorpusOrder(
        out=out,
        given=paintings,
        count=count,
        seed=seed,
        size=size,
        processes=processes or processes_here(),
        licence=licence,
    )
    console = Console()
    if not building.build(order, console):
        console.print("Stopped. The same command goes on from here.")
        raise typer.Exit(STOPPED)


def words(
    tables: Annotated[
        list[Path], typer.Argument(help="CSV files with the columns picture, annotator, words.")
    ],
    corpus: Annotated[Path, typer.Argument(help="Corpus folder that the pictures are in.")],
    lexicon: Annotated[Path | None, typer.Option(help="List of adjectives.")] = None,
) -> None:
    """Bring together what people say of pictures, and how far they agree.

    Their words join the texts of the pictures; `corpus check` lists where they and the measured
    attributes point to different poles.
    """
    from artdesk.core.paths import resources
    from training.corpus import human_words
    from training.corpus.texts import Lexicon

    known = Lexicon.read(lexicon or resources() / "words" / "lexicon.csv")
    before = human_words.read(corpus)
    merged = human_words.merge(corpus, tables, known)
    pictures = human_words.join_texts(corpus, before)
    console = Console()
    people = len({person for _, person in merged.said})
    console.print(
        f"{merged.added} judgements are new or changed; {people} people described {pictures} "
        f"pictures of {corpus}.",
        highlight=False,
        soft_wrap=True,
    )
    if merged.unknown_pictures:
        names = ", ".join(dict.fromkeys(merged.unknown_pictures[:10]))
        console.print(
            f"{len(merged.unknown_pictures)} lines name no picture of the corpus: {names}.",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
    if merged.unknown_words:
        said = ", ".join(word for word, _ in merged.unknown_words.most_common(20))
        console.print(
            f"Words that the lexicon lacks: {said}.", highlight=False, markup=False, soft_wrap=True
        )
    console.print("Krippendorff's alpha (1 all agree, 0 chance, 0.667 the least to build on):")
    found = human_words.word_agreement(merged.said, known)
    for title, lines in (
        ("word", found),
        ("axis", human_words.axis_agreement(merged.said, known)),
    ):
        for line in lines:
            value = "undefined" if line.alpha is None else f"{line.alpha:.3f}"
            console.print(
                f"  {title} {line.name}: {value} ({line.uses} judgements)", highlight=False
            )
