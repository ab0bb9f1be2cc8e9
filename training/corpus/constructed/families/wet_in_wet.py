"""Wet-in-wet watercolour: colours dropped into wet paper, spreading, blooming, drying at rims.

Source: C. Curtis and others, "Computer-generated watercolor" (SIGGRAPH 1997): edge darkening,
backruns, granulation in the hollows of the paper, glazes that multiply.
"""

import numpy as np

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.noise import Field
from training.corpus.constructed.painterly import tooth
from training.corpus.constructed.palette import Palette, adjust, to_rgb
from training.corpus.constructed.shapes import blob, path

SURFACES = {"paper": 3, "smooth": 1}


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    paper = adjust(palette.light, 0.02, 0.5)
    canvas.ground(paper)
    grain = tooth(canvas, rng, 0.006)
    image = canvas.image()
    x, y = canvas.coordinates()
    # One wetness for the sheet: where it is wet, edges run; where it is dry, they stand.
    wet = np.clip(0.5 + 0.7 * canvas.noise(rng, 0.5, 3), 0.05, 1.0)
    warp_x, warp_y = (canvas.noise(rng, 0.35, 5, 0.6) for _ in range(2))
    pools = int(rng.integers(4, 11))
    layout = str(rng.choice(["bands", "centre", "scatter", "corner"]))
    colours = palette.ranked(paper)
    for number in range(pools):
        place = _place(rng, layout, number, pools) * canvas.extent
        radius = float(rng.uniform(0.2, 0.45)) if number < 3 else float(rng.uniform(0.04, 0.2))
        squash = float(rng.uniform(2.0, 4.0)) if layout == "bands" else float(rng.uniform(0.7, 1.5))
        spread = np.float32(radius * rng.uniform(0.5, 1.3))
        dx, dy = x - np.float32(place[0]) + spread * warp_x, y - np.float32(place[1])
        dy = (dy + spread * warp_y) * np.float32(squash)
        inside = np.float32(radius) - np.hypot(dx, dy)
        colour = adjust(colours[number % min(len(colours), 5)], 0.05, 1.15, float(rng.normal(0, 8)))
        density = float(rng.uniform(0.35, 1.0))
        image = _glaze(image, inside, wet, grain, to_rgb(colour), density)
    blooms = int(rng.integers(0, 5))
    for _ in range(blooms):
        # A backrun: clear water pushes the pigment out into a frayed rim.
        cx, cy = rng.uniform(0.1, 0.9, 2) * canvas.extent
        size = np.float32(rng.uniform(0.04, 0.16))
        fray = canvas.noise(rng, 0.08, 5, 0.75) * size * np.float32(0.5)
        inside = size - np.hypot(x - np.float32(cx), y - np.float32(cy)) + fray
        lift = np.clip(inside / (size * 0.8), 0.0, 1.0) * 0.5
        rim = np.exp(-((inside / 0.006) ** 2)) * 0.22
        clear = np.array(to_rgb(paper), dtype=np.float32)
        image = image + lift[..., None] * (clear - image)
        image = image * (1.0 - rim[..., None] * (1.05 - image))
    canvas.put(image.astype(np.float32))
    drops = int(rng.integers(0, 40))
    for _ in range(drops):
        cx, cy = rng.uniform(0.0, 1.0, 2) * canvas.extent
        _drop(canvas, rng, (cx, cy), palette)
    return {"pools": pools, "layout": layout, "blooms": blooms, "drops": drops}


def _place(rng: np.random.Generator, layout: str, number: int, pools: int) -> np.ndarray:
    """Centre of a pool, both coordinates 0..1."""
    if layout == "bands":
        return np.array([0.5 + rng.normal(0, 0.15), (number + 0.5) / pools + rng.normal(0, 0.03)])
    if layout == "centre":
        return 0.5 + rng.normal(0, 0.17, 2)
    if layout == "corner":
        return np.abs(rng.normal(0, 0.35, 2))
    return rng.uniform(0.05, 0.95, 2)


def _glaze(
    image: Field,
    inside: Field,
    wet: Field,
    grain: Field,
    rgb: tuple[float, float, float],
    density: float,
) -> Field:
    """Lay one transparent pool over the picture; colours multiply as glazes do."""
    softness = 0.004 + 0.13 * wet * wet
    body = np.clip(inside / softness + 0.5, 0.0, 1.0)
    body = body * body * (3.0 - 2.0 * body)
    rim = np.exp(-((inside / 0.007) ** 2)) * (1.0 - wet) * 0.9
    rim += np.exp(-(((inside - 0.012) / 0.012) ** 2)) * (1.0 - wet) * 0.3
    pigment = density * body * (0.8 + 0.35 * (1.0 - grain) * body) + density * 0.6 * rim
    clear = np.clip(np.array(rgb, dtype=np.float32), 0.02, 1.0)
    return np.asarray(image * clear ** np.clip(pigment, 0.0, 1.6)[..., None], dtype=np.float32)


def _drop(
    canvas: Canvas, rng: np.random.Generator, at: tuple[float, float], palette: Palette
) -> None:
    """A small drop that fell on the sheet when it was nearly dry."""
    radius = min(0.0012 / float(rng.random() + 0.04), 0.012)
    colour = adjust(palette.pick(int(rng.integers(5))), -0.05, 1.1)
    outline = path(blob(rng, at, radius, 0.15, 4, 20))
    canvas.fill(outline, colour, alpha=0.45)
    canvas.line(outline, adjust(colour, -0.1), 0.0012, 0.5)
