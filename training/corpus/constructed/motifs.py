"""Drawings for the painterly families to paint: families whose forms are large and plain."""

import numpy as np

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.families import (
    bauhaus,
    brushwork,
    colour_field,
    cubist,
    flow_ribbons,
    hard_edge,
    landscape,
    marbling,
    metaballs,
    orphist,
    rayonist,
    suprematist,
    velocity,
)
from training.corpus.constructed.painterly import Draw, Floats, drawing
from training.corpus.constructed.palette import Palette

MOTIFS: dict[str, Draw] = {
    "bauhaus": bauhaus.draw,
    "brushwork": brushwork.draw,
    "colour_field": colour_field.draw,
    "cubist": cubist.draw,
    "flow_ribbons": flow_ribbons.draw,
    "hard_edge": hard_edge.draw,
    "landscape": landscape.draw,
    "marbling": marbling.draw,
    "metaballs": metaballs.draw,
    "orphist": orphist.draw,
    "rayonist": rayonist.draw,
    "suprematist": suprematist.draw,
    "velocity": velocity.draw,
}


def motif(
    canvas: Canvas,
    rng: np.random.Generator,
    palette: Palette,
    names: tuple[str, ...] = tuple(MOTIFS),
) -> tuple[str, Floats]:
    """Choose one of the motifs and draw it: name, and Oklab float64 [rows, columns, 3]."""
    name = str(rng.choice(names))
    return name, drawing(canvas, rng, palette, MOTIFS[name])
