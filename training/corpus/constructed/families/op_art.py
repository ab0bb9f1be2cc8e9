"""Op art: one family of stripes or cells, bent by hidden bodies.

Source: B. Riley, "Current" (1964) and "Blaze" (1964); V. Vasarely, "Vega" (1957). Two gratings of
nearly equal pitch beat against each other: G. Oster and Y. Nishijima, "Moire patterns", Scientific
American 208 (1963).
"""

import math

import numpy as np

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.fields import edge, ramp
from training.corpus.constructed.palette import Palette, to_rgb

SURFACES = {"smooth": 3, "canvas": 2, "paper": 1}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    mode = str(rng.choice(["current", "bulge", "moire", "rays"], p=[0.45, 0.2, 0.2, 0.15]))
    x, y = canvas.coordinates()
    fx, fy = rng.uniform(0.25, 0.75, 2) * canvas.extent
    pitch = float(rng.uniform(0.036, 0.1))
    dark = palette.dark if rng.random() < 0.6 else palette.ranked(palette.light)[0]
    light = palette.light if rng.random() < 0.6 else palette.ground
    if abs(dark[0] - light[0]) < 0.3:
        dark, light = palette.dark, palette.light
    turn = float(rng.choice([0.0, math.pi / 2, rng.uniform(0, math.pi)]))
    u = x * np.float32(math.cos(turn)) + y * np.float32(math.sin(turn))
    v = y * np.float32(math.cos(turn)) - x * np.float32(math.sin(turn))
    radius = float(rng.uniform(0.28, 0.45))
    distance = np.hypot(x - fx, y - fy).astype(np.float32)
    inside = np.clip(1.0 - distance / np.float32(radius), 0.0, 1.0)
    if mode == "current":
        waves = float(rng.uniform(0.6, 2.0))
        squeeze = 0.1 + 0.9 * np.abs((v - np.float32(fy)) / np.float32(0.6)) ** 1.3
        phase = np.sin(v / (squeeze + 0.12) * np.float32(waves * 3.0))
        value = u + np.float32(pitch * rng.uniform(1.4, 3.0)) * phase
        stripes = np.sin(value * np.float32(math.tau / pitch))
    elif mode == "bulge":
        # A sphere pushes the lattice towards the eye: cells widen at its middle.
        lift = 1.0 - np.float32(rng.uniform(0.35, 0.6)) * inside**0.7 * (distance < radius)
        a = (x - np.float32(fx)) * lift
        b = (y - np.float32(fy)) * lift
        ca, sa = np.float32(math.cos(turn)), np.float32(math.sin(turn))
        scale = np.float32(math.pi / pitch)
        stripes = np.sin((a * ca + b * sa) * scale) * np.sin((b * ca - a * sa) * scale)
        if rng.random() < 0.4:
            stripes = np.sin((a * ca + b * sa) * scale)
    elif mode == "moire":
        gx, gy = rng.uniform(0.2, 0.8, 2) * canvas.extent
        second = np.hypot(x - gx, y - gy)
        scale = np.float32(math.tau / pitch)
        first = np.sin(distance * scale)
        bars = np.sin(u * scale * np.float32(1.05))
        other = np.sin(second * scale * np.float32(rng.uniform(0.9, 1.1)))
        stripes = first * np.where(u > np.float32(fx), bars, other)
    else:
        angle = np.arctan2(y - np.float32(fy), x - np.float32(fx))
        twist = np.float32(rng.uniform(-3.0, 3.0))
        arms = int(rng.integers(9, 26))
        stripes = np.sin(angle * arms + twist * np.log(distance + np.float32(0.05)) * 2)
        ring = np.floor(distance / np.float32(pitch * rng.uniform(1.6, 3.0)))
        stripes = stripes * np.where(ring % 2 > 0, -1.0, 1.0) if rng.random() < 0.6 else stripes
    inverted = str(rng.choice(["none", "disc", "half"], p=[0.3, 0.4, 0.3]))
    if inverted != "none":
        # Inside a large figure light and dark change places: a form without an outline.
        slope = np.float32(rng.normal(0, 0.7))
        if inverted == "disc":
            gx, gy = rng.uniform(0.3, 0.7, 2) * canvas.extent
            figure = np.float32(rng.uniform(0.2, 0.36)) - np.hypot(x - gx, y - gy)
        else:
            figure = (u - np.float32(fx)) + slope * (v - np.float32(fy))
        stripes = stripes * (1.0 - 2.0 * edge(figure))
    cover = edge(stripes)[..., None]
    # Colour walks across the frame, so that the pattern has a place where it burns.
    lights = np.vstack([light, palette.ranked(dark)[:2], light])
    darks = np.vstack([dark, palette.colours[np.argsort(palette.colours[:, 0])[:2]], dark])
    drift = np.clip(0.5 + (v - v.mean()) * np.float32(rng.uniform(0.3, 1.0)), 0, 1)
    coloured = float(rng.choice([0.0, 0.6, 1.0]))
    flat_light = np.array(to_rgb(light), dtype=np.float32)
    flat_dark = np.array(to_rgb(dark), dtype=np.float32)
    on = flat_light + np.float32(coloured) * (ramp(drift, lights) - flat_light)
    off = flat_dark + np.float32(coloured) * (ramp(drift, darks) - flat_dark)
    image = on * cover + off * (1.0 - cover)
    accent = palette.ranked(light)[0]
    if rng.random() < 0.5:
        # One body keeps its own colour: the pattern passes over it unbroken.
        body = edge(np.float32(radius * 0.8) - distance)[..., None]
        tint = np.array(to_rgb(accent), dtype=np.float32)
        image = image + body * cover * (tint - image) * np.float32(0.95)
    canvas.put(image.astype(np.float32))
    return {
        "mode": mode,
        "pitch": round(pitch, 4),
        "radius": round(radius, 3),
        "coloured": coloured,
        "inverted": inverted,
    }
