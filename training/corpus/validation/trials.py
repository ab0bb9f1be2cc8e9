"""Drawings with one parameter swept, to test whether each measure follows what it is named after.

Every trial draws the same composition again and again while one parameter goes from little to much
of the attribute. Colours are swept in the palettes of the families of constructed pictures; forms
are swept in small drawings made for the purpose, since no family controls those axes alone.
"""

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import skia
from numpy.typing import NDArray

from artdesk.core.attributes import HUES
from artdesk.core.colour import srgb8_to_oklab
from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.noise import curve
from training.corpus.constructed.palette import Lab, Palette, harmony, oklch
from training.corpus.constructed.registry import all_families
from training.corpus.constructed.shapes import bar, circle, path, regular, smooth_path, turned
from training.corpus.constructed.surface import finish

Pixels = NDArray[np.uint8]
Draw = Callable[[int, float], Pixels]
Change = Callable[[Lab, int, float], Lab]

SIDE = 256
_FAMILY_SIDE = 128
# Families of different hands: planes, figures, discs and washes.
_FAMILIES = ("de_stijl", "suprematist", "orphist", "watercolour")
_GRID = 10
# The CSS colours of these names, or where CSS has none of that look (gold, brown, pink) near it.
_NAMED = {
    "red": "d01818", "orange": "f08010", "yellow": "f8e020", "green": "209040",
    "turquoise": "40d0c8", "blue": "2050c0", "purple": "702090", "pink": "f0a0b8",
    "brown": "70401c", "gold": "d4a62c", "black": "101010", "grey": "808080", "white": "fafafa",
}  # fmt: skip
# Colours that people call by either name are not put beside each other as something else.
_ALIKE = {
    "red": ("orange", "brown", "pink"), "orange": ("gold", "brown", "red"),
    "yellow": ("gold", "orange"), "gold": ("yellow", "orange", "brown"),
    "brown": ("orange", "red", "gold"), "turquoise": ("green", "blue"),
    "purple": ("pink", "blue"), "pink": ("red", "purple"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trial:
    """One parameter that controls one attribute.

    Attributes:
        attribute: Name of the attribute.
        parameter: What is swept, in plain words, from little to much of the attribute.
        draw: Takes a seed and the amount 0..1, returns a picture uint8 [H, W, 3].
    """

    attribute: str
    parameter: str
    draw: Draw


def _streams(seed: int) -> tuple[np.random.Generator, Canvas, Palette]:
    """Source of chance of the forms, an empty canvas and a palette; the same for a seed."""
    forms, colours, texture = (
        np.random.Generator(np.random.PCG64(child))
        for child in np.random.SeedSequence([seed, 977]).spawn(3)
    )
    return forms, Canvas(SIDE, 1.0, texture), harmony(colours)


def _family(seed: int, amount: float, change: Change | None, strength: float | None) -> Pixels:
    """A family's picture with every colour of its palette changed, or its surface swept.

    Args:
        seed: Chooses the family and everything that is not swept.
        amount: 0..1, handed to `change`.
        change: Takes a colour, its place in the palette and the amount.
        strength: 0..1 of the surface; none is laid when not given.
    """
    rng, _, palette = _streams(seed)
    canvas = Canvas(_FAMILY_SIDE, 1.0, np.random.default_rng(seed))
    if change is not None:
        shift = functools.partial(_changed, change, amount)
        palette = replace(
            palette,
            ground=shift(palette.ground, 0),
            colours=np.array([shift(c, place + 1) for place, c in enumerate(palette.colours)]),
            dark=shift(palette.dark, 2),
            light=shift(palette.light, 3),
        )
    all_families()[_FAMILIES[seed % len(_FAMILIES)]].draw(canvas, rng, palette)
    if strength is not None:
        surface = ("impasto", "paper", "brushed", "canvas")[seed // len(_FAMILIES) % 4]
        finish(canvas, np.random.default_rng(seed), surface, strength)
    return canvas.pixels()


def _changed(change: Change, amount: float, colour: Lab, place: int) -> Lab:
    return change(colour, place, amount)


def _polar(colour: Lab) -> tuple[float, float, float]:
    lightness, a, b = colour.tolist()
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a))


def _warmer(colour: Lab, place: int, amount: float) -> Lab:
    lightness, chroma, _ = _polar(colour)
    return oklch(lightness, max(chroma, 0.08), 240.0 - 180.0 * amount + 12.0 * (place % 3 - 1))


def _brighter(colour: Lab, _: int, amount: float) -> Lab:
    lightness, chroma, hue = _polar(colour)
    return oklch(0.2 + 0.65 * amount + 0.35 * (lightness - 0.6), chroma, hue)


def _more_vivid(colour: Lab, _: int, amount: float) -> Lab:
    lightness, chroma, hue = _polar(colour)
    return oklch(lightness, 1.6 * amount * chroma, hue)


def _more_contrast(colour: Lab, _: int, amount: float) -> Lab:
    lightness, chroma, hue = _polar(colour)
    return oklch(0.58 + (0.1 + 1.2 * amount) * (lightness - 0.58), chroma, hue)


def _more_hues(colour: Lab, place: int, amount: float) -> Lab:
    lightness = _polar(colour)[0]
    return oklch(lightness, 0.11, 300.0 * amount * (place * 0.382 % 1.0) + 60.0)


def _opposed_hues(colour: Lab, place: int, amount: float) -> Lab:
    return oklch(_polar(colour)[0], 0.02 + 0.2 * amount, 25.0 + 180.0 * (place % 2))


def _hue_gap(colour: Lab, place: int, amount: float) -> Lab:
    return oklch(_polar(colour)[0], 0.11, 40.0 + 180.0 * amount * (place % 2))


def _swept(change: Change) -> Draw:
    return lambda seed, amount: _family(seed, amount, change, None)


def _surface(seed: int, amount: float) -> Pixels:
    # Every surface once per family: the seed counts families first.
    return _family(seed * (len(_FAMILIES) + 1), 0.0, None, amount)


def _places(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Points [count, 2] that keep apart: of 12 candidates the farthest (Mitchell 1991)."""
    found = [rng.uniform(0.1, 0.9, 2)]
    while len(found) < count:
        candidates = rng.uniform(0.04, 0.96, (12, 2))
        gaps = np.linalg.norm(candidates[:, None] - np.array(found)[None], axis=2).min(axis=1)
        found.append(candidates[int(gaps.argmax())])
    return np.array(found)


def _form(rng: np.random.Generator, at: NDArray[np.float64], radius: float) -> skia.Path:
    kind = int(rng.integers(3))
    angle = float(rng.uniform(0.0, math.pi))
    if kind == 0:
        return circle(at, radius)
    if kind == 1:
        return path(regular(at, radius * 1.2, int(rng.integers(3, 6)), angle))
    return path(bar(at, 2.6 * radius, 1.2 * radius, angle))


def _scene(
    seed: int, count: int, radius: float, blur: float = 0.0, touch: float = 0.0
) -> tuple[Canvas, np.random.Generator]:
    """Forms on a quiet ground; more of them leave the first ones where they are."""
    rng, canvas, palette = _streams(seed)
    canvas.ground(palette.ground)
    colours = palette.ranked(palette.ground)
    for number, at in enumerate(_places(rng, count)):
        own = np.random.default_rng([seed, number])
        canvas.fill(
            _form(own, at, radius), colours[number % 4], blur=blur, touch=touch, texture="grain"
        )
    return canvas, rng


def _number(amount: float, least: float, most: float) -> int:
    """A count between two, in even ratios."""
    return round(float(least * (most / least) ** amount))


def _more_forms(seed: int, amount: float) -> Pixels:
    count = _number(amount, 2, 110)
    return _scene(seed, count, math.sqrt(0.24 / math.pi / count))[0].pixels()


def _finer_grid(seed: int, amount: float) -> Pixels:
    rng, canvas, palette = _streams(seed)
    canvas.ground(palette.ground)
    cells = _number(amount, 2, 20)
    for row in range(cells):
        for column in range(cells):
            at = (np.array([column, row]) + 0.5) / cells
            form = path(regular(at, 0.7 / cells, 4, math.pi / 4))
            canvas.fill(form, palette.pick(int(rng.integers(5))))
    return canvas.pixels()


def _fuller(seed: int, amount: float) -> Pixels:
    return _scene(seed, _number(amount, 2, 130), 0.06)[0].pixels()


def _sharper(seed: int, amount: float) -> Pixels:
    return _scene(seed, 14, 0.11, blur=0.05 * (1.0 - amount) ** 1.5)[0].pixels()


def _grain(seed: int, amount: float) -> Pixels:
    canvas, _ = _scene(seed, 8, 0.14)
    grain = canvas.noise(np.random.default_rng(seed), 0.02, 2, 0.7)
    canvas.put(canvas.image() + np.float32(0.14 * amount) * grain[..., None])
    return canvas.pixels()


def _wobbling(seed: int, amount: float) -> Pixels:
    """Regular polygons and discs whose outlines wander the more, the less is asked for."""
    rng, canvas, palette = _streams(seed)
    canvas.ground(palette.ground)
    colours = palette.ranked(palette.ground)
    turns = np.linspace(0.0, 2.0 * math.pi, 120, endpoint=False)
    for number, at in enumerate(_places(rng, 12)):
        own = np.random.default_rng([seed, number])
        sides, angle = int(own.integers(3, 7)), float(own.uniform(0.0, math.pi))
        sector = (turns + angle) % (2.0 * math.pi / sides) - math.pi / sides
        reach = 0.11 * math.cos(math.pi / sides) / np.cos(sector)
        reach = reach * (1.0 + 0.5 * (1.0 - amount) * curve(own, 120, 14, closed=True))
        outline = at + reach[:, None] * np.stack([np.cos(turns), np.sin(turns)], axis=1)
        canvas.fill(smooth_path(outline), colours[number % 4])
    return canvas.pixels()


def _even_paint(seed: int, amount: float) -> Pixels:
    canvas, _ = _scene(seed, 12, 0.12)
    cloud = canvas.noise(np.random.default_rng(seed), 0.12, 4, 0.6)
    canvas.put(canvas.image() + np.float32(0.16 * (1.0 - amount)) * cloud[..., None])
    return canvas.pixels()


def _mirrored(seed: int, amount: float) -> Pixels:
    """Pairs of forms whose second one strays from its mirror place the less is asked for."""
    rng, canvas, palette = _streams(seed)
    canvas.ground(palette.ground)
    colours = palette.ranked(palette.ground)
    for number, at in enumerate(_places(rng, 9)):
        own = np.random.default_rng([seed, number])
        radius = float(own.uniform(0.05, 0.11))
        left = at * (0.5, 1.0)
        way = own.uniform(0.0, 2.0 * math.pi)
        stray = 0.3 * (1.0 - amount) * np.array([math.cos(way), math.sin(way)])
        right = np.array([1.0 - left[0], left[1]]) + stray
        for place in (left, right):
            place = place if seed % 2 else place[::-1]
            canvas.fill(circle(place, radius), colours[number % 4])
    return canvas.pixels()


def _bars(seed: int, angle: float, crossed: bool) -> Pixels:
    """Long bars in one direction, and as many across it when crossed; angle in degrees."""
    rng, canvas, palette = _streams(seed)
    canvas.ground(palette.ground)
    colours = palette.ranked(palette.ground)
    for number, at in enumerate(_places(rng, 14)):
        own = np.random.default_rng([seed, number])
        turn = math.radians(angle + (90.0 if crossed and number % 2 else 0.0))
        size = float(own.uniform(0.3, 0.7)), float(own.uniform(0.015, 0.06))
        canvas.fill(path(bar(at, *size, turn)), colours[number % 4])
    return canvas.pixels()


def _oblique_share(seed: int, amount: float) -> Pixels:
    rng, canvas, palette = _streams(seed)
    canvas.ground(palette.ground)
    colours = palette.ranked(palette.ground)
    for number, at in enumerate(_places(rng, 30)):
        turn = math.radians(90.0 * (number % 2) + (45.0 if number < 30 * amount else 0.0))
        canvas.fill(path(bar(at, 0.3, 0.03, turn)), colours[number % 4])
    return canvas.pixels()


def _broad_lines(seed: int, amount: float) -> Pixels:
    rng, canvas, palette = _streams(seed)
    canvas.ground(palette.ground)
    ink = palette.contrasting(palette.ground)
    for at, turn in zip(_places(rng, 5), rng.uniform(0.0, math.pi, 5), strict=True):
        canvas.fill(path(bar(at, 0.8, 0.006 * 20.0**amount, float(turn))), ink)
    return canvas.pixels()


def _large_masses(seed: int, amount: float) -> Pixels:
    """The same ink in fewer and larger pieces."""
    count = _number(1.0 - amount, 2, 110)
    return _scene(seed, count, math.sqrt(0.24 / math.pi / count))[0].pixels()


def _corners(seed: int, amount: float) -> Pixels:
    """Squares whose corners are rounded until they are discs, the less is asked for."""
    rng, canvas, palette = _streams(seed)
    canvas.ground(palette.ground)
    colours = palette.ranked(palette.ground)
    quarter = np.linspace(0.0, math.pi / 2.0, 24)
    for number, at in enumerate(_places(rng, 7)):
        half, round_ = 0.12, 0.12 * (1.0 - amount)
        arc = round_ * np.stack([np.cos(quarter), np.sin(quarter)], axis=1) + (half - round_)
        outline = np.concatenate([turned(arc, math.pi / 2.0 * side) for side in range(4)])
        turn = float(np.random.default_rng([seed, number]).uniform(0.0, math.pi))
        canvas.fill(path(turned(outline, turn) + at), colours[number % 4])
    return canvas.pixels()


def _hue_share(hue: str, seed: int, amount: float) -> Pixels:
    """A patchwork of named colours; a share of up to 0.8 of its cells is of one."""
    rng, canvas, _ = _streams(seed)
    others = [name for name in HUES if name != hue and name not in _ALIKE.get(hue, ())]
    order = rng.permutation(_GRID * _GRID)
    chosen = rng.integers(len(others), size=_GRID * _GRID)
    for rank, cell in enumerate(order):
        own = rank < 0.8 * amount * _GRID * _GRID
        name = hue if own else others[int(chosen[rank])]
        lightness, chroma, angle = _polar(
            srgb8_to_oklab(np.array(bytearray.fromhex(_NAMED[name]), dtype=np.uint8))
        )
        colour = oklch(
            lightness + float(rng.normal(0.0, 0.015)),
            chroma * float(rng.uniform(0.85, 1.05)),
            angle + float(rng.normal(0.0, 4.0)),
        )
        row, column = divmod(int(cell), _GRID)
        box = skia.Rect.MakeXYWH(column / _GRID, row / _GRID, 1.01 / _GRID, 1.01 / _GRID)
        canvas.fill(skia.Path.Rect(box), colour)
    return canvas.pixels()


TRIALS: Sequence[Trial] = (
    Trial("warmth", "hue of a family's palette, from blue to orange", _swept(_warmer)),
    Trial("brightness", "lightness of a family's palette", _swept(_brighter)),
    Trial("vividness", "chroma of a family's palette", _swept(_more_vivid)),
    Trial("contrast", "spread of lightness of a family's palette", _swept(_more_contrast)),
    Trial("colourfulness", "range of hues of a family's palette", _swept(_more_hues)),
    Trial("busyness", "number of forms, same covered area", _more_forms),
    Trial("busyness", "cells of a chequered grid", _finer_grid),
    Trial("geometry", "outlines that wander less", _wobbling),
    Trial("geometry", "paint that is more even", _even_paint),
    Trial("sharpness", "edges that are less blurred", _sharper),
    Trial("texture", "strength of a grain", _grain),
    Trial("texture", "strength of a family's surface", _surface),
    Trial("symmetry", "mirrored forms that stray less", _mirrored),
    Trial(
        "dynamism",
        "tilt of a grid of bars, 0 to 45 degrees",
        lambda seed, amount: _bars(seed, 45.0 * amount, crossed=True),
    ),
    Trial("dynamism", "share of oblique bars", _oblique_share),
    Trial("boldness", "width of lines", _broad_lines),
    Trial("boldness", "size of forms, same covered area", _large_masses),
    Trial("density", "number of forms of one size", _fuller),
    Trial(
        "verticality",
        "angle of bars, 0 to 90 degrees",
        lambda seed, amount: _bars(seed, 90.0 * amount, crossed=False),
    ),
    Trial("angularity", "corners that are less rounded, from discs to squares", _corners),
    Trial("discord", "chroma of two opposed hues in a family's palette", _swept(_opposed_hues)),
    Trial("discord", "gap of two hues in a family's palette", _swept(_hue_gap)),
    *(
        Trial(hue, "share of a patchwork of named colours", functools.partial(_hue_share, hue))
        for hue in HUES
    ),
)
