"""Squeegee: wet masses of paint dragged across each other until they streak and tear.

Source: the layered abstractions of the 1950s and later done with blade and squeegee; the drag is a
line integral along a direction, after B. Cabral and L. Leedom, "Imaging vector fields using line
integral convolution", SIGGRAPH 1993.
"""

import math

import numpy as np

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.fields import edge
from training.corpus.constructed.noise import fractal, sample
from training.corpus.constructed.palette import Palette, adjust, to_rgb

SURFACES = {"impasto": 5, "canvas": 2, "brushed": 1}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    canvas.ground(palette.ground, touch=0.5)
    image = canvas.image()
    x, y = canvas.coordinates()
    upright = rng.random() < 0.4
    # Work along u, across v: the blade moves along u.
    u, v = (y, x) if upright else (x, y)
    length, breadth = (canvas.height, canvas.width) if upright else (canvas.width, canvas.height)
    tilt = float(rng.normal(0, 0.12))
    u, v = u + np.float32(tilt) * v, v - np.float32(tilt) * u
    passes = int(rng.integers(4, 9))
    tear = float(rng.uniform(0.2, 0.7))
    colours = [*palette.colours, palette.light, palette.dark]
    order = rng.permutation(len(colours))
    for index in range(passes):
        first = index < 2
        width = float(rng.uniform(0.3, 0.7)) if first else float(rng.uniform(0.06, 0.38))
        at = breadth * float(rng.uniform(0.05, 0.95))
        start = length * float(rng.uniform(-0.3, 0.55))
        run = length * float(rng.uniform(0.4, 1.3))
        # Streaks: noise that hardly changes along the drag and quickly across it.
        stretch = 1.0 / 26.0 if upright else 26.0
        streak = canvas.noise(rng, 0.06, 4, 0.75, stretch)
        broad = canvas.noise(rng, 0.3, 3)
        inside = np.minimum(width / 2 - np.abs(v - at), np.minimum(u - start, start + run - u))
        body = edge(inside.astype(np.float32) + 0.05 * streak + 0.03 * broad, 0.012)
        # The blade skips: towards the end of its way paint is left only on the ridges.
        travel = np.clip((u - start) / np.float32(run), 0.0, 1.0)
        held = edge(np.float32(1.25) - travel * np.float32(tear + 0.6) + 0.5 * streak, 0.25)
        colour = colours[int(order[index % len(order)])]
        other = colours[int(order[(index + 1) % len(order)])]
        base = np.array(to_rgb(colour), dtype=np.float32)
        second = np.array(to_rgb(adjust(other, 0.0, 0.9)), dtype=np.float32)
        blend = np.clip(0.5 * streak + 0.4 * broad - 0.1, 0.0, 0.8)[..., None]
        paint = base + blend * (second - base)
        paint = paint * (1.0 + 0.07 * streak[..., None])
        cover = (body * held)[..., None]
        image = image + cover * (paint - image)
    # The last drag smears what lies beneath it.
    grid = (round(48 * canvas.width), round(48 * canvas.height))
    shift = fractal(rng, canvas.extent, grid, 0.16, 2)
    amount = float(rng.uniform(0.0, 0.09))
    spread = sample(shift, x, y, canvas.extent) * np.float32(amount)
    spread = spread + canvas.noise(rng, 0.03, 2, stretch=1 / 9 if upright else 9.0) * np.float32(
        amount * 0.5
    )
    sx, sy = (x, y + spread) if upright else (x + spread, y)
    smeared = [sample(image[..., band], sx, sy, canvas.extent) for band in range(3)]
    canvas.put(np.stack(smeared, axis=2).astype(np.float32))
    return {
        "passes": passes,
        "tear": round(tear, 3),
        "upright": upright,
        "tilt": round(math.degrees(tilt), 1),
        "smear": round(amount, 3),
    }
