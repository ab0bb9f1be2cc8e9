"""Watercolour: stains of many thin layers of one deformed polygon.

Source: T. Hobbs, "How to Hack a Painting" (2017) and "A Generative Approach to Simulating
Watercolor Paints": a polygon is deformed recursively by Gaussian midpoint displacement; each stain
is a stack of further deformed copies at a few per cent opacity.
"""

import math

import numpy as np
import skia

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.palette import Lab, Palette, adjust
from training.corpus.constructed.shapes import path, regular

SURFACES = {"paper": 5, "canvas": 1}
_LAYERS = 22


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    paper = palette.light if palette.label["key"] != "middle" else adjust(palette.ground, 0.1)
    if paper[0] < 0.75:
        paper = palette.light
    canvas.ground(paper, touch=0.25)
    colours = palette.ranked(paper)
    extent = np.array([canvas.width, canvas.height])
    stains = int(rng.integers(4, 10))
    layout = str(rng.choice(["bloom", "bands", "diagonal", "scatter"]))
    wetness = float(rng.uniform(0.25, 0.75))
    focus = extent * rng.uniform(0.3, 0.7, 2)
    slope = float(rng.uniform(0.3, 1.2)) * float(rng.choice([-1, 1]))
    for index in range(stains):
        size = float(rng.uniform(0.28, 0.5)) if index < 2 else float(rng.uniform(0.05, 0.24))
        stretch = 1.0
        if layout == "bloom":
            place = focus + rng.normal(0, 0.2, 2)
        elif layout == "bands":
            place = extent * ((0.5 + rng.normal(0, 0.2)), (index + 0.5) / stains)
            stretch, size = float(rng.uniform(1.6, 3.2)), size * 0.75
        elif layout == "diagonal":
            t = (index + 0.5) / stains - 0.5
            place = extent / 2 + t * np.array([1.0, slope]) + rng.normal(0, 0.07, 2)
        else:
            place = extent * rng.uniform(0.12, 0.88, 2)
        _stain(canvas, rng, place, size, stretch, colours[index % len(colours)], wetness)

    # Dry accents keep the wash from dissolving: thin lines, or drops from a loaded brush.
    ink = palette.dark
    accents = int(rng.integers(0, 14))
    for _ in range(accents):
        place = focus + rng.normal(0, 0.28, 2)
        if layout in ("bloom", "scatter"):
            drop = regular(place, float(rng.uniform(0.003, 0.014)), 14)
            canvas.fill(path(_deform(rng, drop, 2, 0.5)), colours[0], alpha=0.75)
        else:
            angle = math.atan(slope) + float(rng.normal(0, 0.25))
            way = np.array([math.cos(angle), math.sin(angle)]) * rng.uniform(0.05, 0.3)
            stem = np.array([place - way, place + way])
            canvas.line(path(_deform(rng, stem, 4, 0.06, False), closed=False), ink, 0.004, 0.8)
    return {"stains": stains, "layout": layout, "wetness": round(wetness, 3), "accents": accents}


def _stain(
    canvas: Canvas,
    rng: np.random.Generator,
    place: np.ndarray,
    size: float,
    stretch: float,
    colour: Lab,
    wetness: float,
) -> None:
    """Lay one stain: layers multiply, so overlapping stains darken as glazes do."""
    base = regular((0.0, 0.0), size, 10, float(rng.uniform(0, 1))) * (stretch, 1.0) + place
    base = _deform(rng, base, 2, wetness)
    strength = float(rng.uniform(0.02, 0.06))
    pigment = canvas.colour(adjust(colour, 0.14, 1.15), strength)
    paint = skia.Paint(AntiAlias=True, Color4f=pigment, BlendMode=skia.BlendMode.kMultiply)
    bleed = adjust(colour, 0.14, 1.1, float(rng.normal(0, 22)))
    other = skia.Paint(paint)
    other.setColor4f(canvas.colour(bleed, strength))
    for layer in range(_LAYERS):
        if layer == _LAYERS // 3:
            base = _deform(rng, base, 1, wetness * 0.7)
        outline = _deform(rng, base, 3, wetness * 0.8)
        canvas.skia.drawPath(path(outline), other if layer % 3 == 0 else paint)
    # Pigment gathers where the wash dries: a darker rim.
    rim = skia.Paint(
        AntiAlias=True,
        Style=skia.Paint.kStroke_Style,
        StrokeWidth=0.005,
        Color4f=canvas.colour(adjust(colour, -0.05), 0.35),
        BlendMode=skia.BlendMode.kMultiply,
    )
    rim.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 0.0018))
    canvas.skia.drawPath(path(_deform(rng, base, 2, wetness * 0.35)), rim)


def _deform(
    rng: np.random.Generator, points: np.ndarray, rounds: int, amount: float, closed: bool = True
) -> np.ndarray:
    """Split every edge and move its middle by chance, ``rounds`` times, float64 [n, 2]."""
    for _ in range(rounds):
        ends = np.roll(points, -1, axis=0) if closed else points[1:]
        starts = points if closed else points[:-1]
        edge = ends - starts
        length = np.hypot(edge[:, 0], edge[:, 1])[:, None]
        middle = (starts + ends) / 2 + rng.normal(0, 1, edge.shape) * length * amount * 0.5
        joined = np.empty((len(starts) * 2, 2))
        joined[0::2], joined[1::2] = starts, middle
        points = joined if closed else np.vstack([joined, points[-1:]])
    return points
