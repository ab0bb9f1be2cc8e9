"""Whether pictures show what was asked for: words, palettes, sketches."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from artdesk.core.attributes import ATTRIBUTES, AXES, HUES
from artdesk.core.colour import srgb8_to_oklab
from artdesk.core.recipe import Canvas, Recipe, Sketch, Swatch, Word
from artdesk.core.sketch_layout import cell_means
from artdesk.engine.measures.attributes import measure
from artdesk.engine.pipeline import Engine, Picture
from artdesk.engine.sketch.draw import sketch_colours
from artdesk.engine.words.palette import palette_from_image, palette_pixels
from training.evaluation.held_out import Advance
from training.evaluation.second_opinion import measure_again

FloatArray = NDArray[np.float64]
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Poles:
    """The two words of an axis, or a hue and its absence."""

    attribute: str
    low: str
    high: str


ALL_POLES = (
    *(Poles(axis.name, axis.negative, axis.positive) for axis in AXES),
    *(Poles(hue, f"not {hue}", hue) for hue in HUES),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """How a pair of poles was obeyed.

    Attributes:
        poles: What was asked.
        auc: Chance that a picture asked for the high pole measures higher than one asked for the
            low pole; 0.5 is no obedience, 1 is perfect.
        high_auc: The same for the high pole against pictures that were asked for nothing.
        low_auc: Chance that a picture asked for the low pole measures lower than such pictures.
        low: Pictures of the low pole, uint8 [H, W, 3] each.
        high: Pictures of the high pole.
        low_values: float64 [2, n], the attribute as measured in `low`, by `measure` and by
            `measure_again`.
        high_values: float64 [2, n], the same in `high`.
        second_auc: `auc` by `measure_again`.
    """

    poles: Poles
    auc: float
    high_auc: float
    low_auc: float
    low: Sequence[Pixels]
    high: Sequence[Pixels]
    low_values: FloatArray
    high_values: FloatArray
    second_auc: float


@dataclass(frozen=True, slots=True)
class Adjective:
    """How an adjective was obeyed that only the word network could read.

    Attributes:
        word: The adjective.
        attribute: The strongest attribute that people say it means; this one is measured.
        sign: 1 where it means much of it, -1 where it means little.
        auc: Chance that a picture of the word shows more of its meaning than one that was asked
            for the opposite pole; None when that pole was not asked for.
        plain_auc: The same against pictures that were asked for nothing.
        second_auc: `auc` by `measure_again`.
        second_plain_auc: `plain_auc` by `measure_again`.
    """

    word: str
    attribute: str
    sign: float
    auc: float | None
    plain_auc: float
    second_auc: float | None
    second_plain_auc: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """Pictures with what was measured in them.

    Attributes:
        pictures: The pictures.
        raw: float64 [2, n, 29] of `measure` and of `measure_again`.
    """

    pictures: Sequence[Picture]
    raw: FloatArray

    def values(self, attribute: str) -> FloatArray:
        """One attribute by both measures, float64 [2, n]."""
        return np.asarray(self.raw[..., ATTRIBUTES.index(attribute)])


@dataclass(frozen=True, slots=True)
class Distance:
    """Mean Oklab distance to what was asked, and to what was asked of another picture."""

    asked: float
    chance: float


def auc(high: FloatArray, low: FloatArray) -> float:
    """Area under the ROC curve: the chance that one of `high` exceeds one of `low`, ties half."""
    difference = high[:, None] - low[None]
    return float((difference > 0).mean() + 0.5 * (difference == 0).mean())


def _aucs(high: FloatArray, low: FloatArray) -> tuple[float, float]:
    """`auc` of values [2, n] by both measures."""
    return auc(high[0], low[0]), auc(high[1], low[1])


def draw(engine: Engine, recipes: Iterable[Recipe], advance: Advance) -> Drawn:
    """Make pictures and measure them; `advance` is told after every picture."""
    pictures, raw = [], []
    for recipe in recipes:
        pictures.append(engine.generate(recipe))
        pixels = pictures[-1].pixels
        raw.append((measure(pixels), measure_again(pixels)))
        advance()
    return Drawn(pictures, np.moveaxis(np.array(raw), 1, 0))


def asked_for(base: Recipe, words: Sequence[Word], seeds: Iterable[int]) -> list[Recipe]:
    """Recipes like `base` that say some words; seeds are fixed, none is picked out."""
    return [replace(base, words=tuple(words), seed=seed) for seed in seeds]


def poles_answer(
    engine: Engine, poles: Poles, plain: Drawn, count: int, base: Recipe, advance: Advance
) -> Answer:
    """Ask for both poles with the seeds 0 to count - 1 and measure the answers.

    Args:
        engine: The engine.
        poles: What to ask for.
        plain: Pictures that were asked for nothing.
        count: Pictures of each pole.
        base: All else that the pictures are asked for.
        advance: Told after every picture.
    """
    low, high = (
        draw(engine, asked_for(base, [Word(text=text)], range(count)), advance)
        for text in (poles.low, poles.high)
    )
    low_values, high_values, without = (
        drawn.values(poles.attribute) for drawn in (low, high, plain)
    )
    first, second = _aucs(high_values, low_values)
    return Answer(
        poles=poles,
        auc=first,
        high_auc=auc(high_values[0], without[0]),
        low_auc=auc(without[0], low_values[0]),
        low=[picture.pixels for picture in low.pictures],
        high=[picture.pixels for picture in high.pictures],
        low_values=low_values,
        high_values=high_values,
        second_auc=second,
    )


def adjective_answer(
    engine: Engine,
    word: str,
    attributes: Mapping[str, float],
    plain: Drawn,
    answers: Mapping[str, Answer],
    count: int,
    base: Recipe,
    advance: Advance,
) -> Adjective:
    """Ask for an adjective through the word network, even when the table knows it.

    Args:
        engine: The engine.
        word: The adjective.
        attributes: What people say it means; the strongest attribute is measured.
        plain: Pictures that were asked for nothing.
        answers: The poles that were asked for already, by attribute; their pictures are the
            opposite to compare with.
        count: Number of pictures.
        base: All else that the pictures are asked for.
        advance: Told after every picture.
    """
    vector = base64.b64encode(engine.words.encode(word).tobytes()).decode("ascii")
    recipes = asked_for(base, [Word(text=word, vector=vector)], range(count))
    drawn = draw(engine, recipes, advance)
    name = max(attributes, key=lambda key: abs(attributes[key]))
    sign = float(np.sign(attributes[name]))
    shown = sign * drawn.values(name)
    opposed: tuple[float | None, float | None] = None, None
    if name in answers:
        answer = answers[name]
        opposite = answer.low_values if sign > 0 else answer.high_values
        opposed = _aucs(shown, sign * opposite)
    against_plain = _aucs(shown, sign * plain.values(name))
    return Adjective(
        word=word,
        attribute=name,
        sign=sign,
        auc=opposed[0],
        plain_auc=against_plain[0],
        second_auc=opposed[1],
        second_plain_auc=against_plain[1],
    )


def palette_distance(first: Sequence[Swatch], second: Sequence[Swatch]) -> float:
    """Oklab distance of two palettes: the least mean way that carries one's shares to the other.

    The earth mover's distance (Rubner, Tomasi & Guibas 2000).
    """
    colours = [srgb8_to_oklab(palette_pixels(palette)) for palette in (first, second)]
    shares = [_shares(palette) for palette in (first, second)]
    ways = np.linalg.norm(colours[0][:, None] - colours[1][None], axis=-1)
    rows, columns = ways.shape
    leaving = np.kron(np.eye(rows), np.ones(columns))
    arriving = np.kron(np.ones(rows), np.eye(columns))
    solved = linprog(
        ways.reshape(-1),
        A_eq=np.concatenate([leaving, arriving])[:-1],  # the last equation follows from the others
        b_eq=np.concatenate(shares)[:-1],
    )
    return float(solved.fun)


def palette_adherence(
    engine: Engine, palettes: Sequence[Sequence[Swatch]], base: Recipe, advance: Advance
) -> Distance:
    """Ask for one picture of each palette, and measure the palettes of the pictures."""
    asked, chance = [], []
    for number, palette in enumerate(palettes):
        picture = engine.generate(replace(base, palette=tuple(palette), seed=number))
        found = palette_from_image(picture.pixels)
        asked.append(palette_distance(palette, found))
        chance.append(palette_distance(palettes[number - 1], found))
        advance()
    return Distance(float(np.mean(asked)), float(np.mean(chance)))


def sketch_of(engine: Engine, pixels: Pixels) -> Sketch:
    """The complete sketch of a picture uint8 [H, W, 3]."""
    height, width = pixels.shape[:2]
    return engine.sketch_from_image(pixels, Canvas(width=width, height=height))


def sketch_distance(sketch: Sketch, pixels: Pixels) -> float:
    """Mean Oklab distance between the cells of a sketch and the areas of a picture under them."""
    areas = cell_means(srgb8_to_oklab(pixels), sketch.rows, sketch.columns)
    return float(np.linalg.norm(areas - srgb8_to_oklab(sketch_colours(sketch)), axis=-1).mean())


def sketch_adherence(
    engine: Engine, sketches: Sequence[Sketch], base: Recipe, advance: Advance
) -> Distance:
    """Ask for one picture of each complete sketch, and compare its areas with the cells."""
    asked, chance = [], []
    for number, sketch in enumerate(sketches):
        picture = engine.generate(replace(base, sketch=sketch, seed=number))
        asked.append(sketch_distance(sketch, picture.pixels))
        chance.append(sketch_distance(sketches[number - 1], picture.pixels))
        advance()
    return Distance(float(np.mean(asked)), float(np.mean(chance)))


def _shares(palette: Sequence[Swatch]) -> FloatArray:
    shares = np.array([swatch.share_milli for swatch in palette], dtype=np.float64)
    return np.asarray(shares / shares.sum(), dtype=np.float64)
