"""The second measure follows drawings whose attributes are known, and shares no formula."""

import ast
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from artdesk.core.attributes import ATTRIBUTES, HUES
from training.evaluation import second_opinion
from training.evaluation.second_opinion import measure_again

Draw = Callable[[ImageDraw.ImageDraw], None]


def value(pixels: np.ndarray, name: str) -> float:
    return float(measure_again(pixels)[ATTRIBUTES.index(name)])


def flat(*colour: int) -> np.ndarray:
    return np.full((120, 160, 3), colour, dtype=np.uint8)


def drawn(draw: Draw, ground: str = "white") -> np.ndarray:
    image = Image.new("RGB", (160, 160), ground)
    draw(ImageDraw.Draw(image))
    return np.asarray(image)


def noise(seed: int, cell: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    small = Image.fromarray(random.integers(256, size=(160 // cell, 160 // cell), dtype=np.uint8))
    return np.asarray(small.resize((160, 160), Image.Resampling.NEAREST).convert("RGB"))


def rectangles(draw: ImageDraw.ImageDraw) -> None:
    for at in range(10, 140, 32):
        draw.rectangle((at, at // 2 + 10, at + 22, at // 2 + 50), fill="black")


def discs(draw: ImageDraw.ImageDraw) -> None:
    for at in range(10, 140, 32):
        draw.ellipse((at, at // 2 + 10, at + 26, at // 2 + 36), fill="black")


def lines(dx: int, dy: int) -> Draw:
    def draw(to: ImageDraw.ImageDraw) -> None:
        for at in range(-160, 320, 16):
            start = (at, 0) if dy else (0, at)
            to.line((*start, start[0] + 160 * dx, start[1] + 160 * dy), fill="black", width=4)

    return draw


SWEPT: dict[str, tuple[np.ndarray, np.ndarray]] = {
    "warmth": (flat(60, 90, 220), flat(220, 120, 50)),
    "brightness": (flat(40, 40, 40), flat(220, 220, 220)),
    "vividness": (flat(120, 110, 115), flat(240, 30, 60)),
    "contrast": (noise(1, 20) // 4 + 90, noise(1, 20)),
    "colourfulness": (noise(1, 20), np.roll(noise(1, 20), 40, axis=1) // np.uint8([1, 2, 4])),
    "busyness": (drawn(lambda d: d.rectangle((20, 20, 90, 90), fill="red")), noise(2, 4)),
    "geometry": (noise(3, 2), drawn(lines(0, 1))),
    "sharpness": (
        np.asarray(Image.fromarray(noise(4, 20)).resize((24, 24)).resize((160, 160))),
        noise(4, 20),
    ),
    "texture": (noise(5, 40), noise(5, 1)),
    "symmetry": (noise(6, 16), np.hstack([noise(6, 16)[:, :80], noise(6, 16)[:, :80][:, ::-1]])),
    "dynamism": (drawn(lines(0, 1)), drawn(lines(1, 1))),
    "boldness": (noise(7, 4), noise(7, 80)),
    "density": (drawn(lambda d: d.rectangle((70, 70, 90, 90), fill="black")), noise(8, 8)),
    "verticality": (drawn(lines(1, 0)), drawn(lines(0, 1))),
    "angularity": (drawn(discs), drawn(rectangles)),
    "discord": (
        drawn(lambda d: d.rectangle((0, 80, 160, 160), fill="#e06030"), "#e0a030"),
        drawn(
            lambda d: (
                d.rectangle((0, 50, 160, 100), fill="#20c040"),
                d.rectangle((0, 100, 160, 160), fill="#4040e0"),
            ),
            "#e02040",
        ),
    ),
}
COLOURS = {
    "red": (215, 30, 40),
    "orange": (240, 135, 20),
    "yellow": (245, 230, 40),
    "green": (50, 150, 60),
    "turquoise": (50, 205, 200),
    "blue": (35, 70, 190),
    "purple": (120, 40, 170),
    "pink": (250, 130, 190),
    "brown": (110, 65, 30),
    "gold": (205, 160, 40),
    "black": (15, 15, 18),
    "grey": (125, 125, 125),
    "white": (245, 245, 244),
}


def test_every_attribute_is_swept() -> None:
    assert (*SWEPT, *COLOURS) == ATTRIBUTES
    assert tuple(COLOURS) == HUES


@pytest.mark.parametrize("name", SWEPT)
def test_an_axis_rises_from_its_low_drawing_to_its_high_one(name: str) -> None:
    low, high = SWEPT[name]
    assert value(high, name) > value(low, name)


@pytest.mark.parametrize("name", COLOURS)
def test_a_hue_is_found_where_it_is_and_hardly_elsewhere(name: str) -> None:
    found = {other: value(flat(*colour), name) for other, colour in COLOURS.items()}
    assert found[name] > 0.6
    assert max(found, key=lambda other: found[other]) == name


def test_a_blank_picture_has_finite_measures() -> None:
    for shade in (0, 128, 255):
        assert np.isfinite(measure_again(flat(shade, shade, shade))).all()


def test_it_imports_nothing_of_the_first_measure() -> None:
    tree = ast.parse(Path(second_opinion.__file__).read_text(encoding="utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not any(module and module.startswith("artdesk.engine") for module in modules)
