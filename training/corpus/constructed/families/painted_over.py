"""Painted over: a picture of another family done again in oils.

Source: A. Hertzmann, "Painterly rendering with curved brush strokes of multiple sizes" (SIGGRAPH
1998).
"""

import numpy as np

from training.corpus.constructed.brush import Brush
from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.motifs import motif
from training.corpus.constructed.painterly import Medium, paint, relief
from training.corpus.constructed.palette import Palette

SURFACES = {"canvas": 3, "smooth": 1, "aged": 1}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    name, wanted = motif(canvas, rng, palette)
    coarse = float(rng.uniform(0.05, 0.11))
    finest = float(rng.choice([0.012, 0.018, 0.026]))
    sizes = [coarse]
    while sizes[-1] > 1.6 * finest:
        sizes.append(sizes[-1] / 2)
    medium = Medium(
        sizes=tuple(sizes),
        lengths=(2.0, float(rng.uniform(4.0, 9.0))),
        tolerance=float(rng.uniform(0.035, 0.07)),
        coverage=1.3,
        bend=float(rng.uniform(0.5, 1.0)),
        jitter=(float(rng.uniform(0.01, 0.03)), 4.0),
        opacity=(0.8, 1.0),
    )
    canvas.ground(palette.ground, touch=0.5)
    height = Canvas(int(canvas.scale), canvas.width / canvas.height, rng)
    height.ground(np.array([0.4, 0.0, 0.0]))
    strokes = paint([canvas, height], rng, wanted, medium, Brush(rng, float(rng.uniform(0.1, 0.5))))
    relief(canvas, height, float(rng.uniform(0.01, 0.03)))
    return {"motif": name, "brushes": len(sizes), "finest": finest, "strokes": strokes}
