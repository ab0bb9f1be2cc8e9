"""`python -m training text`: train the word encoder, build the word table, look at words."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from rich.console import Console
from rich.progress import Progress

from artdesk.core.attributes import ATTRIBUTE_COUNT, ATTRIBUTES
from training.text import evaluate, table, wordnet
from training.text.distil import Plan
from training.text.lexicon import read_lexicon
from training.text.material import prepare, word_features
from training.text.semantic import encode_templates, load_basis, save_basis
from training.text.student import (
    BASIS_FILE,
    identity,
    load_student,
    save_student,
    train_student,
)
from training.text.teacher import Teacher, package_folder

app = typer.Typer(
    help="Train the word encoder and build the table of known words.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console()

LEXICON = Path("resources/words/lexicon.csv")
WEIGHTS = Path("weights")
WORK = Path("runs/text")
NOUNS = 4000

LexiconOption = Annotated[Path, typer.Option(help="The curated word list (CSV).")]
WeightsOption = Annotated[Path, typer.Option(help="Folder for the weights and the table.")]
WorkOption = Annotated[Path, typer.Option(help="Folder for caches and checkpoints.")]
TeacherOption = Annotated[
    Path | None, typer.Option(help="Folder of another teacher model; default: MiniLM's package.")
]


@app.callback(invoke_without_command=True)
def train(
    context: typer.Context,
    lexicon: LexiconOption = LEXICON,
    wordnet_folder: Annotated[
        Path, typer.Option("--wordnet", help="Folder of WordNet's database files.")
    ] = wordnet.DEFAULT_FOLDER,
    weights: WeightsOption = WEIGHTS,
    work: WorkOption = WORK,
    teacher: TeacherOption = None,
    minutes: Annotated[float, typer.Option(min=0.1, help="Limit of training time.")] = 15.0,
    steps: Annotated[int, typer.Option(min=1, help="Steps of the whole plan.")] = 2400,
    seed: Annotated[int, typer.Option(min=0, help="Seed of splits, batches and weights.")] = 0,
    threads: Annotated[int, typer.Option(min=1, help="Threads of torch.")] = 1,
) -> None:
    """Distil the student, calibrate it, test it, and write weights and word table.

    Stopped runs go on when the same command is given again.
    """
    if context.invoked_subcommand is not None:
        return
    torch.set_num_threads(threads)
    folder = teacher if teacher is not None else package_folder()
    model = Teacher(folder)
    labels = {entry.word: entry.vector() for entry in read_lexicon(lexicon)}
    adjectives = wordnet.read_adjectives(wordnet_folder)
    nouns = wordnet.read_frequent_nouns(wordnet_folder, NOUNS)
    basis_file = weights / BASIS_FILE
    basis = load_basis(basis_file) if basis_file.exists() else None
    cache = work / "cache"
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("the teacher reads", total=None)
        material, basis = prepare(
            labels,
            adjectives,
            nouns,
            model,
            basis,
            cache,
            seed,
            lambda count: progress.advance(task, count),
        )
    weights.mkdir(parents=True, exist_ok=True)
    if not basis_file.exists():
        save_basis(basis_file, basis)
    console.print(
        f"{len(material.texts)} texts, {len(material.pairs)} antonym pairs, "
        f"{len(material.held_out)} lexicon words held out"
    )
    plan = Plan(steps, minutes, work / f"student-{identity(labels, seed, steps)}.pt")
    student, finished = train_student(material, model, folder, plan, seed)
    if not finished:
        console.print("Stopped; give the same command again to go on.")
        raise typer.Exit(1)

    plain = adjectives.words()
    centred = basis.centred(encode_templates(model, plain, cache))
    features = word_features(adjectives, plain, centred, model, cache)
    derived = table.derive_entries(
        adjectives,
        wordnet.read_adjective_counts(wordnet_folder),
        labels,
        plain,
        features,
        table.read_excluded(lexicon.with_name(table.EXCLUDED_FILE)),
    )
    table.write_entries(lexicon.with_name(table.WORDNET_FILE), derived)
    words, vectors = table.build_word_table(lexicon, weights, cache, model)
    known = table.unit_meaning(vectors)
    unknown = evaluate.calibrate_unknown(student, known, [str(w["word"]) for w in words], material)
    metrics = {
        "words": {"lexicon": len(labels), "wordnet": len(derived)},
        "held_out": asdict(evaluate.held_out(student, labels, material)),
        "held_out_words": material.held_out,
        "cross_validated": asdict(evaluate.cross_validate(adjectives, labels, plain, features)),
        "antonyms": evaluate.antonyms(student, adjectives, labels, material),
        "meaning_cosine": evaluate.agreement(student, material),
        "unknown": unknown,
        "seed": seed,
    }
    save_student(weights, student, metrics)
    table.write_word_table(weights, words, vectors, unknown["threshold"])
    console.print_json(json.dumps(metrics))


@app.command("table")
def rebuild_table(
    lexicon: LexiconOption = LEXICON, weights: WeightsOption = WEIGHTS, work: WorkOption = WORK
) -> None:
    """Write words.npz and words.json again, after the lexicon was edited."""
    metrics = json.loads((weights / "text.json").read_text(encoding="utf-8"))["metrics"]
    words, vectors = table.build_word_table(lexicon, weights, work / "cache")
    table.write_word_table(weights, words, vectors, metrics["unknown"]["threshold"])
    console.print(f"{len(words)} words")


@app.command()
def look(
    words: Annotated[list[str], typer.Argument(help="Words or phrases to read.")],
    weights: WeightsOption = WEIGHTS,
) -> None:
    """Show what the student reads in words: nearest known words and attributes."""
    student = load_student(weights)
    listed = json.loads((weights / "words.json").read_text(encoding="utf-8"))
    with np.load(weights / "words.npz", allow_pickle=False) as arrays:
        known = table.unit_meaning(arrays["vectors"])
        threshold = float(arrays["thresholds"][0])
    for text, vector in zip(words, student.read(words), strict=True):
        cosine = known @ vector[ATTRIBUTE_COUNT:]
        best = np.argsort(-cosine)[:4]
        near = ", ".join(f"{listed[i]['word']} {cosine[i]:.2f}" for i in best)
        strong = np.argsort(-np.abs(vector[:ATTRIBUTE_COUNT]))[:4]
        said = ", ".join(f"{ATTRIBUTES[i]} {vector[i]:+.2f}" for i in strong)
        verdict = "a word" if cosine.max() >= threshold else "unknown"
        console.print(f"{text}: {verdict}; {said}; near {near}", highlight=False)
