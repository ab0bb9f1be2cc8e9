"""Painting over: a drawing done again in brush strokes that follow its forms.

Source: A. Hertzmann, "Painterly rendering with curved brush strokes of multiple sizes" (SIGGRAPH
1998): coarse strokes first, finer ones only where the painting still differs from the drawing.
Strokes run along the forms by the smoothed structure tensor (J. E. Kyprianidis and J. Kang, "Image
and video abstraction by coherence-enhancing filtering", 2011).

The drawing is looked at in a fixed number of pixels and all strokes are planned in picture units,
so a painting is the same one at 64 and at 2,048 pixels.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from artdesk.core.colour import srgb8_to_oklab
from training.corpus.constructed.brush import Brush
from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.noise import Field, fractal
from training.corpus.constructed.palette import Lab, Palette, adjust
from training.corpus.constructed.surface import light

Floats = NDArray[np.float64]

PLAN_PIXELS = 224
"""Pixels on the shorter side at which drawings are looked at; finer than the finest stroke."""

_STEPS = 10  # points of the longest stroke; more are not seen at the widths of `Medium`


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """How strokes are laid.

    Attributes:
        sizes: Widths of the brushes in picture units, coarse to fine.
        lengths: Shortest and longest stroke in widths of the brush.
        tolerance: Oklab difference from the drawing that is left as it is.
        coverage: Strokes for each place of the coarsest brush, above 1 they overlap more.
        bend: 0 = straight strokes, 1 = strokes follow the forms at once.
        along: 1 = strokes run along the forms, 0 = all run in one direction.
        jitter: Standard deviations of lightness (Oklab) and hue (degrees) from stroke to stroke.
        opacity: Lowest and highest opacity of a stroke.
    """

    sizes: tuple[float, ...]
    lengths: tuple[float, float] = (2.0, 6.0)
    tolerance: float = 0.05
    coverage: float = 1.0
    bend: float = 0.8
    along: float = 1.0
    jitter: tuple[float, float] = (0.02, 4.0)
    opacity: tuple[float, float] = (0.85, 1.0)


@dataclass(frozen=True, slots=True)
class Stroke:
    """One planned stroke: spine float64 [n, 2] and width in picture units, Oklab colour."""

    spine: Floats
    width: float
    colour: Lab
    opacity: float
    mask: int


Draw = Callable[[Canvas, np.random.Generator, Palette], dict[str, object]]


def drawing(canvas: Canvas, rng: np.random.Generator, palette: Palette, draw: Draw) -> Floats:
    """Let a family draw on a canvas of `PLAN_PIXELS`; returns Oklab float64 [rows, columns, 3]."""
    small = Canvas(PLAN_PIXELS, canvas.width / canvas.height, rng)
    draw(small, rng, palette)
    return srgb8_to_oklab(small.pixels())


def paint(
    layers: list[Canvas],
    rng: np.random.Generator,
    wanted: Floats,
    medium: Medium,
    brush: Brush,
) -> int:
    """Paint a drawing on the first of several canvases of one shape.

    Args:
        layers: The canvas that receives the colours, and none or more that receive the same
            strokes in a grey of their own for each (the height of the paint).
        rng: Source of chance.
        wanted: Oklab float64 [rows, columns, 3], the drawing.
        medium: How strokes are laid.
        brush: The bristles.

    Returns:
        The number of strokes.
    """
    first = layers[0]
    plan = Canvas(PLAN_PIXELS, first.width / first.height, rng)
    plan.ground(wanted.mean(axis=(0, 1)))
    lean = float(rng.uniform(0.0, np.pi))
    sway = fractal(rng, plan.extent, plan.resolution, 0.6, 2)
    total = 0
    for level, size in enumerate(medium.sizes):
        blur = size * PLAN_PIXELS * 0.35
        smooth = np.stack(
            [ndimage.gaussian_filter(wanted[..., c], blur, mode="nearest") for c in range(3)], -1
        )
        flow = _flow(smooth[..., 0], blur, lean + 0.5 * sway, medium.along)
        painted = srgb8_to_oklab(plan.pixels())
        if level == 0:  # everything is painted at least once
            painted = painted + 1.0
        starts = _starts(rng, smooth, painted, size, medium, level)
        for stroke in _traced(rng, starts, smooth, flow, size, medium):
            for number, layer in enumerate([plan, *layers]):
                colour = stroke.colour
                if number > 1:
                    colour = np.array([rng.uniform(0.3, 0.75), 0.0, 0.0])
                brush.stroke(layer, stroke.spine, stroke.width, colour, stroke.opacity, stroke.mask)
            total += 1
    return total


def relief(canvas: Canvas, height: Canvas, strength: float) -> None:
    """Light the painting from the upper left over the height of its paint (Blinn 1978)."""
    field = ndimage.gaussian_filter(height.image()[..., 0], canvas.scale * 0.0008)
    tone = light(field.astype(np.float32), canvas.scale) * np.float32(strength)
    image = canvas.image()
    canvas.put(image + tone[..., None] * (0.3 + 0.7 * image))


def tooth(canvas: Canvas, rng: np.random.Generator, grain: float = 0.0045) -> Field:
    """Height of rough paper about 0..1, float32 [rows, columns]; `grain` in picture units."""
    fine = canvas.noise(rng, grain, 2, 0.6)
    broad = canvas.noise(rng, grain * 5.0, 2, 0.5)
    return np.asarray(np.clip(0.5 + 0.28 * fine + 0.12 * broad, 0.0, 1.0), dtype=np.float32)


def _flow(lightness: Floats, blur: float, lean: NDArray[np.floating], along: float) -> Floats:
    """Direction of strokes in radians, float64 [rows, columns].

    Where the drawing has an edge, strokes run along it; elsewhere they take the lean of the hand.
    """
    down, across = np.gradient(lightness)
    xx, yy, xy = (
        ndimage.gaussian_filter(part, 1.5 * blur + 1.0)
        for part in (across * across, down * down, across * down)
    )
    edge = 0.5 * np.arctan2(2.0 * xy, xx - yy) + np.pi / 2
    energy = along * np.sqrt(xx + yy) * PLAN_PIXELS
    weight = energy / (energy + 0.6)  # an edge of 0.6 Oklab over the whole width counts a half
    # Directions have no sign: they are averaged as angles doubled.
    cosine = weight * np.cos(2 * edge) + (1 - weight) * np.cos(2 * lean)
    sine = weight * np.sin(2 * edge) + (1 - weight) * np.sin(2 * lean)
    return np.asarray(0.5 * np.arctan2(sine, cosine), dtype=np.float64)


def _starts(
    rng: np.random.Generator,
    wanted: Floats,
    painted: Floats,
    size: float,
    medium: Medium,
    level: int,
) -> Floats:
    """Where strokes begin, float64 [n, 2]: the worst place of each grid cell that needs one."""
    error = np.sqrt(np.square(wanted - painted).sum(axis=-1))
    share = medium.coverage if level == 0 else 1.0
    step = max(2, round(size * PLAN_PIXELS / np.sqrt(share) * 0.8))
    rows, columns = error.shape
    places = []
    for top in range(0, rows, step):
        for left in range(0, columns, step):
            cell = error[top : top + step, left : left + step]
            if cell.mean() <= medium.tolerance:
                continue
            if level == 0:
                worst = (rng.random(2) * cell.shape).astype(int)
            else:
                worst = np.array(np.unravel_index(int(cell.argmax()), cell.shape))
            places.append((left + worst[1] + 0.5, top + worst[0] + 0.5))
    found = np.array(places, dtype=np.float64).reshape(-1, 2) / PLAN_PIXELS
    return found[rng.permutation(len(found))]


def _traced(
    rng: np.random.Generator,
    starts: Floats,
    wanted: Floats,
    flow: Floats,
    size: float,
    medium: Medium,
) -> list[Stroke]:
    """Follow the flow from every start, all strokes of a brush at once."""
    count = len(starts)
    if not count:
        return []
    widths = size * rng.uniform(0.7, 1.15, count)
    lengths = widths * rng.uniform(*medium.lengths, count)
    step = lengths / (_STEPS - 1)
    colours = _read(wanted, starts)
    angle = _read(flow[..., None], starts)[:, 0] + np.pi * rng.integers(0, 2, count)
    heading = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    points, place = [starts], starts
    alive = np.full(count, _STEPS)
    for number in range(1, _STEPS):
        angle = _read(flow[..., None], place)[:, 0]
        turn = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        turn *= np.where((turn * heading).sum(axis=1) < 0.0, -1.0, 1.0)[:, None]
        heading = (1.0 - 0.5 * medium.bend) * heading + 0.5 * medium.bend * turn
        heading /= np.hypot(heading[:, 0], heading[:, 1])[:, None]
        place = place + heading * step[:, None]
        points.append(place)
        # The stroke ends where its own colour would be wrong, but not before its middle.
        wrong = np.sqrt(np.square(_read(wanted, place) - colours).sum(axis=1)) > 0.12
        alive = np.where((number >= _STEPS // 2) & wrong, np.minimum(alive, number + 1), alive)
    spines = np.stack(points, axis=1)
    # A stroke is laid down around its start, not from it.
    spines -= (spines[:, _STEPS // 3] - spines[:, 0])[:, None]
    lightness, hue = medium.jitter
    return [
        Stroke(
            spine=spines[number, : alive[number]],
            width=float(widths[number]),
            colour=adjust(
                colours[number],
                float(rng.normal(0.0, lightness)),
                1.0,
                float(rng.normal(0.0, hue)),
            ),
            opacity=float(rng.uniform(*medium.opacity)),
            mask=int(rng.integers(6)),
        )
        for number in range(count)
    ]


def _read(field: Floats, places: Floats) -> Floats:
    """Values of a field [rows, columns, c] at places [n, 2] in picture units, edges held."""
    rows, columns = field.shape[:2]
    x = np.clip((places[:, 0] * PLAN_PIXELS).astype(int), 0, columns - 1)
    y = np.clip((places[:, 1] * PLAN_PIXELS).astype(int), 0, rows - 1)
    return np.asarray(field[y, x])
