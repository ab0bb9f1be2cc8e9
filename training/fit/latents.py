"""Batches of continuous latents for the flow, and the sketches on which it is judged."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from artdesk.core.attributes import ATTRIBUTE_COUNT, SEMANTIC_DIM
from artdesk.core.colour import srgb8_to_oklab
from artdesk.core.condition import condition_vector, frame_vector, scale_oklab
from artdesk.core.sketch_layout import cell_means, enlarge_sketch, sketch_shape
from training.data.latents import LatentView
from training.data.library import Library, draw_conditions
from training.fit.detail import NO_SKETCH, Windows
from training.fit.sketch import nearest

BATCH, CELLS = 16, 32
ALL_MASKED = 1 / 3
# Finer levels of a large picture are drawn under the sketch of a coarser level.
FINE_SKETCH = 0.2
PAINTING = -1.0


@dataclass(frozen=True, slots=True)
class LatentBatch:
    """One batch.

    Attributes:
        latents: Unit latents float32 [B, code_dim, h, w].
        codes: Their nearest codes, the same shape: what is known of cells that stay.
        mask: float32 [B, 1, h, w], 1 where cells are asked for.
        sketch: float32 [B, 4, h, w].
        condition: float32 [B, 119].
    """

    latents: Tensor
    codes: Tensor
    mask: Tensor
    sketch: Tensor
    condition: Tensor


class LatentWindows(Windows):
    """Draws windows of latents with masks and conditions; see `Windows`."""

    def latents(self, codebook: NDArray[np.float32], count: int = BATCH) -> LatentBatch:
        """Draw a batch of 32x32 windows."""
        random, dim = self.random, codebook.shape[1]
        latents = np.empty((count, CELLS, CELLS, dim), dtype=np.float32)
        tokens = np.empty((count, CELLS, CELLS), dtype=np.int64)
        mask = np.empty((count, 1, CELLS, CELLS), dtype=np.float32)
        sketch = np.zeros((count, 4, CELLS, CELLS))
        frames, picked, turns = np.empty((count, 4)), [], []
        whole = random.random() < ALL_MASKED
        for row in range(count):
            view, top, left = self._window(CELLS, CELLS)
            assert isinstance(view, LatentView)
            part = slice(top, top + CELLS), slice(left, left + CELLS)
            latents[row], tokens[row] = view.latents[part], view.tokens[part]
            height, width = view.tokens.shape
            centre = (left + CELLS / 2) / width, (top + CELLS / 2) / height
            frames[row] = frame_vector(min(1.0, CELLS / min(height, width)), *centre, 1.0)
            if random.random() >= NO_SKETCH:
                fine = 2 if random.random() < FINE_SKETCH else 1
                shape = [fine * side for side in sketch_shape(CELLS, CELLS)]
                cells = cell_means(view.colours[part].astype(np.float64), *shape)
                snapped = self.table[nearest(cells, self.table)]
                sketch[row] = enlarge_sketch(scale_oklab(snapped), CELLS, CELLS)
            share = 1.0 if whole else math.cos(math.pi / 2 * random.random())
            mask[row, 0] = self._mask(CELLS, CELLS, share)
            picked.append(self.library.labelled[view.work])
            turns.append(view.orientation)
        condition = draw_conditions(picked, turns, frames, self.captions, random)
        return LatentBatch(
            latents=torch.from_numpy(latents).permute(0, 3, 1, 2).contiguous(),
            codes=torch.from_numpy(codebook[tokens]).permute(0, 3, 1, 2).contiguous(),
            mask=torch.from_numpy(mask),
            sketch=torch.from_numpy(sketch.astype(np.float32)),
            condition=torch.from_numpy(condition.astype(np.float32)),
        )


def held_out_sketches(
    held: Library,
    views: Sequence[LatentView],
    colours: NDArray[np.uint8],
    codebook: NDArray[np.float32],
    count: int,
) -> list[LatentBatch]:
    """Sketches and palettes of held-out paintings with every cell asked for, no words.

    Args:
        held: Held-out works.
        views: Their latents.
        colours: Sketch table uint8 [n, 3].
        codebook: float32 [K, code_dim].
        count: At most so many; paintings smaller than 256 px are left out.
    """
    table, labelled = srgb8_to_oklab(colours), held.labelled
    chosen = [
        view
        for view in views
        if view.orientation == 0
        and labelled[view.work].work.source_value == PAINTING
        and min(labelled[view.work].work.pixels.shape[:2]) >= 8 * CELLS
    ][:count]
    samples = []
    for start in range(0, len(chosen), BATCH):
        parts, sketches, works = [], [], []
        for view in chosen[start : start + BATCH]:
            top, left = ((side - CELLS) // 2 for side in view.tokens.shape)
            place = slice(top, top + CELLS), slice(left, left + CELLS)
            cells = cell_means(view.colours[place].astype(np.float64), *sketch_shape(CELLS, CELLS))
            snapped = table[nearest(cells, table)]
            sketches.append(enlarge_sketch(scale_oklab(snapped), CELLS, CELLS))
            parts.append((view.latents[place].astype(np.float32), codebook[view.tokens[place]]))
            works.append(labelled[view.work])
        condition = condition_vector(
            np.zeros((len(works), ATTRIBUTE_COUNT)),
            np.zeros((len(works), SEMANTIC_DIM)),
            np.stack([work.palette for work in works]),
            np.stack([work.shares for work in works]),
            np.tile(frame_vector(1.0, 0.5, 0.5, 1.0), (len(works), 1)),
            PAINTING,
        )
        latents, codes = (
            torch.from_numpy(np.stack(part)).permute(0, 3, 1, 2).contiguous()
            for part in zip(*parts, strict=True)
        )
        samples.append(
            LatentBatch(
                latents=latents,
                codes=codes,
                mask=torch.ones(len(works), 1, CELLS, CELLS),
                sketch=torch.from_numpy(np.stack(sketches).astype(np.float32)),
                condition=torch.from_numpy(condition.astype(np.float32)),
            )
        )
    return samples
