"""Suprematist: a dominant form and a flight of bars across a white void.

Source: K. Malevich, The Non-Objective World (Bauhausbuecher 11, 1927); construction rules after
"Suprematist Composition" (1915-16): one large quadrilateral, smaller ones in series along a
diagonal, a counter-form beyond the gap.
"""

import math

import numpy as np

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.palette import Palette
from training.corpus.constructed.shapes import bar, blob, circle, hand, path, regular

SURFACES = {"canvas": 4, "brushed": 2, "aged": 2, "smooth": 1}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    ground = palette.light if rng.random() < 0.45 else palette.ground
    canvas.ground(ground, touch=0.35, angle=float(rng.uniform(0, 3.1)))
    colours = palette.ranked(ground)
    contrast = palette.contrasting(ground)
    axis = float(rng.choice([-1, 1]) * rng.uniform(0.25, 1.25))
    along = np.array([math.cos(axis), math.sin(axis)])
    across = np.array([-along[1], along[0]])
    centre = np.array([canvas.width, canvas.height]) * rng.uniform(0.38, 0.62, 2)
    touch = float(rng.uniform(0.25, 0.7))

    def quad(
        at: np.ndarray, length: float, breadth: float, angle: float, colour: np.ndarray
    ) -> None:
        taper = float(rng.uniform(0.75, 1.25)) if rng.random() < 0.4 else 1.0
        outline = path(hand(rng, bar(at, length, breadth, angle, taper), 0.0022))
        canvas.fill(outline, colour, touch=touch, angle=angle)

    # The dominant form, large enough to hold the picture.
    side = float(rng.choice([-1, 1]))
    big = centre - along * rng.uniform(0.05, 0.2) + across * side * rng.uniform(0.02, 0.14)
    mass = float(rng.uniform(0.34, 0.62))
    kind = str(rng.choice(["quad", "bar", "circle", "triangle"], p=[0.5, 0.25, 0.15, 0.1]))
    first = contrast if rng.random() < 0.35 else colours[0]
    turn = axis + float(rng.choice([0.0, math.pi / 2])) + rng.normal(0, 0.12)
    if kind == "quad":
        quad(big, mass, mass * rng.uniform(0.55, 0.95), turn, first)
    elif kind == "bar":
        quad(big, min(mass * 2.1, 1.15), mass * rng.uniform(0.28, 0.4), turn, first)
    elif kind == "circle":
        canvas.fill(path(blob(rng, big, mass * 0.46, 0.012, 7)), first, touch=touch, angle=axis)
    else:
        corners = regular(big, mass * 0.62, 3, axis)
        canvas.fill(path(hand(rng, corners, 0.003)), first, touch=touch, angle=axis)

    # The series: bars marching along the diagonal, each smaller, crossing it now and then.
    count = int(rng.integers(5, 13))
    reach = float(rng.uniform(0.55, 0.85))
    for index, t in enumerate(np.linspace(-reach, reach, count)):
        size = 0.3 * (1.0 - 0.6 * abs(t) / reach) * float(rng.uniform(0.5, 1.3))
        place = centre + along * t + across * (rng.normal(0, 0.09) - side * 0.08)
        crossing = rng.random() < 0.55
        angle = axis + (math.pi / 2 if crossing else 0.0) + rng.normal(0, 0.06)
        colour = contrast if rng.random() < 0.3 else colours[index % min(4, len(colours))]
        quad(place, size, size * float(rng.choice([0.08, 0.15, 0.28, 0.5])), angle, colour)

    # Long thin bars bind the parts together.
    for _ in range(int(rng.integers(1, 4))):
        place = centre + along * rng.normal(0, 0.15) + across * rng.normal(0, 0.2)
        angle = axis + float(rng.choice([0.0, 0.0, math.pi / 2])) + rng.normal(0, 0.1)
        quad(place, rng.uniform(0.6, 1.2), rng.uniform(0.008, 0.022), angle, contrast)

    # The counter-form: small, far from the mass, alone.
    far = centre - across * side * rng.uniform(0.3, 0.42) + along * rng.normal(0, 0.2)
    far = np.clip(far, 0.1, np.array([canvas.width, canvas.height]) - 0.1)
    if rng.random() < 0.5:
        canvas.fill(circle(far, rng.uniform(0.035, 0.09)), colours[1], touch=touch, angle=axis)
    else:
        size = float(rng.uniform(0.06, 0.14))
        quad(far, size, size, axis + 0.3, colours[1])
    return {"axis": round(axis, 3), "mass": round(mass, 3), "dominant": kind, "bars": count}
