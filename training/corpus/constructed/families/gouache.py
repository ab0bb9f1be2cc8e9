"""Gouache: flat opaque areas laid with a broad brush, matt, each colour a little uneven.

Source: A. Hertzmann, "Painterly rendering with curved brush strokes of multiple sizes" (SIGGRAPH
1998) with short tolerances, so that flat forms keep their edges; flats after the cut and painted
papers of H. Matisse.
"""

import numpy as np
from scipy import ndimage

from training.corpus.constructed.brush import Brush
from training.corpus.constructed.brush import flat as flat_brush
from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.motifs import motif
from training.corpus.constructed.painterly import Medium, paint
from training.corpus.constructed.palette import Palette

SURFACES = {"paper": 3, "smooth": 1}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    name, wanted = motif(
        canvas,
        rng,
        palette,
        ("bauhaus", "cubist", "hard_edge", "metaballs", "orphist", "suprematist", "landscape"),
    )
    # Flat colours: every place takes the nearest colour of the palette.
    paints = np.vstack([palette.colours, palette.ground, palette.dark, palette.light])
    smooth = np.stack([ndimage.median_filter(wanted[..., c], 5) for c in range(3)], axis=-1)
    nearest = np.square(smooth[:, :, None] - paints).sum(axis=-1).argmin(axis=-1)
    flat = paints[nearest]
    size = float(rng.uniform(0.05, 0.1))
    medium = Medium(
        sizes=(size, size / 2, size / 4),
        lengths=(2.0, 7.0),
        tolerance=0.05,
        coverage=1.5,
        bend=0.6,
        jitter=(0.014, 2.0),
        opacity=(0.88, 1.0),
    )
    canvas.ground(palette.light, touch=0.2)
    brush = Brush(rng, float(rng.uniform(0.05, 0.35)), 6, flat_brush)
    strokes = paint([canvas], rng, flat, medium, brush)
    return {"motif": name, "colours": len(np.unique(nearest)), "strokes": strokes}
