"""Halftone: great soft forms broken into dots, in two inks over flat paper.

Source: R. Ulichney, Digital Halftoning (1987), clustered-dot screens at angles; the blown-up dot
follows pop art's use of Ben Day's process (1879).
"""

import math

import numpy as np

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.fields import edge
from training.corpus.constructed.palette import Palette, to_rgb
from training.corpus.constructed.shapes import blob, path

SURFACES = {"paper": 5, "canvas": 1, "aged": 2}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    canvas.ground(palette.ground, touch=0.2)
    extent = np.array(canvas.extent)
    colours = palette.ranked(palette.ground)
    focus = extent * rng.uniform(0.3, 0.7, 2)
    # Flat shapes carry the composition; the screens model light over them.
    shapes = int(rng.integers(1, 4))
    for index in range(shapes):
        place = focus + rng.normal(0, 0.22, 2)
        form = blob(rng, place, float(rng.uniform(0.12, 0.32)), float(rng.choice([0.01, 0.3])), 5)
        canvas.fill(path(form), colours[(index + 2) % len(colours)], touch=0.3)
    x, y = canvas.coordinates()
    image = canvas.image()
    pitch = float(rng.uniform(0.014, 0.05))
    base = float(rng.uniform(0, math.pi / 2))
    style = str(rng.choice(["dots", "lines", "mixed"], p=[0.6, 0.2, 0.2]))
    screens = int(rng.integers(1, 4))
    for screen in range(screens):
        angle = base + screen * math.pi / 6
        c, s = np.float32(math.cos(angle)), np.float32(math.sin(angle))
        scale = np.float32(math.tau / pitch)
        u, v = (x * c + y * s) * scale, (y * c - x * s) * scale
        dotted = style == "dots" or (style == "mixed" and screen == 0)
        cell = (np.cos(u) + np.cos(v)) * np.float32(0.5) if dotted else np.cos(u)
        cx, cy = focus if screen == 0 else extent * rng.uniform(0.1, 0.9, 2)
        radius = float(rng.uniform(0.24, 0.46))
        kind = str(rng.choice(["ball", "ring", "panel", "cloud"], p=[0.35, 0.2, 0.3, 0.15]))
        distance = np.hypot(x - cx, y - cy).astype(np.float32)
        if kind == "ball":
            tone = 1.0 - np.hypot(x - cx - radius * 0.2, y - cy - radius * 0.2) / radius
            inside = np.float32(radius) - distance
        elif kind == "ring":
            tone = 1.0 - np.abs(distance - radius) / np.float32(radius * 0.45)
            inside = np.float32(radius * 1.5) - distance
        elif kind == "panel":
            # A hard-edged panel, its light sliding from one side to the other.
            turn = float(rng.uniform(0, math.tau))
            along = (x - cx) * math.cos(turn) + (y - cy) * math.sin(turn)
            across = (y - cy) * math.cos(turn) - (x - cx) * math.sin(turn)
            inside = np.minimum(radius * 1.6 - np.abs(along), radius * 0.8 - np.abs(across))
            tone = 0.35 + 1.6 * along
        else:
            tone = canvas.noise(rng, 0.5, 3) * 0.9
            inside = np.float32(0.1) + tone
        dots = edge(cell + np.clip(tone, -1.0, 0.95) * 1.25 - 0.35)
        cover = dots * edge(inside)
        ink = colours[screen % len(colours)] if screen else palette.contrasting(palette.ground)
        if rng.random() < 0.4:
            ink = colours[0]
        shade = np.array(to_rgb(ink), dtype=np.float32)
        # Inks are transparent: where screens cross, both colours count.
        mixed = image * (0.25 + 0.75 * shade) if palette.ground[0] > 0.6 else shade
        over = cover[..., None] * (0.6 * shade + 0.4 * mixed - image)
        image = (image + over).astype(np.float32)
    canvas.put(image)
    return {"pitch": round(pitch, 4), "screens": screens, "style": style, "shapes": shapes}
