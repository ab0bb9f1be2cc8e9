"""Monotype: ink rolled on a plate, wiped and scratched away, and pressed once onto paper.

Source: the process as E. Degas and P. Gauguin used it; the mottle of the transfer by noise of
several octaves (K. Perlin, "An image synthesizer", SIGGRAPH 1985).
"""

import math

import numpy as np

from training.corpus.constructed.brush import Brush
from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.fields import edge
from training.corpus.constructed.motifs import motif
from training.corpus.constructed.painterly import Medium, paint, tooth
from training.corpus.constructed.palette import Palette, adjust, to_rgb

SURFACES = {"paper": 3, "aged": 1}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    name, wanted = motif(
        canvas, rng, palette, ("landscape", "cubist", "metaballs", "velocity", "hard_edge")
    )
    paper = adjust(palette.light, 0.0, 0.7)
    canvas.ground(paper)
    plate = Canvas(int(canvas.scale), canvas.width / canvas.height, rng)
    inks = [palette.dark, *palette.ranked(paper)[: int(rng.integers(1, 3))]]
    rolled = np.zeros((canvas.rows, canvas.columns, 3), dtype=np.float32)
    # Rollers leave bands of ink of one colour each that blend where they meet.
    x, y = canvas.coordinates()
    turn = float(rng.uniform(0, math.pi))
    across = (x * np.float32(math.cos(turn)) + y * np.float32(math.sin(turn))) * np.float32(1.4)
    share = np.clip(0.5 + 0.9 * np.sin(across * 3.1 + float(rng.uniform(0, 6))), 0.0, 1.0)
    first, last = (np.array(to_rgb(ink), dtype=np.float32) for ink in (inks[0], inks[-1]))
    rolled[:] = first + share[..., None] * (last - first)
    # The film of ink: thick where the drawing is dark, wiped thin where it is light.
    low, high = np.quantile(wanted[..., 0], [0.05, 0.95])
    film = np.clip((wanted[..., 0] - low) / max(high - low, 0.05), 0.0, 1.0)
    tone = np.zeros_like(wanted)
    tone[..., 0] = 0.15 + 0.8 * film
    wiped = Medium(
        sizes=(float(rng.uniform(0.07, 0.13)), 0.04, 0.018),
        lengths=(2.0, 8.0),
        tolerance=0.09,
        bend=0.6,
        jitter=(0.05, 0.0),
        opacity=(0.7, 1.0),
    )
    strokes = paint([plate], rng, tone, wiped, Brush(rng, 0.5))
    scratches = int(rng.integers(0, 30))
    needle = Brush(rng, 0.2, 3)
    for _ in range(scratches):
        t = np.linspace(-0.5, 0.5, 24)
        turns = turn + rng.normal(0, 1.0) + rng.normal(0, 1.5) * t
        reach = float(rng.uniform(0.08, 0.5))
        spine = np.cumsum(np.stack([np.cos(turns), np.sin(turns)], axis=1) * reach / 24, axis=0)
        spine += rng.uniform(0.05, 0.95, 2) * canvas.extent - spine[12]
        needle.stroke(plate, spine, float(rng.uniform(0.002, 0.008)), np.array([0.95, 0, 0]))
    thickness = 1.0 - plate.image()[..., 0]
    # Suction of the press: ink draws together in a net of small ridges.
    net = 1.0 - np.abs(canvas.noise(rng, 0.02, 3, 0.6))
    patchy = canvas.noise(rng, 0.25, 4, 0.6)
    pressed = thickness * (0.75 + 0.3 * net) + 0.12 * patchy - 0.35 * (1.0 - tooth(canvas, rng))
    margin = np.minimum(
        np.minimum(x, np.float32(canvas.width) - x), np.minimum(y, np.float32(canvas.height) - y)
    )
    frame = float(rng.choice([0.0, 0.03, 0.05]))
    inside = edge(margin - frame + 0.004 * canvas.noise(rng, 0.05, 3), 0.004) if frame else 1.0
    cover = np.clip(1.5 * pressed + 0.1, 0.0, 1.0) * inside
    canvas.put(rolled, np.asarray(0.95 * cover, dtype=np.float32))
    return {"motif": name, "strokes": strokes, "scratches": scratches, "frame": frame}
