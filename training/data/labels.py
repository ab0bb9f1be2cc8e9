"""Labels of training pictures: raw attributes to -1..1, and what words would say of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from artdesk.core.attributes import ATTRIBUTES, AXES
from artdesk.engine.measures.attributes import percentiles
from training.data.pictures import Work

FloatArray = NDArray[np.float64]

FORM_AXES = (
    "busyness",
    "geometry",
    "sharpness",
    "texture",
    "symmetry",
    "dynamism",
    "boldness",
    "density",
    "verticality",
    "angularity",
)
"""Axes of shapes and their places; turning all hues of a picture leaves them as they are."""

IS_FORM = np.isin(ATTRIBUTES, FORM_AXES)
FORM_TEXTS = 0.5
FORM_EMPHASIS = 3.0


def emphasis(random: np.random.Generator) -> FloatArray:
    """How much a text cares for each attribute, float64 [29]: half of the texts speak of form.

    Colours are told by the palette as well, so words of form are what a network learns last.
    """
    spoken_of_form = random.random() < FORM_TEXTS
    return np.where(IS_FORM & spoken_of_form, FORM_EMPHASIS, 1.0)


@dataclass(frozen=True, slots=True)
class Labels:
    """Percentile tables of the corpus.

    Attributes:
        quantiles: float64 [29, 101], raw value at each percentile.
    """

    quantiles: FloatArray

    @classmethod
    def of(cls, works: Sequence[Work]) -> "Labels":
        """Percentiles over measured works; a 0..1 ramp when none was measured."""
        raw = [work.raw for work in works if work.measured]
        if not raw:
            return cls(np.tile(np.linspace(0.0, 1.0, 101), (len(ATTRIBUTES), 1)))
        return cls(np.percentile(np.stack(raw), np.arange(101), axis=0).T)

    def normalise(self, raw: FloatArray) -> FloatArray:
        """Turn raw values [29] into -1..1 by percentile."""
        return percentiles(raw, self.quantiles)


def spoken_attributes(
    attributes: FloatArray, random: np.random.Generator, cares: FloatArray | None = None
) -> FloatArray:
    """What a few words would say of a picture: some of its marked attributes, the rest silent.

    Args:
        attributes: Measured attributes, float64 [29], -1..1.
        random: Source of chance.
        cares: float64 [29] of `emphasis`; the same for all when None.

    Returns:
        float64 [29]; zero where nothing is said.
    """
    count = int(random.integers(1, 6))
    weights = np.maximum(np.abs(attributes) - 0.2, 0.0) ** 2 + 1e-6
    # Most hues are absent from most pictures, and nobody says so.
    weights[len(AXES) :][attributes[len(AXES) :] < 0] *= 0.05
    if cares is not None:
        weights *= cares**2
    chosen = random.choice(len(attributes), size=count, replace=False, p=weights / weights.sum())
    spoken = np.zeros_like(attributes)
    spoken[chosen] = np.sign(attributes[chosen]) * np.abs(attributes[chosen]) ** 0.5
    spoken[chosen] *= random.uniform(0.6, 1.0, size=count)
    return spoken
