"""Orphist discs: broken rings of colour turning against each other.

Source: R. Delaunay, "Light" (1912) and "Circular Forms" (1913); simultaneous contrast after
M.-E. Chevreul, The Laws of Contrast of Colour (1839): neighbouring segments take opposed colours.
"""

import math

import numpy as np
import skia

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.palette import Palette, adjust
from training.corpus.constructed.shapes import path, sector

SURFACES = {"canvas": 3, "brushed": 3, "impasto": 2, "aged": 1}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    canvas.ground(palette.ground, touch=0.5, angle=0.8)
    touch = float(rng.uniform(0.3, 0.8))
    discs = int(rng.integers(1, 6))
    radius = float(rng.uniform(0.42, 0.75)) if discs < 3 else float(rng.uniform(0.32, 0.5))
    extent = np.array([canvas.width, canvas.height])
    centre = extent * rng.uniform(0.3, 0.7, 2)

    # The ground is broken into beams that meet behind the great disc.
    beams = int(rng.integers(5, 10))
    turns = np.sort(rng.uniform(0, 2 * math.pi, beams))
    if not canvas.layered:
        for index, start in enumerate(turns):
            end = turns[(index + 1) % beams] + (2 * math.pi if index == beams - 1 else 0.0)
            tone = adjust(palette.pick(index), lightness=float(rng.uniform(-0.05, 0.12)))
            tone = tone * 0.55 + palette.ground * 0.45
            canvas.fill(
                sector(centre, 0.0, 2.5, start, end - start), tone, touch=touch, angle=start
            )

    placed = [(float(centre[0]), float(centre[1]), radius)]
    _disc(canvas, rng, palette, *placed[0], touch)
    for _ in range(discs - 1):
        for _attempt in range(30):
            size = float(rng.uniform(0.1, 0.34))
            x, y = (float(v) for v in extent * rng.uniform(0.0, 1.0, 2))
            if all(math.hypot(x - a, y - b) > 0.75 * (size + c) for a, b, c in placed):
                break
        else:
            continue
        placed.append((x, y, size))
        _disc(canvas, rng, palette, x, y, size, touch)

    # Sweeping arcs tie discs to the frame.
    for _ in range(int(rng.integers(0, 4))):
        x, y = extent * rng.uniform(-0.1, 1.1, 2)
        outer = float(rng.uniform(0.4, 0.9))
        band = sector((x, y), outer * rng.uniform(0.8, 0.93), outer, rng.uniform(0, 6), 1.5)
        canvas.fill(band, palette.pick(int(rng.integers(6))), alpha=0.85, touch=touch)
    return {"discs": len(placed), "radius": round(radius, 3), "touch": round(touch, 3)}


def _disc(
    canvas: Canvas,
    rng: np.random.Generator,
    palette: Palette,
    x: float,
    y: float,
    radius: float,
    touch: float,
) -> None:
    """Draw one disc: rings cut by a common axis, colours changing sides across it."""
    rings = int(rng.integers(4, 8)) if radius > 0.25 else int(rng.integers(2, 5))
    edges = np.sort(rng.uniform(0.12, 0.95, rings - 1))
    edges = np.concatenate([[0.0], 0.5 * edges + 0.5 * np.linspace(0.15, 0.9, rings - 1), [1.0]])
    axis = float(rng.uniform(0, math.pi))
    sides = int(rng.choice([2, 2, 4, 3]))
    for ring in range(rings):
        skew = float(rng.normal(0, 0.06))
        for side in range(sides):
            start = axis + skew + side * 2 * math.pi / sides
            # Stepping by two and one along the palette sets each segment against its neighbours.
            colour = palette.pick(2 * ring + side * 3 + ring * side)
            if rng.random() < 0.16:
                colour = palette.light if rng.random() < 0.6 else palette.dark
            colour = adjust(colour, lightness=float(rng.normal(0, 0.03)))
            canvas.fill(
                sector(
                    (x, y),
                    edges[ring] * radius,
                    edges[ring + 1] * radius + 0.002,
                    start,
                    2 * math.pi / sides + 0.01,
                ),
                colour,
                touch=touch,
                angle=start + math.pi / sides,
            )
    if rng.random() < 0.4:
        width = float(rng.uniform(0.02, 0.07))
        reach = radius * float(rng.uniform(1.0, 1.35))
        across = np.array([[-reach, -width], [reach, -width * 0.4], [reach, width], [-reach, 0.0]])
        c, s = math.cos(axis), math.sin(axis)
        wedge = path(across @ np.array([[c, s], [-s, c]]) + (x, y))
        clip = skia.Path.Circle(x, y, reach)
        canvas.clip(clip)
        canvas.fill(wedge, palette.contrasting(palette.ground), alpha=0.8, touch=touch, angle=axis)
        canvas.restore()
