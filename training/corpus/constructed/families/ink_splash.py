"""Ink splash: ink thrown, dropped and blown over paper; splats with fingers, arcs, runs and mist.

Source: the fingers of a splat by the instability of its rim (R. Krechetnikov and G. Homsy,
"Crown-forming instability phenomena in the drop splash problem", 2009); sizes of droplets fall as
a power law, as in R. P. Taylor and others, "Fractal analysis of Pollock's drip paintings"
(Nature 1999).
"""

import math

import numpy as np

from training.corpus.constructed.brush import Brush
from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.palette import Lab, Palette
from training.corpus.constructed.shapes import blob, path, smooth_path

SURFACES = {"paper": 3, "smooth": 1, "canvas": 1}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    paper = palette.light if rng.random() < 0.7 else palette.ground
    canvas.ground(paper, touch=0.2)
    ink = palette.contrasting(paper)
    inks = [ink, ink, *palette.ranked(paper)[: int(rng.integers(0, 4))]]
    splats = int(rng.integers(2, 8))
    focus = np.array(canvas.extent) * rng.uniform(0.3, 0.7, 2)
    for number in range(splats):
        place = focus if number == 0 else focus + rng.normal(0, 0.24, 2)
        radius = float(rng.uniform(0.09, 0.2)) if number == 0 else float(rng.uniform(0.015, 0.09))
        _splat(canvas, rng, place, radius, inks[number % len(inks)])
    arcs = int(rng.integers(1, 5))
    for number in range(arcs):
        _arc(canvas, rng, focus, inks[(number + 1) % len(inks)])
    runs = int(rng.integers(0, 6))
    for _ in range(runs):
        _run(canvas, rng, focus + rng.normal(0, 0.12, 2), ink)
    mist = int(rng.integers(60, 400))
    heading = float(rng.uniform(0, 2 * math.pi))
    for _ in range(mist):
        reach = abs(float(rng.normal(0, 0.35)))
        turn = heading + float(rng.normal(0, 0.9))
        at = focus + reach * np.array([math.cos(turn), math.sin(turn)])
        size = min(0.0007 / float(rng.random() + 0.02), 0.02)
        canvas.fill(path(blob(rng, at, size, 0.15, 4, 16)), inks[int(rng.integers(len(inks)))])
    return {"splats": splats, "arcs": arcs, "runs": runs, "mist": mist}


def _splat(
    canvas: Canvas, rng: np.random.Generator, at: np.ndarray, radius: float, colour: Lab
) -> None:
    """A drop that hit the paper: a body, fingers of unequal length, droplets beyond them."""
    body = blob(rng, at, radius, 0.22, int(rng.integers(5, 11)), 96)
    canvas.fill(path(body), colour)
    fingers = int(rng.integers(14, 60))
    heading, focus = float(rng.uniform(0, 2 * math.pi)), float(rng.uniform(0.0, 0.8))
    for _ in range(fingers):
        turn = float(rng.uniform(0, 2 * math.pi))
        # Few fingers reach far, most hardly leave the body; more go where the drop was heading.
        push = 1.0 - focus + 2.0 * focus * (0.5 + 0.5 * math.cos(turn - heading))
        reach = radius * (1.0 + push * min(0.09 / float(rng.random() + 0.04), 1.5))
        way = np.array([math.cos(turn), math.sin(turn)])
        across = np.array([-way[1], way[0]])
        foot = radius * float(rng.uniform(0.05, 0.14))
        tip = foot * float(rng.uniform(0.08, 0.5))
        root, end = at + 0.7 * radius * way, at + reach * way
        bend = (root + end) / 2 + across * float(rng.normal(0, 0.05)) * radius
        outline = [root - foot * across, bend - 0.5 * foot * across, end - tip * across]
        outline += [end + tip * way, end + tip * across, bend + 0.4 * foot * across]
        canvas.fill(smooth_path(np.array([*outline, root + foot * across])), colour)
        if rng.random() < 0.7:
            away = reach * float(rng.uniform(1.05, 1.8))
            spot = at + away * way + across * float(rng.normal(0, 0.03)) * radius
            size = radius * min(0.01 / float(rng.random() + 0.06), 0.12)
            squash = float(rng.uniform(0.45, 1.0))
            canvas.fill(path(blob(rng, spot, size, 0.1, 4, 18, squash, turn)), colour)


def _arc(canvas: Canvas, rng: np.random.Generator, focus: np.ndarray, colour: Lab) -> None:
    """A thread of ink thrown in a curve: it swells, thins, breaks into beads."""
    t = np.linspace(-0.5, 0.5, 90)
    turns = float(rng.uniform(0, 2 * math.pi)) + float(rng.normal(0, 2.2)) * t
    reach = float(rng.uniform(0.5, 1.3))
    spine = np.cumsum(np.stack([np.cos(turns), np.sin(turns)], axis=1) * reach / 90, axis=0)
    spine += focus + rng.normal(0, 0.15, 2) - spine[45]
    broad = float(rng.uniform(0.004, 0.02))
    swell = broad * (0.35 + np.abs(np.sin(t * rng.uniform(4, 15) + rng.uniform(0, 6))))
    end = int(rng.integers(45, 85))
    Brush(rng, 0.05, 2).stroke(canvas, spine[:end], swell[:end], colour)
    for number in range(end, 90, 3):
        if rng.random() < 0.8:
            bead = spine[number] + rng.normal(0, 0.004, 2)
            canvas.fill(path(blob(rng, bead, broad * rng.uniform(0.2, 0.7), 0.15, 4, 18)), colour)


def _run(canvas: Canvas, rng: np.random.Generator, at: np.ndarray, colour: Lab) -> None:
    """Ink that ran down the sheet and ends in a drop."""
    length = float(rng.uniform(0.08, 0.5))
    width = float(rng.uniform(0.003, 0.008))
    t = np.linspace(0, 1, 40)
    spine = at + np.stack([0.006 * np.sin(t * rng.uniform(3, 9)), t * length], axis=1)
    outline = path(spine, closed=False)
    canvas.line(outline, colour, width, round_ends=True)
    canvas.fill(path(blob(rng, spine[-1], width * 1.1, 0.1, 4, 20, 1.4, 0.0)), colour)
