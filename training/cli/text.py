"""`python -m training text`: train the word encoder, build the word table, look at words."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
import torch
import typer
from rich.console import Console

from artdesk.core import atomic
from artdesk.core.attributes import ATTRIBUTE_COUNT, ATTRIBUTES
from training.corpus.lexicon import read_lexicon
from training.export.word_encoder import compare
from training.progress import bars
from training.words import evaluate, table, walks, wordnet
from training.words.distil import DistillationPlan
from training.words.map import write_map
from training.words.material import prepare
from training.words.outcome import write_derived, write_inferred
from training.words.semantic import load_basis, save_basis
from training.words.student import (
    BASIS_FILE,
    identity,
    load_student,
    save_student,
    train_student,
)
from training.words.teacher import Teacher, package_folder

app = typer.Typer(
    help="Train the word encoder and build the table of known words.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console()

FloatArray = npt.NDArray[np.float32]

LEXICON = Path("resources/words/lexicon.csv")
WEIGHTS = Path("weights")
WORK = Path("runs/text")
NOUNS = 4000

LexiconOption = Annotated[Path, typer.Option(help="The curated word list (CSV).")]
WordnetOption = Annotated[
    Path, typer.Option("--wordnet", help="Folder of WordNet's database files.")
]
WeightsOption = Annotated[Path, typer.Option(help="Folder for the weights and the table.")]
WorkOption = Annotated[Path, typer.Option(help="Folder for caches and checkpoints.")]
TeacherOption = Annotated[
    Path | None, typer.Option(help="Folder of another teacher model; default: MiniLM's package.")
]


@app.callback(invoke_without_command=True)
def train(
    context: typer.Context,
    lexicon: LexiconOption = LEXICON,
    wordnet_folder: WordnetOption = wordnet.DEFAULT_FOLDER,
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
    links = walks.read_links(wordnet_folder)
    nouns = wordnet.read_frequent_nouns(wordnet_folder, NOUNS)
    basis_file = weights / BASIS_FILE
    basis = load_basis(basis_file) if basis_file.exists() else None
    cache = work / "cache"
    with bars(console) as progress:
        task = progress.add_task("the teacher reads", total=None)
        material, basis, evidence = prepare(
            labels,
            adjectives,
            links,
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
    plan = DistillationPlan(steps, minutes, work / f"student-{identity(labels, seed, steps)}.pt")
    student, finished = train_student(material, model, folder, plan, seed)
    if not finished:
        console.print("Stopped; give the same command again to go on.")
        raise typer.Exit(1)

    derived = write_derived(lexicon, labels, adjectives, wordnet_folder, basis, model, cache)
    words, vectors = table.build_word_table(lexicon, weights, cache, model)
    known = table.unit_semantic(vectors)
    unknown = evaluate.calibrate_unknown(student, known, [str(w["word"]) for w in words], material)
    metrics = {
        "words": {"lexicon": len(labels), "wordnet": len(derived)},
        "held_out": asdict(evaluate.held_out(student, labels, material)),
        "held_out_words": material.held_out,
        "inferred": write_inferred(
            lexicon, labels, adjectives, wordnet_folder, weights, words, material, evidence
        ),
        "antonyms": evaluate.antonyms(student, adjectives, labels, material),
        "meaning_cosine": evaluate.agreement(student, material),
        "unknown": unknown,
        "seed": seed,
    }
    save_student(weights, student, metrics)
    table.write_word_table(weights, words, vectors, unknown["threshold"])
    console.print_json(json.dumps(metrics))


@app.command()
def derive(
    lexicon: LexiconOption = LEXICON,
    wordnet_folder: WordnetOption = wordnet.DEFAULT_FOLDER,
    weights: WeightsOption = WEIGHTS,
    work: WorkOption = WORK,
) -> None:
    """Write wordnet.csv again, after the lexicon or not-visual.txt was edited; read it then."""
    labels = {entry.word: entry.vector() for entry in read_lexicon(lexicon)}
    adjectives = wordnet.read_adjectives(wordnet_folder)
    basis = load_basis(weights / BASIS_FILE)
    derived = write_derived(
        lexicon,
        labels,
        adjectives,
        wordnet_folder,
        basis,
        Teacher(package_folder()),
        work / "cache",
    )
    console.print(f"{len(derived)} words")


@app.command()
def infer(
    lexicon: LexiconOption = LEXICON,
    wordnet_folder: WordnetOption = wordnet.DEFAULT_FOLDER,
    weights: WeightsOption = WEIGHTS,
    work: WorkOption = WORK,
) -> None:
    """Write inferred.npz again, without training; text.json says how good it is."""
    description = weights / "text.json"
    student = json.loads(description.read_text(encoding="utf-8"))
    labels = {entry.word: entry.vector() for entry in read_lexicon(lexicon)}
    adjectives = wordnet.read_adjectives(wordnet_folder)
    material, _, evidence = prepare(
        labels,
        adjectives,
        walks.read_links(wordnet_folder),
        wordnet.read_frequent_nouns(wordnet_folder, NOUNS),
        Teacher(package_folder()),
        load_basis(weights / BASIS_FILE),
        work / "cache",
        int(student["metrics"]["seed"]),
    )
    words = json.loads((weights / "words.json").read_text(encoding="utf-8"))
    student["metrics"]["inferred"] = write_inferred(
        lexicon, labels, adjectives, wordnet_folder, weights, words, material, evidence
    )
    atomic.write_text(description, json.dumps(student, indent=1) + "\n")
    console.print_json(json.dumps(student["metrics"]["inferred"]))


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
        known = table.unit_semantic(arrays["vectors"])
        threshold = float(arrays["thresholds"][0])
    for text, vector in zip(words, student.read(words), strict=True):
        cosine = known @ vector[ATTRIBUTE_COUNT:]
        best = np.argsort(-cosine)[:4]
        near = ", ".join(f"{listed[i]['word']} {cosine[i]:.2f}" for i in best)
        strong = np.argsort(-np.abs(vector[:ATTRIBUTE_COUNT]))[:4]
        said = ", ".join(f"{ATTRIBUTES[i]} {vector[i]:+.2f}" for i in strong)
        verdict = "a word" if cosine.max() >= threshold else "unknown"
        console.print(f"{text}: {verdict}; {said}; near {near}", highlight=False)


@app.command("map")
def draw_map(
    target: Annotated[Path, typer.Argument(help="PNG to write.")] = Path(
        "docs/images/words-map.png"
    ),
    weights: WeightsOption = WEIGHTS,
    count: Annotated[int, typer.Option(min=50, max=2000, help="Words on the map.")] = 700,
) -> None:
    """Draw the known words on a plane, near ones side by side, each in its colour."""
    listed = json.loads((weights / "words.json").read_text(encoding="utf-8"))
    with np.load(weights / "words.npz", allow_pickle=False) as arrays:
        vectors = arrays["vectors"].astype(np.float64) / table.SCALE
    drawn = write_map(target, [str(entry["word"]) for entry in listed], vectors, count)
    console.print(f"{drawn} words in {target}")


@app.command()
def precision(weights: WeightsOption = WEIGHTS) -> None:
    """Compare the int8 word encoder with the float one on words that it did not learn."""
    student = load_student(weights)
    metrics = json.loads((weights / "text.json").read_text(encoding="utf-8"))["metrics"]
    console.print_json(json.dumps(compare(student, metrics["held_out_words"])))
