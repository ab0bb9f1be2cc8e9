"""Metaballs: swelling forms that reach for each other, in nested levels of colour.

Source: J. Blinn, "A generalization of algebraic surface drawing", ACM Transactions on Graphics
(1982). The look follows J. Arp's "Constellations" (1928-38): a few biomorphs in open space.
"""

import numpy as np

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.fields import edge
from training.corpus.constructed.palette import Palette, adjust, to_rgb
from training.corpus.constructed.shapes import circle

SURFACES = {"canvas": 3, "paper": 2, "smooth": 1, "aged": 1}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    canvas.ground(palette.ground, touch=0.3)
    image = canvas.image()
    x, y = canvas.coordinates()
    warp = canvas.noise(rng, 0.4, 2) * np.float32(0.03)
    colours = palette.ranked(palette.ground)
    groups = int(rng.integers(2, 4))
    rings = int(rng.integers(1, 5))
    relief = rng.random() < 0.35
    total = 0
    home = rng.uniform(0.25, 0.75, 2) * canvas.extent
    for group in range(groups):
        count = int(rng.integers(3, 8)) if group == 0 else int(rng.integers(1, 5))
        spread = 0.24 if group == 0 else 0.34
        # The second group gathers on the far side of the frame from the first.
        middle = home if group == 0 else np.array(canvas.extent) - home + rng.normal(0, 0.1, 2)
        power = np.zeros_like(x)
        for _ in range(count):
            size = float(rng.uniform(0.05, 0.2)) * (1.0 if group == 0 else 0.6)
            cx, cy = middle + rng.normal(0, spread, 2) * (1.0, 0.8)
            stretch = float(rng.uniform(0.7, 1.4))
            distance = ((x - cx + warp) * stretch) ** 2 + ((y - cy + warp) / stretch) ** 2
            power += np.float32(size**2) / (distance.astype(np.float32) + np.float32(2e-4))
            total += 1
        # The logarithm spaces the levels evenly and keeps their edges equally sharp.
        height = np.log(power)
        for ring in range(rings if group == 0 else 1 + rings // 2):
            level = ring * float(rng.uniform(0.35, 0.7))
            tone = colours[(group * 2 + ring) % len(colours)]
            if ring and rng.random() < 0.25:
                tone = palette.contrasting(tone)
            shade = np.array(to_rgb(tone), dtype=np.float32)
            cover = edge(height - np.float32(level))
            layer = np.broadcast_to(shade, image.shape)
            if relief:
                down, across = np.gradient(height)
                light = np.tanh((across + down) * np.float32(canvas.scale * 0.012))
                layer = layer * (1.0 - 0.22 * light[..., None])
            image = image + cover[..., None] * (layer - image)
        if group == 0 and rng.random() < 0.5:
            line = edge(np.float32(0.035) - np.abs(height + np.float32(0.28)))
            ink = np.array(to_rgb(palette.contrasting(palette.ground)), dtype=np.float32)
            image = image + line[..., None] * (ink - image)
    canvas.put(image.astype(np.float32))
    for _ in range(int(rng.integers(0, 5))):
        place = rng.uniform(0.08, 0.92, 2) * canvas.extent
        tone = adjust(palette.contrasting(palette.ground), float(rng.normal(0, 0.03)))
        canvas.fill(circle(place, float(rng.uniform(0.008, 0.03))), tone, touch=0.3)
    return {"balls": total, "groups": groups, "rings": rings, "relief": relief}
