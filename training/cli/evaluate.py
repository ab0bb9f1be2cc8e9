"""`python -m training evaluate`: figures and contact sheets of a finished bundle."""

import enum
import pathlib
from dataclasses import replace
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from artdesk.bundle.reader import open_bundle
from artdesk.core import atomic
from artdesk.core.errors import SettingError
from artdesk.core.paths import resources
from training.corpus import metadata
from training.corpus.lexicon import read_lexicon
from training.evaluation.card import command_line, model_card, shown_path, this_machine, write_card
from training.evaluation.measure import (
    QUICK,
    Extent,
    evaluate_bundle,
    report,
    unseen_adjectives,
    write_findings,
)
from training.progress import stepwise


class Split(enum.StrEnum):
    """Which works an evaluation is of."""

    TEST = "test"
    VALIDATION = "validation"


def show(data: dict[str, Any], console: Console) -> None:
    """Print the figures as tables."""
    table = Table(title=f"{data['bundle']['name']} on {data['reconstruction']['works']} works")
    table.add_column("measure")
    table.add_column("value", justify="right")
    back, found = data["reconstruction"], data["adherence"]
    lines = [
        ("reconstruction: PSNR, dB", f"{back['psnr']:.2f}"),
        ("reconstruction: PSNR of the worst, dB", f"{back['psnr_lowest']:.2f}"),
        ("reconstruction: SSIM", f"{back['ssim']:.3f}"),
        ("reconstruction: CIEDE2000", f"{back['delta_e']:.2f}"),
        ("codes used", f"{back['codes_used']:.1%}"),
        *(
            (f"detail prior: cross-entropy, nats, {bucket}", f"{value:.3f}")
            for bucket, value in data["detail_cross_entropy"].items()
        ),
        ("words: mean AUC", _figure(found["mean_auc"])),
        ("words: mean AUC of axes", _figure(found["mean_auc_axes"])),
        ("words: mean AUC of hues", _figure(found["mean_auc_hues"])),
    ]
    if "quality" in data:
        drawn = data["quality"]["drawn"]
        head, means = drawn["head"], drawn["means"]
        lines += [
            ("without words: KID", f"{head['kid']:.2f}"),
            (
                "without words: density / coverage",
                f"{head['density']:.2f} / {head['coverage']:.2f}",
            ),
            ("without words: fine energy", f"{means['fine_energy']:.3f}"),
            ("without words: ph32", f"{means['sketch_borders']:.2f}"),
            ("copies: ratio of distances", f"{data['quality']['copy_ratio']:.2f}"),
            ("copies: verbatim blocks", f"{data['quality']['verbatim']:.2%}"),
        ]
    if "adjectives" in data:
        words = data["adjectives"]
        lines.append(("unseen adjectives: mean AUC", _figure(words["mean_auc"])))
        against = _figure(words["mean_auc_against_no_words"])
        lines.append(("unseen adjectives: against no words", against))
    for name in ("palette", "sketch"):
        distance = data[f"{name}_distance"]
        lines.append((f"{name}: Oklab distance to the asked one", f"{distance['asked']:.4f}"))
        lines.append((f"{name}: Oklab distance by chance", f"{distance['chance']:.4f}"))
    lines.append(("sketch of its own: Oklab distance", f"{data['sketch_distance']['own']:.4f}"))
    for line in lines:
        table.add_row(*line)
    console.print(table)
    poles = Table(title="Words obeyed, worst first (AUC: 0.5 chance, 1 perfect)")
    for name in ("attribute", "low", "high", "AUC", "low vs none", "high vs none"):
        poles.add_column(name, justify="right" if name.endswith(("C", "none")) else "left")
    for name, part in found["attributes"].items():
        values = (part["auc"], part["low_auc_against_no_words"], part["high_auc_against_no_words"])
        poles.add_row(name, part["low"], part["high"], *(f"{value:.2f}" for value in values))
    console.print(poles)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


app = typer.Typer(
    help="Measure a bundle on held-out works and write contact sheets.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def evaluate(
    bundle: Annotated[pathlib.Path, typer.Argument(help="Bundle folder or .artpack file.")],
    corpora: Annotated[
        list[pathlib.Path], typer.Argument(help="Corpus folders, each with a metadata.csv.")
    ],
    out: Annotated[pathlib.Path, typer.Option(help="Folder for figures and sheets.")],
    quick: Annotated[bool, typer.Option("--quick", help="Few pictures, rough figures.")] = False,
    count: Annotated[
        int | None, typer.Option(help="Pictures of each pole; 12, or 4 with --quick.", min=2)
    ] = None,
    works: Annotated[
        int | None, typer.Option(help="Held-out works at most; 64, or 8 with --quick.", min=2)
    ] = None,
    split: Annotated[
        Split, typer.Option(help="Works that training never looked at, or those that steered it.")
    ] = Split.TEST,
    side: Annotated[int, typer.Option(help="Pixels of a side.", min=64, max=1024)] = 256,
    adjectives: Annotated[
        pathlib.Path | None,
        typer.Option(
            help="CSV of adjectives in the form of the lexicon, to be understood by the word "
            "encoder; without it the words that were held out of its training."
        ),
    ] = None,
    memory: Annotated[
        bool,
        typer.Option(help="Draw from remembered works as the app does, or by the networks alone."),
    ] = True,
    threads: Annotated[int, typer.Option(help="Threads of the networks.", min=1, max=64)] = 2,
    card: Annotated[
        pathlib.Path | None,
        typer.Option(help="Also write the model card, for example docs/model-card.md."),
    ] = None,
    machine: Annotated[str, typer.Option(help="The machine, as the card shall name it.")] = "",
) -> None:
    """Measure what a bundle can do; the same bundle and corpora give the same figures."""
    if side % 8:
        raise SettingError(f"The side is {side}; give a multiple of 8.")
    for folder in corpora:
        metadata.read(folder)
    basis = QUICK if quick else Extent()
    extent = replace(
        basis,
        count=count or basis.count,
        works=works or basis.works,
        split=split.value,
        side=side,
        memory=memory,
        threads=threads,
    )
    lexicon = read_lexicon(adjectives or resources() / "words" / "lexicon.csv")
    opened = open_bundle(bundle)
    words = lexicon if adjectives else unseen_adjectives(opened, lexicon)
    atomic.make_folder(out)
    console = Console()
    with stepwise(console) as task:
        findings = evaluate_bundle(opened, corpora, extent, words, task)
    data = report(opened, findings, extent)
    write_findings(out, data, findings)
    show(data, console)
    if card is not None:
        options = [
            *(["--quick"] if quick else []),
            *([f"--count {count}"] if count else []),
            *([f"--works {works}"] if works else []),
            *([f"--split {split.value}"] if split is not Split.TEST else []),
            *([f"--side {side}"] if side != Extent().side else []),
            *([] if memory else ["--no-memory"]),
            *([f"--adjectives {shown_path(adjectives)}"] if adjectives else []),
            f"--out {shown_path(out)} --card {shown_path(card)}",
        ]
        line = command_line(bundle, corpora, options)
        text = model_card(opened, data, line, machine or this_machine())
        write_card(card, text, out / "samples.png")
        console.print(f"The model card is {card}.", highlight=False)
    console.print(f"Figures and sheets are in {out}.", highlight=False)
