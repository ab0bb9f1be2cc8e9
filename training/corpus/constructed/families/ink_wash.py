"""Ink wash: a few loaded gestures, dry where the brush runs out, and grey water behind them.

Source: the rules of sumi-e as modelled by S. Strassmann, "Hairy brushes" (SIGGRAPH 1986);
compositions after F. Kline's black beams and the zen enso.
"""

import math

import numpy as np

from training.corpus.constructed.brush import Brush
from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.fields import edge
from training.corpus.constructed.palette import Palette, adjust, mix, to_rgb
from training.corpus.constructed.shapes import bar, blob, hand, path

SURFACES = {"paper": 5, "canvas": 2, "aged": 1}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    paper = (
        palette.light if palette.label["key"] != "dark" or rng.random() < 0.5 else palette.ground
    )
    ink = palette.contrasting(paper)
    if rng.random() < 0.3:
        ink = mix(ink, palette.ranked(paper)[0], 0.6)
    canvas.ground(paper, touch=0.2)
    extent = np.array(canvas.extent)
    focus = extent * rng.uniform(0.36, 0.64, 2)
    form = str(rng.choice(["beams", "enso", "reeds", "mountain"], p=[0.4, 0.2, 0.2, 0.2]))
    dryness = float(rng.uniform(0.15, 0.7))
    brush = Brush(rng, dryness)
    # Thin strokes hold their paint to the end.
    wet = Brush(rng, 0.1, 3)

    # Washes: pools of grey water with a soft and a hard side.
    washes = int(rng.integers(1, 5))
    x, y = canvas.coordinates()
    image = canvas.image()
    for _ in range(washes):
        cx, cy = focus + rng.normal(0, 0.25, 2)
        size, squash = float(rng.uniform(0.1, 0.34)), float(rng.uniform(0.35, 1.0))
        rough = canvas.noise(rng, 0.2, 5, 0.55)
        inside = size - np.hypot((x - cx) * np.float32(squash), y - cy) + 0.1 * rough
        body = edge(inside, float(rng.choice([0.01, 0.08])))
        rim = np.exp(-((inside / 0.012) ** 2)) * 0.25
        cover = body * np.clip(0.3 + 0.25 * rough + rim, 0.0, 0.8) * float(rng.uniform(0.4, 1.0))
        tone = mix(ink, palette.pick(int(rng.integers(6))), float(rng.choice([0.0, 0.2, 0.7])))
        shade = np.array(to_rgb(adjust(tone, 0.12)), dtype=np.float32)
        image = image + cover[..., None] * (shade - image)
    canvas.put(image.astype(np.float32))

    strokes = 0
    if form == "enso":
        turns = np.linspace(0, float(rng.uniform(5.2, 6.1)), 60) + float(rng.uniform(0, 6))
        radius = float(rng.uniform(0.24, 0.36))
        ring = np.stack([np.cos(turns), np.sin(turns) * rng.uniform(0.85, 1.0)], axis=1)
        width = radius * float(rng.uniform(0.2, 0.42)) * np.linspace(1.1, 0.7, 60)
        brush.stroke(canvas, focus + ring * radius, width, ink, 1.0, int(rng.integers(6)))
        strokes = 1
    elif form == "beams":
        axis = float(rng.uniform(0, math.pi))
        strokes = int(rng.integers(3, 8))
        for index in range(strokes):
            angle = axis + float(rng.choice([0.0, math.pi / 2, 0.5])) + float(rng.normal(0, 0.15))
            _beam(canvas, rng, brush, focus + rng.normal(0, 0.17, 2), angle, ink, index == 0)
    elif form == "reeds":
        strokes = int(rng.integers(7, 22))
        lean = float(rng.normal(0, 0.3))
        for _ in range(strokes):
            foot = np.array(
                [focus[0] + rng.normal(0, 0.22), canvas.height * rng.uniform(0.8, 1.05)]
            )
            t = np.linspace(0, 1, 60)
            tall = float(rng.uniform(0.3, 0.95)) * canvas.height
            bend = lean + float(rng.normal(0, 0.25))
            spine = foot + np.stack([bend * t**2, -tall * t], axis=1)
            width = float(rng.uniform(0.006, 0.035)) * (1.0 - 0.75 * t)
            tone = mix(ink, paper, float(rng.choice([0.0, 0.25, 0.5])))
            wet.stroke(canvas, spine, width, tone, 0.95, int(rng.integers(6)))
    else:
        strokes = int(rng.integers(3, 6))
        for layer in range(strokes):
            base = canvas.height * (0.35 + 0.5 * (layer + 0.5) / strokes)
            t = np.linspace(-0.05, 1.05, 80)
            peak = float(rng.uniform(0, 1))
            rise = float(rng.uniform(0.1, 0.35)) * np.exp(-(((t - peak) / 0.22) ** 2))
            ridge = base - rise + 0.02 * np.sin(t * 23 + layer)
            tone = mix(paper, ink, 0.25 + 0.7 * (layer + 1) / strokes)
            spine = np.stack([t * canvas.width, ridge + 0.05], axis=1)
            brush.stroke(canvas, spine, float(rng.uniform(0.08, 0.2)), tone, 0.9, layer)
    if rng.random() < 0.7:
        for _ in range(int(rng.integers(4, 30))):
            place = focus + rng.normal(0, 0.25, 2)
            radius = min(0.0016 / float(rng.random() + 0.03), 0.016)
            canvas.fill(path(blob(rng, place, radius, 0.2, 5, 18)), ink, alpha=0.9)
    if rng.random() < 0.55:
        # The seal: one small strong colour, far from the mass.
        corner = np.clip(extent - focus + rng.normal(0, 0.06, 2), 0.08, extent - 0.08)
        seal = bar((corner[0], corner[1]), 0.055, 0.05, float(rng.normal(0, 0.08)))
        accent = max(palette.colours, key=lambda colour: float(np.hypot(colour[1], colour[2])))
        canvas.fill(path(hand(rng, seal, 0.003)), accent, touch=0.6, texture="grain")
    return {"form": form, "dryness": round(dryness, 3), "strokes": strokes, "washes": washes}


def _beam(
    canvas: Canvas,
    rng: np.random.Generator,
    brush: Brush,
    middle: np.ndarray,
    angle: float,
    ink: np.ndarray,
    dominant: bool,
) -> None:
    """Pull one broad beam across the sheet."""
    reach = float(rng.uniform(0.9, 1.5)) if dominant else float(rng.uniform(0.4, 1.0))
    t = np.linspace(-0.5, 0.5, 32)
    turns = angle + float(rng.normal(0, 0.35)) * t
    spine = np.cumsum(np.stack([np.cos(turns), np.sin(turns)], axis=1) * reach / 32, axis=0)
    spine += middle - spine[16]
    width = float(rng.uniform(0.14, 0.24)) if dominant else float(rng.uniform(0.03, 0.13))
    swell = width * (1.0 + 0.2 * np.sin(t * 5 + reach))
    brush.stroke(canvas, spine, swell, ink, 1.0, int(rng.integers(6)))
    if dominant:
        brush.stroke(canvas, spine + 0.012, swell * 0.9, ink, 1.0, int(rng.integers(6)))
