"""The drawing order covers every position once, spread out and the same for ever."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artdesk.engine.detail import halton


@given(rows=st.integers(1, 40), columns=st.integers(1, 40), seed=st.integers(0, 2**32 - 1))
def test_every_position_comes_once(rows: int, columns: int, seed: int) -> None:
    positions = halton.order(rows, columns, seed)
    assert sorted(positions) == list(range(rows * columns))


def test_known_order() -> None:
    """Change this only with a new recipe version: old seeds would give other pictures."""
    assert halton.order(4, 6, 7).tolist() == [
        18,
        3,
        8,
        17,
        0,
        9,
        19,
        4,
        12,
        21,
        2,
        11,
        7,
        22,
        15,
        20,
        5,
        6,
        1,
        10,
        14,
        23,
        13,
        16,
    ]


def test_largest_canvas() -> None:
    assert len(np.unique(halton.order(128, 128, 3))) == 128 * 128


def test_seeds_give_different_orders() -> None:
    orders = {tuple(halton.order(32, 32, seed)[:8]) for seed in range(50)}
    assert len(orders) > 40


def test_each_part_of_the_order_is_spread_over_the_grid() -> None:
    for seed in range(20):
        y, x = np.divmod(halton.order(32, 32, seed)[:64], 32)
        counts = np.histogram2d(y, x, bins=4, range=[[0, 32], [0, 32]])[0]
        assert counts.min() >= 1
        assert counts.max() <= 9


def test_the_order_cannot_be_changed_by_a_caller() -> None:
    with pytest.raises(ValueError, match="read-only"):
        halton.order(4, 4, 1)[0] = 3


@given(positions=st.integers(0, 5000), steps=st.integers(1, 64))
def test_schedule_draws_everything_in_rising_steps(positions: int, steps: int) -> None:
    totals = halton.schedule(positions, steps)
    assert len(totals) == min(steps, positions)
    assert all(a < b for a, b in zip([0, *totals], totals, strict=False))
    if positions:
        assert totals[-1] == positions


def test_schedule_starts_slowly() -> None:
    totals = halton.schedule(1024, 12)
    parts = np.diff([0, *totals])
    assert parts[0] < 1024 / 12 < parts[-1]
