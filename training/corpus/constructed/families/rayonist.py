"""Rayonist: sheaves of rays crossing like light reflected between objects.

Source: M. Larionov, "Rayonist Painting" (1913): "the sum of rays proceeding from object A crosses
the sum of rays from object B; in the space between them a form appears".
"""

import math

import numpy as np

from training.corpus.constructed.brush import Brush
from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.palette import Palette, adjust
from training.corpus.constructed.shapes import bar, path

SURFACES = {"impasto": 4, "canvas": 2, "brushed": 2}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    canvas.ground(palette.ground, touch=0.7, angle=float(rng.uniform(0, 3)))
    brush = Brush(rng, float(rng.uniform(0.1, 0.5)))
    extent = np.array(canvas.extent)
    sources = int(rng.integers(2, 5))
    rays = 0
    main = float(rng.uniform(0, math.pi))
    crossing = extent * rng.uniform(0.35, 0.65, 2)
    for source in range(sources):
        angle = main + source * float(rng.uniform(0.5, 1.3)) + float(rng.normal(0, 0.1))
        way = np.array([math.cos(angle), math.sin(angle)])
        side = np.array([-way[1], way[0]])
        home = crossing - way * float(rng.uniform(0.5, 1.0))
        spread = float(rng.uniform(0.08, 0.3))
        first = int(rng.integers(len(palette.colours)))
        # A broad translucent shaft carries each sheaf.
        shaft = bar(tuple(crossing), 2.2, spread * 1.4, angle, float(rng.uniform(0.3, 1.6)))
        canvas.fill(path(shaft), palette.pick(first), alpha=0.55, touch=0.9, angle=angle)
        count = int(rng.integers(14, 44))
        for _ in range(count):
            offset = float(rng.normal(0, spread))
            fan = angle + float(rng.normal(0, 0.09))
            start = home + side * offset + way * rng.uniform(-0.1, 0.5)
            reach = float(rng.uniform(0.25, 1.1))
            end = start + reach * np.array([math.cos(fan), math.sin(fan)])
            t = np.linspace(0, 1, 30)[:, None]
            tone = palette.pick(first + int(rng.choice([0, 0, 1, 2])))
            if rng.random() < 0.2:
                tone = palette.light if rng.random() < 0.6 else palette.dark
            tone = adjust(tone, float(rng.normal(0, 0.05)))
            width = float(rng.uniform(0.008, 0.05)) * (0.5 + reach)
            taper = width * np.linspace(1.0, float(rng.uniform(0.2, 1.0)), 30)
            brush.stroke(canvas, start + (end - start) * t, taper, tone, 0.92, int(rng.integers(6)))
            rays += 1
    # Splinters of the strongest colour sit where the sheaves cross.
    for _ in range(int(rng.integers(3, 10))):
        place = crossing + rng.normal(0, 0.1, 2)
        splinter = bar(
            (float(place[0]), float(place[1])),
            float(rng.uniform(0.06, 0.22)),
            float(rng.uniform(0.01, 0.04)),
            main + float(rng.normal(0, 0.7)),
            0.1,
        )
        canvas.fill(path(splinter), palette.ranked(palette.ground)[0], touch=0.6)
    return {"sources": sources, "rays": rays, "main": round(main, 3)}
