"""Frottage: chalk rubbed over paper that lies on wood, cloth, nets and stones.

Source: the method of M. Ernst's "Histoire naturelle" (1926); chalk on the height of a surface
after M. C. Sousa and J. W. Buchanan, "Observational models of graphite pencil materials" (2000).
"""

import math

import numpy as np

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.fields import edge
from training.corpus.constructed.noise import Field
from training.corpus.constructed.painterly import tooth
from training.corpus.constructed.palette import Palette, mix, to_rgb

SURFACES = {"paper": 3, "aged": 1}
KINDS = ("wood", "boards", "cloth", "net", "stones", "rings", "bark")


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    paper = mix(palette.light, palette.ground, float(rng.uniform(0.0, 0.5)))
    canvas.ground(paper, touch=0.15)
    x, y = canvas.coordinates()
    image = canvas.image()
    fields = int(rng.integers(2, 6))
    kinds = [str(kind) for kind in rng.choice(KINDS, fields)]
    grain = tooth(canvas, rng, 0.0035)
    chalks = [palette.contrasting(paper), *palette.ranked(paper)[:3]]
    for number, kind in enumerate(kinds):
        height = _height(canvas, rng, kind, x, y)
        region = _region(canvas, rng, number, x, y)
        # The hand rubs to and fro: pressure comes in parallel bands.
        turn = float(rng.uniform(0, math.pi))
        along = x * np.float32(math.cos(turn)) + y * np.float32(math.sin(turn))
        sway = canvas.noise(rng, 0.3, 2) * np.float32(0.03)
        bands = 0.5 + 0.5 * np.sin((along + sway) * np.float32(rng.uniform(60.0, 140.0)))
        press = float(rng.uniform(0.45, 0.75)) + 0.22 * canvas.noise(rng, 0.3, 3) + 0.12 * bands
        mark = edge(press + 0.3 * height + 1.1 * grain - 1.2, 0.3) * region
        chalk = np.array(to_rgb(chalks[number % len(chalks)]), dtype=np.float32)
        image = image + (mark * np.float32(0.8))[..., None] * (chalk - image)
    canvas.put(np.asarray(image, dtype=np.float32))
    return {"fields": fields, "kinds": kinds}


def _region(canvas: Canvas, rng: np.random.Generator, number: int, x: Field, y: Field) -> Field:
    """Where the chalk goes, 0..1: all over for the first, else a torn-edged half or disc."""
    if number == 0 and rng.random() < 0.6:
        return np.ones_like(x)
    ragged = canvas.noise(rng, 0.12, 4, 0.6) * np.float32(0.05)
    if rng.random() < 0.5:
        turn = float(rng.uniform(0, 2 * math.pi))
        cut = float(rng.normal(0, 0.22))
        side = (x - canvas.width / 2) * math.cos(turn) + (y - canvas.height / 2) * math.sin(turn)
        inside = side - cut + ragged
    else:
        cx, cy = rng.uniform(0.2, 0.8, 2) * canvas.extent
        inside = float(rng.uniform(0.14, 0.4)) - np.hypot(x - cx, y - cy) + ragged
    return edge(np.asarray(inside, dtype=np.float32), float(rng.choice([0.008, 0.05])))


def _height(canvas: Canvas, rng: np.random.Generator, kind: str, x: Field, y: Field) -> Field:
    """Height of what lies under the paper, about -1..1, float32 [rows, columns]."""
    turn = float(rng.uniform(0, math.pi))
    u = x * np.float32(math.cos(turn)) + y * np.float32(math.sin(turn))
    v = y * np.float32(math.cos(turn)) - x * np.float32(math.sin(turn))
    if kind in ("wood", "boards"):
        sway = canvas.noise(rng, 0.5, 3, 0.5) * np.float32(0.09)
        rings = np.sin((v + sway) * np.float32(rng.uniform(110.0, 210.0)))
        height = 0.7 * rings + 0.5 * np.sin((v + sway) * 37.0)
        if kind == "boards":
            width = np.float32(rng.uniform(0.12, 0.24))
            gap = np.abs((v / width) % 1.0 - 0.5)
            height = height - 2.5 * np.clip((gap - 0.47) * 40.0, 0.0, 1.0)
    elif kind == "cloth":
        count = np.float32(rng.uniform(150.0, 280.0))
        slub = canvas.noise(rng, 0.1, 2) * np.float32(0.01)
        height = np.sin((u + slub) * count) * np.sin((v + slub) * count) * 1.2
    elif kind == "net":
        size = np.float32(rng.uniform(0.025, 0.07))
        pull = canvas.noise(rng, 0.4, 2) * np.float32(0.02)
        a, b = ((u + v + pull) / size) % 1.0, ((u - v + pull) / size) % 1.0
        strand = np.minimum(np.abs(a - 0.5), np.abs(b - 0.5))
        height = 1.6 * np.exp(-((strand / 0.09) ** 2)) - 0.7
    elif kind == "stones":
        cells = canvas.noise(rng, float(rng.uniform(0.03, 0.08)), 2, 0.4)
        height = 1.2 - 3.2 * np.abs(cells)
    elif kind == "rings":
        cx, cy = rng.uniform(-0.2, 1.2, 2) * canvas.extent
        radius = np.hypot(x - cx, (y - cy) * np.float32(rng.uniform(0.6, 1.4)))
        sway = canvas.noise(rng, 0.3, 3, 0.5) * np.float32(0.03)
        height = np.sin((radius + sway) * np.float32(rng.uniform(80.0, 160.0)))
    else:
        ridges = 1.0 - 2.0 * np.abs(canvas.noise(rng, 0.06, 4, 0.6, stretch=0.15))
        height = ridges + 0.2
    return np.asarray(height, dtype=np.float32)
