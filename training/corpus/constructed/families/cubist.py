"""Cubist facets: shaded planes that open into each other about a standing core.

Source: the "passage" of analytical Cubism (G. Braque and P. Picasso, 1909-12, described in J.
Golding, Cubism: A History and an Analysis, 1959): each facet is dark along one edge and fades into
its neighbour along the other.
"""

import math

import numpy as np
import skia

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.palette import Palette, adjust, mix
from training.corpus.constructed.shapes import bar, hand, path

SURFACES = {"impasto": 3, "canvas": 3, "brushed": 2, "aged": 2}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    canvas.ground(palette.ground, touch=0.6, angle=float(rng.uniform(0, 3)))
    extent = np.array(canvas.extent)
    ladder = palette.by_lightness()
    mute = float(rng.uniform(0.0, 0.7))
    core = extent * (rng.uniform(0.36, 0.64), rng.uniform(0.42, 0.58))
    lean = float(rng.normal(0, 0.15))
    axis = math.pi / 2 + lean if rng.random() < 0.7 else float(rng.choice([0.7, 2.4]))
    along = np.array([math.cos(axis), math.sin(axis)])
    across = np.array([-along[1], along[0]])
    directions = [axis, axis + math.pi / 2, axis + float(rng.uniform(0.5, 1.0)), axis - 0.6]
    facets = int(rng.integers(45, 110))
    reach = float(rng.uniform(0.22, 0.36))
    for plane in range(int(rng.integers(10, 18))):
        # The whole field is built of broad planes before the core is.
        place = rng.uniform(-0.1, 1.1, 2) * extent
        angle = directions[plane % 2] + float(rng.normal(0, 0.12))
        tone = adjust(ladder[int(rng.integers(len(ladder)))], 0.0, 1.0 - mute)
        tone = mix(tone, palette.ground, float(rng.uniform(0.2, 0.6)))
        broad = bar(place, float(rng.uniform(0.5, 1.0)), float(rng.uniform(0.2, 0.6)), angle)
        outline = path(hand(rng, broad, 0.004))
        if rng.random() < 0.5:
            _passage(canvas, outline, tone, angle + math.pi / 2)
        else:
            canvas.fill(outline, tone, touch=0.7, angle=angle)
    for index in range(facets):
        # Large quiet planes at the rim come first, small busy ones at the core last.
        near = index / facets
        spread = reach * (2.3 - 1.7 * near**0.5)
        place = core + along * rng.normal(0, spread * 1.25) + across * rng.normal(0, spread * 0.7)
        size = float(rng.uniform(0.55, 1.1)) * (0.62 - 0.5 * near**0.45)
        angle = directions[int(rng.integers(4))] + float(rng.normal(0, 0.08))
        c, s = math.cos(angle), math.sin(angle)
        skew = float(rng.normal(0, 0.18))
        breadth = float(rng.uniform(0.3, 1.0))
        corners = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5 + skew, 0.5], [-0.5 + skew * 0.5, 0.5]])
        if rng.random() < 0.18:
            corners = corners[:3]
        quad = place + (corners * size * (1.0, breadth)) @ np.array([[c, s], [-s, c]])
        level = 0.5 + float(rng.normal(0, 0.25)) - 0.15 * float((place - core) @ across)
        tone = ladder[int(np.clip(level, 0, 0.999) * len(ladder))]
        tone = adjust(tone, 0.0, 1.0 - mute)
        outline = path(hand(rng, quad, 0.003))
        facing = angle + math.pi / 2
        if rng.random() < 0.65:
            _passage(canvas, outline, tone, facing)
        else:
            canvas.fill(outline, tone, alpha=0.92, to=adjust(tone, 0.09), angle=facing, touch=0.6)
        if rng.random() < 0.45:
            canvas.line(path(quad[:2], closed=False), mix(palette.dark, tone, 0.2), 0.005, 0.8)
        if rng.random() < 0.1:
            _lit_edge(canvas, rng, quad, palette.light)
    arcs = int(rng.integers(0, 5))
    for _ in range(arcs):
        x, y = core + rng.normal(0, 0.14, 2)
        radius = float(rng.uniform(0.04, 0.15))
        arc = skia.Path()
        arc.addArc(
            skia.Rect.MakeLTRB(x - radius, y - radius, x + radius, y + radius),
            float(rng.uniform(0, 360)),
            float(rng.uniform(60, 200)),
        )
        canvas.line(arc, palette.dark, float(rng.uniform(0.004, 0.012)), 0.85)
    return {
        "facets": facets,
        "mute": round(mute, 3),
        "reach": round(reach, 3),
        "axis": round(axis, 3),
        "arcs": arcs,
    }


def _passage(canvas: Canvas, outline: skia.Path, tone: np.ndarray, angle: float) -> None:
    """Fill a facet that fades to nothing on one side."""
    box = outline.getBounds()
    dx, dy = math.cos(angle), math.sin(angle)
    half = (abs(dx) * box.width() + abs(dy) * box.height()) / 2.0
    ends = [
        skia.Point(box.centerX() - dx * half, box.centerY() - dy * half),
        skia.Point(box.centerX() + dx * half, box.centerY() + dy * half),
    ]
    stops = [canvas.colour(adjust(tone, -0.05), 0.98).toColor(), canvas.colour(tone, 0.0).toColor()]
    paint = skia.Paint(AntiAlias=True, Shader=skia.GradientShader.MakeLinear(ends, stops))
    canvas.skia.drawPath(outline, paint)


def _lit_edge(
    canvas: Canvas, rng: np.random.Generator, quad: np.ndarray, light: np.ndarray
) -> None:
    """Dab short touches of light along one edge."""
    start, end = quad[0], quad[1]
    for t in np.linspace(0.05, 0.95, int(rng.integers(4, 10))):
        spot = start + (end - start) * t
        dab = path(np.array([spot, spot + (end - start) * 0.06]), closed=False)
        canvas.line(dab, light, 0.012, 0.85, round_ends=True)
