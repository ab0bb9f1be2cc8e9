"""Brushwork: layers of bristle strokes following a field over a plan of large colour masses.

Source: A. Hertzmann, "Painterly rendering with curved brush strokes of multiple sizes", SIGGRAPH
1998: coarse strokes first, finer ones where the plan changes; strokes follow a direction field.
"""

import math

import numpy as np

from training.corpus.constructed.brush import Brush
from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.noise import fractal
from training.corpus.constructed.palette import Palette, adjust

SURFACES = {"impasto": 4, "canvas": 2, "brushed": 1}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    canvas.ground(palette.ground, touch=0.6, angle=float(rng.uniform(0, 3)))
    brush = Brush(rng, dryness=float(rng.uniform(0.1, 0.6)))
    extent = canvas.extent
    grid = (round(64 * canvas.width), round(64 * canvas.height))
    # Fields are read cell by cell: strokes are far larger than a cell of 1/64.
    flow = fractal(rng, extent, grid, float(rng.uniform(0.5, 1.1)), 2)
    turn = float(rng.uniform(0, math.pi))
    swirl = float(rng.uniform(0.3, 2.4))

    # The plan: every point belongs to a mass; masses are nearest-centre cells of unequal pull.
    masses = int(rng.integers(3, 8))
    centres = rng.uniform(0, 1, (masses, 2)) * extent
    pull = rng.uniform(0.0, 0.35, masses)
    order = rng.permutation(masses)
    edge = fractal(rng, extent, grid, 0.3, 3)
    colours = np.vstack([palette.colours[:4], palette.light, palette.dark, palette.ground])
    plan = [colours[int(index) % len(colours)] for index in order]
    focus = centres[0]

    sizes = (0.2, 0.1, 0.05)
    counts = (80, 190, 300)
    detail = float(rng.uniform(0.25, 0.7))
    total = 0
    for level, (size, count) in enumerate(zip(sizes, counts, strict=True)):
        for _ in range(round(count * canvas.width * canvas.height)):
            if level == 0:
                x, y = rng.uniform(-0.02, 1.02, 2) * extent
            else:
                # Finer touches gather about the focus and leave the outskirts broad.
                x, y = focus + rng.normal(0, detail * (1.0, 0.75, 0.55)[level], 2)
            wander = 0.14 * float(_at(edge, x, y, extent))
            distance = np.hypot(centres[:, 0] - x, centres[:, 1] - y) - pull + wander * order
            mass = int(np.argmin(distance))
            if level == 2 and rng.random() < 0.3:
                mass = int(rng.integers(masses))
            colour = adjust(
                plan[mass],
                float(rng.normal(0, 0.035 + 0.015 * level)),
                1.0,
                float(rng.normal(0, 6)),
            )
            angle = turn + swirl * float(_at(flow, x, y, extent)) * math.pi / 2
            angle += 0.5 * mass
            length = size * float(rng.uniform(1.6, 4.0))
            bend = float(rng.normal(0, 0.5))
            turns = angle + bend * np.linspace(-0.5, 0.5, 9)
            step = length / 9
            spine = np.cumsum(np.stack([np.cos(turns), np.sin(turns)], axis=1) * step, axis=0)
            spine += (x, y) - spine[4]
            brush.stroke(
                canvas,
                spine,
                size * float(rng.uniform(0.5, 1.1)),
                colour,
                alpha=float(rng.uniform(0.8, 1.0)),
                mask=int(rng.integers(6)),
            )
            total += 1

    # A few large last gestures in the strongest contrast.
    gestures = int(rng.integers(0, 4))
    for index in range(gestures):
        middle = focus + rng.normal(0, 0.15, 2)
        angle = turn + float(rng.normal(0, 0.8))
        t = np.linspace(-0.5, 0.5, 24)
        reach = float(rng.uniform(0.4, 0.9))
        curl = float(rng.normal(0, 1.3))
        turns = angle + curl * t
        spine = np.cumsum(np.stack([np.cos(turns), np.sin(turns)], axis=1) * reach / 24, axis=0)
        spine += middle - spine[12]
        tone = palette.contrasting(plan[0]) if index == 0 else palette.pick(index)
        brush.stroke(canvas, spine, float(rng.uniform(0.03, 0.11)), tone, 0.95, index)
    return {
        "masses": masses,
        "swirl": round(swirl, 3),
        "detail": round(detail, 3),
        "gestures": gestures,
        "strokes": total,
    }


def _at(field: np.ndarray, x: float, y: float, extent: tuple[float, float]) -> float:
    rows, columns = field.shape
    row, column = int(y / extent[1] * rows), int(x / extent[0] * columns)
    return float(field[min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)])
