"""Dry brush: a brush with little paint over rough paper; it only touches the tops of the grain.

Source: S. Strassmann, "Hairy brushes" (SIGGRAPH 1986) for the bristles; paint that meets the height
of the paper after C. Curtis and others, "Computer-generated watercolor" (SIGGRAPH 1997), section
4.5.
"""

import numpy as np

from training.corpus.constructed.brush import Brush
from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.fields import edge
from training.corpus.constructed.motifs import motif
from training.corpus.constructed.painterly import Medium, paint, tooth
from training.corpus.constructed.palette import Palette

SURFACES = {"paper": 3, "canvas": 2}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    name, wanted = motif(
        canvas,
        rng,
        palette,
        ("cubist", "flow_ribbons", "landscape", "metaballs", "rayonist", "velocity", "brushwork"),
    )
    ground = palette.light if rng.random() < 0.6 else palette.ground
    canvas.ground(ground, touch=0.3)
    coarse = float(rng.uniform(0.08, 0.16))
    medium = Medium(
        sizes=(coarse, coarse / 2.5),
        lengths=(3.0, float(rng.uniform(6.0, 11.0))),
        tolerance=0.08,
        coverage=float(rng.uniform(0.7, 1.3)),
        bend=float(rng.uniform(0.2, 0.7)),
        along=float(rng.uniform(0.3, 1.0)),
        jitter=(0.025, 5.0),
        opacity=(0.8, 1.0),
    )
    painted = Canvas(int(canvas.scale), canvas.width / canvas.height, rng)
    painted.put(canvas.image())
    cover = Canvas(int(canvas.scale), canvas.width / canvas.height, rng)
    strokes = paint([painted, cover], rng, wanted, medium, Brush(rng, 0.75))
    # The more paint, the deeper into the grain it reaches.
    dry = float(rng.uniform(0.25, 0.5))
    paper = tooth(canvas, rng)
    deposit = cover.image()[..., 0] * np.float32(2.2) - dry
    canvas.put(painted.image(), edge(deposit - 0.75 * (1.0 - paper) + 0.15, 0.25))
    return {"motif": name, "dry": round(dry, 3), "strokes": strokes}
