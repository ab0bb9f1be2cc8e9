"""Stained glass: Voronoi panes in lead, coloured by the large figure that they lie in.

Source: G. Voronoi (1908); cells drawn denser towards a focus after A. Secord, "Weighted Voronoi
stippling" (NPAR 2002). Colour follows a hidden plan of discs and bands, so that the panes add up
to a picture and not to a pattern.
"""

import math

import numpy as np
from scipy.spatial import Voronoi

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.palette import Palette, adjust
from training.corpus.constructed.shapes import path

SURFACES = {"smooth": 2, "impasto": 2, "canvas": 2, "aged": 1}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    lead = float(rng.choice([0.0, 0.006, 0.01, 0.016]))
    dark = palette.dark if rng.random() < 0.8 else palette.light
    canvas.ground(dark)
    extent = np.array([canvas.width, canvas.height])
    panes = int(rng.integers(45, 300))
    focus = extent * rng.uniform(0.25, 0.75, 2)
    gather = float(rng.uniform(0.0, 0.75))
    sites = rng.uniform(-0.1, 1.1, (panes, 2)) * extent
    near = rng.random(panes) < gather
    sites[near] = focus + rng.normal(0, 0.22, (int(near.sum()), 2))
    lengthen = float(rng.choice([1.0, 1.0, 0.5, 2.2]))
    turn = float(rng.uniform(0, math.pi))
    c, s = math.cos(turn), math.sin(turn)
    spin = np.array([[c, s], [-s, c]])
    # Stretching the plane before taking cells, and back after, gives shards instead of pebbles.
    flat = (sites - focus) @ spin * (lengthen, 1.0)
    # Lloyd's relaxation by one step evens out slivers; far sites close the outer cells.
    ring = 12.0 * np.stack(
        [np.cos(np.arange(16) * math.tau / 16), np.sin(np.arange(16) * math.tau / 16)], axis=1
    )
    cells = Voronoi(np.vstack([flat, ring]))

    plan = str(rng.choice(["disc", "bands", "ray", "hills"]))
    radius = float(rng.uniform(0.25, 0.42))
    colours = palette.ranked(dark)
    light_from = rng.uniform(0, 1, 2) * extent
    wave = float(rng.uniform(3, 7))
    for index in range(panes):
        region = cells.regions[cells.point_region[index]]
        if -1 in region or len(region) < 3:
            continue
        corners = cells.vertices[region] / (lengthen, 1.0) @ spin.T + focus
        centre = corners.mean(axis=0)
        if np.abs(centre).max() > 4.0:
            continue
        offset = centre - focus
        distance = float(np.hypot(*offset))
        if plan == "disc":
            part = 0 if distance < radius else 1 + int((distance - radius) / 0.3)
        elif plan == "bands":
            part = int((centre @ (c, s) + 3.0) / 0.24)
        elif plan == "ray":
            part = int((math.atan2(*offset[::-1]) + turn + 10.0) / 0.7)
        else:
            rise = 0.1 * math.sin(wave * centre[0] + turn)
            part = int((centre[1] + rise + 0.02) / 0.26)
        colour = colours[part % len(colours)]
        if rng.random() < 0.13:
            colour = palette.pick(int(rng.integers(9)))
        bright = 0.1 - 0.22 * float(np.hypot(*(centre - light_from)))
        colour = adjust(colour, bright + float(rng.normal(0, 0.04)), 1.05, float(rng.normal(0, 8)))
        shrink = lead / 2.0
        middle = corners.mean(axis=0)
        reach = np.hypot(*(corners - middle).T)[:, None]
        inner = middle + (corners - middle) * np.clip(1.0 - shrink * 1.6 / reach, 0.1, 1.0)
        canvas.fill(
            path(inner),
            adjust(colour, 0.03),
            to=adjust(colour, -0.04),
            angle=float(rng.uniform(0, 6.3)),
            touch=0.35,
            texture="cloud",
        )
        if lead == 0.0:
            canvas.line(path(corners), colour, 0.002)
    if plan == "disc" and lead > 0.0:
        turns = np.linspace(0, math.tau, 64, endpoint=False)
        rim = focus + radius * np.stack([np.cos(turns), np.sin(turns)], axis=1)
        canvas.line(path(rim), dark, lead * 1.6)
    return {
        "panes": panes,
        "lead": lead,
        "gather": round(gather, 3),
        "plan": plan,
        "lengthen": lengthen,
    }
