"""Diagram of the invisible: discs, spirals and petals balanced on an upright axis.

Source: H. af Klint's Paintings for the Temple (1906-15): near symmetry, dualities of colour,
logarithmic and Archimedean spirals (J. Bernoulli, 1692), letters of form instead of likeness.
"""

import math

import numpy as np

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.palette import Palette, adjust, mix
from training.corpus.constructed.shapes import circle, path, sector, smooth_path

SURFACES = {"paper": 3, "canvas": 3, "aged": 2, "brushed": 1}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    canvas.ground(palette.ground, touch=0.6, angle=math.pi / 2)
    colours = palette.ranked(palette.ground)
    ink = palette.contrasting(palette.ground)
    middle = canvas.width / 2 + float(rng.normal(0, 0.02))
    touch = 0.55
    duality = rng.random() < 0.45
    if duality and not canvas.layered:
        half = np.array([[middle, -1], [9, -1], [9, 9], [middle, 9]], dtype=np.float64)
        other = mix(palette.ground, colours[0], 0.55)
        canvas.fill(path(half), other, touch=0.6, angle=math.pi / 2)
    cy = canvas.height * float(rng.uniform(0.38, 0.62))
    radius = float(rng.uniform(0.2, 0.4))

    petals = int(rng.choice([0, 4, 6, 8, 12]))
    for index in range(petals):
        turn = math.pi / 2 + index * math.tau / petals
        t = np.linspace(0, math.pi, 12)
        long, wide = radius * 1.25, radius * float(math.tau / petals) * 0.42
        leaf = np.stack([long * (1 - np.cos(t)) / 2, wide * np.sin(t)], axis=1)
        leaf = np.vstack([leaf, leaf[::-1] * (1, -1)])
        c, s = math.cos(turn), math.sin(turn)
        outline = smooth_path(leaf @ np.array([[c, s], [-s, c]]) + (middle, cy))
        canvas.fill(outline, colours[index % 2 + 1], alpha=0.9, touch=touch, angle=turn)

    rings = int(rng.integers(2, 6))
    for ring in range(rings):
        size = radius * (1.0 - ring / rings) * float(rng.uniform(0.9, 1.0))
        left, right = colours[ring % len(colours)], colours[(ring + 2) % len(colours)]
        if rng.random() < 0.25:
            left = right = palette.light
        turn = -math.pi / 2
        canvas.fill(sector((middle, cy), 0, size, turn, math.pi), left, touch=touch)
        canvas.fill(sector((middle, cy), 0, size, turn + math.pi, math.pi), right, touch=touch)
        if rng.random() < 0.5:
            canvas.line(circle((middle, cy), size), ink, 0.004)

    spirals = str(rng.choice(["pair", "single", "none"], p=[0.45, 0.3, 0.25]))
    if spirals != "none":
        t = np.linspace(0.0, 1.0, 140)
        turns = float(rng.uniform(1.5, 4.0))
        reach = float(rng.uniform(0.1, 0.24))
        away = float(rng.uniform(0.24, 0.36)) * canvas.width if spirals == "pair" else 0.0
        height = canvas.height * float(rng.choice([0.2, 0.8]))
        for side in (1.0, -1.0) if spirals == "pair" else (1.0,):
            angle = turns * math.tau * t
            curl = np.stack([side * np.cos(angle), np.sin(angle)], axis=1) * (reach * t)[:, None]
            curl += (middle + side * away, height)
            tone = ink if side > 0 else colours[0]
            canvas.line(smooth_path(curl, closed=False), tone, 0.008, round_ends=True)

    # The axis, and small bodies in pairs along it.
    canvas.line(path(np.array([[middle, 0.03], [middle, canvas.height - 0.03]]), False), ink, 0.005)
    pairs = int(rng.integers(1, 6))
    for index in range(pairs):
        y = canvas.height * float(rng.uniform(0.08, 0.92))
        away = float(rng.uniform(0.06, 0.44)) * canvas.width
        size = float(rng.uniform(0.012, 0.07))
        for side in (1.0, -1.0):
            tone = adjust(colours[(index + (side < 0)) % len(colours)], 0.02)
            place = (middle + side * away, y + float(rng.normal(0, 0.004)))
            canvas.fill(circle(place, size), tone, touch=touch)
            if index % 2:
                canvas.line(circle(place, size * 1.4), ink, 0.003)
            if rng.random() < 0.3:
                link = np.array([[middle, cy], [(middle + place[0]) / 2, y], place])
                canvas.line(smooth_path(link, closed=False), ink, 0.003)
    return {
        "rings": rings,
        "petals": petals,
        "spirals": spirals,
        "pairs": pairs,
        "duality": duality,
    }
