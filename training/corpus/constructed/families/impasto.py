"""Impasto: thick strokes that stand off the canvas and catch the light.

Source: A. Hertzmann, "Fast paint texture" (NPAR 2002): every stroke carries a height of its own,
and the finished painting is lit over the sum of them.
"""

import numpy as np

from training.corpus.constructed.brush import Brush, coarse_bristles
from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.motifs import motif
from training.corpus.constructed.painterly import Medium, paint, relief
from training.corpus.constructed.palette import Palette

SURFACES = {"smooth": 2, "canvas": 1}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    name, wanted = motif(canvas, rng, palette)
    coarse = float(rng.uniform(0.1, 0.2))
    dryness = float(rng.uniform(0.05, 0.3))
    medium = Medium(
        sizes=(coarse, coarse / 2, coarse / 3.5),
        lengths=(1.2, float(rng.uniform(2.2, 4.5))),
        tolerance=float(rng.uniform(0.08, 0.14)),
        coverage=1.6,
        bend=float(rng.uniform(0.1, 0.7)),
        along=float(rng.uniform(0.3, 1.5)),
        jitter=(0.05, 9.0),
        opacity=(0.92, 1.0),
    )
    canvas.ground(palette.ground, touch=0.4)
    height = Canvas(int(canvas.scale), canvas.width / canvas.height, rng)
    height.ground(np.array([0.4, 0.0, 0.0]))
    strokes = paint([canvas, height], rng, wanted, medium, Brush(rng, dryness, 6, coarse_bristles))
    thickness = float(rng.uniform(0.03, 0.06))
    relief(canvas, height, thickness)
    return {
        "motif": name,
        "coarse": round(coarse, 3),
        "dryness": round(dryness, 3),
        "thickness": round(thickness, 3),
        "strokes": strokes,
    }
