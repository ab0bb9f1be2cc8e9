"""Drips and splatter: skeins of thrown paint over a raw ground, layer upon layer.

Source: R. Taylor, A. Micolich and D. Jonas, "Fractal analysis of Pollock's drip paintings",
Nature 399 (1999): trajectories of a large slow motion and a small fast one; drop sizes follow a
power law. A thrown line is wide where the hand is slow.
"""

import math

import numpy as np

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.noise import curve
from training.corpus.constructed.palette import Lab, Palette, adjust
from training.corpus.constructed.shapes import blob, circle, path

SURFACES = {"canvas": 4, "impasto": 3, "aged": 1}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    canvas.ground(palette.ground, touch=0.5, angle=float(rng.uniform(0, 3)))
    colours = palette.ranked(palette.ground)
    extent = np.array(canvas.extent)
    focus = extent * rng.uniform(0.35, 0.65, 2)
    spread = float(rng.uniform(0.3, 0.65))
    if rng.random() < 0.6:
        # A few poured pools lie under the lines and give the web its masses.
        for index in range(int(rng.integers(2, 7))):
            place = focus + rng.normal(0, 0.24, 2)
            pool = blob(rng, place, float(rng.uniform(0.06, 0.22)), 0.45, 7, squash=0.7)
            tone = colours[(index + 1) % len(colours)]
            canvas.fill(path(pool), tone, touch=0.5, texture="cloud")
    layers = int(rng.integers(3, 8))
    skeins = 0
    grain = float(rng.uniform(0.8, 2.6))
    order = [palette.contrasting(palette.ground), *colours[:4]]
    for layer in range(layers):
        colour = order[int(rng.permutation(len(order))[0])] if layer else order[0]
        for _ in range(int(rng.integers(6, 20))):
            start = focus + rng.normal(0, spread, 2)
            _skein(canvas, rng, start, adjust(colour, float(rng.normal(0, 0.015))), grain)
            skeins += 1
        drops = int(rng.integers(10, 90))
        middle = focus + rng.normal(0, 0.25, 2)
        for _ in range(drops):
            place = middle + rng.normal(0, 0.3, 2)
            radius = min(0.0016 / float(rng.random() + 0.02) ** 0.75, 0.022) * grain
            canvas.fill(path(blob(rng, place, radius, 0.12, 5, 20)), colour)
    return {
        "layers": layers,
        "skeins": skeins,
        "spread": round(spread, 3),
        "grain": round(grain, 3),
    }


def _skein(
    canvas: Canvas, rng: np.random.Generator, start: np.ndarray, colour: Lab, grain: float
) -> None:
    """Throw one line of paint."""
    count = int(rng.integers(140, 320))
    length = float(rng.uniform(1.2, 3.6))
    heading = np.cumsum(curve(rng, count, int(rng.integers(4, 9))) * 0.16)
    heading = heading + float(rng.uniform(0, math.tau))
    heading = heading + 0.9 * curve(rng, count, int(rng.integers(8, 24)))
    speed = np.clip(1.0 + 0.8 * curve(rng, count, 14), 0.15, 2.5)
    step = np.stack([np.cos(heading), np.sin(heading)], axis=1) * (speed * length / count)[:, None]
    spine = start + np.cumsum(step, axis=0)
    width = grain * 0.005 / speed**0.9 * (1.0 + 0.4 * curve(rng, count, 40))
    width = np.clip(width, 0.0012, 0.03) * np.sin(np.linspace(0.15, 3.0, count)) ** 0.4
    normal = np.stack([-np.sin(heading), np.cos(heading)], axis=1) * width[:, None] / 2
    # Short overlapping pieces: one outline crossing itself would leave holes.
    for first in range(0, count - 1, 12):
        part = slice(first, min(first + 14, count))
        outline = np.vstack([spine[part] + normal[part], (spine[part] - normal[part])[::-1]])
        canvas.fill(path(outline), colour)
    canvas.fill(circle(spine[-1], float(width[-1]) * 1.2 + 0.002), colour)
