"""Draw the colour sketch: the composition, cell by cell, coarse to fine.

The artist's cells come first and are listened to; the network draws the rest. Randomness and
draws are the integers of `draw`, so a seed gives the same sketch on every machine.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from artdesk.core import seed as seeds
from artdesk.core.colour import hex_to_srgb8, oklab_to_srgb8, srgb8_to_hex, srgb8_to_oklab
from artdesk.core.condition import ATTRIBUTE_SLICE, scale_oklab
from artdesk.core.recipe import Sketch
from artdesk.core.sketch_layout import (
    Layout,
    cell_means,
    layout,
    sequence_features,
    step_features,
)
from artdesk.engine.detail import halton
from artdesk.engine.detail.draw import IntArray, Limits, draw, guide, scaled
from artdesk.engine.sketch.energies import SketchEnergies
from artdesk.engine.sketch.network import SketchNetwork

FloatArray = NDArray[np.float64]

TOP_P_MILLI = 980
"""Cuts off the rare colours that make speckle."""

GUIDED_LEVELS = 3
"""Guidance acts on the coarse levels; the finest follows them anyway, at half of the cost.

It acts a quarter as much as on the detail: full guidance draws one flat field for every colour
word.
"""

LEVEL_TEMPERATURES = (1000, 1300, 1200, 450)
"""Thousandths of the temperature at each level, coarse to fine.

The coarse levels decide how daring the composition is; at their temperature the finest level
frays the edges of every form.
"""

_FREE = -1
_PALETTE_WIDTH = 0.08  # Oklab distance at which a palette of strength 1 takes half a nat
_PALETTE_LIMIT = 512  # at most 8 nats: a colour far from the palette stays possible
_QUOTA = 16  # nats that a palette of strength 1 takes from a colour used by all of a level too much
_QUOTA_LIMIT = 256
_QUOTA_FROM = 2  # the two coarsest levels are means of many colours


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchRequest:
    """What a sketch depends on.

    Attributes:
        conditions: float64 [1 or 2, CONDITION_DIM]; the second row is the unguided branch.
        fixed: Colours of the artist "#rrggbb", row by row; None where the network draws.
        rows: Rows of cells.
        columns: Columns of cells.
        seed: The recipe's seed.
        temperature_milli: Temperature of the draw in thousandths.
        guidance_milli: Guidance scale in thousandths.
        palette: Colours "#rrggbb" that the cells are drawn towards; may be empty.
        shares_milli: The share that the artist gives to each of them, in thousandths of their sum;
            empty when the shares do not matter.
        palette_strength_milli: How strongly, in thousandths.
    """

    conditions: FloatArray
    fixed: tuple[str | None, ...]
    rows: int
    columns: int
    seed: int
    temperature_milli: int
    guidance_milli: int
    palette: tuple[str, ...]
    shares_milli: tuple[int, ...]
    palette_strength_milli: int

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for requests of the same sketch."""
        return (
            self.conditions.tobytes(),
            self.fixed,
            self.rows,
            self.columns,
            self.seed,
            self.temperature_milli,
            self.guidance_milli,
            self.palette,
            self.shares_milli,
            self.palette_strength_milli,
        )


def draw_sketch(
    network: SketchNetwork,
    colours: NDArray[np.uint8],
    exp_table: IntArray,
    request: SketchRequest,
    check: Callable[[], None] = lambda: None,
) -> Sketch:
    """Draw the free cells of a sketch.

    Args:
        network: The sketch prior of the bundle.
        colours: Its colour table, sRGB uint8 [colours, 3].
        exp_table: As in `draw`.
        request: What to draw.
        check: Called before every cell; raises to leave.

    Returns:
        A complete sketch; the artist's cells keep their exact colours.
    """
    pyramid = layout(request.rows, request.columns)
    table = scale_oklab(srgb8_to_oklab(colours))
    energies = SketchEnergies(
        pyramid,
        srgb8_to_oklab(colours),
        (request.conditions[0] - request.conditions[-1])[ATTRIBUTE_SLICE],
        request.guidance_milli,
        rising=bool(seeds.raw(request.seed, "diagonal", 0, 1)[0, 0] & 1),
    )
    painter = _SketchPainter(network, pyramid, table, exp_table, request, energies)
    order, given = drawing_order(pyramid, request)
    painter.fix(order[:given])
    for cell in order[given:]:
        check()
        painter.draw(int(cell))
    names = [srgb8_to_hex(*colours[index]) for index in painter.indices[pyramid.finest]]
    return Sketch(
        columns=request.columns,
        rows=request.rows,
        cells=tuple(
            own if own is not None else name for own, name in zip(request.fixed, names, strict=True)
        ),
    )


def drawing_order(pyramid: Layout, request: SketchRequest) -> tuple[IntArray, int]:
    """The order of the cells of all levels, and how many at its start are given.

    Given cells come first, then level after level, spread out within each.
    """
    order: list[int] = []
    fixed: list[int] = []
    first = pyramid.finest.start
    start = 0
    for rows, columns in pyramid.shapes:
        for cell in (start + halton.order(rows, columns, request.seed)).tolist():
            given = cell >= first and request.fixed[cell - first] is not None
            (fixed if given else order).append(cell)
        start += rows * columns
    return np.array(fixed + order, dtype=np.int64), len(fixed)


class _SketchPainter:
    """A sketch being drawn."""

    def __init__(
        self,
        network: SketchNetwork,
        pyramid: Layout,
        table: FloatArray,
        exp_table: IntArray,
        request: SketchRequest,
        energies: SketchEnergies,
    ) -> None:
        guided = request.guidance_milli > 1000 and len(request.conditions) > 1
        self._branches = 2 if guided else 1
        self._run = network.start(request.conditions[: self._branches], pyramid.cells)
        self._start_colour = network.colours
        self._pyramid = pyramid
        self._table = table
        self._exp_table = exp_table
        self._request = request
        self._energies = energies
        self._limits = [
            Limits(
                temperature_milli=max(1, request.temperature_milli * share // 1000),
                top_p_milli=TOP_P_MILLI,
            )
            for share in LEVEL_TEMPERATURES
        ]
        palette = _bytes_of(request.palette)
        self._bias = palette_bias(table, palette, request.palette_strength_milli)
        self._quota = Quota(table, palette, request.shares_milli, request.palette_strength_milli)
        self.indices = np.full(pyramid.cells, _FREE, dtype=np.int64)
        self._colours = np.zeros((pyramid.cells + 1, 3))
        self._known = np.zeros(pyramid.cells + 1, dtype=np.bool_)
        self._previous = _FREE
        self._random = [
            seeds.raw(request.seed, "sketch", level, rows)[:, :columns].reshape(-1)
            for level, (rows, columns) in enumerate(pyramid.shapes)
        ]
        self._level_start = np.cumsum([0, *(r * c for r, c in pyramid.shapes)])

    def fix(self, cells: IntArray) -> None:
        """Tell the network the artist's cells, all at once."""
        if not len(cells):
            return
        places = cells - self._pyramid.finest.start
        colours = _bytes_of([str(self._request.fixed[place]) for place in places])
        exact = scale_oklab(srgb8_to_oklab(colours))
        difference = np.square(exact[:, None] - self._table).sum(axis=-1)
        self.indices[cells] = difference.argmin(axis=-1)
        self._colours[cells] = exact
        rest = np.setdiff1d(np.arange(self._pyramid.cells), cells)
        order = np.concatenate([cells, rest])
        features = sequence_features(self._pyramid, self._colours[None, :-1], order[None])[0]
        before = np.concatenate([[self._start_colour], self.indices[cells[:-1]]])
        self._run.feed(before, features[: len(cells)])
        self._known[cells] = True
        self._previous = int(cells[-1])

    def draw(self, cell: int) -> None:
        """Draw one cell."""
        level = int(self._pyramid.level[cell])
        if self._branches == 2 and level >= GUIDED_LEVELS:
            self._run.drop_branches(1)
            self._branches = 1
        before = self._start_colour if self._previous < 0 else int(self.indices[self._previous])
        features = step_features(self._pyramid, self._colours, self._known, cell, self._previous)
        branches = self._run.step(before, features)
        logits = branches[:1]
        if self._branches == 2:
            logits = guide(logits, branches[1:], (3000 + self._request.guidance_milli) // 4)
        random = self._random[level][[cell - self._level_start[level]]]
        if not self._energies.silent:
            logits = logits - self._energies.energy(cell, self.indices)
        logits = logits - self._bias
        if level >= _QUOTA_FROM:
            first, last = self._level_start[level : level + 2]
            logits = logits - self._quota.energy(self.indices[first:last])
        drawn = draw(logits, random, self._limits[level], self._exp_table)
        self.indices[cell] = drawn.codes[0]
        self._colours[cell] = self._table[drawn.codes[0]]
        self._known[cell] = True
        self._previous = cell


def palette_bias(table: FloatArray, palette: NDArray[np.uint8], strength_milli: int) -> IntArray:
    """What a palette takes from the logit of each colour of the table.

    Args:
        table: float64 [colours, 3], scaled Oklab.
        palette: sRGB uint8 [n, 3].
        strength_milli: Thousandths.

    Returns:
        int64 [colours] in 1/64 nat, 0 for a colour of the palette itself.
    """
    if not len(palette) or not strength_milli:
        return np.zeros(len(table), dtype=np.int64)
    target = scale_oklab(srgb8_to_oklab(palette))
    scale = scale_oklab(np.ones(3)) - scale_oklab(np.zeros(3))  # back to plain Oklab distances
    squares = np.square((table[:, None] - target) / scale).sum(axis=-1).min(axis=1)
    units = np.rint(squares * (64 / (2 * _PALETTE_WIDTH**2))).astype(np.int64)
    return np.minimum(scaled(units, strength_milli, 1000), _PALETTE_LIMIT)


class Quota:
    """Keeps the colours of a palette near the shares that they should have.

    Without it the most common colours of all pictures, black and cream, win over the others.

    Args:
        table: float64 [colours, 3], scaled Oklab.
        palette: sRGB uint8 [n, 3].
        shares_milli: Share of each colour; only their proportions count.
        strength_milli: Palette strength in thousandths.
    """

    def __init__(
        self,
        table: FloatArray,
        palette: NDArray[np.uint8],
        shares_milli: Sequence[int],
        strength_milli: int,
    ) -> None:
        self._strength = strength_milli if len(palette) == len(shares_milli) > 0 else 0
        if self._strength:
            target = scale_oklab(srgb8_to_oklab(palette))
            self._nearest = np.square(table[:, None] - target).sum(axis=-1).argmin(axis=1)
            self._shares = np.array(shares_milli, dtype=np.int64)

    def energy(self, level: IntArray) -> IntArray:
        """What is taken from the logit of each colour for being used too much, or given to it.

        Args:
            level: int64 [cells], the colours of a level; -1 where none is drawn yet.

        Returns:
            int64 [colours] in 1/64 nat; a single 0 when there is nothing to keep.
        """
        used = level[level >= 0]
        if not self._strength or not len(used):
            return np.zeros(1, dtype=np.int64)
        counts = np.bincount(self._nearest[used], minlength=len(self._shares))
        total = int(self._shares.sum())
        excess = counts * total - self._shares * len(used)  # cells times total
        units = scaled(excess, _QUOTA * 64 * self._strength, 1000 * total * len(level))
        return np.asarray(np.clip(units, -_QUOTA_LIMIT, _QUOTA_LIMIT)[self._nearest])


def fit_cells(sketch: Sketch, rows: int, columns: int) -> tuple[str | None, ...]:
    """The cells of a sketch on a grid of another shape, each from the place it lies over."""
    return tuple(
        sketch.cells[(y * sketch.rows // rows) * sketch.columns + x * sketch.columns // columns]
        for y in range(rows)
        for x in range(columns)
    )


def sketch_colours(sketch: Sketch) -> NDArray[np.uint8]:
    """The colours of a complete sketch, sRGB uint8 [rows, columns, 3]."""
    cells = _bytes_of([str(cell) for cell in sketch.cells])
    return cells.reshape(sketch.rows, sketch.columns, 3)


def sketch_from_pixels(pixels: NDArray[np.uint8], rows: int, columns: int) -> Sketch:
    """Average a picture uint8 [H, W, 3] over the cells of a sketch, in Oklab."""
    height, width = pixels.shape[:2]
    tall, wide = max(1, -(-rows // height)), max(1, -(-columns // width))
    pixels = pixels.repeat(tall, axis=0).repeat(wide, axis=1)  # a picture smaller than the grid
    means = oklab_to_srgb8(cell_means(srgb8_to_oklab(pixels), rows, columns))
    return Sketch(
        columns=columns,
        rows=rows,
        cells=tuple(srgb8_to_hex(*colour) for colour in means.reshape(-1, 3)),
    )


def _bytes_of(colours: Sequence[str]) -> NDArray[np.uint8]:
    """Colours "#rrggbb" as sRGB uint8 [n, 3]."""
    return np.array([hex_to_srgb8(colour) for colour in colours], dtype=np.uint8).reshape(-1, 3)
