"""The order in which the positions of a grid are drawn: a scaled Halton sequence.

Neighbouring steps land far apart, so the positions drawn together in one step hardly depend on
one another (Besnier et al., "Halton Scheduler for Masked Generative Image Transformers", 2025).
Everything is integer arithmetic, and the order is known before any network runs.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from artdesk.core import seed as seeds


def _digits_reversed(index: NDArray[np.int64], base: int, digits: int) -> NDArray[np.int64]:
    """The radical inverse times base**digits: the digits of each index in reverse order."""
    result = np.zeros_like(index)
    for _ in range(digits):
        index, digit = np.divmod(index, base)
        result = result * base + digit
    return result


def _digits_for(size: int, base: int) -> int:
    """The smallest number of digits with base**digits >= size."""
    digits = 0
    while base**digits < size:
        digits += 1
    return digits


@lru_cache(maxsize=16)
def _cells(rows: int, columns: int) -> NDArray[np.int64]:
    """One full period of the sequence as flat cell numbers, int64 [2**a * 3**b].

    2**a * 3**b consecutive Halton points visit every cell of a 2**a x 3**b grid exactly once, so
    scaled down to a smaller grid they visit every cell at least once.
    """
    twos, threes = _digits_for(columns, 2), _digits_for(rows, 3)
    index = np.arange(2**twos * 3**threes, dtype=np.int64)
    column = _digits_reversed(index, 2, twos) * columns // 2**twos
    row = _digits_reversed(index, 3, threes) * rows // 3**threes
    cells: NDArray[np.int64] = row * columns + column
    cells.setflags(write=False)
    return cells


@lru_cache(maxsize=64)
def order(rows: int, columns: int, seed: int) -> NDArray[np.int64]:
    """Every position of a grid once, in the order in which this seed draws them.

    Args:
        rows: Height of the grid, at least 1.
        columns: Width of the grid, at least 1 and at most 256.
        seed: The recipe's seed; it chooses where in the sequence the order begins.

    Returns:
        int64 [rows * columns], a permutation of the flat positions (row-major); read-only.
    """
    cells = _cells(rows, columns)
    start = int(seeds.raw(seed, "order", 0, 1)[0, 0]) % len(cells)
    _, first = np.unique(np.roll(cells, -start), return_index=True)
    positions = np.argsort(first).astype(np.int64)
    positions.setflags(write=False)
    return positions


def schedule(positions: int, steps: int) -> list[int]:
    """How many positions are drawn after each step, by the arccos schedule.

    Args:
        positions: Number of positions to draw, >= 0.
        steps: Number of steps asked for, >= 1; never more than there are positions.

    Returns:
        Strictly increasing totals, the last one equal to `positions`; empty without positions.
    """
    steps = min(steps, positions)
    totals: list[int] = []
    drawn = 0
    for step in range(1, steps + 1):
        # The share 1 - arccos(step/steps) / (pi/2) is irrational except at 0, 1/3 and 1 (Niven),
        # so that the rounding cannot depend on the machine's arccos.
        share = 1.0 - math.acos(step / steps) / (math.pi / 2.0)
        wanted = math.floor(positions * share + 0.5)
        # Each step draws at least one and leaves at least one for every later step.
        drawn = min(max(wanted, drawn + 1), positions - (steps - step))
        totals.append(drawn)
    return totals
