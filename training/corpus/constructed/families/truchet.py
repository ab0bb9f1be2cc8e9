"""Truchet: arcs that join from tile to tile into wandering bands, at several scales.

Source: S. Truchet, "Memoire sur les combinaisons" (1704); C. Smith, "The tiling patterns of
Sebastien Truchet and the topology of structural hierarchy", Leonardo 20 (1987); scales after C.
Carlson, "Multi-scale Truchet patterns", Bridges (2018).
"""

import math

import numpy as np

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.palette import Palette, adjust
from training.corpus.constructed.shapes import bar, circle, path, sector

SURFACES = {"canvas": 3, "paper": 2, "smooth": 1, "aged": 1}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    canvas.ground(palette.ground, touch=0.35)
    colours = palette.ranked(palette.ground)
    extent = np.array(canvas.extent)
    tile = float(rng.uniform(0.2, 0.42))
    turn = float(rng.choice([0.0, math.pi / 4, rng.normal(0, 0.2)]))
    focus = extent * rng.uniform(0.25, 0.75, 2)
    empty = float(rng.uniform(0.0, 0.4))
    bands = int(rng.integers(1, 4))
    touch = float(rng.uniform(0.2, 0.5))
    canvas.skia.save()
    canvas.skia.rotate(math.degrees(turn), *(float(v) for v in extent / 2))
    reach = int(1.3 / tile) + 1
    slope = rng.normal(0, 1, 2)
    count = 0

    def place(middle: np.ndarray, side: float, depth: int) -> None:
        nonlocal count
        distance = float(np.hypot(*(middle - focus)))
        if depth < 2 and rng.random() < 0.75 * math.exp(-distance / 0.32):
            for dx in (-0.25, 0.25):
                for dy in (-0.25, 0.25):
                    place(middle + np.array([dx, dy]) * side, side / 2, depth + 1)
            return
        if depth == 0 and rng.random() < empty:
            return
        zone = int(2.0 * abs(float((middle - focus) @ slope)) + 0.4 * float(rng.random()))
        tone = adjust(colours[zone % len(colours)], float(rng.normal(0, 0.02)))
        back = adjust(palette.ground, float(rng.normal(-0.02, 0.02)))
        if rng.random() < 0.25:
            back = colours[(zone + 2) % len(colours)]
        square = bar(middle, side * 1.004, side * 1.004, 0.0)
        canvas.fill(path(square), back, touch=touch)
        flip = 1.0 if rng.random() < 0.5 else -1.0
        half = side / 2
        for way in (1.0, -1.0):
            corner = middle + np.array([half * way * flip, half * way])
            start = math.atan2(-way, -way * flip) - math.pi / 4
            for band in range(bands, 0, -1):
                outer = half * (1.0 + (band - 0.5) / (bands + 0.5) * 0.66)
                inner = half * (1.0 - (band - 0.5) / (bands + 0.5) * 0.66)
                shade = tone if band % 2 == bands % 2 else palette.contrasting(tone)
                ring = sector(corner, inner, outer, start, math.pi / 2)
                canvas.fill(ring, shade, touch=touch)
        count += 1

    for row in range(-reach, reach + 1):
        for column in range(-reach, reach + 1):
            place(extent / 2 + np.array([column, row]) * tile, tile, 0)
    canvas.skia.restore()
    if rng.random() < 0.5:
        # One still disc against the restless paths.
        still = np.clip(extent - focus, 0.15, extent - 0.15)
        size = float(rng.uniform(0.1, 0.22))
        canvas.fill(circle(still, size), palette.contrasting(palette.ground), touch=0.4)
        canvas.fill(circle(still, size * 0.82), colours[0], touch=0.4)
    return {"tile": round(tile, 3), "tiles": count, "bands": bands, "turn": round(turn, 3)}
