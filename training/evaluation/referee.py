"""Judges priors alike: held-out paintings' sketches and palettes are drawn and compared."""

from collections.abc import Sequence

import numpy as np
import torch

from models.autoencoder import Tokenizer
from training.data.library import Library
from training.evaluation.likeness import Judge
from training.evaluation.quality import REFERENCE_COUNT, Reference, figures, square
from training.fit.flow import Drawer
from training.fit.latents import LatentBatch


class Referee:
    """Decodes what a prior draws on the sketches of held-out paintings, and measures it.

    Args:
        samples: Sketches and palettes, every cell asked for.
        real: Training works, the reference.
        tokenizer: Decodes.
    """

    def __init__(self, samples: Sequence[LatentBatch], real: Library, tokenizer: Tokenizer) -> None:
        self.samples, self.tokenizer, self.judge = samples, tokenizer, Judge()
        order = np.random.default_rng(0).permutation(real.paintings)[:REFERENCE_COUNT]
        squares = [square(real.labelled[index].work.pixels) for index in order]
        self.reference = Reference.of(squares, self.judge)

    @torch.no_grad()
    def pictures(self, draw: Drawer) -> list[np.ndarray]:
        """The drawn pictures, uint8 [256, 256, 3] each."""
        found = []
        for sample in self.samples:
            tokens = draw(sample)
            for row in range(len(tokens)):
                part = slice(row, row + 1)
                image = self.tokenizer.decode(tokens[part], sample.condition[part])
                pixels = image[0].clamp(-1.0, 1.0).add(1.0).mul(127.5).round().byte()
                found.append(np.ascontiguousarray(pixels.permute(1, 2, 0).numpy()))
        return found

    def figures(self, draw: Drawer) -> dict[str, float]:
        """Likeness and surface of what a prior draws on the held-out sketches."""
        measured = figures(self.pictures(draw), self.reference, self.judge)
        head = measured.head
        return {
            "kid": head.kid,
            "kid_low": head.kid_low,
            "kid_high": head.kid_high,
            "density": head.density,
            "coverage": head.coverage,
            "fine_energy": measured.means["fine_energy"],
            "sketch_borders": measured.means["sketch_borders"],
        }
