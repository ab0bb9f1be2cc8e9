"""What the sampling controls promise, on logits made in plain Python."""

import dataclasses
import hashlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artdesk.core import seed as seeds
from artdesk.core.cancel import CancelToken
from artdesk.core.errors import Cancelled
from artdesk.core.recipe import SAMPLING_RANGES, Sampling
from artdesk.engine.detail import draw as drawing
from artdesk.engine.detail import halton, sampler
from artdesk.engine.detail.draw import IntArray, Limits

CODES = 512
EXP_TABLE = np.rint(2.0**24 * np.exp(-np.arange(1200) / 64)).astype(np.int64)


def tables() -> sampler.CodeTables:
    frequency = ((seeds.raw(1, "frequency", 0, 2).reshape(-1) >> 24) ** 2 + 1).astype(np.float32)
    neighbours = (np.arange(CODES)[:, None] + np.arange(1, 9)) % CODES
    return sampler.code_tables(
        EXP_TABLE.astype(np.uint32), frequency / frequency.sum(), neighbours.astype(np.int16)
    )


TABLES = tables()


class Network:
    """Logits that depend on the position, on the neighbours and on how much is drawn."""

    def __init__(self) -> None:
        random = np.random.Philox(key=2).random_raw(97 * CODES).view(np.uint8)
        bell = random.reshape(97, CODES, 8)[..., :4].sum(axis=-1).astype(np.int64) - 510
        self.base = bell * 2 // 3 + TABLES.tilt  # about 1.5 nats wide; common codes are likelier
        self.calls = 0

    def __call__(
        self, tokens: sampler.TokenGrid, positions: IntArray, guided: bool
    ) -> tuple[IntArray, IntArray | None]:
        self.calls += 1
        columns = tokens.shape[1]
        y, x = np.divmod(positions, columns)
        left = tokens[y, np.maximum(x - 1, 0)].astype(np.int64)
        above = tokens[np.maximum(y - 1, 0), x].astype(np.int64)
        row = (7 * y + 3 * x) % 97
        conditional = self.base[row] + self.base[(left + above) % 97] // 2
        return conditional, self.base[(row + 1) % 97] if guided else None


def paint(seed: int = 3, rows: int = 12, columns: int = 12, **controls: int) -> sampler.TokenGrid:
    grid = np.zeros((rows, columns), dtype=np.int32)
    return sampler.decode(
        grid, np.ones_like(grid, dtype=bool), Sampling(**controls), seed, TABLES, Network()
    )


def digest(tokens: sampler.TokenGrid) -> str:
    return hashlib.sha256(tokens.astype("<u2").tobytes()).hexdigest()[:16]


any_controls = st.fixed_dictionaries(
    {name: st.integers(low, high) for name, (low, high) in SAMPLING_RANGES.items()}
)
any_seed = st.integers(0, 2**32 - 1)
sides = st.integers(1, 20)


@given(controls=any_controls, seed=any_seed, rows=sides, columns=sides)
def test_any_controls_give_complete_tokens_in_range(
    controls: dict[str, int], seed: int, rows: int, columns: int
) -> None:
    tokens = paint(seed, rows, columns, **controls)
    assert tokens.shape == (rows, columns)
    assert tokens.dtype == np.int32
    assert tokens.min() >= 0
    assert tokens.max() < CODES
    assert len(np.unique(tokens)) <= controls["palette_size"]
    np.testing.assert_array_equal(tokens, paint(seed, rows, columns, **controls))


@given(controls=any_controls, seed=any_seed, data=st.data())
def test_fixed_tokens_stay(controls: dict[str, int], seed: int, data: st.DataObject) -> None:
    numbers = np.random.default_rng(data.draw(st.integers(0, 1000)))
    tokens = numbers.integers(0, CODES, (9, 13)).astype(np.int32)
    mask = numbers.random((9, 13)) < data.draw(st.floats(0, 1))
    before = tokens.copy()
    result = sampler.decode(tokens, mask, Sampling(**controls), seed, TABLES, Network())
    np.testing.assert_array_equal(result[~mask], before[~mask])
    np.testing.assert_array_equal(tokens, before)
    assert result.max() < CODES


def test_nothing_to_draw_asks_no_network() -> None:
    tokens = np.full((4, 4), 5, dtype=np.int32)
    network = Network()
    sampling = Sampling(palette_size=16, refine_milli=500)
    result = sampler.decode(tokens, np.zeros((4, 4), bool), sampling, 1, TABLES, network)
    np.testing.assert_array_equal(result, tokens)
    assert network.calls == 0


@pytest.mark.parametrize("token", [-1, CODES])
def test_fixed_tokens_outside_the_codebook_are_refused(token: int) -> None:
    tokens = np.full((2, 2), token, dtype=np.int32)
    with pytest.raises(ValueError, match=r"outside 0\.\.511"):
        sampler.decode(tokens, np.zeros((2, 2), bool), Sampling(), 1, TABLES, Network())


def test_known_answers() -> None:
    """Change these only with a new recipe version: old seeds would give other pictures."""
    assert digest(paint(guidance_milli=2000)) == "2b55fef35303810f"
    everything: dict[str, int] = {
        "steps": 9,
        "temperature_milli": 1300,
        "guidance_milli": 3500,
        "top_k": 200,
        "top_p_milli": 900,
        "diversity_milli": 400,
        "palette_size": 100,
        "jitter_milli": 150,
        "refine_milli": 200,
    }
    assert digest(paint(seed=2**32 - 1, rows=7, columns=16, **everything)) == "b8dc89e7f97f64cd"


@pytest.mark.parametrize(
    "changed",
    [
        {"guidance_milli": 5000},
        {"temperature_milli": 600},
        {"top_k": 3},
        {"top_p_milli": 300},
        {"diversity_milli": 700},
        {"diversity_milli": -700},
        {"palette_size": 20},
        {"jitter_milli": 300},
        {"refine_milli": 300},
        {"steps": 3},
    ],
)
def test_every_control_does_something(changed: dict[str, int]) -> None:
    assert (paint(**changed) != paint()).any()


@given(
    positions=st.integers(1, 16384),
    known=st.integers(0, 16384),
    more=st.integers(1, 16384),
    milli=st.integers(100, 2000),
)
def test_temperature_rises_while_the_grid_fills(
    positions: int, known: int, more: int, milli: int
) -> None:
    known, later = min(known, positions), min(known + more, positions)
    low, high = (sampler.temperature_at(n, positions, milli) for n in (known, later))
    assert 1 <= low <= high <= milli
    assert sampler.temperature_at(0, positions, milli) == milli * 2 // 5
    assert sampler.temperature_at(positions, positions, milli) == milli


def test_small_changes_change_little() -> None:
    plain = {"top_p_milli": 1000, "refine_milli": 0}
    base = paint(temperature_milli=1000, **plain)
    assert (paint(temperature_milli=1010, **plain) != base).mean() < 0.3
    assert (paint(seed=4, temperature_milli=1000, **plain) != base).mean() > 0.7


random_logits = st.integers(0, 10_000).map(
    lambda seed: np.rint(np.random.default_rng(seed).normal(0, 128, (6, CODES))).astype(np.int64)
)


@given(logits=random_logits, low=st.integers(1, 511), more=st.integers(0, 400))
def test_top_k_keeps_as_many_as_asked(logits: IntArray, low: int, more: int) -> None:
    kept = [
        (drawing.keep(logits, Limits(top_k=k), EXP_TABLE)[1] > 0).sum(axis=1)
        for k in (low, min(low + more, 512))
    ]
    assert (kept[0] <= low).all()
    assert (kept[0] >= 1).all()
    assert (kept[0] <= kept[1]).all()


@given(logits=random_logits, low=st.integers(10, 1000), more=st.integers(0, 500))
def test_top_p_keeps_the_mass_asked_for_and_no_more(logits: IntArray, low: int, more: int) -> None:
    full = drawing.keep(logits, Limits(), EXP_TABLE)[1]
    part = drawing.keep(logits, Limits(top_p_milli=low), EXP_TABLE)[1]
    wider = drawing.keep(logits, Limits(top_p_milli=min(low + more, 1000)), EXP_TABLE)[1]
    counts = (part > 0).sum(axis=1)
    assert (counts >= 1).all()
    assert (counts <= (wider > 0).sum(axis=1)).all()
    total = full.sum(axis=1)
    assert (part.sum(axis=1) * 1000 >= low * total).all()
    last = full[np.arange(len(full)), counts - 1]
    assert ((part.sum(axis=1) - last) * 1000 < low * total).all()


def entropy(weights: IntArray) -> Any:
    share = weights / weights.sum(axis=1, keepdims=True)
    return -(share * np.log(np.where(share > 0, share, 1))).sum(axis=1)


@given(logits=random_logits, low=st.integers(100, 2000), more=st.integers(20, 500))
def test_entropy_rises_with_temperature(logits: IntArray, low: int, more: int) -> None:
    cool, warm = (
        entropy(drawing.keep(logits, Limits(temperature_milli=value), EXP_TABLE)[1])
        for value in (low, min(low + more, 2000))
    )
    assert (cool <= warm + 0.02).all()


@given(logits=random_logits, random=st.integers(0, 2**32 - 1), low=st.integers(100, 1900))
def test_a_higher_temperature_never_draws_a_likelier_code(
    logits: IntArray, random: int, low: int
) -> None:
    numbers = np.full(len(logits), random, dtype=np.uint32)
    rows = np.arange(len(logits))
    cool, warm = (
        logits[
            rows, drawing.draw(logits, numbers, Limits(temperature_milli=value), EXP_TABLE).codes
        ]
        for value in (low, low + 100)
    )
    assert (warm <= cool + 2).all()  # two units of rounding


def test_draws_follow_the_probabilities() -> None:
    logits = np.tile(np.rint(64 * np.log([0.5, 0.3, 0.15, 0.05])).astype(np.int64), (40_000, 1))
    random = np.random.default_rng(5).integers(0, 2**32, len(logits), dtype=np.uint32)
    codes = drawing.draw(logits, random, Limits(), EXP_TABLE).codes
    np.testing.assert_allclose(np.bincount(codes) / len(codes), [0.5, 0.3, 0.15, 0.05], atol=0.01)


@pytest.mark.parametrize("random", [0, 2**32 - 1])
def test_extreme_random_numbers_stay_in_range(random: int) -> None:
    flat = np.zeros((3, CODES), dtype=np.int64)
    numbers = np.full(3, random, dtype=np.uint32)
    drawn = drawing.draw(flat, numbers, Limits(), EXP_TABLE)
    assert ((drawn.codes >= 0) & (drawn.codes < CODES)).all()
    assert len(set(drawn.codes.tolist())) == 1


def test_the_noise_table_is_the_same_on_every_machine() -> None:
    share = (np.arange(1 << 16) + 0.5) / (1 << 16)
    exact = -np.log(-np.log(share)) * (1 << 16)
    to_nearest_half = np.abs(exact - np.floor(exact) - 0.5)
    # Logarithms of two machines differ by some 1e-10 on this scale: no entry is that near.
    assert to_nearest_half.min() > 1e-7


def test_ties_go_to_the_lower_code() -> None:
    codes, weights = drawing.keep(np.zeros((1, 8), np.int64), Limits(top_k=3), EXP_TABLE)
    assert codes.tolist() == [[0, 1, 2]]
    assert (weights > 0).all()


@given(sizes=st.tuples(st.integers(16, 512), st.integers(16, 512)))
def test_a_smaller_vocabulary_is_part_of_a_larger_one(sizes: tuple[int, int]) -> None:
    small, large = (vocabulary(size) for size in sorted(sizes))
    assert (large | small == large).all()
    assert [small.sum(), large.sum()] == sorted(sizes)


def vocabulary(size: int) -> Any:
    grid = np.full((4, 4), CODES, dtype=np.int32)
    painter = sampler._Painter(
        grid, Sampling(palette_size=size), 1, TABLES, Network(), lambda: None
    )
    painter.choose_vocabulary(halton.order(4, 4, 1))
    return painter._vocabulary


def test_diversity_uses_more_or_fewer_codes() -> None:
    counts = [
        np.mean([len(np.unique(paint(seed, 16, 16, diversity_milli=d))) for seed in range(4)])
        for d in (-1000, 0, 1000)
    ]
    assert counts[0] < counts[1] < counts[2]
    tilt = [TABLES.tilt[paint(1, 16, 16, diversity_milli=d)].mean() for d in (-1000, 0, 1000)]
    assert tilt[0] > tilt[1] > tilt[2]


@given(shares=st.tuples(st.integers(0, 1000), st.integers(0, 1000)))
def test_more_jitter_moves_more_codes_and_only_to_neighbours(shares: tuple[int, int]) -> None:
    codes = np.arange(CODES)
    random = np.random.default_rng(3).integers(0, 2**32, CODES, dtype=np.uint32)
    moved = []
    for share in sorted(shares):
        grid = np.full((2, 2), CODES, dtype=np.int32)
        painter = sampler._Painter(
            grid, Sampling(jitter_milli=share), 1, TABLES, Network(), lambda: None
        )
        result = painter._jitter(codes, random)
        step = (result - codes) % CODES
        assert ((step >= 0) & (step <= 8)).all()
        moved.append(step > 0)
        assert abs((step > 0).mean() - share / 1000) < 0.08
    assert (moved[1] >= moved[0]).all()


def test_jitter_stays_in_the_vocabulary() -> None:
    assert len(np.unique(paint(rows=20, columns=20, palette_size=16, jitter_milli=1000))) <= 16


@given(share=st.integers(0, 500), steps=st.integers(1, 12))
def test_refining_draws_the_asked_share_again(share: int, steps: int) -> None:
    seen: list[tuple[int, int, int]] = []
    grid = np.zeros((10, 10), dtype=np.int32)
    sampler.decode(
        grid,
        np.ones_like(grid, dtype=bool),
        Sampling(steps=steps, refine_milli=share),
        5,
        TABLES,
        Network(),
        on_step=lambda step, total, now: seen.append((step, total, int((now == CODES).sum()))),
    )
    again = min(2, 100 * share // 1000)
    assert [entry[0] for entry in seen] == list(range(1, steps + again + 1))
    assert {entry[1] for entry in seen} == {steps + again}
    assert seen[steps - 1][2] == 0
    assert seen[-1][2] == 0
    if again == 2:
        assert 0 < seen[steps][2] < 100 * share // 1000


@given(steps=st.integers(1, 64), scale=st.integers(0, 8000))
def test_guidance_rises_from_plain_to_full(steps: int, scale: int) -> None:
    scales = [sampler.guidance_at(step, steps, scale) for step in range(steps)]
    assert scales == sorted(scales)
    assert min(scales) >= 1000
    assert scales[-1] == max(scale, 1000)
    if steps >= 3:
        assert scales[: steps // 3] == [1000] * (steps // 3)


def test_unguided_pictures_never_ask_for_the_second_branch() -> None:
    asked: list[bool] = []
    network = Network()

    def spy(
        tokens: sampler.TokenGrid, positions: IntArray, guided: bool
    ) -> tuple[IntArray, IntArray | None]:
        asked.append(guided)
        return network(tokens, positions, guided)

    grid = np.zeros((6, 6), dtype=np.int32)
    for scale, expected in ((1000, {False}), (0, {False}), (1001, {False, True})):
        asked.clear()
        controls = Sampling(guidance_milli=scale)
        sampler.decode(grid, np.ones((6, 6), bool), controls, 1, TABLES, spy)
        assert set(asked) == expected


def test_positions_read_the_same_random_number_on_every_canvas() -> None:
    readings = []
    for rows, columns in ((8, 8), (16, 8), (8, 32), (128, 128)):
        grid = np.full((rows, columns), CODES, dtype=np.int32)
        painter = sampler._Painter(grid, Sampling(), 9, TABLES, Network(), lambda: None)
        places = np.array([y * columns + x for y in range(8) for x in range(8)])
        readings.append(painter._random("draw", 0, places))
    for reading in readings[1:]:
        np.testing.assert_array_equal(reading, readings[0])


def test_pictures_do_not_depend_on_what_was_drawn_before() -> None:
    alone = [paint(seed) for seed in (5, 6, 7)]
    mixed = {seed: paint(seed) for seed in (7, 1, 5, 6)}
    for seed, tokens in zip((5, 6, 7), alone, strict=True):
        np.testing.assert_array_equal(mixed[seed], tokens)


def test_cancelling_inside_a_step_leaves_at_once() -> None:
    token = CancelToken()
    network = Network()
    steps: list[int] = []

    def cancel_in_third(
        tokens: sampler.TokenGrid, positions: IntArray, guided: bool
    ) -> tuple[IntArray, IntArray | None]:
        if network.calls == 2:
            token.cancel()
        return network(tokens, positions, guided)

    grid = np.zeros((8, 8), dtype=np.int32)
    with pytest.raises(Cancelled):
        sampler.decode(
            grid,
            np.ones((8, 8), bool),
            Sampling(),
            1,
            TABLES,
            cancel_in_third,
            check=token.check,
            on_step=lambda *progress: steps.append(progress[0]),
        )
    assert network.calls == 3
    assert steps == [1, 2]


def test_progress_pictures_are_copies() -> None:
    grids: list[sampler.TokenGrid] = []
    grid = np.zeros((6, 6), dtype=np.int32)
    result = sampler.decode(
        grid,
        np.ones((6, 6), bool),
        dataclasses.replace(Sampling(), steps=4, refine_milli=0),
        1,
        TABLES,
        Network(),
        on_step=lambda *progress: grids.append(progress[2]),
    )
    left = [int((entry == CODES).sum()) for entry in grids]
    assert left == sorted(left, reverse=True)
    assert len(set(left)) == 4
    np.testing.assert_array_equal(grids[-1], result)
    assert grids[-1] is not result
