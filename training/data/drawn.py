"""Token maps as the product draws them: patches of several works, partly drawn anew.

A decoder that only ever saw the tokens of real pictures is uncertain where they do not fit
together. These maps have what memory's maps have: seams between patches of different works, and
cells that the detail prior drew.
"""

import pathlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from artdesk.core import atomic
from artdesk.core.colour import srgb8_to_oklab
from models.autoencoder import Tokenizer
from models.detail import DetailPrior
from training.device import half
from training.progress import track
from training.data.sketches import sketch_channels

SIDE, PATCH, SUBCELL, STRIDE = 32, 8, 4, 2
INFLUENCES = 3
# Half of the cells is the product's default; the spread covers its slider but for the ends.
REDRAWN = (0.2, 0.8)
STEPS, TEMPERATURE = 8, 0.85
BATCH = 16


@dataclass(frozen=True, slots=True)
class DrawnMaps:
    """Token maps with their conditions.

    Attributes:
        tokens: uint16 [n, 32, 32].
        condition: float32 [n, 119].
    """

    tokens: NDArray[np.uint16]
    condition: NDArray[np.float32]

    def windows(
        self, random: np.random.Generator, cells: int, count: int
    ) -> tuple[Tensor, Tensor]:
        """Random windows: tokens int64 [count, cells, cells] and conditions [count, 119]."""
        rows = random.integers(len(self.tokens), size=count)
        top, left = random.integers(SIDE - cells + 1, size=(2, count))
        tokens = [
            self.tokens[row, y : y + cells, x : x + cells]
            for row, y, x in zip(rows, top, left, strict=True)
        ]
        return (
            torch.from_numpy(np.stack(tokens).astype(np.int64)),
            torch.from_numpy(self.condition[rows]),
        )


def _subcells(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Colours of the 2x2 subcells of all patches on a grid of two cells.

    Args:
        colours: Oklab float64 [32, 32, 3], mean of each cell.

    Returns:
        float64 [13, 13, 12].
    """
    sums = np.pad(colours.cumsum(0).cumsum(1), ((1, 0), (1, 0), (0, 0)))
    s = SUBCELL
    means = (sums[s:, s:] - sums[:-s, s:] - sums[s:, :-s] + sums[:-s, :-s]) / s**2
    means = means[::STRIDE]
    means = means[:, ::STRIDE]
    step = SUBCELL // STRIDE
    corners = (
        means[:-step, :-step], means[:-step, step:], means[step:, :-step], means[step:, step:]
    )  # fmt: skip
    return np.concatenate(corners, axis=-1)


def quilted(
    tokens: NDArray[np.int64], colours: NDArray[np.float64], random: np.random.Generator
) -> NDArray[np.int64]:
    """Lay each map out anew from the patches of three other maps, nearest in colour.

    Args:
        tokens: int64 [n, 32, 32].
        colours: Oklab float64 [n, 32, 32, 3], mean colour of each cell.
        random: Chooses the other maps.
    """
    features = [_subcells(part) for part in colours]
    result = np.empty_like(tokens)
    for row, own in enumerate(features):
        others = random.choice(len(tokens), INFLUENCES, replace=False)
        pool = np.concatenate([features[other].reshape(-1, own.shape[-1]) for other in others])
        places = own.shape[1]
        for y in range(0, SIDE, PATCH):
            for x in range(0, SIDE, PATCH):
                wanted = own[y // STRIDE, x // STRIDE]
                best = int(np.square(pool - wanted).sum(axis=-1).argmin())
                other, place = divmod(best, places * places)
                top, left = (STRIDE * part for part in divmod(place, places))
                patch = tokens[others[other], top : top + PATCH, left : left + PATCH]
                result[row, y : y + PATCH, x : x + PATCH] = patch
    return result


@torch.no_grad()
def redrawn(
    prior: DetailPrior,
    tokens: Tensor,
    sketch: Tensor,
    condition: Tensor,
    shares: Tensor,
    steps: int = STEPS,
    temperature: float = TEMPERATURE,
) -> Tensor:
    """Draw a share of the cells of each map anew, in random order over a few steps.

    Args:
        prior: The detail prior.
        tokens: int64 [B, h, w].
        sketch: float32 [B, 4, h, w].
        condition: float32 [B, 119].
        shares: float32 [B], share of cells that are drawn anew.
        steps: Over how many steps.
        temperature: Divides the logits; the same at all steps.
    """
    order = torch.rand(tokens.shape).flatten(1).argsort(dim=1).argsort(dim=1)
    rank = order.reshape(tokens.shape) / tokens[0].numel()
    shown = tokens.clone()
    for step in range(steps):
        left = shares * (1.0 - step / steps)
        after = shares * (1.0 - (step + 1) / steps)
        masked = rank < left[:, None, None]
        shown[masked] = prior.config.codebook_size
        given = torch.cat([condition, left[:, None]], dim=1)
        with half():
            logits = prior(shown, sketch, given).float()
        chances = (logits / temperature).softmax(dim=1).permute(0, 2, 3, 1)
        now = masked & (rank >= after[:, None, None])
        shown[now] = torch.multinomial(chances[now], 1)[:, 0]
    return shown


@torch.no_grad()
def drawn_maps(
    pictures: Iterator[tuple[Tensor, Tensor]],
    tokenizer: Tokenizer,
    prior: DetailPrior,
    colours: NDArray[np.uint8],
    count: int,
    cache: pathlib.Path,
) -> DrawnMaps:
    """Draw maps, or open the file of an earlier call.

    Args:
        pictures: Batches of pictures float32 [B, 3, 256, 256] in -1..1 and their conditions.
        tokenizer: The tokenizer.
        prior: The detail prior.
        colours: Sketch table uint8 [n, 3].
        count: How many maps.
        cache: File of the result.
    """
    if cache.exists():
        with np.load(cache, allow_pickle=False) as found:
            return DrawnMaps(found["tokens"], found["condition"])
    tokens, cells, sketches, conditions = [], [], [], []
    prior.eval()
    for _ in track(range(-(-count // BATCH)), "Looking at pictures"):
        image, condition = next(pictures)
        tokens.append(tokenizer.encode(image).numpy())
        pixels = image.add(1).mul(127.5).round().byte().permute(0, 2, 3, 1).numpy()
        oklab = srgb8_to_oklab(pixels).reshape(len(pixels), SIDE, 8, SIDE, 8, 3)
        cells.append(oklab.mean(axis=(2, 4)))
        sketches.append(np.concatenate([sketch_channels(part, colours) for part in pixels]))
        conditions.append(condition.numpy())
    known, condition_all = np.concatenate(tokens)[:count], np.concatenate(conditions)[:count]
    random = np.random.default_rng(0)
    laid = quilted(known, np.concatenate(cells)[:count], random)
    sketch = torch.from_numpy(np.concatenate(sketches)[:count])
    result = []
    for start in track(range(0, count, BATCH), "Drawing tokens"):
        part = slice(start, start + BATCH)
        maps = torch.from_numpy(laid[part])
        shares = torch.from_numpy(random.uniform(*REDRAWN, len(maps)).astype(np.float32))
        given = torch.from_numpy(condition_all[part])
        result.append(redrawn(prior, maps, sketch[part], given, shares).numpy())
    maps_all = np.concatenate(result).astype(np.uint16)
    cache.parent.mkdir(parents=True, exist_ok=True)
    with atomic.atomic_path(cache) as temporary, temporary.open("wb") as out:
        np.savez(out, tokens=maps_all, condition=condition_all)
    return DrawnMaps(maps_all, condition_all)
