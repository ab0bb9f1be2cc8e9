"""Noise landscape: receding ridges under a heavy disc, half-way to pure planes.

Source: F. K. Musgrave, C. Kolb and R. Mace, "The synthesis and rendering of eroded fractal
terrains", SIGGRAPH 1989 (midpoint and fractal profiles); planes after A. Dove and G. O'Keeffe.
"""

import math

import numpy as np

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.fields import edge
from training.corpus.constructed.noise import curve
from training.corpus.constructed.palette import Palette, adjust, mix, to_rgb
from training.corpus.constructed.shapes import blob, path

SURFACES = {"brushed": 3, "impasto": 3, "canvas": 2, "paper": 1, "aged": 1}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    colours = palette.ranked(palette.ground)
    high, low = palette.ground, mix(palette.ground, palette.light, 0.5)
    sky = np.array([[0, 0], [canvas.width, 0], [canvas.width, canvas.height], [0, canvas.height]])
    if not canvas.layered:
        canvas.fill(path(sky * 1.0), high, to=low, angle=math.pi / 2, touch=0.7, texture="cloud")
    horizon = canvas.height * float(rng.uniform(0.28, 0.62))
    if rng.random() < 0.75:
        place = np.array([canvas.width * rng.uniform(0.18, 0.82), horizon * rng.uniform(0.35, 1.0)])
        size = float(rng.uniform(0.08, 0.2))
        canvas.fill(path(blob(rng, place, size * 1.5, 0.02, 6)), colours[0], alpha=0.35, blur=0.04)
        canvas.fill(path(blob(rng, place, size, 0.015, 6)), colours[0], touch=0.6)
        for ring in range(int(rng.integers(0, 3))):
            outline = path(blob(rng, place, size * (1.35 + 0.4 * ring), 0.015, 6))
            canvas.line(outline, mix(colours[0], low, 0.4 + 0.2 * ring), 0.012, 0.8)
    ridges = int(rng.integers(3, 9))
    sharpness = float(rng.uniform(0.0, 1.0))
    near = palette.dark if rng.random() < 0.6 else colours[1]
    for index in range(ridges):
        t = (index + 0.3) / ridges
        base = horizon + (canvas.height * 1.02 - horizon) * t**1.2
        count = 160
        x = np.linspace(-0.03, canvas.width + 0.03, count)
        rise = 0.09 * curve(rng, count, int(rng.integers(3, 7)))
        rise += sharpness * 0.035 * np.abs(curve(rng, count, 16)) * 2
        rise += sharpness * 0.012 * curve(rng, count, 60)
        ridge = np.stack([x, base - rise * (1.3 - 0.5 * t)], axis=1)
        foot = np.array([[canvas.width + 0.03, 9.0], [-0.03, 9.0]])
        tone = mix(low, near, 0.18 + 0.75 * t)
        tone = mix(tone, palette.pick(index), float(rng.uniform(0.25, 0.75)))
        # Air lightens the far planes; each plane is darker at its crest than at its foot.
        body = path(np.vstack([ridge, foot]))
        clip = path(np.vstack([ridge, [[canvas.width + 0.03, base + 0.3], [-0.03, base + 0.3]]]))
        angle = math.pi / 2
        canvas.fill(body, adjust(tone, 0.05))
        canvas.fill(clip, adjust(tone, -0.05), to=adjust(tone, 0.05), angle=angle, touch=0.0)
        canvas.fill(body, tone, alpha=0.35, touch=1.0, angle=float(rng.normal(0, 0.25)))
    if rng.random() < 0.35:
        image = canvas.image()
        _, y = canvas.coordinates()
        rough = canvas.noise(rng, 0.35, 4, stretch=4.0)
        mist = edge(0.08 - np.abs(y - horizon - 0.1 + 0.12 * rough), 0.12) * 0.6
        haze = to_rgb(low)
        image += mist[..., None] * (np.array(haze, dtype=np.float32) - image)
        canvas.put(image.astype(np.float32))
    return {
        "ridges": ridges,
        "horizon": round(horizon / canvas.height, 3),
        "sharpness": round(sharpness, 3),
    }
