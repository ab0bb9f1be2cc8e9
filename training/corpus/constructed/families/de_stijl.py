"""De Stijl: an unequal balance of planes held by black lines.

Source: P. Mondrian, Neo-Plasticism (1920); division by random guillotine cuts, the model of
A. Noll, "Human or machine: a subjective comparison of Piet Mondrian's Composition with Lines"
(The Psychological Record, 1966). The lozenge variant follows T. van Doesburg's
counter-compositions (1924-26).
"""

import math

import numpy as np
import skia

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.palette import Palette, adjust, mix

SURFACES = {"canvas": 4, "brushed": 3, "aged": 2, "smooth": 1}

Box = tuple[float, float, float, float]


def draw(canvas: Canvas, rng: np.random.Generator, palette: Palette) -> dict[str, object]:
    """Draw and return the parameters chosen."""
    lozenge = rng.random() < 0.25
    lines = str(rng.choice(["dark", "none", "coloured"], p=[0.72, 0.16, 0.12]))
    width = float(rng.uniform(0.01, 0.032))
    quiet = palette.light if palette.label["key"] != "dark" else palette.ground
    colours = palette.ranked(quiet)
    canvas.ground(quiet, touch=0.2)

    reach = 1.5 if lozenge else 1.0
    boxes: list[Box] = [
        (
            canvas.width * (1 - reach) / 2,
            canvas.height * (1 - reach) / 2,
            canvas.width * (1 + reach) / 2,
            canvas.height * (1 + reach) / 2,
        )
    ]
    cuts = int(rng.integers(5, 13))
    for _ in range(cuts):
        # Cut one of the larger boxes, never in the middle: unequal parts hold the tension.
        areas = np.array([(b[2] - b[0]) * (b[3] - b[1]) for b in boxes])
        index = int(rng.choice(len(boxes), p=areas**1.3 / (areas**1.3).sum()))
        left, top, right, bottom = boxes.pop(index)
        ratio = float(rng.choice([0.22, 0.3, 0.36, 0.64, 0.7, 0.8]) + rng.normal(0, 0.03))
        wide = (right - left) * rng.uniform(0.7, 1.4) > bottom - top
        if wide:
            at = left + (right - left) * ratio
            boxes += [(left, top, at, bottom), (at, top, right, bottom)]
        else:
            at = top + (bottom - top) * ratio
            boxes += [(left, top, right, at), (left, at, right, bottom)]

    # One plane dominates; the other colours are few, and weigh against it from elsewhere.
    order = sorted(range(len(boxes)), key=lambda i: -_area(boxes[i]))
    dominant = order[int(rng.integers(0, min(2, len(order))))]
    fills = {dominant: colours[0]}
    share = float(rng.uniform(0.2, 0.6)) if lines != "none" else float(rng.uniform(0.5, 0.9))
    others = [i for i in range(len(boxes)) if i != dominant]
    for step, index in enumerate(rng.permutation(others)[: max(2, int(share * len(others)))]):
        fills[int(index)] = colours[(step + 1) % min(len(colours), 4)]
    if rng.random() < 0.5:
        fills[order[-1]] = palette.contrasting(quiet)

    canvas.skia.save()
    if lozenge:
        canvas.skia.rotate(45.0, canvas.width / 2, canvas.height / 2)
    touch = float(rng.uniform(0.15, 0.5))
    for index, box in enumerate(boxes):
        shade = adjust(quiet, lightness=float(rng.normal(-0.01, 0.012)))
        colour = fills.get(index, mix(shade, colours[0], 0.03))
        gap = width * 0.5 if lines == "none" else -0.002
        rectangle = skia.Rect.MakeLTRB(box[0] + gap, box[1] + gap, box[2] - gap, box[3] - gap)
        angle = 0.0 if box[2] - box[0] > box[3] - box[1] else math.pi / 2
        canvas.fill(skia.Path.Rect(rectangle), colour, touch=touch, angle=angle)
    if lines != "none":
        ink = palette.contrasting(quiet)
        for box in boxes:
            tone = ink if lines == "dark" else colours[int(rng.integers(0, 3))]
            thick = width * float(rng.choice([0.7, 1.0, 1.0, 1.6]))
            canvas.line(_edge(box, rng), tone, thick)
            if lines == "dark":
                canvas.line(_edge(box, rng), tone, width)
    canvas.skia.restore()
    return {
        "cuts": cuts,
        "lozenge": lozenge,
        "lines": lines,
        "line_width": round(width, 4),
        "coloured_share": round(share, 3),
    }


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _edge(box: Box, rng: np.random.Generator) -> skia.Path:
    """Return the right or the lower side of a box."""
    if rng.random() < 0.5:
        return skia.Path.Line(skia.Point(box[2], box[1]), skia.Point(box[2], box[3]))
    return skia.Path.Line(skia.Point(box[0], box[3]), skia.Point(box[2], box[3]))
