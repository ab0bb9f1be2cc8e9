"""Figures of picture quality that cannot flatter each other: likeness, surface, geometry, copying.

Blur lowers fine energy, noise lowers coherence, overlays raise the kernel distance, grids raise
the gradient at borders of cells, and copies fail the guard. None of them is trained on.

Use from code: `reference = Reference.of(squares, judge)`, then `figures(pictures, reference,
judge)` for any list of uint8 [256, 256, 3].
"""

import pathlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.stats import wasserstein_distance

from artdesk.core.errors import SettingError
from training.data.pictures import load_corpus
from training.evaluation import surface
from training.evaluation.copying import nearest_distances, work_index
from training.evaluation.likeness import (
    Features,
    Judge,
    density_coverage,
    kernel_distance,
    standardised,
)

FloatArray = NDArray[np.float64]
Pixels = NDArray[np.uint8]

SIDE = 256
REFERENCE_COUNT = 240
LEAST_PICTURES = 8
ENDINGS = (".png", ".jpg", ".jpeg", ".webp")
SKETCH_CELL, TOKEN_CELL = 32, 8


@dataclass(frozen=True, slots=True)
class Surface:
    """Measures of a set of pictures without a network, float64 [n] each."""

    slope: FloatArray
    fine_energy: FloatArray
    coherence: FloatArray
    gradient: FloatArray
    sketch_borders: FloatArray
    token_borders: FloatArray
    segments: FloatArray

    @classmethod
    def of(cls, pictures: Sequence[Pixels]) -> "Surface":
        """Measure pictures uint8 [256, 256, 3]."""
        rows = []
        for pixels in pictures:
            light = surface.luminance(pixels)
            rows.append(
                (
                    *surface.spectrum(light),
                    surface.coherence(light),
                    surface.gradient(light),
                    surface.borders(light, SKETCH_CELL),
                    surface.borders(light, TOKEN_CELL),
                    float(surface.straight_segments(light)),
                )
            )
        return cls(*np.array(rows, dtype=np.float64).T)


@dataclass(frozen=True, slots=True)
class Reference:
    """What the figures compare with."""

    features: Features
    surface: Surface

    @classmethod
    def of(cls, pictures: Sequence[Pixels], judge: Judge) -> "Reference":
        """Measure real pictures uint8 [256, 256, 3]."""
        return cls(judge.features(pictures), Surface.of(pictures))


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """One kind of features: kernel distance with its 95 % interval, density and coverage."""

    kid: float
    kid_low: float
    kid_high: float
    density: float
    coverage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All figures of a set of pictures.

    Attributes:
        pictures: How many there are.
        head: Likeness of what is shown.
        texture: Likeness of how it is painted.
        means: Mean of each measure of `Surface`; the gradient's is a median.
        surface_distance: How far the distributions of slope, fine energy and coherence lie from
            the reference's, in its standard deviations: the largest of the three
            (one-dimensional Wasserstein distances).
        segments_ratio: Straight edges a picture relative to the reference.
    """

    pictures: int
    head: Likeness
    texture: Likeness
    means: dict[str, float]
    surface_distance: float
    segments_ratio: float

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


def _likeness(real: FloatArray, drawn: FloatArray) -> Likeness:
    reference, pictures = standardised(real, drawn)
    kid, low, high = kernel_distance(reference, pictures)
    density, coverage = density_coverage(reference, pictures)
    return Likeness(kid=kid, kid_low=low, kid_high=high, density=density, coverage=coverage)


def figures(pictures: Sequence[Pixels], reference: Reference, judge: Judge) -> Figures:
    """Measure pictures uint8 [256, 256, 3] against a reference.

    Raises:
        SettingError: There are too few pictures for any figure.
    """
    if len(pictures) < LEAST_PICTURES:
        raise SettingError(
            f"Only {len(pictures)} pictures were given; the figures need {LEAST_PICTURES} or more."
        )
    found, known = judge.features(pictures), reference.features
    measured, real = Surface.of(pictures), reference.surface
    names = Surface.__dataclass_fields__
    distances = [
        wasserstein_distance(getattr(measured, name), getattr(real, name))
        / max(float(getattr(real, name).std()), 1e-6)
        for name in ("slope", "fine_energy", "coherence")
    ]
    means = {name: float(getattr(measured, name).mean()) for name in names}
    return Figures(
        pictures=len(pictures),
        head=_likeness(known.head, found.head),
        texture=_likeness(known.texture, found.texture),
        means=means | {"gradient": float(np.median(measured.gradient))},
        surface_distance=float(max(distances)),
        segments_ratio=float(measured.segments.mean() / max(real.segments.mean(), 1e-6)),
    )


def copy_ratio(
    pictures: Sequence[Pixels], held_out: Sequence[Pixels], works: Sequence[Pixels]
) -> float:
    """Median distance to the nearest known work, relative to that of held-out works.

    Args:
        pictures: Pictures to be judged.
        held_out: Works that nobody trained on or remembers.
        works: The works that are known.
    """
    index = work_index(works)
    ours, others = (
        float(np.median(nearest_distances(part, index))) for part in (pictures, held_out)
    )
    return ours / max(others, 1e-6)


def square(pixels: Pixels, side: int = SIDE) -> Pixels:
    """The central square of a picture, at one size."""
    height, width = pixels.shape[:2]
    short = min(height, width)
    left, top = (width - short) // 2, (height - short) // 2
    cut = Image.fromarray(np.ascontiguousarray(pixels[top : top + short, left : left + short]))
    return np.asarray(cut.resize((side, side), Image.Resampling.LANCZOS))


def read_squares(folder: pathlib.Path) -> list[Pixels]:
    """Central squares of all pictures of a folder, in the order of their names.

    Raises:
        SettingError: The folder holds no pictures.
    """
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.suffix.lower() in ENDINGS:
            with Image.open(path) as image:
                found.append(square(np.asarray(image.convert("RGB"))))
    if not found:
        raise SettingError(f"{folder} holds no PNG, JPEG or WebP pictures; name another folder.")
    return found


def paintings(corpus: pathlib.Path, splits: Sequence[str], count: int | None) -> list[Pixels]:
    """Paintings of some splits of a corpus folder, uint8 [h, w, 3]; a frozen choice of `count`."""
    works = [
        work.pixels
        for work in load_corpus(corpus)
        if work.split in splits and work.source_value < 0
    ]
    chosen = np.random.default_rng(0).permutation(len(works))[:count]
    return [works[index] for index in chosen]
