"""Flow ribbons: bands of unequal width carried by one slow current, never crossing.

Source: T. Hobbs, "Flow Fields" (2020) and Fidenza (2021); evenly spaced lines after B. Jobard and
W. Lefer, "Creating evenly-spaced streamlines of arbitrary density" (1997).
"""

import math

import numpy as np

from training.corpus.constructed.brush import Brush
from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.noise import fractal
from training.corpus.constructed.palette import Palette, adjust
from training.corpus.constructed.shapes import smooth_path

SURFACES = {"canvas": 3, "paper": 2, "impasto": 1, "smooth": 1}
_CELLS = 160


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    canvas.ground(palette.ground, touch=0.4)
    columns, rows = round(_CELLS * canvas.width), round(_CELLS * canvas.height)
    turbulence = float(rng.uniform(0.4, 1.5))
    base = float(rng.uniform(0, math.tau))
    field = fractal(rng, canvas.extent, (columns, rows), float(rng.uniform(0.7, 1.4)), 2, 0.35)
    angles = base + turbulence * math.pi * 0.7 * field
    if rng.random() < 0.35:
        x, y = np.meshgrid(np.arange(columns) / _CELLS, np.arange(rows) / _CELLS)
        cx, cy = rng.uniform(0.2, 0.8, 2) * canvas.extent
        angles = np.arctan2(y - cy, x - cx) + math.pi / 2 + 0.5 * turbulence * field
    taken = np.zeros((rows, columns), dtype=bool)
    painted = rng.random() < 0.35
    brush = Brush(rng, dryness=0.35) if painted else None
    colours = palette.ranked(palette.ground)
    # A quiet region stays empty: a disc in which no ribbon may start or pass.
    void = rng.uniform(0.1, 0.9, 2) * canvas.extent
    hole = float(rng.choice([0.0, rng.uniform(0.12, 0.3)]))
    gap = float(rng.choice([0.004, 0.009, 0.02]))
    scale = float(rng.uniform(0.7, 1.5))
    drawn = 0
    for attempt in range(900):
        early = attempt < 40
        width = scale * float(rng.choice([0.1, 0.07]) if early else rng.choice([0.045, 0.02, 0.01]))
        start = rng.uniform(0, 1, 2) * canvas.extent
        limit = float(rng.uniform(0.5, 1.8))
        spine = _trace(start, angles, taken, width + gap, limit, void, hole)
        if len(spine) < 10:
            continue
        _mark(taken, spine, width / 2 + gap)
        zone = int(3.0 * abs(math.sin(2.1 * spine[0, 0] + 1.4 * spine[0, 1] + base)))
        colour = colours[(zone + int(rng.choice([0, 0, 0, 1, 3]))) % len(colours)]
        if rng.random() < 0.08:
            colour = palette.contrasting(palette.ground)
        colour = adjust(colour, float(rng.normal(0, 0.02)))
        drawn += 1
        if brush is not None:
            brush.stroke(canvas, spine, width, colour, 1.0, attempt)
        else:
            canvas.line(smooth_path(spine, closed=False), colour, width)
            if width > 0.04:
                canvas.line(
                    smooth_path(spine + width * 0.3, closed=False),
                    adjust(colour, 0.05),
                    width * 0.1,
                    0.5,
                )
    return {
        "turbulence": round(turbulence, 3),
        "ribbons": drawn,
        "painted": painted,
        "gap": gap,
        "void": round(hole, 3),
    }


def _trace(
    start: np.ndarray,
    angles: np.ndarray,
    taken: np.ndarray,
    width: float,
    limit: float,
    void: np.ndarray,
    hole: float,
) -> np.ndarray:
    """Follow the field from ``start`` until a taken cell, the frame or the length limit."""
    rows, columns = angles.shape
    x, y = float(start[0]), float(start[1])
    step, half = 0.012, width / 2.0
    points = []
    for _ in range(int(limit / step)):
        row, column = int(y * _CELLS), int(x * _CELLS)
        if not (-8 <= row < rows + 8 and -8 <= column < columns + 8):
            break
        angle = float(angles[min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)])
        dx, dy = math.cos(angle), math.sin(angle)
        blocked = math.hypot(x - void[0], y - void[1]) < hole + half
        for side in (-1.0, -0.5, 0.0, 0.5, 1.0):
            r = int((y + side * half * dx) * _CELLS)
            c = int((x - side * half * dy) * _CELLS)
            blocked |= 0 <= r < rows and 0 <= c < columns and bool(taken[r, c])
        if blocked:
            break
        points.append((x, y))
        x, y = x + dx * step, y + dy * step
    return np.array(points)


def _mark(taken: np.ndarray, spine: np.ndarray, half: float) -> None:
    """Mark the cells that a ribbon covers."""
    rows, columns = taken.shape
    reach = max(int(half * _CELLS), 0)
    for x, y in spine:
        row, column = int(y * _CELLS), int(x * _CELLS)
        top, left = max(row - reach, 0), max(column - reach, 0)
        taken[top : max(row + reach + 1, 0), left : max(column + reach + 1, 0)] = True
    del rows, columns
