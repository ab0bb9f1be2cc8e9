"""Strange attractor: smoke of a million points, laid as glowing pigment over a field.

Source: C. Pickover, Computers, Pattern, Chaos and Beauty (1990) (the Clifford map); logarithmic
density and colour by history after S. Draves and E. Reckase, "The Fractal Flame Algorithm" (2003).
"""

import math

import numpy as np
from PIL import Image

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.fields import ramp
from training.corpus.constructed.palette import Palette, adjust, mix, to_rgb

SURFACES = {"canvas": 3, "paper": 2, "smooth": 1}
_POINTS, _ROUNDS, _BINS = 9000, 110, 420


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    canvas.ground(palette.ground, touch=0.4, angle=float(rng.uniform(0, 3)))
    bright = palette.ground[0] < 0.5
    for _attempt in range(40):
        constants = rng.uniform(-2.0, 2.0, 4)
        density, history = _orbit(rng, constants, 1500, 60)
        # A form worth drawing covers a fair part of its frame: neither a dot nor grey dust.
        covered = float((density > 0).mean())
        if 0.16 < covered < 0.36:
            break
    else:
        constants = np.array([-1.4, 1.6, 1.0, 0.7])
    density, history = _orbit(rng, constants, _POINTS, _ROUNDS)
    size = 1.25 * float(rng.uniform(0.75, 1.25))
    turn = float(rng.uniform(0, 360))
    strength = np.log1p(density) / np.log1p(np.percentile(density[density > 0], 99.0))
    shade = Image.fromarray(np.clip(strength, 0, 1.3).astype(np.float32))
    hue = Image.fromarray(history.astype(np.float32))
    # Place the square of bins on the canvas, turned and shifted off centre.
    cx, cy = rng.uniform(0.38, 0.62, 2) * canvas.extent
    step = _BINS / (size * canvas.scale)
    c, s = math.cos(math.radians(turn)) * step, math.sin(math.radians(turn)) * step
    ox, oy = cx * canvas.scale, cy * canvas.scale
    half = _BINS / 2
    matrix = (c, s, half - c * ox - s * oy, -s, c, half + s * ox - c * oy)
    placed = [
        np.asarray(
            layer.transform(
                canvas.resolution, Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC
            ),
            dtype=np.float32,
        )
        for layer in (shade, hue)
    ]
    cover = np.clip(placed[0] * 1.15, 0.0, 1.0) ** np.float32(rng.uniform(0.7, 1.3))
    ranked = palette.ranked(palette.ground)
    if bright:
        scale = np.vstack([ranked[1], ranked[0], mix(ranked[0], palette.light, 0.5)])
    else:
        scale = np.vstack([ranked[1], ranked[0], palette.dark])
    pigment = ramp(np.clip(placed[1] * 0.6 + cover * 0.5, 0, 1), scale)
    image = canvas.image()
    if rng.random() < 0.6:
        # A disc behind holds the smoke together and gives it a place.
        x, y = canvas.coordinates()
        radius = float(rng.uniform(0.16, 0.34))
        dx, dy = rng.normal(0, 0.12, 2)
        disc = np.clip((radius - np.hypot(x - cx - dx, y - cy - dy)) * canvas.scale + 0.5, 0, 1)
        tone = np.array(to_rgb(adjust(ranked[2 % len(ranked)], 0.02)), dtype=np.float32)
        image = image + disc[..., None].astype(np.float32) * (tone - image)
    image = image + cover[..., None] * (pigment - image)
    canvas.put(image.astype(np.float32))
    return {"constants": [round(float(v), 4) for v in constants], "size": round(size, 3)}


def _orbit(
    rng: np.random.Generator, constants: np.ndarray, points: int, rounds: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the density of an orbit and the mean history of each bin, [bins, bins] each."""
    a, b, c, d = (float(v) for v in constants)
    bins = _BINS
    x, y = rng.uniform(-1, 1, (2, points)).astype(np.float32)
    tint = np.full(points, 0.5, dtype=np.float32)
    density = np.zeros(bins * bins)
    history = np.zeros(bins * bins)
    span_x, span_y = 1 + abs(c), 1 + abs(d)
    for step in range(rounds):
        x, y = (
            np.sin(a * y) + np.float32(c) * np.cos(a * x),
            np.sin(b * x) + np.float32(d) * np.cos(b * y),
        )
        tint = (tint + (0.5 + 0.5 * x / np.float32(span_x))) / 2
        if step < 8:
            continue
        column = ((x / span_x * 0.48 + 0.5) * bins).astype(np.int32)
        row = ((y / span_y * 0.48 + 0.5) * bins).astype(np.int32)
        index = np.clip(row, 0, bins - 1) * bins + np.clip(column, 0, bins - 1)
        density += np.bincount(index, minlength=bins * bins)
        history += np.bincount(index, weights=tint, minlength=bins * bins)
    mean = history / np.maximum(density, 1.0)
    return density.reshape(bins, bins), mean.reshape(bins, bins)
