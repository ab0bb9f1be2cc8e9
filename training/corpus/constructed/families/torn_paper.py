"""Torn paper: painted sheets torn up and pasted, white fibres along the tears, thin shadows.

Source: torn edges as fractal midpoint displacement (A. Fournier, D. Fussell and L. Carpenter,
"Computer rendering of stochastic models", CACM 1982); compositions after the chance collages of
H. Arp (1916) and the papers of K. Schwitters.
"""

import numpy as np
from scipy import ndimage

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.fields import edge
from training.corpus.constructed.noise import Field
from training.corpus.constructed.painterly import tooth
from training.corpus.constructed.palette import Palette, mix
from training.corpus.constructed.shapes import bar, path
from training.corpus.constructed.surface import light

SURFACES = {"paper": 3, "smooth": 1}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    canvas.ground(palette.ground, touch=0.3)
    stock = _Stock(canvas, rng)
    pieces = int(rng.integers(6, 22))
    layout = str(rng.choice(["chance", "axis", "stack"]))
    axis = float(rng.uniform(0, np.pi))
    colours = np.vstack([palette.colours, palette.dark, palette.light])
    for number in range(pieces):
        large = number < 3
        length = float(rng.uniform(0.45, 0.95)) if large else float(rng.uniform(0.08, 0.4))
        breadth = length * float(rng.uniform(0.25, 0.9))
        if layout == "axis":
            t = rng.normal(0, 0.28)
            place = np.array(canvas.extent) / 2 + t * np.array([np.cos(axis), np.sin(axis)])
            place = place + rng.normal(0, 0.07, 2)
            angle = axis + float(rng.choice([0.0, np.pi / 2])) + float(rng.normal(0, 0.12))
        elif layout == "stack":
            place = np.array([0.5 * canvas.width, canvas.height * (number + 0.5) / pieces])
            place = place + rng.normal(0, 0.1, 2)
            angle = float(rng.normal(0, 0.12))
        else:
            place = rng.uniform(0.05, 0.95, 2) * canvas.extent
            angle = float(rng.uniform(0, np.pi))
        corners = bar((place[0], place[1]), length, breadth, angle, float(rng.uniform(0.6, 1.3)))
        colour = colours[int(rng.integers(len(colours)))]
        _piece(canvas, rng, corners, colour, palette, stock)
    return {"pieces": pieces, "layout": layout}


class _Stock:
    """Fields that all sheets of a picture are cut from, each at a place of its own."""

    def __init__(self, canvas: Canvas, rng: np.random.Generator) -> None:
        self.fibres = tooth(canvas, rng, 0.004)
        fringe = 0.009 + 0.008 * canvas.noise(rng, 0.03, 4, 0.7)
        self.fringe = np.maximum(fringe + 0.006 * canvas.noise(rng, 0.2, 2), 0.0)
        crumple = canvas.noise(rng, 0.12, 4, 0.55) * np.float32(0.25)
        self.tone = light(crumple, canvas.scale) * np.float32(0.014)

    def cut(self, field: Field, box: tuple[slice, slice], shift: tuple[float, float]) -> Field:
        """A part of a field the size of `box`, moved by shares of the picture and wrapped."""
        rows, columns = field.shape
        y = (np.arange(box[0].start, box[0].stop) + round(shift[0] * rows)) % rows
        x = (np.arange(box[1].start, box[1].stop) + round(shift[1] * columns)) % columns
        return np.asarray(field[y[:, None], x[None]])


def _piece(
    canvas: Canvas,
    rng: np.random.Generator,
    corners: np.ndarray,
    colour: np.ndarray,
    palette: Palette,
    stock: _Stock,
) -> None:
    """Paste one torn sheet."""
    outline = _torn(rng, corners, 6, float(rng.uniform(0.02, 0.09)))
    shift = (float(rng.random()), float(rng.random()))
    scale = canvas.scale
    shape = Canvas(int(scale), canvas.width / canvas.height, rng)
    shape.fill(path(outline), np.array([1.0, 0.0, 0.0]))
    sheet = Canvas(int(scale), canvas.width / canvas.height, rng)
    _print(sheet, rng, corners, colour, palette)
    low = np.floor((outline.min(axis=0) - 0.03) * scale).astype(int).clip(0)
    high = np.ceil((outline.max(axis=0) + 0.03) * scale).astype(int)
    right, below = min(int(high[0]), canvas.columns), min(int(high[1]), canvas.rows)
    if right - low[0] < 2 or below - low[1] < 2:
        return
    box = (slice(int(low[1]), below), slice(int(low[0]), right))
    body = shape.image()[box][..., 0]
    # The core of the paper shows where the upper layer tore further in than the lower one.
    depth = ndimage.distance_transform_edt(body > 0.5) / scale
    fringe = stock.cut(stock.fringe, box, shift)
    top = edge(np.asarray(depth - fringe, dtype=np.float32), 0.0015) * body
    offset = 0.004 * scale
    shadow = ndimage.shift(ndimage.gaussian_filter(body, 0.006 * scale), offset, order=1)
    whole = canvas.image()
    image = whole[box] * (1.0 - 0.4 * (shadow * (1.0 - body))[..., None])
    fibres = stock.cut(stock.fibres, box, shift)[..., None]
    core = np.array([0.95, 0.94, 0.9], dtype=np.float32) * (0.9 + 0.12 * fibres)
    image = image + body[..., None] * (core - image)
    tone = stock.cut(stock.tone, box, shift)[..., None]
    face = sheet.image()[box] * (1.0 + tone) + 0.02 * (fibres - 0.5)
    whole[box] = image + top[..., None] * (face - image)
    canvas.put(whole)


def _print(
    sheet: Canvas,
    rng: np.random.Generator,
    corners: np.ndarray,
    colour: np.ndarray,
    palette: Palette,
) -> None:
    """Paint a sheet before it is torn: one colour, sometimes with stripes."""
    touch = float(rng.choice([0.0, 0.4, 0.9]))
    turn = float(rng.uniform(0, np.pi))
    sheet.ground(colour, touch=touch, angle=turn)
    if rng.random() < 0.35:
        stripes = int(rng.integers(2, 9))
        other = mix(colour, palette.contrasting(colour), float(rng.uniform(0.3, 0.9)))
        for number in range(stripes):
            t = (number + 0.5) / stripes - 0.5
            middle = corners.mean(axis=0) + t * 0.5 * np.array([-np.sin(turn), np.cos(turn)])
            width = 0.5 / stripes * float(rng.uniform(0.2, 0.6))
            sheet.fill(path(bar((middle[0], middle[1]), 2.0, width, turn)), other, touch=touch)


def _torn(rng: np.random.Generator, points: np.ndarray, rounds: int, amount: float) -> np.ndarray:
    """Displace the middle of every side by chance, ``rounds`` times, float64 [n, 2]."""
    for _ in range(rounds):
        ends = np.roll(points, -1, axis=0)
        side = ends - points
        length = np.hypot(side[:, 0], side[:, 1])[:, None]
        normal = np.stack([-side[:, 1], side[:, 0]], axis=1) / np.maximum(length, 1e-9)
        middle = (points + ends) / 2 + normal * rng.normal(0, amount, length.shape) * length
        joined = np.empty((2 * len(points), 2))
        joined[0::2], joined[1::2] = points, middle
        points = joined
    return points
