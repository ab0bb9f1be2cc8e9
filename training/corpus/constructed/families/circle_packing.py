"""Circle packing: a crowd of discs about a few great ones, in cosmic space.

Source: J. Shier and P. Bourke, "An algorithm for random fractal filling of space", Computer
Graphics Forum 32 (2013): radii fall by a power law and each disc takes a free place. The look
follows W. Kandinsky, "Several Circles" (1926).
"""

import math

import numpy as np

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.palette import Palette, adjust, mix
from training.corpus.constructed.shapes import blob, circle, path, sector

SURFACES = {"canvas": 4, "brushed": 1, "smooth": 1, "aged": 2}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    canvas.ground(palette.ground, touch=0.6, angle=float(rng.uniform(0, 3)))
    colours = palette.ranked(palette.ground)
    ink = palette.contrasting(palette.ground)
    extent = np.array(canvas.extent)
    focus = extent * rng.uniform(0.3, 0.7, 2)
    largest = float(rng.uniform(0.16, 0.34))
    power = float(rng.uniform(0.5, 0.9))
    count = int(rng.integers(18, 170))
    spread = float(rng.uniform(0.22, 0.6))
    mode = str(rng.choice(["apart", "overlap", "inside"], p=[0.5, 0.25, 0.25]))
    hull = float(rng.uniform(0.38, 0.47))
    if mode == "inside" and not canvas.layered:
        tone = mix(palette.ground, palette.contrasting(palette.ground), 0.75)
        canvas.fill(path(blob(rng, extent / 2, hull, 0.04, 5)), tone, touch=0.5)
    placed: list[tuple[float, float, float]] = []
    for index in range(count):
        radius = largest * (0.55 if mode == "inside" else 1.0) / (index + 1.0) ** power
        radius = max(radius, 0.006)
        for _attempt in range(40):
            wander = spread * (0.25 + 0.75 * min(index / 12.0, 1.0))
            x, y = (float(v) for v in focus + rng.normal(0, wander, 2))
            if mode == "inside":
                turn, reach = rng.uniform(0, math.tau), hull * math.sqrt(rng.random())
                x, y = extent / 2 + reach * np.array([math.cos(turn), math.sin(turn)])
                if reach + radius > hull * 0.97:
                    continue
            gap = 0.006 if mode != "overlap" else -0.35 * radius
            if all(math.hypot(x - a, y - b) > radius + r + gap for a, b, r in placed):
                break
        else:
            continue
        placed.append((float(x), float(y), radius))
    for index, (x, y, radius) in enumerate(placed):
        tone = adjust(colours[int(rng.integers(len(colours)))], float(rng.normal(0, 0.03)))
        if index == 0:
            tone = colours[0]
            canvas.fill(circle((x, y), radius * 1.25), colours[1], alpha=0.5, blur=radius * 0.12)
        elif rng.random() < 0.12:
            tone = ink
        alpha = 0.82 if mode == "overlap" else 1.0
        outline = path(blob(rng, (x, y), radius, 0.012, 6))
        canvas.fill(outline, tone, alpha=alpha, touch=0.55, angle=float(rng.uniform(0, 3)))
        style = rng.random()
        if radius > 0.03 and style < 0.3:
            inner = radius * float(rng.uniform(0.3, 0.7))
            shift = rng.normal(0, 0.12, 2) * radius
            core = colours[int(rng.integers(len(colours)))]
            canvas.fill(circle((x + shift[0], y + shift[1]), inner), core, touch=0.5)
        elif radius > 0.03 and style < 0.42:
            start = float(rng.uniform(0, math.tau))
            half = sector((x, y), 0.0, radius, start, math.pi)
            canvas.fill(half, adjust(tone, -0.12), touch=0.5, angle=start)
        elif radius > 0.02 and style < 0.55:
            canvas.line(circle((x, y), radius * 1.12), ink, 0.004)
    return {
        "discs": len(placed),
        "largest": round(largest, 3),
        "power": round(power, 3),
        "mode": mode,
    }
