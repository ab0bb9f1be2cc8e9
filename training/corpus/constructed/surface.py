"""The last coat: canvas weave, brush relief, paper grain, uneven tone.

Makes a drawing look like a photograph of a painting. Each effect is a height or tone field in
picture units. Relief is lit by the gradient of its height (J. Blinn, "Simulation of wrinkled
surfaces", SIGGRAPH 1978).
"""

import numpy as np

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.noise import Field

SURFACES = ("smooth", "canvas", "brushed", "impasto", "paper", "aged")


def finish(canvas: Canvas, rng: np.random.Generator, surface: str, strength: float) -> None:
    """Lay the surface over a finished drawing.

    Args:
        canvas: The drawing; changed in place.
        rng: Source of chance of the surface.
        surface: One of `SURFACES`.
        strength: 0..1, how much of it shows.
    """
    image = canvas.image()
    tone = canvas.noise(rng, 0.5, 4) * np.float32(0.02)
    if surface == "smooth":
        tone += canvas.noise(rng, 0.006, 1) * np.float32(0.012 * strength)
    elif surface == "canvas":
        tone += _weave(canvas, rng) * np.float32(0.05 * strength)
        tone += canvas.noise(rng, 0.05, 3) * np.float32(0.03 * strength)
    elif surface == "brushed":
        stretch = float(rng.choice([14.0, 1.0 / 14.0]))
        height = canvas.noise(rng, 0.05, 3, 0.8, stretch)
        tone += light(height, canvas.scale) * np.float32(0.012 * strength)
        tone += height * np.float32(0.025 * strength)
        tone += _weave(canvas, rng) * np.float32(0.02 * strength)
    elif surface == "impasto":
        grey = image.mean(axis=2)
        height = 0.6 * grey + np.float32(0.1) * canvas.noise(rng, 0.04, 4, 0.7)
        tone += light(height, canvas.scale) * np.float32(0.02 * strength)
        tone += canvas.noise(rng, 0.02, 2) * np.float32(0.02 * strength)
    elif surface == "paper":
        tone += canvas.noise(rng, 0.008, 2, 0.8) * np.float32(0.035 * strength)
        tone += canvas.noise(rng, 0.15, 3) * np.float32(0.02)
    else:
        x, y = canvas.coordinates()
        edge = np.maximum(abs(x / canvas.width - 0.5), abs(y / canvas.height - 0.5)) * 2.0
        tone -= edge**6 * np.float32(0.12 * strength)
        tone += canvas.noise(rng, 0.3, 5, 0.65) * np.float32(0.035 * strength)
        tone += _weave(canvas, rng) * np.float32(0.025 * strength)
        image *= 1.0 - np.float32(strength) * np.array([0.02, 0.04, 0.12], dtype=np.float32)
        image += np.float32(0.02 * strength)
    # Paint on dark passages shows its relief less than on light ones, yet still shows it.
    image += tone[..., None] * (0.35 + 0.65 * image)
    canvas.put(image)


def _weave(canvas: Canvas, rng: np.random.Generator) -> Field:
    """Return a plain weave about -1..1: threads over and under, of uneven thickness."""
    x, y = canvas.coordinates()
    count = float(rng.uniform(150.0, 210.0))
    # Threads finer than two pixels would alias; they fade out instead, as in a photograph.
    visible = np.clip(canvas.scale / count / 2.0 - 0.35, 0.0, 1.0)
    sway = canvas.noise(rng, 0.25, 2) * np.float32(0.004)
    across = np.sin((x + sway) * np.float32(np.pi * count))
    down = np.sin((y + sway) * np.float32(np.pi * count))
    threads = across * down * np.float32(visible)
    slub = canvas.noise(rng, 0.02, 1, stretch=10.0) + canvas.noise(rng, 0.02, 1, stretch=0.1)
    return np.asarray(0.7 * threads + 0.5 * slub, dtype=np.float32)


def light(height: Field, scale: float) -> Field:
    """Return how much light from the upper left a height field catches, about -1..1."""
    down, across = np.gradient(height)
    # Gradients per picture unit, softly limited, so the look does not depend on the pixel count.
    slope = (across + down) * np.float32(scale * 0.06)
    return np.asarray(-np.tanh(slope) * 2.0, dtype=np.float32)
