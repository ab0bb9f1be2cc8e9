"""Marbling: drops of ink pushed apart on water, then drawn out with a stylus.

Source: S. Lu, A. Jaffer, X. Jin, H. Zhao and X. Mao, "Mathematical marbling", IEEE Computer
Graphics and Applications 32 (2012): the drop map p -> c + (p - c) sqrt(1 + r^2 / |p - c|^2) and
tine lines and circles with exponential fall-off, applied to the outlines of the drops.
"""

import math

import numpy as np

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.palette import Palette, adjust
from training.corpus.constructed.shapes import path

SURFACES = {"paper": 4, "smooth": 2, "aged": 2}
_POINTS = 520


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    canvas.ground(palette.ground, touch=0.25, angle=float(rng.uniform(0, 3)))
    extent = np.array(canvas.extent)
    drops = int(rng.integers(16, 46))
    centres = int(rng.integers(1, 5))
    homes = rng.uniform(0.15, 0.85, (centres, 2)) * extent
    gather = float(rng.uniform(0.04, 0.2))
    turns = np.arange(_POINTS) * (math.tau / _POINTS)
    unit = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    rings = np.empty((0, _POINTS, 2))
    for _ in range(drops):
        centre = homes[int(rng.integers(centres))] + rng.normal(0, gather, 2)
        radius = float(rng.uniform(0.05, 0.17))
        offset = rings - centre
        square = np.maximum((offset**2).sum(axis=2, keepdims=True), 1e-9)
        rings = centre + offset * np.sqrt(1.0 + radius**2 / square)
        rings = np.concatenate([rings, (centre + unit * radius)[None]])

    tines = int(rng.integers(2, 9))
    comb = rng.random() < 0.3
    axis = float(rng.uniform(0, math.pi))
    for index in range(tines):
        if comb:
            side = 1.0 if index % 2 else -1.0
            at = extent * (index + 0.5) / tines
            rings = _tine(rings, at, axis, 0.16 * side, 0.06)
        elif rng.random() < 0.55:
            at = extent * rng.uniform(0.1, 0.9, 2)
            angle = axis + float(rng.normal(0, 0.5))
            strength = float(rng.normal(0, 0.28))
            rings = _tine(rings, at, angle, strength, float(rng.uniform(0.05, 0.2)))
        else:
            at = homes[0] + rng.normal(0, 0.25, 2)
            rings = _swirl(rings, at, float(rng.normal(0, 1.6)), float(rng.uniform(0.1, 0.3)))

    order = rng.permutation(len(palette.colours))
    colours = [*palette.colours[order], palette.light, palette.dark, palette.ground]
    favourite = int(rng.integers(3))
    for index, ring in enumerate(rings):
        # Every other drop repeats one colour: the eye needs a family among the veins.
        number = favourite if index % 3 == 0 else int(rng.integers(len(colours)))
        tone = adjust(colours[number], float(rng.normal(0, 0.015)))
        canvas.fill(path(ring), tone, touch=0.15, texture="cloud")
    return {
        "drops": drops,
        "centres": centres,
        "tines": tines,
        "comb": comb,
        "gather": round(gather, 3),
    }


def _tine(
    points: np.ndarray, at: np.ndarray, angle: float, strength: float, fall: float
) -> np.ndarray:
    """Draw a stylus along the line through ``at``: near points are dragged with it."""
    along = np.array([math.cos(angle), math.sin(angle)])
    across = np.array([-along[1], along[0]])
    distance = np.abs((points - at) @ across)
    return np.asarray(points + (strength * np.exp(-distance / fall))[..., None] * along)


def _swirl(points: np.ndarray, at: np.ndarray, turn: float, fall: float) -> np.ndarray:
    """Turn the water about ``at``; the turn dies away outwards."""
    offset = points - at
    angle = turn * np.exp(-np.hypot(offset[..., 0], offset[..., 1]) / fall)
    c, s = np.cos(angle), np.sin(angle)
    turned = np.stack(
        [offset[..., 0] * c - offset[..., 1] * s, offset[..., 0] * s + offset[..., 1] * c], axis=-1
    )
    return np.asarray(at + turned)
