"""Wallpaper groups: one free motif turned and mirrored over a plane that the frame cuts askew.

Source: G. Polya, "Ueber die Analogie der Kristallsymmetrie in der Ebene" (1924); B. Gruenbaum and
G. Shephard, Tilings and Patterns (1987): groups p4, p4m, p3, p6 and p6m by their generators.
"""

import math

import numpy as np
import skia

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.palette import Palette, adjust
from training.corpus.constructed.shapes import blob, circle, path, regular, sector

SURFACES = {"canvas": 3, "paper": 2, "aged": 2, "brushed": 1}

# Order of the rotation, whether it mirrors, and whether the lattice is hexagonal.
_GROUPS = {
    "p4": (4, False, False),
    "p4m": (4, True, False),
    "p3": (3, False, True),
    "p6": (6, False, True),
    "p6m": (6, True, True),
}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    canvas.ground(palette.ground, touch=0.4)
    group = str(rng.choice(list(_GROUPS)))
    order, mirror, hexagonal = _GROUPS[group]
    colours = palette.ranked(palette.ground)
    extent = np.array(canvas.extent)
    # Few, large repeats: the plane is seen from near, and its centre lies off the middle.
    period = float(rng.uniform(0.5, 1.15))
    origin = extent * rng.uniform(0.25, 0.75, 2)
    tilt = float(rng.uniform(0, math.pi))
    motif = _motif(rng, period)
    second = np.array([0.5, math.sqrt(3) / 2]) if hexagonal else np.array([0.0, 1.0])
    reach = int(1.6 / period) + 1
    drift = rng.normal(0, 1, 2)
    cells = sorted(
        ((i, j) for i in range(-reach, reach + 1) for j in range(-reach, reach + 1)),
        key=lambda cell: -abs(cell[0]) - abs(cell[1]),
    )
    for i, j in cells:
        shift = (np.array([1.0, 0.0]) * i + second * j) * period
        # Colour moves across the plane, so repeats never read as print.
        zone = int(abs(float(shift @ drift)) * 1.5)
        for outline, number, raised in motif:
            tone = colours[(number + zone) % len(colours)]
            if number == 7:
                tone = palette.contrasting(palette.ground)
            tone = adjust(tone, float(rng.normal(0, 0.015)))
            for turn in range(order):
                for flip in (1.0, -1.0) if mirror else (1.0,):
                    matrix = skia.Matrix.Translate(*(float(v) for v in origin))
                    matrix.preRotate(math.degrees(tilt))
                    matrix.preTranslate(*(float(v) for v in shift))
                    matrix.preRotate(360.0 * turn / order)
                    matrix.preScale(1.0, flip)
                    placed = skia.Path()
                    outline.transform(matrix, placed)
                    canvas.fill(placed, tone, touch=0.35 if raised else 0.0)
    return {"group": group, "period": round(period, 3), "tilt": round(tilt, 3)}


def _motif(rng: np.random.Generator, period: float) -> list[tuple[skia.Path, int, bool]]:
    """Return the forms of one cell about its centre: outline, colour number, whether textured."""
    forms = []
    for index in range(int(rng.integers(4, 8))):
        turn = float(rng.uniform(0, math.tau))
        reach = period * float(rng.uniform(0.05, 0.42))
        place = reach * np.array([math.cos(turn), math.sin(turn)])
        size = period * float(rng.uniform(0.14, 0.34)) / (1.0 + 0.35 * index)
        kind = int(rng.integers(4))
        if kind == 0:
            outline = path(blob(rng, place, size, 0.35, 4, 40, 0.5, turn))
        elif kind == 1:
            outline = path(regular(place, size, int(rng.integers(3, 5)), turn))
        elif kind == 2:
            outline = sector(place, size * 0.55, size * 1.2, turn, float(rng.uniform(1.0, 3.0)))
        else:
            outline = circle(place, size * 0.7)
        forms.append((outline, int(rng.integers(8)), size > 0.03))
    return forms
