"""Cellular automata: votes among neighbours settle into territories, beside a strip of pure rule.

Source: G. Vichniac, "Simulating physics with cellular automata", Physica D 10 (1984) (the
annealing vote); S. Wolfram, "Statistical mechanics of cellular automata" (1983) (numbered rules).
"""

import numpy as np
from PIL import Image

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.fields import edge
from training.corpus.constructed.noise import Field
from training.corpus.constructed.palette import Palette, adjust, to_rgb
from training.corpus.constructed.shapes import path

SURFACES = {"canvas": 3, "paper": 2, "impasto": 2, "aged": 1}
_RULES = (30, 54, 60, 90, 105, 110, 150)


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    canvas.ground(palette.ground, touch=0.4)
    cells = int(rng.integers(26, 64))
    columns, rows = round(cells * canvas.width), round(cells * canvas.height)
    colours = palette.ranked(palette.ground)
    parties = int(rng.integers(1, 5))
    rounds = int(rng.integers(14, 50))
    tones = [palette.ground, *colours]
    image = canvas.image()
    contour = rng.random() < 0.5
    # Each party starts where a slope favours it, so territories differ in size and place.
    slope = rng.normal(0, 0.9, 2)
    y, x = np.mgrid[0:rows, 0:columns] / cells
    favour = (x - canvas.width / 2) * slope[0] + (y - canvas.height / 2) * slope[1]
    for party in range(parties):
        bias = float(rng.normal(-0.03, 0.03)) - 0.01 * party
        votes = rng.random((rows, columns)) < 0.5 + bias + 0.14 * favour
        for _ in range(rounds):
            padded = np.pad(votes, 1, mode="edge").astype(np.int8)
            total = sum(
                padded[dy : dy + rows, dx : dx + columns] for dy in range(3) for dx in range(3)
            )
            # Vichniac's twist swaps 4 and 5, which keeps the borders boiling until they are smooth.
            votes = np.isin(total, (4, 6, 7, 8, 9))
        # Averaging over five cells rounds the borders; what is left of the lattice is its scale.
        mean: Field = np.pad(votes.astype(np.float32), 2, mode="edge")
        for axis in (0, 1):
            mean = np.mean([np.roll(mean, shift, axis) for shift in range(-2, 3)], axis=0)
        soft = Image.fromarray(mean[2:-2, 2:-2] - np.float32(0.5))
        field = np.asarray(soft.resize(canvas.resolution, Image.Resampling.BICUBIC))
        cover = edge(field)[..., None]
        tone = adjust(tones[(party + 1) % len(tones)], float(rng.normal(0, 0.02)))
        grain = canvas.noise(rng, 0.12, 4)[..., None] * np.float32(0.05)
        shade = np.array(to_rgb(tone), dtype=np.float32) * (1.0 + grain)
        image = (image + cover * (shade - image)).astype(np.float32)
        if contour:
            inner = edge(np.float32(0.05) - np.abs(field - np.float32(0.36)))[..., None]
            line = np.array(to_rgb(palette.contrasting(tone)), dtype=np.float32)
            image = (image + inner * (line - image)).astype(np.float32)
        # The next party has its stronghold elsewhere.
        turn = rng.normal(0, 0.9, 2)
        favour = (x - canvas.width / 2) * turn[0] + (y - canvas.height / 2) * turn[1]
    canvas.put(image)
    rule = int(rng.choice(_RULES))
    strip = rng.random() < 0.55
    if strip:
        _rule_strip(canvas, rng, palette, rule)
    return {"cells": cells, "parties": parties, "rounds": rounds, "rule": rule if strip else None}


def _rule_strip(canvas: Canvas, rng: np.random.Generator, palette: Palette, rule: int) -> None:
    """Lay a band of a one-dimensional automaton across the picture, one generation a row."""
    across = rng.random() < 0.5
    long_side = canvas.width if across else canvas.height
    short_side = canvas.height if across else canvas.width
    breadth = float(rng.uniform(0.12, 0.34)) * short_side
    start = float(rng.uniform(0.08, 0.6)) * short_side
    size = breadth / int(rng.integers(7, 20))
    length = int(long_side / size) + 2
    row = rng.random(length) < float(rng.choice([0.5, 0.1, 0.02]))
    row[length // 3] = True
    back, front = palette.contrasting(palette.ground), palette.ranked(palette.dark)[0]
    frame = np.array(
        [
            [-0.01, start],
            [long_side + 0.01, start],
            [long_side + 0.01, start + breadth],
            [-0.01, start + breadth],
        ]
    )
    canvas.fill(path(frame if across else frame[:, ::-1]), back, touch=0.4)
    table = [(rule >> bit) & 1 == 1 for bit in range(8)]
    for generation in range(int(breadth / size)):
        for cell in np.flatnonzero(row):
            x, y = cell * size, start + generation * size
            square = np.array([[x, y], [x + size, y], [x + size, y + size], [x, y + size]])
            canvas.fill(path(square if across else square[:, ::-1]), front)
        code = 4 * np.roll(row, 1) + 2 * row.astype(int) + np.roll(row, -1)
        row = np.array([table[int(value)] for value in code])
