"""Outlines in picture units: bars, polygons, blobs, arcs, and the shaky edge of a hand."""

import math
from collections.abc import Sequence

import numpy as np
import skia
from numpy.typing import NDArray

from training.corpus.constructed.noise import curve

Points = NDArray[np.float64]
Place = NDArray[np.float64] | tuple[float, float]


def path(points: Points | Sequence[tuple[float, float]], closed: bool = True) -> skia.Path:
    """Return a path through ``points`` [n, 2]."""
    return skia.Path.Polygon([skia.Point(float(x), float(y)) for x, y in points], closed)


def smooth_path(points: Points, closed: bool = True) -> skia.Path:
    """Return a curve that rounds every corner of ``points`` [n, 2] (quadratic B-spline)."""
    count = len(points)
    outline = skia.Path()
    if closed:
        middles = (points + np.roll(points, -1, axis=0)) / 2.0
        outline.moveTo(*map(float, middles[-1]))
        for index in range(count):
            outline.quadTo(*map(float, points[index]), *map(float, middles[index]))
        outline.close()
        return outline
    outline.moveTo(*map(float, points[0]))
    for index in range(1, count - 1):
        middle = (points[index] + points[index + 1]) / 2.0 if index < count - 2 else points[-1]
        outline.quadTo(*map(float, points[index]), *map(float, middle))
    return outline


def bar(at: Place, length: float, breadth: float, angle: float, taper: float = 1.0) -> Points:
    """Return a four-cornered bar [4, 2] about the point ``at``; ``angle`` in radians.

    ``taper`` is the breadth of the far end relative to the near end.
    """
    a, b = length / 2.0, breadth / 2.0
    corners = np.array([[-a, -b], [a, -b * taper], [a, b * taper], [-a, b]])
    return np.asarray(turned(corners, angle) + np.asarray(at))


def turned(points: Points, angle: float) -> Points:
    """Return ``points`` turned about the origin by ``angle`` radians."""
    c, s = math.cos(angle), math.sin(angle)
    return np.asarray(points @ np.array([[c, s], [-s, c]]))


def regular(at: Place, radius: float, sides: int, angle: float = 0.0) -> Points:
    """Return a regular polygon [sides, 2]."""
    turns = angle + np.arange(sides) * (2.0 * math.pi / sides)
    circle_points = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    return np.asarray(at) + radius * circle_points


def blob(
    rng: np.random.Generator,
    at: Place,
    radius: float,
    roughness: float = 0.25,
    lobes: int = 5,
    points: int = 72,
    squash: float = 1.0,
    angle: float = 0.0,
) -> Points:
    """Return a rounded free form [points, 2]; ``squash`` below 1 flattens it."""
    turns = np.arange(points) * (2.0 * math.pi / points)
    reach = radius * np.maximum(1.0 + roughness * curve(rng, points, lobes, closed=True), 0.15)
    flat = np.stack([reach * np.cos(turns), reach * squash * np.sin(turns)], axis=1)
    return np.asarray(turned(flat, angle) + np.asarray(at))


def sector(at: Place, inner: float, outer: float, start: float, sweep: float) -> skia.Path:
    """Return a ring sector; angles in radians, ``inner`` may be zero."""
    x, y = float(at[0]), float(at[1])
    outline = skia.Path()
    degrees, width = math.degrees(start), min(math.degrees(sweep), 359.9)
    big = skia.Rect.MakeLTRB(x - outer, y - outer, x + outer, y + outer)
    outline.arcTo(big, degrees, width, True)
    if inner > 0.0:
        small = skia.Rect.MakeLTRB(x - inner, y - inner, x + inner, y + inner)
        outline.arcTo(small, degrees + width, -width, False)
    else:
        outline.lineTo(x, y)
    outline.close()
    return outline


def circle(at: Place, radius: float) -> skia.Path:
    """Return a circle."""
    return skia.Path.Circle(float(at[0]), float(at[1]), float(radius))


def hand(rng: np.random.Generator, points: Points, amount: float, closed: bool = True) -> Points:
    """Return the polygon with its sides bent a little, as if cut or painted by hand.

    Args:
        rng: Source of chance.
        points: float64 [n, 2].
        amount: Largest usual displacement in picture units.
        closed: Whether the last point joins the first.
    """
    ends = np.roll(points, -1, axis=0) if closed else points[1:]
    pieces = []
    for start, end in zip(points, ends, strict=False):
        length = float(np.hypot(*(end - start)))
        steps = max(int(length / 0.02), 2)
        t = np.linspace(0.0, 1.0, steps, endpoint=False)[:, None]
        pieces.append(start + (end - start) * t)
    if not closed:
        pieces.append(points[-1:])
    fine = np.concatenate(pieces)
    knots = max(len(fine) // 5, 4)
    shake = np.stack([curve(rng, len(fine), knots, closed) for _ in range(2)], axis=1)
    return np.asarray(fine + amount * shake)
