"""Fill a masked token grid step by step: what every sampling control means, exactly.

A pure function of (tokens, mask, controls, seed, logits function) in integer arithmetic, after
MaskGIT (Chang et al., 2022) with a Halton order. Controls act on the positions being drawn in
this order: guidance, code diversity, palette size, temperature, top-k, top-p, the draw, jitter.
"""

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from artdesk.core import seed as seeds
from artdesk.core.recipe import SAMPLING_RANGES, Sampling
from artdesk.engine.detail import halton
from artdesk.engine.detail.draw import (
    IMPOSSIBLE,
    UNITS_PER_NAT,
    IntArray,
    Limits,
    draw,
    guide,
    probabilities,
    scaled,
)

TokenGrid = NDArray[np.int32]

REFINE_STEPS = 2
"""Steps in which the least likely positions are drawn again."""

ALL_CODES = SAMPLING_RANGES["palette_size"][1]
"""This palette size stands for every code of a model, however many it has."""

_VOCABULARY_POSITIONS = 1024

_USES_SCALE = 1024  # uses of a code are counted per 1,024 positions, so that size does not matter


class LogitsFunction(Protocol):
    """The network as the sampler sees it."""

    def __call__(
        self, tokens: TokenGrid, positions: IntArray, guided: bool
    ) -> tuple[IntArray, IntArray | None]:
        """Logits of some positions of a partly masked grid.

        Args:
            tokens: int32 [h, w]; K = masked.
            positions: int64 [n], flat positions (row-major).
            guided: Whether the unconditional logits are wanted as well.

        Returns:
            Conditional and unconditional logits, int64 [n, K] in 1/64 nat; the second is None
            when `guided` is False.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTables:
    """What the sampler knows about the codes of a bundle.

    Attributes:
        exp_table: int64 [..], round(2**24 * exp(-i / 64)).
        tilt: int64 [K], log(frequency * K) in 1/64 nat.
        neighbours: int64 [K, 8], the nearest codes of each code.
    """

    exp_table: IntArray
    tilt: IntArray
    neighbours: IntArray

    @property
    def size(self) -> int:
        """The number of codes K; as a token it means masked."""
        return len(self.tilt)


def code_tables(
    exp_table: NDArray[np.uint32], frequency: NDArray[np.float32], neighbours: NDArray[np.int16]
) -> CodeTables:
    """Build the tables from the arrays of a bundle (uint32 [..], float32 [K], int16 [K, 8])."""
    size = len(frequency)
    share = np.maximum(frequency.astype(np.float64) * size, 1 / 16)  # a code never seen: rare
    tilt = [round(UNITS_PER_NAT * math.log(float(value))) for value in share]
    return CodeTables(
        exp_table=exp_table.astype(np.int64),
        tilt=np.array(tilt, dtype=np.int64),
        neighbours=neighbours.astype(np.int64),
    )


def decode(
    tokens: TokenGrid,
    mask: NDArray[np.bool_],
    controls: Sampling,
    seed: int,
    tables: CodeTables,
    logits_function: LogitsFunction,
    check: Callable[[], None] = lambda: None,
    on_step: Callable[[int, int, TokenGrid], None] | None = None,
    *,
    rising: bool = True,
) -> TokenGrid:
    """Draw the masked positions of a token grid.

    Args:
        tokens: int32 [h, w]; values where `mask` is set do not matter.
        mask: bool [h, w]; positions to draw. The others stay as they are.
        controls: The recipe's sampling controls.
        seed: The recipe's seed, 0..2**32-1.
        tables: Code tables of the bundle.
        logits_function: The network.
        check: Called before every step and after the network; raises to leave.
        on_step: Called after every step with (step, steps, tokens so far; K = masked).
        rising: Whether the temperature rises with what is known. Beside cells of remembered works
            it stays the same: they settle the forms already.

    Returns:
        int32 [h, w], complete.
    """
    grid = np.where(mask, tables.size, tokens).astype(np.int32)
    fixed = grid[~mask]
    if fixed.size and (fixed.min() < 0 or fixed.max() >= tables.size):
        raise ValueError(f"a fixed token is outside 0..{tables.size - 1}")
    rows, columns = grid.shape
    order = halton.order(rows, columns, seed)
    order = order[mask.reshape(-1)[order]]
    painter = _Painter(grid, controls, seed, tables, logits_function, check, rising)
    totals, again = _schedules(len(order), controls)
    steps = len(totals) + len(again)

    if controls.palette_size < ALL_CODES and len(order):
        painter.choose_vocabulary(order)
    drawn = 0
    for step, total in enumerate(totals):
        painter.step(order[drawn:total], guidance_at(step, len(totals), controls.guidance_milli), 0)
        drawn = total
        if on_step is not None:
            on_step(step + 1, steps, grid.copy())
    if again:
        order = painter.mask_least_likely(order, again[-1])
        drawn = 0
        for step, total in enumerate(again, start=len(totals)):
            painter.step(order[drawn:total], controls.guidance_milli, 1)
            drawn = total
            if on_step is not None:
                on_step(step + 1, steps, grid.copy())
    return grid


def steps_of(positions: int, controls: Sampling) -> int:
    """How many steps `decode` takes for this many masked positions."""
    return sum(len(totals) for totals in _schedules(positions, controls))


def _schedules(positions: int, controls: Sampling) -> tuple[list[int], list[int]]:
    """Totals drawn after each step, at first and when the least likely are drawn again."""
    redrawn = positions * controls.refine_milli // 1000
    return (
        halton.schedule(positions, controls.steps),
        halton.schedule(redrawn, REFINE_STEPS),
    )


def guidance_at(step: int, steps: int, guidance_milli: int) -> int:
    """The guidance scale of step 0..steps-1 in thousandths; 1000 or less means no guidance.

    The first third of the steps is unguided: it settles the picture at half of the cost and with
    more variety. Then the scale rises in a straight line to its full value.
    """
    start = -(-steps // 3) if steps > 1 else 0
    if guidance_milli <= 1000 or step < start:
        return 1000
    return 1000 + (guidance_milli - 1000) * (step - start + 1) // (steps - start)


def temperature_at(known: int, positions: int, temperature_milli: int) -> int:
    """The temperature of a step in thousandths, when `known` of `positions` codes are there.

    The first codes of a step are drawn far apart and know little of each other: at full
    temperature they disagree, and forms dissolve into clouds. So the temperature rises in a
    straight line from two fifths of its value on an empty grid to all of it at the end.
    """
    return max(1, temperature_milli * (2 * positions + 3 * known) // (5 * positions))


class _Painter:
    """The grid being drawn, with all that a step needs to know."""

    def __init__(
        self,
        grid: TokenGrid,
        controls: Sampling,
        seed: int,
        tables: CodeTables,
        logits_function: LogitsFunction,
        check: Callable[[], None],
        rising: bool = True,
    ) -> None:
        self._rising = rising
        self._grid = grid
        self._controls = controls
        self._seed = seed
        self._tables = tables
        self._logits = logits_function
        self._check = check
        self._limits = Limits(
            top_k=controls.top_k,
            top_p_milli=controls.top_p_milli,
        )
        self._vocabulary = np.ones(tables.size, dtype=np.bool_)
        self._likelihood = np.zeros(grid.size, dtype=np.int64)
        self._numbers: dict[tuple[str, int], NDArray[np.uint32]] = {}

    def choose_vocabulary(self, positions: IntArray) -> None:
        """Keep the codes with the largest mean conditional probability over `positions`."""
        self._check()
        # Positions in drawing order are spread evenly: these stand for a larger canvas too.
        logits, _ = self._logits(self._grid, positions[:_VOCABULARY_POSITIONS], False)
        mean = probabilities(logits, self._tables.exp_table).sum(axis=0)
        best = np.argsort(-mean, kind="stable")[: self._controls.palette_size]
        self._vocabulary[:] = False
        self._vocabulary[best] = True

    def step(self, positions: IntArray, guidance_milli: int, again: int) -> None:
        """Draw `positions` of the grid; `again` is 0 at first and 1 for the second draw."""
        self._check()
        known = self._grid.size - int(np.count_nonzero(self._grid == self._tables.size))
        temperature = self._controls.temperature_milli
        if self._rising:
            temperature = temperature_at(known, self._grid.size, temperature)
        conditional, unconditional = self._logits(self._grid, positions, guidance_milli > 1000)
        self._check()
        if unconditional is None:
            logits = conditional
        else:
            logits = guide(conditional, unconditional, guidance_milli)
        if self._controls.diversity_milli:
            logits = logits - self._habit()
        if not self._vocabulary.all():
            logits = np.where(self._vocabulary, logits, IMPOSSIBLE)
        drawn = draw(
            logits,
            self._random("draw", again, positions),
            dataclasses.replace(self._limits, temperature_milli=temperature),
            self._tables.exp_table,
        )
        codes = drawn.codes
        if self._controls.jitter_milli:
            codes = self._jitter(codes, self._random("jitter", again, positions))
        self._grid.reshape(-1)[positions] = codes
        self._likelihood[positions] = drawn.likelihood

    def mask_least_likely(self, order: IntArray, count: int) -> IntArray:
        """Mask the `count` least likely positions again; returns them in drawing order."""
        ranks = np.argsort(self._likelihood[order], kind="stable")[:count]
        positions = order[np.sort(ranks)]
        self._grid.reshape(-1)[positions] = self._tables.size
        return positions

    def _random(self, purpose: str, again: int, positions: IntArray) -> NDArray[np.uint32]:
        """The random number of each position: the same at every step, size and control."""
        numbers = self._numbers.get((purpose, again))
        if numbers is None:
            rows, columns = self._grid.shape
            numbers = seeds.raw(self._seed, purpose, again, rows)[:, :columns].reshape(-1)
            self._numbers[purpose, again] = numbers
        return numbers[positions]

    def _habit(self) -> IntArray:
        """What code diversity takes from every code, int64 [K] in 1/64 nat.

        Half of the log frequency in the training pictures, and a quarter of log(1 + uses in this
        picture): at 1 rare and fresh codes win, at -1 common and repeated ones.
        """
        drawn = self._grid[self._grid < self._tables.size]
        uses = np.bincount(drawn, minlength=self._tables.size) * _USES_SCALE // self._grid.size
        repeated = _LOG_ONE_PLUS[uses]
        return scaled(2 * self._tables.tilt + repeated, self._controls.diversity_milli, 4000)

    def _jitter(self, codes: IntArray, random: NDArray[np.uint32]) -> IntArray:
        """Replace a share of the codes by one of their nearest neighbours in the vocabulary."""
        nearest = self._tables.neighbours[codes, random & 7]
        chosen = (random >> 8).astype(np.int64) * 1000 >> 24 < self._controls.jitter_milli
        return np.where(chosen & self._vocabulary[nearest], nearest, codes)


_LOG_ONE_PLUS = np.array(
    [round(UNITS_PER_NAT * math.log(1 + uses)) for uses in range(_USES_SCALE + 1)], dtype=np.int64
)
