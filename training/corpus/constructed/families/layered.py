"""Layered: the figures of one family over the field of another, in one palette.

Source: the palimpsest practice of P. Klee and M. Ernst (decalcomania and overpainting), and layer
compositing after T. Porter and T. Duff, "Compositing digital images", SIGGRAPH 1984.
"""

import numpy as np

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.families import (
    bauhaus,
    brushwork,
    circle_packing,
    colour_field,
    diagram,
    drips,
    flow_ribbons,
    harmonograph,
    ink_wash,
    landscape,
    magic_squares,
    marbling,
    metaballs,
    squeegee,
    suprematist,
    velocity,
    watercolour,
)
from training.corpus.constructed.palette import Palette

SURFACES = {"canvas": 3, "paper": 2, "impasto": 1, "aged": 1}

_FIELDS = {
    "brushwork": brushwork.draw,
    "colour_field": colour_field.draw,
    "landscape": landscape.draw,
    "magic_squares": magic_squares.draw,
    "marbling": marbling.draw,
    "squeegee": squeegee.draw,
    "velocity": velocity.draw,
    "watercolour": watercolour.draw,
}
_FIGURES = {
    "bauhaus": bauhaus.draw,
    "circle_packing": circle_packing.draw,
    "diagram": diagram.draw,
    "drips": drips.draw,
    "flow_ribbons": flow_ribbons.draw,
    "harmonograph": harmonograph.draw,
    "ink_wash": ink_wash.draw,
    "metaballs": metaballs.draw,
    "suprematist": suprematist.draw,
}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    field, figure = str(rng.choice(list(_FIELDS))), str(rng.choice(list(_FIGURES)))
    below = _FIELDS[field](canvas, rng, palette)
    # The field steps back: a thin veil of the ground over it leaves room for the figures.
    veil = float(rng.uniform(0.15, 0.6))
    rgb = canvas.colour(palette.ground)
    ground = np.array([rgb.fR, rgb.fG, rgb.fB], dtype=np.float32)
    canvas.put(canvas.image() * np.float32(1.0 - veil) + ground * np.float32(veil))
    canvas.layered = True
    above = _FIGURES[figure](canvas, rng, palette)
    canvas.layered = False
    return {
        "field": field,
        "figure": figure,
        "veil": round(veil, 3),
        "below": below,
        "above": above,
    }
