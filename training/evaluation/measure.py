"""Everything that an evaluation measures in a finished bundle, on works it never saw.

All of it runs through the bundle and the engine as the app uses them; no float weights. The
figures are for comparing bundles of ArtDesk: they are not those of the literature, which need
networks that cannot be had offline.
"""

import json
import pathlib
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from artdesk.bundle.reader import Bundle
from artdesk.core import atomic
from artdesk.core.attributes import HUES
from artdesk.core.new_recipe import new_recipe
from artdesk.core.recipe import Canvas, Recipe
from artdesk.engine.pipeline import Engine
from artdesk.engine.tables import BundleTables
from artdesk.engine.words.palette import palette_from_image
from training import sheets
from training.corpus.lexicon import Entry
from training.data.labels import Labels
from training.data.library import Library
from training.evaluation import adherence, held_out
from training.evaluation.adherence import ALL_POLES, Adjective, Answer, Distance, Drawn, Poles
from training.evaluation.card import SHEET_COUNT
from training.evaluation.held_out import Reconstruction
from training.evaluation.unprompted import Unprompted, unprompted
from training.progress import Begin

FORMAT, VERSION = "artdesk-evaluation", 1
SHOWN = 12
CLEAR = 0.3  # an adjective that says less of every attribute cannot be measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much is measured.

    Attributes:
        count: Pictures of each pole; at most twice as many palettes and sketches are tried.
        plain: Pictures without words, seeds 0 to plain - 1; the first of them are shown.
        works: Held-out works at most.
        split: Which works: "test" was never looked at, "validation" steered training and export.
        adjectives: Unseen adjectives at most.
        each: Pictures of each adjective; they are compared with the pictures of the poles.
        side: Pixels of a side of every picture.
        threads: Threads of the networks; the figures do not depend on it.
        known: Training paintings at most among which copies are looked for.
        memory: Draw from remembered works, as the app does where the bundle has any; False measures
            the networks alone.
    """

    count: int = 12
    plain: int = 256
    works: int = 64
    split: str = "test"
    adjectives: int = 12
    each: int = 8
    side: int = 256
    threads: int = 2
    known: int = 1000
    memory: bool = True


QUICK = Extent(count=4, plain=16, works=8, adjectives=6, each=4, known=48)


@dataclass(slots=True, kw_only=True)
class Findings:
    """Everything that was measured, with the pictures to look at.

    Attributes:
        reconstruction: Held-out paintings from their tokens.
        cross_entropy: Nats of the detail prior by masked share, and "marginal".
        answers: Poles of all axes and hues, worst first.
        adjectives: Adjectives that were asked of the word network, worst first.
        palette: Distance of asked and measured palettes.
        sketch: Distance of asked sketches and the areas of the pictures.
        own_sketch: The same for the sketches that the model drew itself.
        plain: Pictures without words.
        unprompted: Their quality; None when there are too few.
        originals: What was reconstructed, uint8 [n, side, side, 3].
        seconds: How long it took.
    """

    reconstruction: Reconstruction
    cross_entropy: dict[str, float]
    answers: list[Answer]
    adjectives: list[Adjective] = field(default_factory=list)
    palette: Distance
    sketch: Distance
    own_sketch: float
    plain: Drawn
    unprompted: Unprompted | None = None
    originals: held_out.Pixels
    seconds: float = 0.0


def no_bar(name: str, steps: int) -> Callable[[], None]:
    """A `Begin` that shows nothing."""
    del name, steps
    return lambda: None


def evaluate_bundle(
    bundle: Bundle,
    corpora: Sequence[pathlib.Path],
    extent: Extent,
    adjectives: Sequence[Entry] = (),
    task: Begin = no_bar,
    poles: Sequence[Poles] = (),
) -> Findings:
    """Measure a bundle; nothing is written.

    Args:
        bundle: A checked bundle.
        corpora: Corpus folders with works of the extent's split.
        extent: How much is measured.
        adjectives: Words that the word network shall understand by itself.
        task: Begins progress bars.
        poles: Pairs of words to ask for; `ALL_POLES` when empty.

    Raises:
        ArtDeskError: The corpora hold no works of the split, or the bundle cannot be used.
    """
    began = time.monotonic()
    poles = poles or ALL_POLES
    engine = Engine(bundle, extent.threads)
    base = replace(
        new_recipe(remembers=extent.memory and engine.remembers),
        canvas=Canvas(width=extent.side, height=extent.side),
    )
    labels = Labels(BundleTables.of(bundle).attribute_quantiles.astype(np.float64))
    known = held_out.choose(Library(corpora, extent.split, labels), extent.side, extent.works)
    works = len(known)
    held = held_out.look(bundle, known, extent.side, extent.threads, task("Encoding", works))
    reconstruction = held_out.reconstruct(engine, held, task("Reconstructing", works))
    cross_entropy = held_out.prior_cross_entropy(
        bundle,
        held,
        held_out.bundle_caption_writer(bundle),
        extent.threads,
        task("Asking the detail prior", works),
    )
    asked = list(held.pixels[: 2 * extent.count])
    palettes = [palette_from_image(pixels) for pixels in asked]
    palette = adherence.palette_adherence(engine, palettes, base, task("Palettes", len(palettes)))
    sketches = [adherence.sketch_of(engine, pixels) for pixels in asked]
    sketch = adherence.sketch_adherence(engine, sketches, base, task("Sketches", len(sketches)))
    recipes = adherence.asked_for(base, [], range(extent.plain))
    plain = adherence.draw(engine, recipes, task("Without words", extent.plain))
    own = [adherence.sketch_distance(part.sketch, part.pixels) for part in plain.pictures]
    advance = task("Poles", 2 * extent.count * len(poles))
    answers = [
        adherence.poles_answer(engine, pair, plain, extent.count, base, advance) for pair in poles
    ]
    return Findings(
        reconstruction=reconstruction,
        cross_entropy=cross_entropy,
        answers=sorted(answers, key=lambda answer: answer.auc),
        adjectives=_ask_adjectives(engine, adjectives, plain, answers, extent, base, task),
        palette=palette,
        sketch=sketch,
        own_sketch=float(np.mean(own)),
        plain=plain,
        unprompted=unprompted(
            bundle,
            [part.pixels for part in plain.pictures],
            [part.tokens for part in plain.pictures],
            corpora,
            extent.known,
            extent.threads,
            task,
        ),
        originals=held.pixels,
        seconds=time.monotonic() - began,
    )


def unseen_adjectives(bundle: Bundle, lexicon: Sequence[Entry]) -> list[Entry]:
    """Words of the lexicon that were held out when the bundle's word encoder was trained.

    Args:
        bundle: The bundle; its manifest names the words.
        lexicon: What people say that the words mean.
    """
    described = bundle.manifest.training.get("text")
    words = described.get("held_out_words") if isinstance(described, dict) else None
    unseen = {word for word in words if isinstance(word, str)} if isinstance(words, list) else set()
    return [entry for entry in lexicon if entry.word in unseen]


def _ask_adjectives(
    engine: Engine,
    adjectives: Sequence[Entry],
    plain: Drawn,
    answers: Sequence[Answer],
    extent: Extent,
    base: Recipe,
    task: Begin,
) -> list[Adjective]:
    clear = [
        entry
        for entry in adjectives
        if max(map(abs, entry.attributes.values()), default=0.0) >= CLEAR
    ]
    if not clear:
        return []
    adjectives = clear[:: -(-len(clear) // extent.adjectives)]
    advance = task("Adjectives", extent.each * len(adjectives))
    known = {answer.poles.attribute: answer for answer in answers}
    found = [
        adherence.adjective_answer(
            engine, entry.word, entry.attributes, plain, known, extent.each, base, advance
        )
        for entry in adjectives
    ]
    return sorted(found, key=lambda part: part.plain_auc if part.auc is None else part.auc)


def report(bundle: Bundle, findings: Findings, extent: Extent) -> dict[str, Any]:
    """The figures as plain JSON."""
    back = findings.reconstruction
    aucs = {answer.poles.attribute: answer.auc for answer in findings.answers}
    data: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "bundle": {"name": bundle.manifest.name, "hash": bundle.hash},
        "plan": asdict(extent),
        "from_memory": all(part.origin is not None for part in findings.plain.pictures),
        "reconstruction": {
            "works": len(back.pictures),
            "psnr": back.psnr,
            "psnr_lowest": back.psnr_lowest,
            "ssim": back.ssim,
            "delta_e": back.delta_e,
            "codes_used": back.codes_used,
        },
        "detail_cross_entropy": findings.cross_entropy,
        "adherence": {
            "mean_auc": _mean(list(aucs.values())),
            "mean_auc_axes": _mean([v for k, v in aucs.items() if k not in HUES]),
            "mean_auc_hues": _mean([v for k, v in aucs.items() if k in HUES]),
            "mean_second_auc": _mean([answer.second_auc for answer in findings.answers]),
            "attributes": {
                answer.poles.attribute: {
                    "low": answer.poles.low,
                    "high": answer.poles.high,
                    "auc": answer.auc,
                    "low_auc_against_no_words": answer.low_auc,
                    "high_auc_against_no_words": answer.high_auc,
                    "second_auc": answer.second_auc,
                }
                for answer in findings.answers
            },
        },
        "palette_distance": asdict(findings.palette),
        "sketch_distance": {**asdict(findings.sketch), "own": findings.own_sketch},
        "seconds": findings.seconds,
    }
    if findings.unprompted is not None:
        data["quality"] = findings.unprompted.as_dict()
    if findings.adjectives:
        asked = findings.adjectives
        data["adjectives"] = {
            "mean_auc": _mean([part.auc for part in asked if part.auc is not None]),
            "mean_auc_against_no_words": _mean([part.plain_auc for part in asked]),
            "mean_second_auc": _mean(
                [part.second_auc for part in asked if part.second_auc is not None]
            ),
            "mean_second_auc_against_no_words": _mean([part.second_plain_auc for part in asked]),
            "words": {
                part.word: {
                    "attribute": part.attribute,
                    "sign": part.sign,
                    "auc": part.auc,
                    "auc_against_no_words": part.plain_auc,
                    "second_auc": part.second_auc,
                    "second_auc_against_no_words": part.second_plain_auc,
                }
                for part in asked
            },
        }
    rounded: dict[str, Any] = _rounded(data)
    return rounded


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    return round(value, 4) if isinstance(value, float) else value


def write_findings(folder: pathlib.Path, data: dict[str, Any], findings: Findings) -> None:
    """Write `metrics.json` and the sheets into a folder.

    `samples.png` shows the first pictures without words, `reconstructions.png` held-out works above
    and what came back below, `poles-NAME.png` the low pole above and the high pole below.
    """
    atomic.make_folder(folder)
    sheets.save_sheet(
        folder / "samples.png",
        sheets.in_rows([picture.pixels for picture in findings.plain.pictures[:SHEET_COUNT]]),
    )
    rows = []
    for start in range(0, min(2 * SHOWN, len(findings.originals)), SHOWN):
        part = slice(start, start + SHOWN)
        rows += [list(findings.originals[part]), list(findings.reconstruction.pictures[part])]
    sheets.save_sheet(folder / "reconstructions.png", rows)
    for answer in findings.answers:
        sheets.save_sheet(
            folder / f"poles-{answer.poles.attribute}.png",
            [answer.low[:SHOWN], answer.high[:SHOWN]],
            [answer.poles.low, f"{answer.poles.high}   (AUC {answer.auc:.2f})"],
        )
    # Last, so that figures are only there together with the sheets they belong to.
    atomic.write_text(folder / "metrics.json", json.dumps(data, indent=1) + "\n")
