"""Weave: threads over and under, in large blocks and bands of colour.

Source: A. Albers, On Weaving (1965); drafts as threading, treadling and tie-up, with the
drawdown computed as in R. Glassner, "Digital weaving", IEEE Computer Graphics and Applications 22
(2002).
"""

import numpy as np

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.palette import Palette, adjust, to_rgb

SURFACES = {"smooth": 2, "paper": 1, "aged": 1}

# Tie-ups: 1 where the warp thread lies on top.
_DRAFTS = {
    "plain": np.array([[1, 0], [0, 1]]),
    "twill": np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1], [1, 0, 0, 1]]),
    "satin": np.array(
        [[1, 0, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 0, 1], [0, 1, 0, 0, 0], [0, 0, 0, 1, 0]]
    ),
    "basket": np.array([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]]),
}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    count = int(rng.integers(60, 170))
    draft = str(rng.choice(list(_DRAFTS)))
    tie = _DRAFTS[draft]
    x, y = canvas.coordinates()
    sway = canvas.noise(rng, 0.5, 3) * np.float32(0.006)
    a = (x + sway) * np.float32(count)
    b = (y + sway * np.float32(0.7)) * np.float32(count)
    warp, weft = np.floor(a).astype(np.int32) + 2, np.floor(b).astype(np.int32) + 2
    columns, rows = int(count * canvas.width) + 6, int(count * canvas.height) + 6
    warp, weft = np.clip(warp, 0, columns - 1), np.clip(weft, 0, rows - 1)
    colours = np.vstack([palette.colours, palette.light, palette.dark, palette.ground])
    warp_bands = _bands(rng, columns, int(rng.integers(3, 9)))
    weft_bands = _bands(rng, rows, int(rng.integers(3, 9)))
    order = rng.permutation(len(colours))
    block = str(rng.choice(["none", "blocks", "steps"], p=[0.35, 0.4, 0.25]))
    over = tie[warp % len(tie), weft % len(tie)] > 0
    if block == "blocks":
        # Damask: satin in one block and its reverse in the next, so whole areas change colour.
        chosen = rng.random((warp_bands.max() + 1, weft_bands.max() + 1)) < 0.5
        face = chosen[warp_bands[warp], weft_bands[weft]]
        satin = _DRAFTS["satin"][warp % 5, weft % 5] > 0
        over = np.where(face, satin, ~satin)
    elif block == "steps":
        slope = np.abs((warp * 2) % int(columns * 0.8) - columns * 0.4) + weft
        over = np.where((slope // max(count // 6, 2)) % 2 > 0, over, ~over)
    table = np.array([to_rgb(adjust(c, float(rng.normal(0, 0.01)))) for c in colours])
    thread = np.array(rng.normal(0, 0.03, (2, max(columns, rows))), dtype=np.float32)
    warp_rgb = table[order[warp_bands % len(order)]].astype(np.float32)
    weft_rgb = table[order[(weft_bands + 3) % len(order)]].astype(np.float32)
    warp_rgb += thread[0, :columns, None]
    weft_rgb += thread[1, :rows, None]
    image = np.where(over[..., None], warp_rgb[warp], weft_rgb[weft])
    # Each thread is round: light on its back, shade where it dives under its neighbour.
    side = np.where(over, a - np.floor(a), b - np.floor(b)) - np.float32(0.5)
    length = np.where(over, b - np.floor(b), a - np.floor(a)) - np.float32(0.5)
    visible = float(np.clip(canvas.scale / count / 3.0 - 0.4, 0.15, 1.0))
    shade = 1.0 - np.float32(0.42 * visible) * (side * 2) ** 2 - np.float32(0.2) * length**2
    canvas.put((image * shade[..., None]).astype(np.float32))
    return {"threads": count, "draft": draft, "block": block}


def _bands(rng: np.random.Generator, length: int, bands: int) -> np.ndarray:
    """Return the band number of every thread: few wide bands between narrow ones, int [length]."""
    shares = rng.dirichlet(np.full(bands * 2, 0.55))
    limits = np.cumsum(shares) * length
    return np.asarray(np.searchsorted(limits, np.arange(length) + 0.5).clip(0, bands * 2 - 1))
