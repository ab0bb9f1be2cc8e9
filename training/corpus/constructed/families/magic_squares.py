"""Magic squares: a loose grid of glowing squares, divided again where the eye should rest.

Source: P. Klee, "Ancient Sound" (1925) and his Pedagogical Sketchbook (Bauhausbuecher 2, 1925);
recursive subdivision as in quadtrees (R. Finkel and J. Bentley, 1974).
"""

import math

import numpy as np

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.palette import Palette, adjust, mix
from training.corpus.constructed.shapes import hand, path, sector

SURFACES = {"canvas": 4, "brushed": 1, "aged": 2, "impasto": 2}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    dark = palette.dark if rng.random() < 0.6 else palette.ground
    canvas.ground(dark, touch=0.4)
    focus = rng.uniform(0.2, 0.8, 2) * canvas.extent
    columns = int(rng.integers(4, 10))
    rows = max(2, round(columns * canvas.height / canvas.width))
    wobble = float(rng.uniform(0.08, 0.3)) / columns
    xs = np.linspace(-0.02, canvas.width + 0.02, columns + 1)
    ys = np.linspace(-0.02, canvas.height + 0.02, rows + 1)
    corners = np.stack(np.meshgrid(xs, ys), axis=2)
    corners[1:-1, 1:-1] += rng.normal(0, wobble, (rows - 1, columns - 1, 2))
    corners[1:-1, [0, -1], 1] += rng.normal(0, wobble, (rows - 1, 2))
    corners[[0, -1], 1:-1, 0] += rng.normal(0, wobble, (2, columns - 1))
    ladder = palette.by_lightness()
    glow = float(rng.uniform(0.5, 1.0))
    reach = float(rng.uniform(0.35, 0.8))
    cells = 0

    def cell(quad: np.ndarray, depth: int) -> None:
        nonlocal cells
        middle = quad.mean(axis=0)
        distance = float(np.hypot(*(middle - focus)))
        size = float(np.hypot(*(quad[2] - quad[0])))
        if depth < 3 and size > 0.1 and rng.random() < 0.55 * math.exp(-distance / 0.3):
            halves = (quad + np.roll(quad, -1, axis=0)) / 2
            for corner in range(4):
                piece = [quad[corner], halves[corner], middle, halves[corner - 1]]
                cell(np.array(piece), depth + 1)
            return
        # Light gathers at the focus: the ladder of tones is climbed towards it, with some chance.
        level = glow * math.exp(-((distance / reach) ** 2)) + float(rng.normal(0, 0.22))
        tone = ladder[int(np.clip(level, 0.0, 0.999) * len(ladder))]
        if rng.random() < 0.35:
            tone = mix(tone, palette.pick(int(rng.integers(8))), 0.75)
        tone = adjust(tone, float(rng.normal(0, 0.02)))
        inset = middle + (quad - middle) * float(rng.uniform(0.94, 1.03))
        angle = float(rng.choice([0.0, math.pi / 2])) + float(rng.normal(0, 0.2))
        canvas.fill(path(hand(rng, inset, 0.004)), tone, touch=0.75, angle=angle)
        cells += 1

    for row in range(rows):
        for column in range(columns):
            quad = np.array(
                [
                    corners[row, column],
                    corners[row, column + 1],
                    corners[row + 1, column + 1],
                    corners[row + 1, column],
                ]
            )
            cell(quad, 0)
    signs = int(rng.integers(0, 4))
    for _ in range(signs):
        place = focus + rng.normal(0, 0.18, 2)
        radius = float(rng.uniform(0.04, 0.13))
        sweep = float(rng.choice([math.pi, math.tau, math.pi / 2]))
        turn = float(rng.choice([0.0, 1.0, 2.0, 3.0])) * math.pi / 2
        tone = palette.contrasting(dark) if rng.random() < 0.5 else palette.dark
        canvas.fill(sector(place, 0.0, radius, turn, sweep), tone, alpha=0.92, touch=0.5)
    return {"cells": cells, "columns": columns, "glow": round(glow, 3), "signs": signs}
