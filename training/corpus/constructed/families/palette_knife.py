"""Palette knife: slabs of paint pressed flat, ridges at their sides, colours dragged into others.

Source: A. Hertzmann, "Fast paint texture" (NPAR 2002) for the lit height of strokes; the marks
after the slabs of N. de Staël's paintings of 1948 to 1955.
"""

import numpy as np

from training.corpus.constructed.brush import Brush, blade
from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.motifs import motif
from training.corpus.constructed.painterly import Medium, paint, relief
from training.corpus.constructed.palette import Palette

SURFACES = {"smooth": 2, "canvas": 1}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    name, wanted = motif(
        canvas,
        rng,
        palette,
        ("brushwork", "cubist", "hard_edge", "landscape", "orphist", "suprematist"),
    )
    # Slabs are of one paint each: every place takes the nearest colour of the palette.
    paints = np.vstack([palette.colours, palette.ground, palette.dark, palette.light])
    nearest = np.square(wanted[:, :, None] - paints).sum(axis=-1).argmin(axis=-1)
    wanted = 0.15 * wanted + 0.85 * paints[nearest]
    coarse = float(rng.uniform(0.14, 0.26))
    drag = float(rng.uniform(0.05, 0.35))
    medium = Medium(
        sizes=(coarse, coarse / 1.6, coarse / 2.6),
        lengths=(0.8, float(rng.uniform(1.6, 2.6))),
        tolerance=float(rng.uniform(0.12, 0.18)),
        coverage=1.3,
        bend=0.0,
        along=float(rng.uniform(0.4, 2.0)),
        jitter=(0.045, 9.0),
        opacity=(0.94, 1.0),
    )
    canvas.ground(palette.ground, touch=0.5)
    height = Canvas(int(canvas.scale), canvas.width / canvas.height, rng)
    height.ground(np.array([0.4, 0.0, 0.0]))
    strokes = paint([canvas, height], rng, wanted, medium, Brush(rng, drag, 6, blade))
    thickness = float(rng.uniform(0.03, 0.07))
    relief(canvas, height, thickness)
    return {
        "motif": name,
        "coarse": round(coarse, 3),
        "drag": round(drag, 3),
        "thickness": round(thickness, 3),
        "strokes": strokes,
    }
