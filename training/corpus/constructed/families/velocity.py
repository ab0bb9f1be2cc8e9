"""Velocity: one curve repeated as it moves, its wake breaking into light and dark.

Source: G. Balla, "Abstract Speed" (1913) and U. Boccioni, "Futurist Painting: Technical
Manifesto" (1910): lines of force, spirals and wedges of noise.
"""

import math

import numpy as np

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.palette import Palette, adjust, mix
from training.corpus.constructed.shapes import path, smooth_path

SURFACES = {"impasto": 3, "canvas": 3, "brushed": 3, "aged": 1}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    canvas.ground(palette.ground, touch=0.7, angle=float(rng.uniform(0, 3)))
    extent = np.array(canvas.extent)
    ladder = palette.by_lightness()
    vortex = extent * rng.uniform(0.15, 0.85, 2)
    waves = int(rng.integers(2, 5))
    echoes = 0
    for wave in range(waves):
        turn = float(rng.uniform(0, math.tau))
        growth = float(rng.uniform(0.12, 0.42))
        sweep = float(rng.uniform(1.2, 3.2))
        t = np.linspace(0, 1, 26)
        count = int(rng.integers(6, 15))
        start = float(rng.uniform(0.05, 0.2))
        step = float(rng.uniform(0.16, 0.3))
        first = int(rng.integers(len(ladder)))
        for echo in range(count):
            # A logarithmic arc: every echo is the same curve, grown and turned a little.
            inner = start * math.exp(step * echo)
            outer = start * math.exp(step * (echo + float(rng.uniform(0.5, 1.0))))
            angle = turn + 0.09 * echo * (1 if wave % 2 else -1) + sweep * t
            unit = np.stack([np.cos(angle), np.sin(angle)], axis=1)
            swell = np.exp(growth * sweep * t)[:, None]
            taper = np.sin(np.pi * np.clip(t, 0.02, 0.98))[:, None] ** 0.6
            edge_out = vortex + unit * swell * (inner + (outer - inner) * taper)
            edge_in = vortex + unit * swell * inner
            body = np.vstack([edge_out, edge_in[::-1]])
            tone = ladder[(first + echo * 2) % len(ladder)]
            if echo % 3 == 0:
                tone = palette.pick(wave)
            tone = adjust(tone, float(rng.normal(0, 0.03)))
            fade = mix(tone, palette.ground, 0.75)
            outline = path(body)
            heading = turn + sweep / 2 + 0.09 * echo + math.pi / 2
            canvas.fill(outline, tone, alpha=0.9, to=fade, angle=heading, touch=0.8)
            echoes += 1
    # Lines of force: wedges and a whip of light out of the vortex.
    forces = int(rng.integers(2, 7))
    for index in range(forces):
        ray = float(rng.uniform(0, math.tau))
        reach, wide = float(rng.uniform(0.5, 1.5)), float(rng.uniform(0.02, 0.16))
        ends = [ray - wide / 2, ray + wide / 2]
        tips = [vortex + reach * np.array([math.cos(a), math.sin(a)]) for a in ends]
        tone = palette.light if index % 2 else palette.dark
        canvas.fill(path(np.array([vortex, *tips])), tone, alpha=0.5, touch=0.7, angle=ray)
    # One clear line rides the vortex outwards.
    t = np.linspace(0, 1, 40)
    angle = float(rng.uniform(0, math.tau)) + float(rng.uniform(2.5, 5.5)) * t
    ride = float(rng.uniform(0.05, 0.12)) * np.exp(float(rng.uniform(1.8, 2.8)) * t)
    whip = vortex + np.stack([np.cos(angle), np.sin(angle)], axis=1) * ride[:, None]
    tone = palette.contrasting(palette.ground)
    canvas.line(smooth_path(whip, closed=False), tone, float(rng.uniform(0.005, 0.02)), 0.9)
    return {"waves": waves, "echoes": echoes, "forces": forces}
