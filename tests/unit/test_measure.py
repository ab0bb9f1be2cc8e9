"""The measures of pictures: each axis follows the property that it is named after."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter

from artdesk.core.attributes import ATTRIBUTES, HUES
from artdesk.core.errors import PictureError
from artdesk.engine.measures.attributes import measure, percentiles

SIZE = 256
INDEX = {name: position for position, name in enumerate(ATTRIBUTES)}


def _array(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture.convert("RGB"))


def _canvas(colour: str = "#e8e4da") -> Image.Image:
    return Image.new("RGB", (SIZE, SIZE), colour)


def _boxes(count: int, size: int, colours: Sequence[str], seed: int = 1) -> Image.Image:
    rng = np.random.default_rng(seed)
    picture = _canvas()
    draw = ImageDraw.Draw(picture)
    for number in range(count):
        x, y = rng.integers(0, SIZE - size, 2)
        draw.rectangle((x, y, x + size, y + size), fill=colours[number % len(colours)])
    return picture


def _shapes(kind: str, seed: int = 3) -> Image.Image:
    """Large separate discs or triangles, smoothed so that both have clean edges."""
    rng = np.random.default_rng(seed)
    picture = Image.new("RGB", (SIZE * 2, SIZE * 2), "#f0ece0")
    draw = ImageDraw.Draw(picture)
    for row in range(3):
        for column in range(3):
            x, y = 90 + 165 * column, 90 + 165 * row
            if kind == "disc":
                draw.ellipse((x - 62, y - 62, x + 62, y + 62), fill="#223355")
            else:
                turn = rng.uniform(0, 2 * np.pi)
                corners = [
                    (x + 76 * np.cos(turn + k * 2.094), y + 76 * np.sin(turn + k * 2.094))
                    for k in range(3)
                ]
                draw.polygon(corners, fill="#223355")
    return picture.resize((SIZE, SIZE), Image.Resampling.LANCZOS)


def _stripes(angle: float, width: int = 16) -> Image.Image:
    """Stripes; 0 degrees means horizontal ones."""
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(float)
    across = x * np.sin(np.radians(angle)) + y * np.cos(np.radians(angle))
    value = np.clip(127 + 400 * np.sin(across * np.pi / width), 30, 220)
    return Image.fromarray(np.repeat(value[..., None], 3, axis=2).astype(np.uint8))


def _noisy(amount: float) -> np.ndarray:
    base = _array(_boxes(8, 90, ["#335577", "#aa4422"])).astype(float)
    noise = np.random.default_rng(5).normal(0, amount, (SIZE, SIZE, 1))
    return np.clip(base + noise, 0, 255).astype(np.uint8)


def _mirrored(share: float) -> np.ndarray:
    """The left half mirrored into the right, then the right `share` replaced by another one."""
    left = _array(_boxes(30, 40, ["#335577", "#aa4422", "#111111"], 7))
    other = _array(_boxes(30, 40, ["#335577", "#aa4422", "#111111"], 8))
    both = np.concatenate([left[:, : SIZE // 2], left[:, : SIZE // 2][:, ::-1]], axis=1)
    start = round(SIZE * (1 - share / 2))
    both[:, start:] = other[:, start:]
    return both


def _tinted(colour: tuple[int, int, int], amount: float) -> np.ndarray:
    base = _array(_boxes(20, 60, ["#777777", "#999999", "#555555"])).astype(float)
    return (base * (1 - amount) + np.array(colour) * amount).astype(np.uint8)


def _scaled(factor: float) -> np.ndarray:
    return (_array(_boxes(20, 60, ["#aa8866", "#557799"])).astype(float) * factor).astype(np.uint8)


def _contrast(amount: float) -> np.ndarray:
    base = _array(_boxes(20, 60, ["#222222", "#dddddd"], 2)).astype(float)
    return (128 + (base - 128) * amount).astype(np.uint8)


def _hues(count: int) -> np.ndarray:
    colours = ["#c03030", "#3060c0", "#30a050", "#d0b020", "#8030a0", "#e07020"][:count]
    return _array(_boxes(80, 60, colours))


def _mass(size: int) -> np.ndarray:
    """The same ink in ever larger pieces."""
    return _array(_boxes(round(30000 / size**2) + 1, size, ["#101020"], 4))


def _saturated(amount: float) -> np.ndarray:
    grey = np.full(3, 120.0)
    colours = [grey + amount * (np.array(c) - grey) for c in ([200, 40, 40], [40, 90, 200])]
    named = ["#" + "".join(f"{round(v):02x}" for v in c) for c in colours]
    return _array(_boxes(60, 60, named))


def _blurred(radius: float) -> np.ndarray:
    return _array(_boxes(30, 50, ["#335577", "#aa4422"]).filter(ImageFilter.GaussianBlur(radius)))


LADDERS: dict[str, tuple[Callable[[float], np.ndarray], Sequence[float]]] = {
    "warmth": (lambda v: _tinted((255, 120, 0) if v > 0 else (0, 120, 255), abs(v)),
               [-0.8, -0.4, 0.0, 0.4, 0.8]),
    "brightness": (_scaled, [0.2, 0.4, 0.6, 0.8, 1.0]),
    "vividness": (_saturated, [0.0, 0.3, 0.6, 1.0]),
    "contrast": (_contrast, [0.1, 0.3, 0.6, 1.0]),
    "colourfulness": (lambda v: _hues(int(v)), [1, 2, 4]),
    "busyness": (lambda v: _array(_boxes(int(v), 24, ["#335577", "#aa4422"])), [2, 8, 30, 90]),
    "sharpness": (lambda v: _blurred(-v), [-12, -6, -3, 0]),
    "texture": (_noisy, [0, 8, 20, 40]),
    "symmetry": (lambda v: _mirrored(1 - v), [0.0, 0.4, 0.8, 1.0]),
    "boldness": (lambda v: _mass(int(v)), [6, 16, 50, 120]),
    "density": (lambda v: _array(_boxes(int(v), 50, ["#335577", "#aa4422", "#226644"])),
                [1, 5, 15, 60]),
    "verticality": (lambda v: _array(_stripes(v)), [0, 25, 65, 90]),
    "dynamism": (lambda v: _array(_stripes(v)), [0, 12, 25, 45]),
}  # fmt: skip


@pytest.mark.parametrize("axis", LADDERS)
def test_axis_rises_with_its_property(axis: str) -> None:
    make, steps = LADDERS[axis]
    values = [measure(make(step))[INDEX[axis]] for step in steps]
    assert all(np.diff(values) > 0), values


def test_triangles_are_more_angular_than_discs() -> None:
    disc, triangle = (measure(_array(_shapes(kind))) for kind in ("disc", "triangle"))
    assert triangle[INDEX["angularity"]] > disc[INDEX["angularity"]] + 0.3


def test_straight_forms_are_more_geometric_than_clouds() -> None:
    rng = np.random.default_rng(0)
    cloud = Image.fromarray(rng.integers(0, 255, (24, 24, 3), dtype=np.uint8))
    cloud = cloud.resize((SIZE, SIZE), Image.Resampling.BICUBIC)
    grid = _boxes(20, 60, ["#335577", "#aa4422"])
    assert (
        measure(_array(grid))[INDEX["geometry"]] > measure(_array(cloud))[INDEX["geometry"]] + 0.3
    )


def test_red_with_green_is_more_discordant_than_two_blues() -> None:
    clash = measure(_array(_boxes(60, 60, ["#ff0030", "#00b020"])))
    near = measure(_array(_boxes(60, 60, ["#7090c0", "#90b0d8"])))
    assert clash[INDEX["discord"]] > near[INDEX["discord"]]


PURE = {
    "red": "#d01818", "orange": "#f08010", "yellow": "#f8e020", "green": "#209040",
    "turquoise": "#40d0c8", "blue": "#2050c0", "purple": "#702090", "pink": "#f0a0b8",
    "brown": "#70401c", "gold": "#d4a62c", "black": "#101010", "grey": "#808080",
    "white": "#fafafa",
}  # fmt: skip


@pytest.mark.parametrize("hue", HUES)
def test_each_hue_is_read_as_itself(hue: str) -> None:
    shares = measure(_array(_canvas(PURE[hue])))[16:]
    assert HUES[int(shares.argmax())] == hue, dict(zip(HUES, shares.round(2), strict=True))
    assert shares[HUES.index(hue)] > 0.6


def test_every_number_is_finite_for_a_flat_and_for_a_tiny_picture() -> None:
    for picture in (np.zeros((64, 64, 3), np.uint8), np.full((3, 900, 3), 255, np.uint8),
                    np.zeros((1, 1, 3), np.uint8)):  # fmt: skip
        assert np.isfinite(measure(picture)).all()


@pytest.mark.parametrize("factor", [2, 3])
def test_size_does_not_matter(factor: int) -> None:
    small = _boxes(30, 50, ["#335577", "#aa4422"])
    large = small.resize((SIZE * factor, SIZE * factor), Image.Resampling.BICUBIC)
    assert np.allclose(measure(_array(small)), measure(_array(large)), rtol=0.08, atol=0.05)


def test_turning_by_a_quarter_only_turns_verticality() -> None:
    picture = _array(_boxes(30, 50, ["#335577", "#aa4422", "#d0b020"]))
    before, after = measure(picture), measure(np.ascontiguousarray(np.rot90(picture)))
    same = [position for name, position in INDEX.items() if name != "verticality"]
    assert np.allclose(before[same], after[same], atol=0.02)
    assert before[INDEX["verticality"]] == pytest.approx(-after[INDEX["verticality"]], abs=0.02)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((8, 8), np.uint8),
        np.zeros((8, 8, 4), np.uint8),
        np.zeros((8, 8, 3), np.float32),
        np.zeros((0, 8, 3), np.uint8),
    ],
)
def test_other_arrays_are_refused(pixels: np.ndarray) -> None:
    with pytest.raises(PictureError, match="8 bits"):
        measure(pixels)


def _table(rows: np.ndarray) -> np.ndarray:
    return np.percentile(rows, np.linspace(0, 100, 101), axis=0).T.astype(np.float32)


def test_percentiles_run_from_lowest_to_highest() -> None:
    rows = np.random.default_rng(0).normal(size=(500, 29))
    values = percentiles(np.sort(rows, axis=0), _table(rows))
    assert (np.diff(values, axis=0) >= 0).all()
    assert np.abs(values.mean(axis=0)).max() < 0.02
    assert values.min() >= -1
    assert values.max() <= 1


def test_a_colour_that_most_pictures_lack_reads_minus_one_where_it_is_absent() -> None:
    rows = np.zeros((1000, 29))
    rows[600:] = np.linspace(0.01, 1, 400)[:, None]
    values = percentiles(np.array([[0.0] * 29, [0.01] * 29, [1.0] * 29, [5.0] * 29]), _table(rows))
    assert (values[0] == -1).all()
    assert (np.abs(values[1] - 0.2) < 0.05).all()
    assert (values[2:] == 1).all()


def test_an_attribute_that_never_varies_says_nothing() -> None:
    assert (percentiles(np.full(29, 7.0), np.full((29, 101), 3.0, np.float32)) == 0).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.floats(-1e6, 1e6))
def test_percentiles_stay_in_range(seed: int, value: float) -> None:
    rows = np.random.default_rng(seed).integers(0, 4, (50, 29)).astype(float)
    values = percentiles(np.full(29, value), _table(rows))
    assert (np.abs(values) <= 1).all()
