"""Bauhaus: point, line and plane in balance.

Source: W. Kandinsky, Point and Line to Plane (Bauhausbuecher 9, 1926): heavy circle with halo,
angles and triangles as thrusts, a free curve as their answer, small accents as counterweight.
"""

import math

import numpy as np
import skia

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.palette import Palette, adjust, mix
from training.corpus.constructed.shapes import bar, circle, path, sector, smooth_path

SURFACES = {"canvas": 3, "brushed": 1, "paper": 2, "aged": 2, "smooth": 1}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    ground = palette.ground
    everything = skia.Path.Rect(skia.Rect.MakeWH(canvas.width, canvas.height))
    if not canvas.layered:
        shade = adjust(ground, float(rng.uniform(-0.12, 0.06)), 1.2, float(rng.normal(0, 20)))
        canvas.fill(
            everything,
            ground,
            to=shade,
            angle=float(rng.uniform(0, 6.3)),
            touch=0.5,
            texture="cloud",
        )
    ink = palette.contrasting(ground)
    colours = palette.ranked(ground)
    extent = np.array([canvas.width, canvas.height])
    focus = extent * rng.uniform(0.28, 0.72, 2)
    away = extent - focus
    pull = math.atan2(*(away - focus)[::-1]) if np.hypot(*(away - focus)) > 0.05 else 0.7
    pull += float(rng.normal(0, 0.25))
    touch = 0.35

    # A pale beam or wedge behind everything.
    for _ in range(int(rng.integers(1, 3))):
        angle = pull + float(rng.normal(0, 0.5))
        tip = focus + np.array([math.cos(angle), math.sin(angle)]) * 1.1
        side = np.array([-math.sin(angle), math.cos(angle)]) * rng.uniform(0.15, 0.45)
        canvas.fill(
            path(np.array([focus, tip + side, tip - side])),
            mix(ground, palette.light, 0.7),
            alpha=float(rng.uniform(0.3, 0.7)),
            touch=touch,
            angle=angle,
        )

    # The heavy circle.
    radius = float(rng.uniform(0.15, 0.32))
    halo = colours[int(rng.integers(1, 3))]
    canvas.fill(circle(focus, radius * 1.35), halo, alpha=0.55, blur=radius * 0.16)
    canvas.fill(circle(focus, radius), colours[0], touch=touch, angle=1.0)
    if rng.random() < 0.75:
        inner = radius * float(rng.uniform(0.35, 0.7))
        shift = radius * 0.2 * rng.normal(0, 1, 2)
        canvas.fill(circle(focus + shift, inner), ink, touch=touch)
        core = colours[2 % len(colours)]
        canvas.fill(circle(focus + shift * 1.4, inner * 0.5), core, touch=touch)

    # Triangles thrust away from it; where they overlap the colours multiply like glass.
    for index in range(int(rng.integers(1, 4))):
        angle = pull + float(rng.normal(0, 0.45))
        base = focus + np.array([math.cos(angle), math.sin(angle)]) * rng.uniform(-0.2, 0.25)
        length, breadth = rng.uniform(0.45, 0.95), rng.uniform(0.1, 0.34)
        canvas.fill(
            path(bar(base, length, breadth, angle, 0.02)),
            colours[(index + 1) % len(colours)],
            alpha=float(rng.uniform(0.6, 0.92)),
            touch=touch,
            angle=angle,
        )

    # Lines: a bundle that fans, and one long diagonal.
    fan = int(rng.integers(3, 8))
    start = focus + rng.normal(0, 0.12, 2)
    spread = float(rng.uniform(0.03, 0.1))
    for step in range(fan):
        angle = pull + (step - fan / 2) * spread
        end = start + np.array([math.cos(angle), math.sin(angle)]) * rng.uniform(0.5, 1.1)
        line = skia.Path.Line(skia.Point(*map(float, start)), skia.Point(*map(float, end)))
        canvas.line(line, ink, float(rng.uniform(0.0025, 0.008)))
    cross = pull + math.pi / 2 + float(rng.normal(0, 0.3))
    middle = extent * 0.5 + rng.normal(0, 0.08, 2)
    canvas.fill(path(bar(middle, rng.uniform(0.7, 1.4), 0.018, cross, 0.3)), ink)

    _answer(canvas, rng, palette, away, ink)
    for _ in range(int(rng.integers(3, 9))):
        spot = np.clip(away + rng.normal(0, 0.2, 2), 0.05, extent - 0.05)
        size = float(rng.uniform(0.012, 0.055))
        tone = colours[int(rng.integers(0, len(colours)))]
        canvas.fill(circle(spot, size), tone, touch=touch)
        if rng.random() < 0.4:
            canvas.line(circle(spot, size * 1.5), ink, 0.004)
    return {
        "radius": round(radius, 3),
        "pull": round(pull % math.tau, 3),
        "focus": [round(float(v), 3) for v in focus / extent],
        "fan": fan,
    }


def _answer(
    canvas: Canvas, rng: np.random.Generator, palette: Palette, place: np.ndarray, ink: np.ndarray
) -> None:
    """Draw what answers the circle: half discs, a chequer, a free curve."""
    kind = int(rng.integers(0, 3))
    if kind == 0:
        x, y = place
        size = float(rng.uniform(0.09, 0.18))
        start = float(rng.uniform(0, 6.3))
        for step in range(3):
            canvas.fill(
                sector(
                    (x, y), size * (0.3 + 0.25 * step), size * (0.52 + 0.25 * step), start, 3.14
                ),
                palette.pick(step + 1),
                touch=0.3,
            )
    elif kind == 1:
        side = float(rng.uniform(0.03, 0.06))
        turn = float(rng.normal(0, 0.4))
        count = int(rng.integers(3, 6))
        for row in range(count):
            for column in range(int(rng.integers(3, 6))):
                offset = np.array([column - 2, row - 2]) * side
                c, s = math.cos(turn), math.sin(turn)
                x, y = place + offset @ np.array([[c, s], [-s, c]])
                tone = ink if (row + column) % 2 else palette.pick(row + 2 * column)
                canvas.fill(path(bar((x, y), side, side, turn)), tone, alpha=0.95)
    else:
        size = float(rng.uniform(0.2, 0.4))
        steps = np.linspace(0, 1, 9)
        wave = np.stack([steps - 0.5, 0.25 * np.sin(steps * rng.uniform(6, 14))], axis=1) * size
        canvas.line(smooth_path(wave * 2.0 + place, closed=False), ink, 0.016, round_ends=True)
    for _ in range(int(rng.integers(1, 4))):
        x, y = rng.uniform(0.1, 0.9, 2) * (canvas.width, canvas.height)
        arc = skia.Path()
        reach = float(rng.uniform(0.12, 0.45))
        arc.addArc(
            skia.Rect.MakeLTRB(x - reach, y - reach, x + reach, y + reach),
            float(rng.uniform(0, 360)),
            float(rng.uniform(50, 170)),
        )
        canvas.line(arc, ink, float(rng.choice([0.004, 0.008, 0.02])))
