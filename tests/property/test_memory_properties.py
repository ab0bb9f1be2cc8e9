"""Properties of the integer parts of memory, from collections to recolouring."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artdesk.bundle.collection import (
    Work,
    WorkEntry,
    pack_tokens,
    read_collection,
    unpack_tokens,
    write_collection,
)
from artdesk.core.errors import BundleError
from artdesk.engine.memory.colours import ONE, averaged, from_srgb8, to_tokens
from artdesk.engine.memory.invention import invented_cells, redrawing_order
from artdesk.engine.memory.levels import finer, level_shapes
from artdesk.engine.memory.quilt import INVENTED, Source, code_distances, quilt
from artdesk.engine.memory.recolour import assigned, graded, recoloured

CODES = 32
CODEBOOK = np.random.default_rng(0).normal(size=(CODES, 8)).astype(np.float32)
DISTANCES = code_distances(CODEBOOK)


def entry(number: int, random: np.random.Generator, rows: int = 6, columns: int = 9) -> WorkEntry:
    tokens = random.integers(CODES, size=(rows, columns)).astype(np.uint16)
    return WorkEntry(
        work=Work(id=f"w{number}", title="Ä title", shapes=((rows, columns),)),
        attributes=random.integers(-127, 128, size=29).astype(np.int8),
        palette=random.integers(256, size=(5, 3)).astype(np.uint8),
        shares=np.full(5, 200, np.uint16),
        colours=random.integers(-127, 128, size=(3, 5, 3)).astype(np.int8),
        blocks=(pack_tokens(tokens),),
    )


def some_collection() -> tuple[bytes, list[WorkEntry]]:
    random = np.random.default_rng(4)
    entries = [entry(number, random) for number in range(5)]
    return write_collection("Some", "a" * 64, CODES, entries), entries


def test_a_collection_gives_back_what_was_put_in() -> None:
    data, entries = some_collection()
    found = read_collection(data)
    assert [work.id for work in found.works] == [one.work.id for one in entries]
    for place, one in enumerate(entries):
        again = found.entry(place)
        assert again.blocks == one.blocks
        assert again.work == one.work
        for name in ("attributes", "palette", "shares", "colours"):
            assert (getattr(again, name) == getattr(one, name)).all()
    again = [found.entry(place) for place in range(len(found))]
    assert write_collection("Some", "a" * 64, CODES, again) == data


DATA = some_collection()[0]


@given(
    st.lists(st.tuples(st.integers(0, len(DATA) - 1), st.integers(0, 255)), min_size=1, max_size=9),
    st.integers(0, len(DATA)),
)
def test_a_damaged_collection_raises_nothing_but_its_own_error(
    changes: list[tuple[int, int]], length: int
) -> None:
    broken = bytearray(DATA)
    for place, value in changes:
        broken[place] = value
    for data in (bytes(broken), DATA[:length]):
        try:
            found = read_collection(data)
            for place in range(len(found)):
                found.tokens(place, 0)
        except BundleError:
            pass


@given(st.binary(max_size=300))
def test_a_hostile_block_raises_nothing_but_its_own_error(block: bytes) -> None:
    try:
        tokens = unpack_tokens(block, (4, 4), CODES)
        assert tokens.max() < CODES
    except BundleError:
        pass


def test_codes_that_the_model_lacks_are_refused() -> None:
    with pytest.raises(BundleError, match="codes that the model lacks"):
        unpack_tokens(pack_tokens(np.full((2, 2), 40, np.uint16)), (2, 2), CODES)


def source(random: np.random.Generator, rows: int, columns: int, key: int) -> Source:
    return Source(
        random.integers(CODES, size=(rows, columns)),
        random.integers(-ONE // 4, ONE, size=(rows, columns, 3)).astype(np.int16),
        key,
    )


@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 20),
    st.integers(1, 20),
    st.sampled_from([4, 6, 8, 10, 12]),
)
def test_quilted_cells_are_cells_of_the_sources(
    seed: int, rows: int, columns: int, side: int
) -> None:
    random = np.random.default_rng(seed)
    sources = [source(random, 14, 12, 1), source(random, 9, 16, 2)]
    wanted = random.integers(0, ONE, size=(rows, columns, 3)).astype(np.int16)
    layout = quilt(sources, wanted, side, seed, DISTANCES)
    assert layout.tokens.shape == (rows, columns)
    for y, x in np.ndindex(rows, columns):
        place, row, column = layout.origin[y, x].tolist()
        assert sources[place].tokens[row, column] == layout.tokens[y, x]
    again = quilt(sources, wanted, side, seed, DISTANCES)
    assert (again.tokens == layout.tokens).all()


def test_a_work_quilted_to_its_own_colours_is_found_again() -> None:
    random = np.random.default_rng(1)
    own = source(random, 20, 20, 1)
    layout = quilt([own, source(random, 20, 20, 2)], own.colours, 8, 5, DISTANCES)
    assert (layout.origin[..., 0] == 0).mean() > 0.9
    assert (layout.tokens == own.tokens).mean() > 0.9


@given(st.integers(0, 2**32 - 1), st.integers(0, 1000), st.integers(0, 1000))
def test_less_invention_takes_a_part_of_the_cells_of_more(seed: int, low: int, high: int) -> None:
    low, high = sorted((low, high))
    random = np.random.default_rng(seed)
    tokens = random.integers(CODES, size=(7, 11)).astype(np.int32)
    colours = random.integers(0, ONE, size=(CODES, 3)).astype(np.int16)
    order = redrawing_order(tokens, colours, seed)
    assert sorted(order.tolist()) == list(range(77))
    few, many = (invented_cells(order, share, (7, 11)) for share in (low, high))
    assert not (few & ~many).any()
    assert int(many.sum()) == 77 * high // 1000


@given(st.integers(0, 2**32 - 1), st.integers(80, 1000))
def test_no_block_of_4_by_4_is_kept_whole(seed: int, share: int) -> None:
    tokens = np.random.default_rng(seed).integers(CODES, size=(20, 16)).astype(np.int32)
    colours = np.zeros((CODES, 3), np.int16)
    mask = invented_cells(redrawing_order(tokens, colours, seed), share, (20, 16))
    assert np.lib.stride_tricks.sliding_window_view(mask, (4, 4)).any(axis=(2, 3)).all()


def test_lines_are_redrawn_last() -> None:
    tokens = np.zeros((16, 16), np.int32)
    tokens[:, 8] = 1
    colours = np.array([[0, 0, 0], [ONE, 0, 0]], np.int16)
    half = invented_cells(redrawing_order(tokens, colours, 3), 500, (16, 16))
    assert half[:, 7:10].mean() < 0.2 < half[:, :6].mean()


@given(st.integers(1, 256), st.integers(1, 256), st.integers(4, 64))
def test_levels_double_until_the_canvas(rows: int, columns: int, fidelity: int) -> None:
    shapes = level_shapes(rows, columns, fidelity)
    assert shapes[-1] == (rows, columns)
    for (low, short), (high, long) in itertools.pairwise(shapes):
        assert (low, short) == ((high + 1) // 2, (long + 1) // 2)
    if len(shapes) > 1:
        assert max(shapes[0]) >= fidelity


@given(st.integers(0, 2**32 - 1), st.booleans())
def test_finer_cells_lie_at_the_same_place_of_the_same_work(seed: int, lacking: bool) -> None:
    random = np.random.default_rng(seed)
    sources = [source(random, 8, 9, 1), source(random, 10, 8, 2)]
    fine = [random.integers(CODES, size=(2 * n, 2 * m)) for n, m in ((8, 9), (10, 8))]
    known = [fine[0], None] if lacking else list(fine)
    layout = quilt(sources, random.integers(0, ONE, (9, 9, 3)).astype(np.int16), 4, 1, DISTANCES)
    origin = layout.origin.copy()
    origin[2:5, 2:5] = INVENTED
    tokens, places = finer(
        layout.tokens, origin, (17, 18), [s.tokens for s in sources], known, DISTANCES
    )
    assert tokens.shape == (17, 18)
    for y, x in np.ndindex(17, 18):
        place, row, column = places[y, x].tolist()
        assert known[place] is not None
        assert fine[place][row, column] == tokens[y, x]
        coarse = origin[y // 2, x // 2].tolist()
        if coarse[0] >= 0 and known[coarse[0]] is not None:
            assert (place, row // 2, column // 2) == tuple(coarse)


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(50, 900), min_size=1, max_size=5))
def test_swatches_get_their_shares(seed: int, shares: list[int]) -> None:
    random = np.random.default_rng(seed)
    points = from_srgb8(random.integers(256, size=(900, 3)).astype(np.uint8))
    swatches = from_srgb8(random.integers(256, size=(len(shares), 3)).astype(np.uint8))
    choice = assigned(points, swatches, shares)
    found = np.bincount(choice, minlength=len(shares)) / 900
    assert np.abs(found - np.array(shares) / sum(shares)).max() < 0.06


def test_no_strength_changes_nothing() -> None:
    pixels = np.random.default_rng(0).integers(256, size=(40, 50, 3)).astype(np.uint8)
    swatches = from_srgb8(np.array([[255, 0, 0], [0, 0, 255]], np.uint8))
    assert (graded(pixels, swatches, (1, 1), 0) == pixels).all()
    cells = from_srgb8(pixels)
    assert recoloured(cells, swatches, (1, 1), 0) is cells


def test_a_graded_picture_comes_near_its_palette() -> None:
    random = np.random.default_rng(2)
    middle = np.where(np.arange(64) < 32, 70, 190)[:, None, None]
    grey = random.normal(middle, 15, size=(64, 64, 1)).clip(0, 255)
    pixels = grey.astype(np.uint8).repeat(3, 2)
    swatches = from_srgb8(np.array([[30, 40, 90], [240, 200, 80]], np.uint8))

    def gap(shown: np.ndarray) -> float:
        colours = from_srgb8(shown).reshape(-1, 1, 3).astype(float)
        return float(np.linalg.norm(colours - swatches, axis=-1).min(axis=1).mean() / ONE)

    strengths = [gap(graded(pixels, swatches, (1, 1), strength)) for strength in (0, 500, 1000)]
    assert strengths[0] > strengths[1] > strengths[2]
    assert strengths[2] < 0.5 * strengths[0]


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 12), st.integers(1, 12))
def test_means_of_one_colour_are_that_colour(h: int, w: int, rows: int, columns: int) -> None:
    colours = np.full((h, w, 3), (1000, -200, 30), np.int16)
    assert (averaged(colours, rows, columns) == (1000, -200, 30)).all()
    shape = (2 * h - 1, 2 * w)
    assert to_tokens(colours, shape).shape == (*shape, 3)
    assert (to_tokens(colours, shape) == (1000, -200, 30)).all()
