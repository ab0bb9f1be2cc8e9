"""Training pictures with everything the priors are told of them, and their batches' conditions."""

import pathlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from artdesk.core.attributes import ATTRIBUTES, SEMANTIC_DIM
from artdesk.core.colour import srgb8_to_oklab
from artdesk.core.condition import condition_vector
from artdesk.core.errors import ArtDeskError
from training.progress import track
from training.data.labels import IS_FORM, Labels, spoken_attributes
from artdesk.engine.measures.palette import main_colours
from training.data.pictures import Crop, Work, load_corpora, resample, turn_attributes
from training.data.captions import CaptionWriter

FloatArray = NDArray[np.float64]

THUMBNAIL = 64
PAINTING_SHARE = 0.6
SILENT = 0.15
NO_WORDS = 0.25
NO_PALETTE = 0.4
NO_SOURCE = 0.3


@dataclass(frozen=True, slots=True)
class LabelledWork:
    """A work with its label, thumbnail and palette.

    Attributes:
        work: The picture.
        attributes: float64 [29], -1..1; None when the corpus was not measured.
        thumbnail: Oklab float32 [h, w, 3], shorter side 64.
        palette: Oklab float64 [5, 3].
        shares: float64 [5].
    """

    work: Work
    attributes: FloatArray | None = field(repr=False)
    thumbnail: NDArray[np.float32] = field(repr=False)
    palette: FloatArray = field(repr=False)
    shares: FloatArray = field(repr=False)


class Library:
    """Works of one split, paintings and constructed pictures apart.

    Args:
        corpora: Corpus folders.
        split: train, validation or test.
        labels: Percentile tables; measured on this split when not given.
    """

    def __init__(
        self, corpora: Sequence[pathlib.Path], split: str, labels: Labels | None = None
    ) -> None:
        works = load_corpora(corpora, split)
        if not works:
            raise ArtDeskError(
                f"The corpora hold no {split} works; import more pictures, so that every split "
                "gets some."
            )
        self.labels = labels or Labels.of(works)
        self.labelled = [
            self._look(work) for work in track(works, f"Looking at {split} pictures")
        ]
        sources = np.array([labelled.work.source_value for labelled in self.labelled])
        self.paintings = np.flatnonzero(sources < 0)
        self.constructed = np.flatnonzero(sources > 0)

    def _look(self, work: Work) -> LabelledWork:
        height, width = work.pixels.shape[:2]
        scale = THUMBNAIL / min(height, width)
        size = (round(width * scale), round(height * scale))
        pixels = resample(work, Crop(0.0, 0.0, 1.0, 1.0), size)
        palette, shares = main_colours(pixels[None])
        return LabelledWork(
            work=work,
            attributes=self.labels.normalise(work.raw) if work.measured else None,
            thumbnail=srgb8_to_oklab(pixels).astype(np.float32),
            palette=palette[0],
            shares=shares[0],
        )

    def pick(self, random: np.random.Generator) -> int:
        """Index of a work; paintings and constructed pictures mix 60:40 whatever their counts."""
        painting = random.random() < PAINTING_SHARE
        pool = self.paintings if painting else self.constructed
        if len(pool) == 0:
            pool = self.constructed if painting else self.paintings
        return int(pool[random.integers(len(pool))])


def draw_conditions(
    picked: Sequence[LabelledWork],
    orientations: Sequence[int],
    frames: FloatArray,
    captions: CaptionWriter,
    random: np.random.Generator,
    recoloured: Sequence[tuple[FloatArray, FloatArray] | None] | None = None,
) -> FloatArray:
    """Conditions of a batch, with parts of them left out by chance.

    Args:
        picked: The works.
        orientations: Orientation 0..7 of each.
        frames: float64 [B, 4] of `frame_vector`.
        captions: Chooses the words.
        random: Source of chance.
        recoloured: For each work its palette after recolouring, or None; of a recoloured picture
            only the form is spoken of, since the label of its colours no longer holds.

    Returns:
        float64 [B, 119].
    """
    count = len(picked)
    attributes, semantic = np.zeros((count, len(ATTRIBUTES))), np.zeros((count, SEMANTIC_DIM))
    palette = np.stack([labelled.palette for labelled in picked])
    shares = np.stack([labelled.shares for labelled in picked])
    source = np.array([labelled.work.source_value for labelled in picked])
    for row, labelled in enumerate(picked):
        new = recoloured[row] if recoloured else None
        if new is not None:
            palette[row], shares[row] = new
        if labelled.attributes is None or random.random() < NO_WORDS:
            continue
        turned = turn_attributes(labelled.attributes, orientations[row])
        if new is None:
            attributes[row], semantic[row] = captions.describe(turned, random)
        else:
            attributes[row] = spoken_attributes(np.where(IS_FORM, turned, 0.0), random)
    source[random.random(count) < NO_SOURCE] = 0.0
    full = condition_vector(attributes, semantic, palette, shares, frames, source)
    no_palette = condition_vector(attributes, semantic, None, None, frames, source)
    nothing = condition_vector(
        np.zeros_like(attributes), np.zeros_like(semantic), None, None, frames, 0.0
    )
    chance = random.random((2, count, 1))
    chosen = np.where(chance[0] < NO_PALETTE, no_palette, full)
    return np.asarray(np.where(chance[1] < SILENT, nothing, chosen), dtype=np.float64)
