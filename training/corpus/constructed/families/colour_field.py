"""Colour field: a few large areas with soft breathing edges.

Source: M. Rothko's multiforms and "classic" paintings (1949-70), B. Newman's zips (1948 on) and
M. Louis's veils (1954-59), as described in J. Golding, Paths to the Absolute (2000). The edges
are smoothstep ramps whose position is moved by fractal noise.
"""

import numpy as np
from numpy.typing import NDArray

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.noise import Field
from training.corpus.constructed.palette import Lab, Palette, adjust, mix, to_rgb

SURFACES = {"canvas": 4, "paper": 1, "brushed": 1, "aged": 1}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    mode = str(rng.choice(["stack", "zip", "veil", "horizon"], p=[0.42, 0.18, 0.22, 0.18]))
    softness = float(rng.uniform(0.012, 0.07))
    ground = palette.ground if rng.random() < 0.5 else palette.pick(3)
    x, y = canvas.coordinates()
    ragged = canvas.noise(rng, 0.18, 5, 0.6) * np.float32(softness * 0.9)
    cloud = canvas.noise(rng, 0.35, 5, 0.62)
    image = np.empty((canvas.rows, canvas.columns, 3), dtype=np.float32)
    image[:] = _rgb(ground)
    image += (cloud * np.float32(0.03))[..., None]
    canvas_cover = canvas.image() if canvas.layered else None
    if canvas_cover is not None:
        image = canvas_cover
    colours = palette.ranked(ground)

    def lay(mask: Field, colour: Lab, glow: Lab, depth: float) -> None:
        """Lay one thin wash: its colour wanders towards ``glow`` where the cloud is dense."""
        nonlocal image
        inner = canvas.noise(rng, 0.3, 5, 0.6)
        t = np.clip(0.5 + 0.55 * inner, 0.0, 1.0)[..., None]
        wash = _rgb(colour) * (1.0 - t) + _rgb(glow) * t
        cover = (mask * np.clip(depth + 0.12 * inner, 0.0, 1.0))[..., None]
        image = image * (1.0 - cover) + wash * cover

    def box(
        left: float, top: float, right: float, bottom: float, edge: float, shake: float = 1.0
    ) -> Field:
        inside = np.minimum(np.minimum(x - left, right - x), np.minimum(y - top, bottom - y))
        return _step((inside + ragged * np.float32(shake)) / np.float32(edge))

    parts = int(rng.integers(2, 5))
    if mode == "stack":
        margin = float(rng.uniform(0.05, 0.12))
        heights = rng.dirichlet(np.full(parts, 2.2)) * 0.75 + 0.25 / parts
        heights = heights / heights.sum() * (canvas.height - margin * (1.4 + 0.45 * parts))
        top = margin * float(rng.uniform(0.7, 1.1))
        for index, height in enumerate(heights):
            inset = margin * float(rng.uniform(0.7, 1.3))
            colour = colours[index % len(colours)]
            glow = adjust(colour, float(rng.uniform(-0.07, 0.09)), 1.1, float(rng.normal(0, 14)))
            mask = box(inset, top, canvas.width - inset, top + height, softness)
            lay(mask, colour, glow, float(rng.uniform(0.75, 0.97)))
            top += height + margin * 0.45
    elif mode == "zip":
        lay(np.ones_like(x), colours[0], adjust(colours[0], 0.03), 0.96)
        for _ in range(parts - 1):
            at = canvas.width * float(rng.beta(1.3, 1.3))
            width = float(rng.choice([0.012, 0.02, 0.05, 0.12]))
            edge = 0.004 if rng.random() < 0.5 else softness * 0.6
            colour = palette.light if rng.random() < 0.4 else colours[int(rng.integers(1, 4))]
            mask = box(at, -1.0, at + width, 9.0, edge, 0.18)
            lay(mask, colour, adjust(colour, -0.03), 0.95)
    elif mode == "veil":
        sway = canvas.noise(rng, 0.7, 2)
        for index in range(parts + 3):
            at = canvas.width * float(rng.uniform(0.1, 0.9))
            width = float(rng.uniform(0.16, 0.5))
            lean = float(rng.normal(0, 0.18))
            foot = canvas.height * float(rng.uniform(0.75, 1.1))
            spread = 1.0 - 0.5 * y / np.float32(canvas.height)
            middle = np.float32(at) + np.float32(lean) * y - sway * np.float32(0.12)
            inside = np.float32(width / 2) * spread - np.abs(x - middle)
            inside = np.minimum(inside, (np.float32(foot) - y) * np.float32(0.5))
            mask = _step((inside + ragged * 0.5) / np.float32(softness * 0.7))
            lay(mask, palette.pick(index), palette.pick(index + 1), float(rng.uniform(0.4, 0.7)))
    else:
        at = canvas.height * float(rng.uniform(0.35, 0.72))
        edge = softness * 1.5
        tilt = float(rng.normal(0, 0.06))
        line = np.float32(at) + np.float32(tilt) * (x - np.float32(0.5))
        upper = _step((line - y + ragged * np.float32(2.0)) / np.float32(edge))
        lay(upper, colours[0], mix(colours[0], palette.light, 0.35), 0.95)
        lay(np.float32(1.0) - upper, colours[1], mix(colours[1], palette.dark, 0.3), 0.95)
        band = box(-1.0, at - 0.04, 9.0, at + float(rng.uniform(0.0, 0.05)), edge)
        lay(band, colours[2 % len(colours)], palette.light, 0.8)
        if rng.random() < 0.4:
            cx = np.float32(canvas.width * rng.uniform(0.2, 0.8))
            cy = np.float32(at - rng.uniform(0.1, 0.3))
            disc = np.hypot(x - cx, y - cy)
            size = np.float32(rng.uniform(0.06, 0.16))
            mask = _step((size - disc + ragged * 0.4) / np.float32(softness))
            lay(mask, colours[2 % len(colours)], palette.light, 0.9)
    canvas.put(image)
    return {"mode": mode, "softness": round(softness, 4), "parts": parts}


def _step(value: NDArray[np.floating]) -> Field:
    """Return the smoothstep of ``value`` between 0 and 1."""
    t = np.clip(value + 0.5, 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), dtype=np.float32)


def _rgb(colour: Lab) -> np.ndarray:
    return np.array(to_rgb(colour), dtype=np.float32)
