"""From a recipe with a memory to a token map: influences, layout, invention, level after level.

The coarse level is the draft. Finer levels are the same picture in more detail, so that whatever
the artist sees while a slider moves is what the finished picture becomes.
"""

import dataclasses
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from artdesk.core.errors import RecipeError
from artdesk.core.memory_recipe import Memory
from artdesk.core.recipe import Recipe, Sampling
from artdesk.engine.memory import levels
from artdesk.engine.memory.bank import WorkBank
from artdesk.engine.memory.colours import Colours, IntArray, averaged, enlarged, from_srgb8
from artdesk.engine.memory.composition import (
    composition_of_picture,
    composition_of_work,
    composition_shape,
    painted_over,
)
from artdesk.engine.memory.influences import (
    Request,
    composition_work,
    nearest_work,
    touch_works,
)
from artdesk.engine.memory.invention import invented_cells, redrawing_order
from artdesk.engine.memory.quilt import INVENTED, quilt
from artdesk.engine.memory.recolour import recoloured

TokenGrid = NDArray[np.int32]

FINE_INVENTION = 500
"""Thousandths of the invention that finer levels draw anew: the quotes are broken up already."""

FINE_STEPS = 4
"""Steps of the detail prior at finer levels: few cells are open, and their surroundings known."""

_SKETCH_CELL = 4  # tokens that a cell of the sketch covers, as in training
_KEPT_LAYOUTS = 24


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """What a picture should look like, before any work is chosen.

    Attributes:
        recipe: With a memory.
        wishes: int64 [29] of `influences.wishes_of`.
        swatches: Colours that the composition is brought to, int16 [k, 3]; may be empty.
        shares: Share of each.
        recolour_milli: How far it is brought there, 0..1000.
        own_palette: Whether the artist gave these colours.
        imagined: The sketch prior's composition int16 [r, c, 3] where it is asked for.
        painted: The artist's cells int16 [r, c, 3].
        given: Which of them are painted, bool [r, c].
    """

    recipe: Recipe
    wishes: IntArray
    swatches: Colours
    shares: tuple[int, ...]
    recolour_milli: int
    own_palette: bool
    imagined: Colours | None
    painted: Colours
    given: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """The coarse level before anything is invented.

    Attributes:
        composition: Number of the work that gave the composition, or None.
        touch: Numbers of the works that gave the touch.
        wanted: int16 [h, w, 3], the colour that each cell should have.
        tokens: int32 [h, w].
        origin: int16 [h, w, 3]: place in `touch`, row and column.
    """

    composition: int | None
    touch: tuple[int, ...]
    wanted: Colours
    tokens: TokenGrid
    origin: NDArray[np.int16]


@dataclass(frozen=True, slots=True, eq=False)
class Painting:
    """A finished token map and where each cell comes from.

    Attributes:
        tokens: int32 [h, w].
        origin: int16 [h, w, 3]: place in `touch`, row and column at the work's level, or -1.
        level: The level of the works that `origin` speaks of.
        laid: The layout it began with.
    """

    tokens: TokenGrid
    origin: NDArray[np.int16]
    level: int
    laid: Laid


Draw = Callable[[TokenGrid, NDArray[np.bool_], Colours, Sampling], TokenGrid]
"""The detail prior: tokens, cells to draw, sketch int16 [r, c, 3] and controls to whole tokens."""


class Painter:
    """Lays out and paints pictures from one bank of works.

    Args:
        bank: All works.
        distances: Of `quilt.code_distances`.
        code_colours: sRGB uint8 [K, 3].
    """

    def __init__(
        self, bank: WorkBank, distances: NDArray[np.int16], code_colours: NDArray[np.uint8]
    ) -> None:
        self.bank = bank
        self._distances = distances
        self._code_colours = from_srgb8(code_colours)
        self._laid: OrderedDict[tuple[object, ...], Laid] = OrderedDict()

    def lay(self, wanted: Wanted) -> Laid:
        """Choose the works and quilt the coarse level.

        Raises:
            RecipeError: A named work is in no collection, or none may take part.
        """
        key = _key(wanted)
        found = self._laid.get(key)
        if found is None:
            found = self._lay(wanted)
            self._laid[key] = found
            if len(self._laid) > _KEPT_LAYOUTS:
                self._laid.popitem(last=False)
        self._laid.move_to_end(key)
        return found

    def paint(self, wanted: Wanted, laid: Laid, draw: Draw, *, finished: bool) -> Painting:
        """Invent a share of the cells and go on to finer levels.

        Args:
            wanted: What the picture should look like.
            laid: Its coarse level.
            draw: The detail prior.
            finished: Whether to go on to the canvas's size; the coarse level alone is the draft.
        """
        recipe = wanted.recipe
        memory = _memory(recipe)
        shapes = shapes_of(recipe)
        rows, columns = (max(1, round(side / _SKETCH_CELL)) for side in shapes[0])
        sketch = averaged(laid.wanted, rows, columns)
        tokens, origin = self._invent(
            laid.tokens, laid.origin, memory.invention_milli, recipe, sketch, draw, recipe.sampling
        )
        level = 0
        for level, shape in enumerate(shapes[1:] if finished else (), start=1):
            colours = self._code_colours[tokens]
            sketch = averaged(colours, *(max(1, round(s / _SKETCH_CELL)) for s in shape))
            coarse, fine = (
                [self._map(number, depth) for number in laid.touch] for depth in (level - 1, level)
            )
            tokens, origin = levels.finer(tokens, origin, shape, coarse, fine, self._distances)
            fast = min(recipe.sampling.steps, FINE_STEPS)
            controls = dataclasses.replace(recipe.sampling, steps=fast, refine_milli=0)
            share = memory.invention_milli * FINE_INVENTION // 1000
            if memory.invention_milli == 1000:
                share = 1000
            tokens, origin = self._invent(tokens, origin, share, recipe, sketch, draw, controls)
        return Painting(tokens, origin, level, laid)

    def steps(self, recipe: Recipe, *, finished: bool) -> int:
        """How many steps `paint` tells of at most."""
        finer = len(shapes_of(recipe)) - 1 if finished else 0
        return recipe.sampling.steps + 2 + finer * FINE_STEPS

    def _map(self, number: int, level: int) -> IntArray | None:
        return self.bank.tokens(number, level)

    def _invent(
        self,
        tokens: TokenGrid,
        origin: NDArray[np.int16],
        share_milli: int,
        recipe: Recipe,
        sketch: Colours,
        draw: Draw,
        controls: Sampling,
    ) -> tuple[TokenGrid, NDArray[np.int16]]:
        order = redrawing_order(tokens, self._code_colours, recipe.seed)
        mask = invented_cells(order, share_milli, (tokens.shape[0], tokens.shape[1]))
        mask |= origin[..., 0] == INVENTED
        if not mask.any():
            return tokens, origin
        tokens = draw(tokens, mask, sketch, controls)
        return tokens, np.where(mask[..., None], np.int16(INVENTED), origin)

    def _lay(self, wanted: Wanted) -> Laid:
        recipe = wanted.recipe
        memory = _memory(recipe)
        shape = shapes_of(recipe)[0]
        request = Request(
            wishes=wanted.wishes,
            constructed_milli=recipe.sampling.constructed_milli,
            seed=recipe.seed,
            allowed=self._allowed(memory),
        )
        number, cells = self._composition(wanted, request, shape)
        cells = recoloured(cells, wanted.swatches, wanted.shares, wanted.recolour_milli)
        ground = painted_over(enlarged(cells, *shape), wanted.painted, wanted.given)
        named = [self._named(influence.work, request) for influence in memory.influences]
        # More works may be named than the number asks for: the artist's own word counts.
        count = max(memory.influence_count, len(named))
        touch = touch_works(self.bank, request, ground, named, count, number)
        if not touch:
            raise _nobody_left()
        weights = {
            place: influence.weight_percent
            for place, influence in zip(named, memory.influences, strict=True)
        }
        sources = [self.bank.source(place, weights.get(place, 100)) for place in touch]
        side = patch_side(memory, max(shape))
        layout = quilt(sources, ground, side, recipe.seed, self._distances)
        return Laid(number, touch, ground, layout.tokens, layout.origin)

    def _composition(
        self, wanted: Wanted, request: Request, shape: tuple[int, int]
    ) -> tuple[int | None, Colours]:
        recipe = wanted.recipe
        memory = _memory(recipe)
        cells = composition_shape(*shape, memory.fidelity)
        if wanted.given.all():
            return None, averaged(wanted.painted, *wanted.given.shape)
        if wanted.imagined is not None:
            return None, wanted.imagined
        if memory.composition.picture is not None:
            picture = from_srgb8(memory.composition.picture.cells())
            return None, composition_of_picture(picture, cells)
        if memory.composition.work is not None:
            number: int | None = self._named(memory.composition.work, request)
        else:
            palette = wanted.swatches if wanted.own_palette else None
            number = composition_work(self.bank, request, palette)
        if number is None:
            raise _nobody_left()
        zoom = recipe.sampling.zoom_milli
        return number, composition_of_work(self.bank.cells(number), cells, zoom, recipe.seed)

    def _allowed(self, memory: Memory) -> NDArray[np.bool_]:
        for name in memory.collections:
            if name not in self.bank.names:
                raise RecipeError(
                    f"The picture asks for the collection “{name}”, which is not here: add it, or "
                    "let all collections take part."
                )
        allowed = self.bank.members(memory.collections)
        for identity in memory.banned:
            number = self.bank.number(identity)
            if number is not None:
                allowed[number] = False
        return allowed

    def _named(self, identity: str, request: Request) -> int:
        number = self.bank.number(identity)
        if number is not None:
            return number
        near = nearest_work(self.bank, request)
        offer = (
            "remove it" if near is None else f"“{self.bank.work(near).id}” is near, or remove it"
        )
        raise RecipeError(
            f"The work “{identity}” is in no collection here: add the collection that holds it; "
            f"{offer}."
        )


def shapes_of(recipe: Recipe) -> list[tuple[int, int]]:
    """Rows and columns of all levels of a recipe's canvas, coarse to fine."""
    memory = _memory(recipe)
    canvas = recipe.canvas
    return levels.level_shapes(canvas.height // 8, canvas.width // 8, memory.fidelity)


def patch_side(memory: Memory, longer: int) -> int:
    """Cells of a patch's side: smaller than asked for where the composition is finer than that."""
    cell = -(-longer // memory.fidelity)
    return min(memory.quotation, max(4, 4 * cell))


def _memory(recipe: Recipe) -> Memory:
    assert recipe.memory is not None
    return recipe.memory


def _nobody_left() -> RecipeError:
    return RecipeError(
        "No remembered work may take part: allow a banned work again, or choose more collections."
    )


def _key(wanted: Wanted) -> tuple[object, ...]:
    """Equal for pictures of the same layout: controls of the detail alone find it again."""
    recipe = wanted.recipe
    sampling = recipe.sampling
    return (
        dataclasses.replace(_memory(recipe), invention_milli=0),
        wanted.wishes.tobytes(),
        wanted.swatches.tobytes(),
        wanted.shares,
        wanted.recolour_milli,
        wanted.own_palette,
        None if wanted.imagined is None else wanted.imagined.tobytes(),
        wanted.painted.tobytes(),
        wanted.given.tobytes(),
        recipe.canvas,
        sampling.constructed_milli,
        sampling.zoom_milli,
        recipe.seed,
    )
