"""Reaction-diffusion: living spots and labyrinths that grow only where the picture feeds them.

Source: A. Turing, "The chemical basis of morphogenesis" (1952); model and parameter map of J.
Pearson, "Complex patterns in a simple system", Science 261 (1993) (Gray and Scott's reaction).
Feed and kill rates vary over the frame, so that one part teems while another stays bare.
"""

import math

import numpy as np
from PIL import Image

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.fields import Picture, edge, ramp
from training.corpus.constructed.noise import Field, fractal
from training.corpus.constructed.palette import Palette, to_rgb

SURFACES = {"canvas": 2, "paper": 2, "impasto": 2, "aged": 1}
_CELLS = 104
_STEPS = 1500


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    canvas.ground(palette.ground, touch=0.4)
    columns, rows = round(_CELLS * canvas.width), round(_CELLS * canvas.height)
    kind = str(rng.choice(["maze", "spots", "mixed"]))
    plan = fractal(rng, canvas.extent, (columns, rows), float(rng.uniform(0.4, 0.8)), 2)
    t = np.clip(0.5 + 0.6 * plan, 0.0, 1.0)
    # End points on Pearson's map: worms and mazes, then separate spots.
    maze, spots = np.array([0.037, 0.060]), np.array([0.030, 0.0620])
    ends = {"maze": (maze, maze), "spots": (spots, spots), "mixed": (maze, spots)}[kind]
    feed = (ends[0][0] + (ends[1][0] - ends[0][0]) * t).astype(np.float32)
    kill = (ends[0][1] + (ends[1][1] - ends[0][1]) * t).astype(np.float32)
    # Outside a large free form the reaction starves, which leaves the ground empty.
    x, y = np.meshgrid((np.arange(columns) + 0.5) / _CELLS, (np.arange(rows) + 0.5) / _CELLS)
    cx, cy = rng.uniform(0.35, 0.65, 2) * canvas.extent
    size = float(rng.uniform(0.36, 0.62))
    rough = fractal(rng, canvas.extent, (columns, rows), 0.35, 3)
    starve = np.clip((np.hypot(x - cx, y - cy) - size + 0.16 * rough) * 5.0, 0.0, 1.0)
    kill = kill + np.float32(0.012) * starve.astype(np.float32)
    second = _react(rng, feed, kill, starve < 0.5)
    big = np.asarray(
        Image.fromarray(second).resize(canvas.resolution, Image.Resampling.BICUBIC),
        dtype=np.float32,
    )
    form = np.asarray(
        Image.fromarray((0.5 - starve).astype(np.float32)).resize(
            canvas.resolution, Image.Resampling.BICUBIC
        ),
        dtype=np.float32,
    )
    colours = palette.ranked(palette.ground)
    image: Picture = canvas.image()
    if rng.random() < 0.6:
        body = edge(form)[..., None]
        tone = np.array(to_rgb(colours[1]), dtype=np.float32)
        image = (image + body * (tone - image)).astype(np.float32)
    px, py = canvas.coordinates()
    turn = float(rng.uniform(0, math.tau))
    sweep = px * np.float32(math.cos(turn)) + py * np.float32(math.sin(turn))
    sweep = (sweep - sweep.min()) / (sweep.max() - sweep.min())
    veins = ramp(sweep, np.vstack([colours[0], colours[2 % len(colours)], colours[0]]))
    level = 0.2
    for offset, strength in ((-0.06, 0.35), (0.0, 1.0)):
        cover = edge(big - np.float32(level + offset))[..., None] * np.float32(strength)
        image = (image + cover * (veins - image)).astype(np.float32)
    if rng.random() < 0.5:
        core = edge(big - np.float32(level + 0.1))[..., None]
        ink = np.array(to_rgb(palette.contrasting(colours[0])), dtype=np.float32)
        image = (image + core * (ink - image) * np.float32(0.85)).astype(np.float32)
    inverted = rng.random() < 0.55
    if inverted:
        # A great disc or a slope changes the colours of everything that grows across it.
        dx, dy = rng.uniform(0.2, 0.8, 2) * canvas.extent
        figure = np.float32(rng.uniform(0.2, 0.4)) - np.hypot(px - dx, py - dy)
        if rng.random() < 0.4:
            figure = (px - dx) * np.float32(math.cos(turn)) - (py - dy) * np.float32(math.sin(turn))
        cover = edge(figure)[..., None]
        back, front = (np.array(to_rgb(colours[n]), dtype=np.float32) for n in (3, 0))
        light = np.array(to_rgb(palette.contrasting(colours[3])), dtype=np.float32)
        grown = edge(big - np.float32(level))[..., None]
        other = back * (0.9 + 0.1 * image / (image.mean() + 0.1))
        other = other + grown * ((front if rng.random() < 0.5 else light) - other)
        image = (image + cover * (other - image)).astype(np.float32)
    canvas.put(image)
    return {"kind": kind, "size": round(size, 3), "inverted": inverted}


def _react(rng: np.random.Generator, feed: Field, kill: Field, alive: np.ndarray) -> Field:
    """Run the Gray-Scott reaction and return the second substance, float32 [rows, columns]."""
    rows, columns = feed.shape
    u = np.ones((rows + 2, columns + 2), dtype=np.float32)
    v = np.zeros_like(u)
    # Clumps of seed, few enough that each has food around it.
    grown = np.zeros((rows, columns), dtype=bool)
    for row, column in zip(*np.nonzero((rng.random((rows, columns)) < 0.006) & alive), strict=True):
        grown[max(row - 2, 0) : row + 3, max(column - 2, 0) : column + 3] = True
    v[1:-1, 1:-1] = grown * np.float32(0.5)
    u -= v
    for _ in range(_STEPS):
        for plane in (u, v):
            plane[0], plane[-1] = plane[1], plane[-2]
            plane[:, 0], plane[:, -1] = plane[:, 1], plane[:, -2]
        middle_u, middle_v = u[1:-1, 1:-1], v[1:-1, 1:-1]
        spread_u = u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] - 4 * middle_u
        spread_v = v[:-2, 1:-1] + v[2:, 1:-1] + v[1:-1, :-2] + v[1:-1, 2:] - 4 * middle_v
        eaten = middle_u * middle_v * middle_v
        middle_u += np.float32(0.2) * spread_u - eaten + feed * (1 - middle_u)
        middle_v += np.float32(0.1) * spread_v + eaten - (feed + kill) * middle_v
    return np.asarray(v[1:-1, 1:-1], dtype=np.float32).copy()
