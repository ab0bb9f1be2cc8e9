"""Harmonograph: the dying swing of pendulums, wound like wire over quiet planes.

Source: J. Goold et al., Harmonic Vibrations and Vibration Figures (1909): x and y are sums of
damped sines. Planes behind follow N. Gabo's and A. Rodchenko's linear constructions.
"""

import math

import numpy as np
import skia

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.palette import Palette, adjust, mix
from training.corpus.constructed.shapes import bar, blob, hand, path

SURFACES = {"paper": 3, "canvas": 2, "smooth": 1, "aged": 1}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    canvas.ground(palette.ground, touch=0.45, angle=float(rng.uniform(0, 3)))
    colours = palette.ranked(palette.ground)
    extent = np.array(canvas.extent)
    focus = extent * rng.uniform(0.4, 0.6, 2)
    planes = int(rng.integers(1, 4))
    for index in range(planes):
        place = focus + rng.normal(0, 0.2, 2)
        tone = mix(palette.ground, colours[(index + 1) % len(colours)], float(rng.uniform(0.5, 1)))
        if rng.random() < 0.5:
            outline = path(blob(rng, place, float(rng.uniform(0.15, 0.35)), 0.03, 6))
        else:
            size = rng.uniform(0.25, 0.7, 2)
            box = bar(place, float(size[0]), float(size[1]), float(rng.normal(0, 0.5)))
            outline = path(hand(rng, box, 0.003))
        canvas.fill(outline, tone, touch=0.6, angle=float(rng.uniform(0, 3)))
    figures = int(rng.integers(1, 4))
    ratios = []
    for figure in range(figures):
        first, second = (int(v) for v in rng.choice([1, 2, 3, 4, 5], 2, replace=False))
        ratios.append([first, second])
        turns = float(rng.uniform(14, 42))
        t = np.linspace(0, turns * math.tau / max(first, second) * 1.6, 2600)
        fade = np.exp(-t * float(rng.uniform(0.012, 0.045)))
        phase = rng.uniform(0, math.tau, 4)
        detune = float(rng.normal(0, 0.012))
        x = np.sin(first * t + phase[0]) + 0.5 * np.sin((second + detune) * t + phase[1])
        y = np.sin((second + detune) * t + phase[2]) + 0.5 * np.sin(first * t + phase[3])
        reach = float(rng.uniform(0.2, 0.34)) / (1.0 + 0.6 * figure)
        middle = focus + rng.normal(0, 0.16 * figure, 2)
        points = middle + np.stack([x * fade, y * fade], axis=1) * reach
        ink = palette.contrasting(palette.ground) if figure == 0 else colours[figure]
        other = colours[0] if figure == 0 else palette.contrasting(palette.ground)
        width = float(rng.choice([0.0016, 0.0028, 0.005, 0.009]))
        if rng.random() < 0.35:
            veil = path(points[:: max(1, len(points) // 500)])
            veil.setFillType(skia.PathFillType.kEvenOdd)
            canvas.fill(veil, adjust(other, 0.05), alpha=0.3)
        # The wire changes colour along its way.
        pieces = 26
        for piece in range(pieces):
            part = points[piece * 100 : piece * 100 + 101]
            tone = mix(ink, other, 0.5 - 0.5 * math.cos(piece / pieces * math.tau))
            canvas.line(path(part, closed=False), tone, width, 0.9)
    return {"figures": figures, "ratios": ratios, "planes": planes}
