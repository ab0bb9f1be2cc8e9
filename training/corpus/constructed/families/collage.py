"""Paper collage: cut and torn papers laid over each other with soft shadows.

Source: H. Matisse, Jazz (1947), for the cut forms; J. Arp, "Collage Arranged According to the Laws
of Chance" (1916-17), for the torn ones. Shadows are offset blurred copies of each outline.
"""

import math

import numpy as np

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.noise import curve
from training.corpus.constructed.palette import Lab, Palette, adjust
from training.corpus.constructed.shapes import bar, blob, hand, path, smooth_path, turned

SURFACES = {"paper": 5, "smooth": 1, "aged": 2}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    canvas.ground(palette.ground, touch=0.3)
    colours = palette.ranked(palette.ground)
    mode = str(rng.choice(["cut", "torn", "mixed"], p=[0.4, 0.3, 0.3]))
    depth = float(rng.uniform(0.004, 0.012))
    extent = np.array([canvas.width, canvas.height])
    focus = extent * rng.uniform(0.35, 0.65, 2)
    grain = str(rng.choice(["grain", "cloud", "brush"]))
    light = float(rng.uniform(0.3, 1.2))

    def lay(points: np.ndarray, colour: Lab, rounded: bool = False, torn: bool = False) -> None:
        outline = smooth_path(points) if rounded else path(points)
        offset = (depth * math.cos(light), depth * math.sin(light))
        canvas.shadow(outline, offset, depth * 0.9, 0.45)
        if torn:
            # The torn edge shows the white core of the paper beyond the coloured face.
            canvas.fill(outline, palette.light, touch=0.3, texture="grain")
            shift = rng.normal(0, 0.004, 2)
            middle = points.mean(axis=0)
            fray = 1.0 - 0.035 * np.abs(curve(rng, len(points), len(points) // 4, True))
            outline = path((points - middle) * fray[:, None] + middle + shift)
        tint = adjust(colour, float(rng.normal(0, 0.015)))
        canvas.fill(outline, tint, touch=0.4, angle=float(rng.uniform(0, 3)), texture=grain)

    # Two or three large sheets divide the field.
    sheets = int(rng.integers(2, 5))
    for index in range(sheets):
        angle = float(rng.normal(0, 0.25)) + float(rng.choice([0, math.pi / 2]))
        place = extent * rng.uniform(0.15, 0.85, 2)
        sheet = bar(place, rng.uniform(0.6, 1.2), rng.uniform(0.3, 0.65), angle)
        torn = mode == "torn" or (mode == "mixed" and rng.random() < 0.5)
        rough = hand(rng, sheet, 0.012 if torn else 0.002)
        lay(rough, colours[(index * 2 + 1) % len(colours)], torn=torn)

    # The dominant figure.
    size = float(rng.uniform(0.2, 0.34))
    figure = str(rng.choice(["leaf", "blob", "arch", "shard"]))
    first = colours[0] if rng.random() < 0.7 else palette.contrasting(palette.ground)
    _figure(lay, rng, figure, focus, size, first, mode == "torn")

    # Smaller cuttings, in a loose arc about the figure and repeating its kind.
    count = int(rng.integers(4, 13))
    start = float(rng.uniform(0, math.tau))
    for index in range(count):
        turn = start + index * float(rng.uniform(0.35, 0.6))
        reach = float(rng.uniform(0.28, 0.55))
        place = focus + reach * np.array([math.cos(turn), math.sin(turn)])
        place = np.clip(place, 0.03, extent - 0.03)
        kind = figure if rng.random() < 0.6 else str(rng.choice(["leaf", "blob", "strip", "arch"]))
        scale = size * float(rng.uniform(0.18, 0.6))
        _figure(lay, rng, kind, place, scale, colours[index % len(colours)], mode == "torn")
    return {"mode": mode, "figure": figure, "cuttings": count, "depth": round(depth, 4)}


def _figure(
    lay: "object",
    rng: np.random.Generator,
    kind: str,
    place: np.ndarray,
    size: float,
    colour: Lab,
    torn: bool,
) -> None:
    """Lay one cutting of the given kind."""
    assert callable(lay)
    angle = float(rng.uniform(0, math.tau))
    if kind == "leaf":
        # A frond: lobes along a bent stem, as in the late cut-outs.
        lobes = int(rng.integers(4, 8))
        t = np.linspace(0, 1, lobes * 8)
        swell = np.sin(np.pi * t) ** 0.6
        half = (0.16 + 0.84 * np.abs(np.sin(np.pi * lobes * t)) ** 0.8) * swell * 0.55
        bend = 0.35 * float(rng.normal()) * (t - 0.5) ** 2
        upper = np.stack([2.1 * (t - 0.5), bend + half], axis=1)
        lower = np.stack([2.1 * (t - 0.5), bend - np.roll(half, 2)], axis=1)[::-1]
        lay(turned(np.vstack([upper, lower]) * size, angle) + place, colour, rounded=True)
    elif kind == "blob":
        lay(
            blob(rng, place, size, 0.3, int(rng.integers(3, 7)), squash=0.8, angle=angle),
            colour,
            torn=torn,
        )
    elif kind == "arch":
        t = np.linspace(0, np.pi * float(rng.uniform(0.8, 1.4)), 24)
        outer = np.stack([np.cos(t), np.sin(t)], axis=1)
        ring = np.vstack([outer, outer[::-1] * float(rng.uniform(0.35, 0.65))])
        lay(turned(ring * size, angle) + place, colour)
    elif kind == "strip":
        strip = bar(place, size * 3.0, size * 0.3, angle)
        lay(hand(rng, strip, 0.003), colour, torn=torn)
    else:
        corners = int(rng.integers(3, 6))
        turns = np.sort(rng.uniform(0, math.tau, corners))
        reach = size * rng.uniform(0.6, 1.4, corners)
        points = np.stack([reach * np.cos(turns), reach * np.sin(turns)], axis=1) + place
        lay(hand(rng, points, 0.006 if torn else 0.002), colour, torn=torn)
