"""The validation of the attributes: tables and a plot of how well the measures do their work."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw
from scipy.stats import spearmanr

from artdesk.core import atomic
from artdesk.core.attributes import ATTRIBUTES
from artdesk.engine.measures.attributes import measure, percentiles
from training import sheets
from training.corpus.validation.parameters import Correlation
from training.corpus.validation.stability import CHANGES, Stability
from training.corpus.validation.trials import Trial

Floats = npt.NDArray[np.float64]
Pixels = npt.NDArray[np.uint8]

AIM = 0.9
STABLE = 0.95
SEEDS, STEPS = 4, 12
_COLUMNS = (
    "test", "attribute", "subject", "pictures", "correlation", "lowest", "pooled", "shift", "moved",
)  # fmt: skip
_PANEL, _MARGIN, _ACROSS = (210, 120), 22, 5
_INKS = ("#1b6ca8", "#d1495b", "#2e8b57", "#8a5a00", "#6a4c93", "#444444")


@dataclass(frozen=True, slots=True)
class Swept:
    """How an attribute followed a parameter that was swept.

    Attributes:
        trial: What was swept.
        raw: float64 [seeds, steps], the attribute of every picture.
        spearman: Rank correlation of each seed's series with the parameter.
        pooled: The same over the pictures of all seeds together, which also differ in palette
            and layout.
        shown: Every second picture of the first seed, uint8 [H, W, 3] each.
    """

    trial: Trial
    raw: Floats
    spearman: tuple[float, ...]
    pooled: float
    shown: Sequence[Pixels]

    @property
    def mean(self) -> float:
        """Mean rank correlation of the series."""
        return float(np.mean(self.spearman))


def sweep(trial: Trial, seeds: int, steps: int, advance: Callable[[], None]) -> Swept:
    """Draw the series of a trial and measure it.

    Args:
        trial: What to sweep.
        seeds: Number of series.
        steps: Values of the parameter in each.
        advance: Told after every picture.
    """
    amounts = np.linspace(0.0, 1.0, steps)
    index = ATTRIBUTES.index(trial.attribute)
    raw = np.empty((seeds, steps))
    shown = []
    for seed in range(seeds):
        for step, amount in enumerate(amounts):
            pixels = trial.draw(seed, float(amount))
            raw[seed, step] = measure(pixels)[index]
            if seed == 0 and step % 2 == 0:
                shown.append(pixels)
            advance()
    return Swept(
        trial=trial,
        raw=raw,
        spearman=tuple(_rank_correlation(row, amounts) for row in raw),
        pooled=_rank_correlation(raw.ravel(), np.tile(amounts, seeds)),
        shown=shown,
    )


def _rank_correlation(first: Floats, second: Floats) -> float:
    """Spearman's; 0 for a measure that never moves."""
    return float(spearmanr(first, second).statistic) if np.ptp(first) else 0.0


def as_csv(
    swept: Sequence[Swept], stable: Sequence[Stability], followed: Sequence[Correlation]
) -> str:
    """Every figure as one table; see `_COLUMNS`. Shifts are percentile points."""
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\n")
    table.writerow(_COLUMNS)
    for series in swept:
        figures = [f"{value:.4f}" for value in (series.mean, min(series.spearman), series.pooled)]
        subject = series.trial.parameter
        table.writerow(
            ["swept", series.trial.attribute, subject, series.raw.size, *figures, "", ""]
        )
    for part in stable:
        moves = [f"{part.shift:.3f}", f"{part.moved:.3f}"]
        correlation = f"{part.correlation:.4f}"
        table.writerow(["stability", part.attribute, part.change, "", correlation, "", "", *moves])
    for seen in followed:
        subject = f"{seen.kept.family or 'all'}: {seen.kept.parameter}"
        row = ["kept", seen.kept.attribute, subject, seen.pictures, f"{seen.spearman:.4f}"]
        table.writerow([*row, "", "", "", ""])
    return out.getvalue()


def as_markdown(
    swept: Sequence[Swept],
    stable: Sequence[Stability],
    followed: Sequence[Correlation],
    pictures: int,
) -> str:
    """The figures as three Markdown tables, and what misses its aim.

    Args:
        swept: Series with one parameter swept.
        stable: All attributes under all changes.
        followed: Parameters that the corpora kept.
        pictures: How many pictures the stability is of.
    """
    lines = [
        f"## One parameter swept ({SEEDS} series, {STEPS} values each; aim {AIM})",
        "",
        "| attribute | parameter | Spearman, mean | lowest | all series together |",
        "|---|---|---|---|---|",
    ]
    for series in swept:
        figures = f"{_mark(series.mean, AIM)} | {min(series.spearman):.2f} | {series.pooled:.2f}"
        lines.append(f"| {series.trial.attribute} | {series.trial.parameter} | {figures} |")
    lines += [
        "",
        f"## Stability over {pictures} pictures (correlation, mean shift, mean distance)",
        "",
        "Shift and distance in percentile points; a quarter turn is expected to turn verticality.",
        "",
        f"| attribute | {' | '.join(CHANGES)} |",
        "|---" * (len(CHANGES) + 1) + "|",
    ]
    by_place = {(part.attribute, part.change): part for part in stable}
    for name in ATTRIBUTES:
        parts = [by_place[name, change] for change in CHANGES]
        cells = [
            f"{_mark(part.correlation, STABLE)}, {part.shift:+.1f}, {part.moved:.1f}"
            for part in parts
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    lines += [
        "",
        "## Parameters that the corpora kept (everything else differs too)",
        "",
        "| attribute | family | parameter | pictures | Spearman |",
        "|---|---|---|---|---|",
    ]
    for seen in followed:
        kept = seen.kept
        lines.append(
            f"| {kept.attribute} | {kept.family or 'all'} | {kept.parameter} | {seen.pictures} "
            f"| {seen.spearman:.2f} |"
        )
    return "\n".join(lines) + "\n"


def _mark(value: float, aim: float) -> str:
    """A correlation with two digits, bold below the aim; rounding does not lift it to the aim."""
    return f"{value:.2f}" if value >= aim else f"**{min(value, aim - 0.01):.2f}**"


def plot(swept: Sequence[Swept], quantiles: Floats) -> bytes:
    """A panel for every trial: the percentile (0 to 100, up) over the parameter, a line a seed.

    Args:
        swept: Series with one parameter swept.
        quantiles: float [29, 101], the percentiles of the corpus.

    Returns:
        A PNG file.
    """
    width, height = _PANEL
    rows = -(-len(swept) // _ACROSS)
    sheet = Image.new(
        "RGB", (_ACROSS * (width + _MARGIN) + _MARGIN, rows * (height + 2 * _MARGIN)), "white"
    )
    pen = ImageDraw.Draw(sheet)
    for number, series in enumerate(swept):
        row, column = divmod(number, _ACROSS)
        left = _MARGIN + column * (width + _MARGIN)
        top = row * (height + 2 * _MARGIN) + int(1.5 * _MARGIN)
        title = f"{series.trial.attribute}   {series.mean:.2f}"
        pen.text((left, top - 29), title, fill="black")
        pen.text((left, top - 15), series.trial.parameter[:36], fill="#666666")
        pen.rectangle((left, top, left + width, top + height), outline="#bbbbbb")
        index = ATTRIBUTES.index(series.trial.attribute)
        raw = np.zeros((*series.raw.shape, len(ATTRIBUTES)))
        raw[..., index] = series.raw
        places = 0.5 * (percentiles(raw, quantiles)[..., index] + 1.0)
        for seed, line in enumerate(places):
            steps = np.linspace(left, left + width, len(line))
            points = [(x, top + height * (1.0 - y)) for x, y in zip(steps, line, strict=True)]
            pen.line(points, fill=_INKS[seed % len(_INKS)], width=2)
    stream = io.BytesIO()
    sheet.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def missing_aims(swept: Sequence[Swept], stable: Sequence[Stability]) -> list[str]:
    """One plain sentence for everything below its aim."""
    found = [
        f"{series.trial.attribute} follows '{series.trial.parameter}' with {series.mean:.3f} only."
        for series in swept
        if series.mean < AIM
    ]
    found += [
        f"{part.attribute} correlates with itself after '{part.change}' with "
        f"{part.correlation:.3f} only."
        for part in stable
        if part.correlation < STABLE
    ]
    return found


def write(
    out: Path,
    swept: Sequence[Swept],
    stable: Sequence[Stability],
    followed: Sequence[Correlation],
    pictures: int,
    quantiles: Floats,
) -> None:
    """Write plot, series and tables, `validation.*` and `series.png`, into a folder."""
    atomic.make_folder(out)
    sheets.save_sheet(
        out / "series.png",
        [series.shown for series in swept],
        [f"{series.trial.attribute}: {series.trial.parameter}" for series in swept],
        side=96,
    )
    atomic.write_bytes(out / "validation.png", plot(swept, quantiles))
    atomic.write_text(out / "validation.md", as_markdown(swept, stable, followed, pictures))
    atomic.write_text(out / "validation.csv", as_csv(swept, stable, followed))
