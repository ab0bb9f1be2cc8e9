"""Five-colour palettes of batches of pictures."""

import numpy as np
from numpy.typing import NDArray

from artdesk.core.colour import srgb8_to_oklab
from artdesk.core.condition import PALETTE_COLOURS

FloatArray = NDArray[np.float64]


def palettes_of(
    pixels: NDArray[np.uint8], rounds: int = 8, samples: int = 400
) -> tuple[FloatArray, FloatArray]:
    """Measure the palettes of a batch of pictures by k-means in Oklab.

    Args:
        pixels: uint8 [B, H, W, 3].
        rounds: Rounds of k-means.
        samples: Pixels looked at in each picture, on a regular grid.

    Returns:
        Oklab colours float64 [B, 5, 3] and their shares float64 [B, 5].
    """
    batch, height, width = pixels.shape[:3]
    step = max(1, int(np.sqrt(height * width / samples)))
    small = pixels[:, step // 2 :: step, step // 2 :: step].reshape(batch, -1, 3)
    points = srgb8_to_oklab(small)
    # Start at five quantiles of lightness: deterministic, and spread over the picture's range.
    order = np.argsort(points[..., 0], axis=1, kind="stable")
    ranks = ((np.arange(PALETTE_COLOURS) + 0.5) / PALETTE_COLOURS * points.shape[1]).astype(int)
    centres = np.take_along_axis(points, order[:, ranks][..., None], axis=1)
    assigned = np.zeros(points.shape[:2], dtype=np.intp)
    for _ in range(rounds):
        distances = np.square(points[:, :, None] - centres[:, None]).sum(axis=-1)
        assigned = distances.argmin(axis=-1)
        member = assigned[..., None] == np.arange(PALETTE_COLOURS)
        counts = member.sum(axis=1)
        sums = np.einsum("bnk,bnc->bkc", member.astype(np.float64), points)
        # A cluster that lost all its points restarts at the point farthest from its own centre.
        farthest = distances.min(axis=-1).argmax(axis=1)
        fallback = np.take_along_axis(points, farthest[:, None, None], axis=1)
        means = sums / np.maximum(counts, 1)[..., None]
        centres = np.where(counts[..., None] > 0, means, fallback)
    shares = (assigned[..., None] == np.arange(PALETTE_COLOURS)).mean(axis=1)
    return centres, shares
