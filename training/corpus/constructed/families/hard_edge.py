"""Hard edge: two or three flat shapes so large that the frame cuts them.

Source: E. Kelly's shaped and curved paintings (1950s on) and J. Arp's reliefs; L. Langsner and
J. Coplans, "California Hard-Edge Painting" (1964). Figure and ground hold equal weight.
"""

import math

import numpy as np

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.noise import curve
from training.corpus.constructed.palette import Palette
from training.corpus.constructed.shapes import bar, blob, circle, path, smooth_path

SURFACES = {"canvas": 3, "smooth": 3, "brushed": 1}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    ground = palette.ground if rng.random() < 0.6 else palette.pick(2)
    canvas.ground(ground, touch=0.3, angle=math.pi / 2)
    colours = palette.ranked(ground)
    extent = np.array(canvas.extent)
    kind = str(rng.choice(["wave", "discs", "wedge", "stripes", "pebble"]))
    touch = float(rng.uniform(0.05, 0.4))
    shapes = int(rng.integers(2, 5))
    if kind == "wave":
        # A sagging boundary, then a second one that nearly touches it.
        level = float(rng.uniform(0.2, 0.5))
        knots = int(rng.integers(2, 4))
        first = curve(rng, 40, knots)
        for index in range(shapes):
            x = np.linspace(-0.1, canvas.width + 0.1, 40)
            bend = first * 0.2 + 0.08 * index * curve(rng, 40, knots)
            top = np.stack([x, canvas.height * level + bend], axis=1)
            body = np.vstack([top, [[canvas.width + 0.1, 3.0], [-0.1, 3.0]]])
            canvas.fill(smooth_path(body), colours[index % len(colours)], touch=touch)
            level += float(rng.uniform(0.12, 0.3))
    elif kind == "discs":
        for index in range(shapes):
            place = extent * rng.choice([-0.05, 0.2, 0.5, 0.8, 1.05], 2)
            radius = float(rng.uniform(0.3, 0.7)) / (1.0 + 0.6 * index)
            canvas.fill(circle(place, radius), colours[index % len(colours)], touch=touch)
            if rng.random() < 0.3:
                canvas.fill(circle(place, radius * 0.55), ground, touch=touch)
    elif kind == "wedge":
        for index in range(shapes):
            corner = extent * rng.choice([-0.05, 1.05], 2)
            turn = math.atan2(*(extent / 2 - corner)[::-1]) + float(rng.normal(0, 0.3))
            wide = float(rng.uniform(0.12, 0.4))
            rays = [(math.cos(turn + s * wide), math.sin(turn + s * wide)) for s in (-1, 1)]
            tip = corner - 0.1 * np.array([math.cos(turn), math.sin(turn)])
            triangle = np.array([tip, tip + 2.2 * np.array(rays[0]), tip + 2.2 * np.array(rays[1])])
            canvas.fill(path(triangle), colours[index % len(colours)], touch=touch, angle=turn)
    elif kind == "stripes":
        angle = float(rng.choice([0.0, math.pi / 2, math.pi / 4, rng.uniform(0, 3)]))
        way = np.array([-math.sin(angle), math.cos(angle)])
        at = -0.8
        while at < 0.8:
            width = float(rng.choice([0.04, 0.09, 0.2, 0.36]))
            place = extent / 2 + way * (at + width / 2)
            tone = colours[int(rng.integers(len(colours)))] if rng.random() < 0.75 else ground
            canvas.fill(path(bar(place, 3.0, width + 0.002, angle)), tone, touch=touch, angle=angle)
            at += width
        if rng.random() < 0.5:
            canvas.fill(circle(extent * rng.uniform(0.3, 0.7, 2), 0.22), colours[0], touch=touch)
    else:
        for index in range(shapes):
            place = extent * rng.uniform(0.15, 0.85, 2)
            form = blob(
                rng,
                place,
                float(rng.uniform(0.25, 0.5)) / (1 + 0.7 * index),
                0.3,
                int(rng.integers(2, 5)),
                squash=float(rng.uniform(0.6, 1.0)),
                angle=float(rng.uniform(0, 3)),
            )
            canvas.fill(smooth_path(form), colours[index % len(colours)], touch=touch)
    return {"kind": kind, "shapes": shapes, "touch": round(touch, 3)}
