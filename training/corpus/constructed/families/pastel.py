"""Pastel: layers of chalk hatched over tinted paper whose grain stays open between them.

Source: chalk that catches on the height of the paper after M. C. Sousa and J. W. Buchanan,
"Observational models of graphite pencil materials" (Computer Graphics Forum 2000).
"""

import numpy as np

from training.corpus.constructed.brush import Brush
from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.fields import edge
from training.corpus.constructed.motifs import motif
from training.corpus.constructed.painterly import Medium, paint, tooth
from training.corpus.constructed.palette import Palette, adjust

SURFACES = {"paper": 3, "smooth": 1}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    name, wanted = motif(
        canvas,
        rng,
        palette,
        ("colour_field", "landscape", "metaballs", "orphist", "marbling", "cubist"),
    )
    tint = adjust(palette.ground, float(rng.uniform(-0.1, 0.1)), 0.7)
    canvas.ground(tint, touch=0.3, angle=0.0)
    layers = int(rng.integers(2, 4))
    paper = tooth(canvas, rng, float(rng.uniform(0.0035, 0.006)))
    strokes = 0
    for layer in range(layers):
        size = float(rng.uniform(0.024, 0.038))
        medium = Medium(
            sizes=(size,),
            lengths=(4.0, 11.0),
            tolerance=-1.0,
            coverage=0.75,
            bend=0.25,
            along=0.35,
            jitter=(0.045, 9.0),
            opacity=(0.6, 1.0),
        )
        chalk = Canvas(int(canvas.scale), canvas.width / canvas.height, rng)
        chalk.put(canvas.image())
        cover = Canvas(int(canvas.scale), canvas.width / canvas.height, rng)
        strokes += paint([chalk, cover], rng, wanted, medium, Brush(rng, 0.5))
        # Later layers press harder and fill more of the grain.
        press = 0.35 + 0.25 * layer / max(layers - 1, 1)
        deposit = np.minimum(cover.image()[..., 0] * np.float32(1.6), 1.0)
        canvas.put(chalk.image(), 0.9 * edge(deposit * press - 0.62 * (1.0 - paper) + 0.04, 0.3))
    return {"motif": name, "layers": layers, "strokes": strokes}
