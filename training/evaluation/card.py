"""The model card: the figures of an evaluation in Markdown, between sentences kept by hand."""

import io
import pathlib
import platform
from collections.abc import Sequence
from typing import Any

from PIL import Image

from artdesk.bundle.reader import Bundle
from artdesk.core import atomic
from artdesk.core.errors import SettingError

TEMPLATE = pathlib.Path(__file__).with_name("model-card.md")
SHEET = pathlib.Path("images") / "model-card-samples.jpg"
_QUALITY = 82
SHEET_COUNT = 64
_AIM, _AIM_ADJECTIVES = 0.90, 0.75


def shown_path(path: pathlib.Path) -> str:
    """A path as a card may show it: relative to the checkout, or the name alone."""
    full, here = path.resolve(), pathlib.Path.cwd().resolve()
    return full.relative_to(here).as_posix() if full.is_relative_to(here) else full.name


def command_line(
    bundle: pathlib.Path, corpora: Sequence[pathlib.Path], options: Sequence[str]
) -> str:
    """The command that made a card, without the places of folders outside the checkout."""
    parts = ["python -m training evaluate", shown_path(bundle), *map(shown_path, corpora)]
    return " ".join([*parts, *options])


def this_machine() -> str:
    """What the system says of the machine, where nothing better was given."""
    return f"{platform.system()} on {platform.machine()}"


def model_card(bundle: Bundle, data: dict[str, Any], command: str, machine: str) -> str:
    """The card as Markdown.

    Args:
        bundle: The bundle that was evaluated.
        data: Its evaluation, from `training.evaluation.measure.report`.
        command: The command that made the evaluation.
        machine: What it ran on, in words.

    Raises:
        SettingError: The sentences kept by hand are missing.
    """
    try:
        text = TEMPLATE.read_text(encoding="utf-8")
    except OSError:
        raise SettingError(
            f"The sentences of the model card are missing; restore {TEMPLATE.name} in 'training'."
        ) from None
    figures = "\n".join(
        [
            *_origin(bundle, data, command, machine),
            *_fidelity(data),
            *_obedience(data),
            *_adjectives(data),
            *_quality(data),
            *_samples(data),
            *_training(bundle),
        ]
    )
    text = text.replace("{{name}}", bundle.manifest.name)
    return text.replace("{{licence}}", bundle.manifest.licence).replace("{{figures}}", figures)


def write_card(path: pathlib.Path, text: str, samples: pathlib.Path) -> None:
    """Write a card, and beside it in `images` the contact sheet that it shows.

    Args:
        path: The Markdown file.
        text: Of `model_card`.
        samples: The contact sheet of the evaluation, a PNG file.
    """
    atomic.make_folder((path.parent / SHEET).parent)
    stream = io.BytesIO()
    with Image.open(samples) as sheet:
        sheet.convert("RGB").save(stream, "JPEG", quality=_QUALITY, optimize=True)
    atomic.write_bytes(path.parent / SHEET, stream.getvalue())
    atomic.write_text(path, text)


def _origin(bundle: Bundle, data: dict[str, Any], command: str, machine: str) -> list[str]:
    size = sum(len(part) for part in bundle.data.values()) / 1e6
    plan = data["plan"]
    return [
        "## Where the figures come from",
        "",
        f"    {command}",
        "",
        f"- Bundle: {bundle.manifest.name}, {size:.1f} MB, hash `{bundle.hash}`.",
        f"- Machine: {machine}. It took {data['seconds'] / 60:.1f} minutes.",
        f"- Works: {data['reconstruction']['works']} of the split '{plan['split']}', squares of "
        f"{plan['side']} pixels. Pictures are painted {_way(data)}, "
        "have the default settings and the seeds from 0 on; none was picked out.",
        "",
    ]


def _way(data: dict[str, Any]) -> str:
    return "from memory" if data["from_memory"] else "by the networks alone"


def _fidelity(data: dict[str, Any]) -> list[str]:
    back = data["reconstruction"]
    lines = [
        "## Reconstruction and likelihood",
        "",
        "| measure | value |",
        "|---|---:|",
        f"| reconstruction, PSNR | {back['psnr']:.2f} dB |",
        f"| reconstruction, PSNR of the worst work | {back['psnr_lowest']:.2f} dB |",
        f"| reconstruction, SSIM | {back['ssim']:.3f} |",
        f"| reconstruction, CIEDE2000 | {back['delta_e']:.2f} |",
        f"| codes in use | {back['codes_used']:.1%} |",
    ]
    for share, value in data["detail_cross_entropy"].items():
        name = "knowing only how common each code is" if share == "marginal" else f"{share} masked"
        lines.append(f"| detail prior, cross-entropy, {name} | {value:.3f} nats |")
    for name in ("palette", "sketch"):
        far = data[f"{name}_distance"]
        lines.append(f"| {name}: Oklab distance to the one asked for | {far['asked']:.4f} |")
        lines.append(f"| {name}: the same to another picture's | {far['chance']:.4f} |")
    own = data["sketch_distance"]["own"]
    return [*lines, f"| sketch of its own: Oklab distance | {own:.4f} |", ""]


def _obedience(data: dict[str, Any]) -> list[str]:
    found, count = data["adherence"], data["plan"]["count"]
    lines = [
        "## Words obeyed",
        "",
        f"For each axis and hue {count} pictures were asked for one pole and {count} for the "
        "other. AUC is the chance that a picture of the high pole measures higher (0.5 chance, 1 "
        "perfect); the next two columns compare a pole with pictures without words. The last is "
        "the AUC by a second measure that shares no formula with the training's "
        "(`training/evaluation/second_opinion.py`).",
        "",
        f"Mean AUC {_figure(found['mean_auc'])} (aim {_AIM:.2f}); axes "
        f"{_figure(found['mean_auc_axes'])}, hues {_figure(found['mean_auc_hues'])}; by the second "
        f"measure {_figure(found['mean_second_auc'])}.",
        "",
        "| attribute | low pole | high pole | AUC | low, no words | high, no words | second AUC |",
        "|---|---|---|---:|---:|---:|---:|",
    ]
    for name, part in found["attributes"].items():
        keys = ("auc", "low_auc_against_no_words", "high_auc_against_no_words", "second_auc")
        cells = " | ".join(_figure(part[key]) for key in keys)
        lines.append(f"| {name} | {part['low']} | {part['high']} | {cells} |")
    return [*lines, ""]


def _adjectives(data: dict[str, Any]) -> list[str]:
    lines = ["## Adjectives that the word encoder never saw", ""]
    if "adjectives" not in data:
        return [*lines, "The bundle names no words that were held out; none were tried.", ""]
    found = data["adjectives"]
    lines += [
        f"{len(found['words'])} adjectives of held-out clusters, {data['plan']['each']} pictures "
        "each, through the word encoder. Measured is the attribute that the lexicon gives the "
        "word most of, against the pictures of the opposite pole and against none.",
        "",
        f"Mean AUC {_figure(found['mean_auc'])} (aim {_AIM_ADJECTIVES:.2f}); against pictures "
        f"without words {_figure(found['mean_auc_against_no_words'])}. By the second measure "
        f"{_figure(found['mean_second_auc'])} and "
        f"{_figure(found['mean_second_auc_against_no_words'])}.",
        "",
        "| adjective | measured | AUC | against no words | second AUC | second, no words |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for word, part in found["words"].items():
        measured = f"{'much' if part['sign'] > 0 else 'little'} {part['attribute']}"
        keys = ("auc", "auc_against_no_words", "second_auc", "second_auc_against_no_words")
        cells = " | ".join(_figure(part[key]) for key in keys)
        lines.append(f"| {word} | {measured} | {cells} |")
    return [*lines, ""]


def _quality(data: dict[str, Any]) -> list[str]:
    """The table of figures beside those of held-out paintings."""
    lines = ["## Quality without words", ""]
    if "quality" not in data:
        return [*lines, "Too few pictures were drawn to measure their quality.", ""]
    found = data["quality"]
    real = found["real"]
    columns = [found["drawn"], *([real] if real else [])]
    lines += [
        f"{found['drawn']['pictures']} pictures, seeds from 0 on, against training paintings; the "
        "judge is a network that no training uses (`training/evaluation/quality.py`). KID with "
        "its 95 % interval by bootstrap.",
        "",
        f"| figure | drawn |{' held-out paintings |' if real else ''}",
        f"|---|---:|{'---:|' if real else ''}",
    ]
    for name, meaning in (("head", "what is shown"), ("texture", "how it is painted")):
        parts = [part[name] for part in columns]
        kid = [f"{p['kid']:.2f} ({p['kid_low']:.2f} to {p['kid_high']:.2f})" for p in parts]
        near = [f"{part['density']:.2f} / {part['coverage']:.2f}" for part in parts]
        lines.append(f"| KID, {meaning} | {' | '.join(kid)} |")
        lines.append(f"| density / coverage, {meaning} | {' | '.join(near)} |")
    for name, meaning in (
        ("fine_energy", "fine energy (HF)"),
        ("slope", "slope of the spectrum"),
        ("coherence", "coherence of strokes"),
        ("sketch_borders", "edges at sketch cells (ph32)"),
        ("token_borders", "edges at token cells (ph8)"),
        ("segments", "straight segments a picture"),
    ):
        values = [f"{part['means'][name]:.3f}" for part in columns]
        lines.append(f"| {meaning} | {' | '.join(values)} |")
    beside = " 1 |" if real else ""
    lines.append(f"| distance to the nearest work, ratio | {found['copy_ratio']:.2f} |{beside}")
    beside = f" {found['verbatim_real']:.2%} |" if real else ""
    lines.append(f"| 4x4 token blocks found in a work | {found['verbatim']:.2%} |{beside}")
    return [*lines, ""]


def _samples(data: dict[str, Any]) -> list[str]:
    last = min(data["plan"]["plain"], SHEET_COUNT) - 1
    return [
        "## Pictures without words",
        "",
        f"Seeds 0 to {last}, row by row, without selection:",
        "",
        f"![Pictures of the seeds 0 to {last}]({SHEET.as_posix()})",
        "",
    ]


def _training(bundle: Bundle) -> list[str]:
    lines = ["## How it was trained", "", "As noted in the bundle.", ""]
    for title, part in (
        ("training", bundle.manifest.training),
        ("export", bundle.manifest.metrics),
    ):
        lines += [f"| {title} | |", "|---|---:|"]
        lines += [f"| {name} | {value} |" for name, value in _flat(part)]
        lines.append("")
    return lines[:-1]


def _flat(value: Any, name: str = "") -> list[tuple[str, str]]:
    """Leaves of nested tables as names and short values; long lists as their length."""
    if isinstance(value, dict):
        return [
            leaf
            for key, part in sorted(value.items())
            for leaf in _flat(part, f"{name}, {key}" if name else str(key))
        ]
    name = name.replace("_", " ")
    if isinstance(value, list):
        return [(name, f"{len(value)} entries")]
    if isinstance(value, float):
        return [(name, f"{value:.4f}".rstrip("0").rstrip("."))]
    text = str(value)
    return [(name, f"`{text[:16]}`" if len(text) == 64 else text)]


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
