"""What a recipe resolves to before anything is painted, as one value that can be interpolated."""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from artdesk.core.colour import oklab_to_srgb8, srgb8_to_hex, srgb8_to_oklab
from artdesk.core.errors import RecipeError
from artdesk.core.recipe import SAMPLING_RANGES, Recipe, Sampling, Sketch, Swatch
from artdesk.engine.sketch.draw import sketch_colours
from artdesk.engine.words import palette as palettes
from artdesk.engine.words.conditions import Wishes, condition_rows

FloatArray = NDArray[np.float64]

WHOLE = 1000
"""The amount at which `Plan.between` is the other plan."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """What the networks are told, and the composition.

    Attributes:
        recipe: With the vectors of unknown words filled in.
        wishes: What its words ask for.
        palette: The palette in use.
        sketch: The whole composition.
        conditions: float64 [2, 119], wanted and unguided.
    """

    recipe: Recipe
    wishes: Wishes
    palette: tuple[Swatch, ...]
    sketch: Sketch
    conditions: FloatArray

    def between(self, other: "Plan", milli: int) -> "Plan":
        """The plan between this one (0) and another (1000).

        Vectors of words, colours in Oklab and sliders are mixed evenly; each colour of a palette
        goes to the one that has its place by share. What cannot be mixed, such as the seed, stays
        this plan's.

        Raises:
            RecipeError: The canvases differ.
        """
        if self.recipe.canvas != other.recipe.canvas:
            raise RecipeError(
                "Pictures of different sizes cannot be mixed: make them in the same size."
            )
        if milli <= 0:
            return self
        if milli >= WHOLE:
            return other
        wishes = Wishes(
            *(
                _mixed(getattr(self.wishes, entry.name), getattr(other.wishes, entry.name), milli)
                for entry in fields(Wishes)
            )
        )
        palette = _mixed_palette(self.palette, other.palette, milli)
        sampling = {
            name: round(
                int(getattr(self.recipe.sampling, name)) * (WHOLE - milli) / WHOLE
                + int(getattr(other.recipe.sampling, name)) * milli / WHOLE
            )
            for name in SAMPLING_RANGES
        }
        recipe = replace(self.recipe, sampling=Sampling(**sampling))
        colours = _mixed(_oklab(self.sketch), _oklab(other.sketch), milli)
        cells = oklab_to_srgb8(colours).reshape(-1, 3).tolist()
        return Plan(
            recipe=recipe,
            wishes=wishes,
            palette=palette,
            sketch=replace(self.sketch, cells=tuple(srgb8_to_hex(*cell) for cell in cells)),
            conditions=condition_rows(wishes, palette, recipe),
        )


def _mixed(first: FloatArray, second: FloatArray, milli: int) -> FloatArray:
    return np.asarray((first * (WHOLE - milli) + second * milli) / WHOLE, dtype=np.float64)


def _oklab(sketch: Sketch) -> FloatArray:
    return srgb8_to_oklab(sketch_colours(sketch))


def _mixed_palette(
    first: tuple[Swatch, ...], second: tuple[Swatch, ...], milli: int
) -> tuple[Swatch, ...]:
    """Five colours of each by falling share, mixed in pairs."""
    sides = []
    for colours, shares in (palettes.for_condition(first), palettes.for_condition(second)):
        order = np.argsort(-shares, kind="stable")
        sides.append((colours[order], shares[order]))
    (colours, shares), (others, their_shares) = sides
    return palettes.swatches(
        oklab_to_srgb8(_mixed(colours, others, milli)), _mixed(shares, their_shares, milli)
    )
