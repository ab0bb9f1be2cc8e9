"""Pictures drawn again in part: what is kept is kept exactly, and only the asked cells change."""

import dataclasses
import itertools
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artdesk.bundle.reader import Bundle
from artdesk.core.cancel import CancelToken
from artdesk.core.edit_recipe import Edit
from artdesk.core.errors import Cancelled, RecipeError
from artdesk.core.recipe import Canvas, Recipe, Sampling, Sketch, Swatch, Word
from artdesk.engine.detail.region import redrawn, window
from artdesk.engine.operations.reroll import covered, rerolled, varied
from artdesk.engine.pipeline import Engine, Picture, Progress
from artdesk.pictures.record import PictureRecord, record_from_json, record_to_json

REACH = 84
"""Pixels that the decoder looks beyond a cell: seven convolutions at an eighth of the size, five
at a quarter, four at half. The shipped one shows differences up to 50 pixels away."""

CANVAS = Canvas(width=256, height=192)
ROWS, COLUMNS = 24, 32


@pytest.fixture(scope="module")
def engine(toy_bundle: Bundle) -> Engine:
    return Engine(toy_bundle, threads=1)


@pytest.fixture(scope="module")
def base(engine: Engine) -> Picture:
    return engine.generate(
        Recipe(
            words=(Word(text="calm"), Word(text="blue")),
            canvas=CANVAS,
            sampling=Sampling(steps=4),
            seed=7,
        )
    )


def part(top: int, left: int, height: int, width: int) -> np.ndarray:
    mask = np.zeros((ROWS, COLUMNS), np.bool_)
    mask[top : top + height, left : left + width] = True
    return mask


MASKS = st.builds(
    part, st.integers(0, 20), st.integers(0, 28), st.integers(1, 9), st.integers(1, 12)
) | st.integers(0, 99).map(lambda n: np.random.default_rng(n).random((ROWS, COLUMNS)) < 0.2)


@given(
    mask=MASKS,
    strength=st.integers(0, 1000),
    seed=st.integers(0, 2**32 - 1),
    words=st.sampled_from([None, (), (Word(text="red"),)]),
    new_colours=st.booleans(),
)
@settings(max_examples=25)
def test_outside_of_a_mask_tokens_stay_and_pixels_beyond_the_reach_of_the_decoder(
    engine: Engine,
    base: Picture,
    mask: np.ndarray,
    strength: int,
    seed: int,
    words: tuple[Word, ...] | None,
    new_colours: bool,
) -> None:
    asked = rerolled(
        base, mask, seed=seed, strength_milli=strength, words=words, new_colours=new_colours
    )
    made = engine.generate(asked)
    np.testing.assert_array_equal(made.tokens[~mask], base.tokens[~mask])
    far = np.ones((CANVAS.height, CANVAS.width), np.bool_)
    for row, column in np.argwhere(made.tokens != base.tokens):
        far[
            max(0, row * 8 - REACH) : row * 8 + 8 + REACH,
            max(0, column * 8 - REACH) : column * 8 + 8 + REACH,
        ] = False
    np.testing.assert_array_equal(made.pixels[far], base.pixels[far])
    stored = record_from_json(record_to_json(made), "a.png")
    np.testing.assert_array_equal(engine.decode(stored), made.pixels)
    np.testing.assert_array_equal(engine.generate(stored.recipe).tokens, made.tokens)


def test_threads_do_not_matter(engine: Engine, toy_bundle: Bundle, base: Picture) -> None:
    asked = rerolled(base, part(4, 6, 9, 9), seed=5, words=(Word(text="red"),), new_colours=True)
    one, two = engine.generate(asked), Engine(toy_bundle, threads=2).generate(asked)
    np.testing.assert_array_equal(one.tokens, two.tokens)
    np.testing.assert_array_equal(one.pixels, two.pixels)
    assert one.sketch == two.sketch


def test_each_try_has_a_seed_of_its_own_and_differs(engine: Engine, base: Picture) -> None:
    mask = part(8, 8, 8, 8)
    tries = list(engine.batch(rerolled(base, mask, seed=2**32 - 1), 3))
    assert [one.edit.seed for one in tries if one.edit] == [2**32 - 1, 0, 1]
    assert {one.seed for one in tries} == {7}
    drawn = [engine.generate(one).tokens for one in tries]
    assert len({tokens.tobytes() for tokens in [base.tokens, *drawn]}) == 4


def test_words_of_the_region_matter_and_stay_in_the_file(engine: Engine, base: Picture) -> None:
    mask = part(0, 0, 24, 16)
    found = [
        engine.generate(rerolled(base, mask, seed=1, words=words, new_colours=True))
        for words in (None, (Word(text="red"), Word(text="glorpish")))
    ]
    assert (found[0].tokens != found[1].tokens).any()
    edit = found[1].recipe.edit
    assert edit is not None
    assert edit.words is not None
    assert [word.vector is None for word in edit.words] == [True, False]
    assert found[1].recipe.words == base.recipe.words


def test_words_of_the_region_choose_its_colours_unless_the_artist_did(
    engine: Engine, base: Picture
) -> None:
    mask = part(0, 0, 24, 16)

    def colours(own: tuple[Swatch, ...] | None) -> set[str | None]:
        start = dataclasses.replace(base, recipe=dataclasses.replace(base.recipe, palette=own))
        asked = rerolled(start, mask, seed=1, words=(Word(text="red"),), new_colours=True)
        made = engine.generate(asked)
        np.testing.assert_array_equal(made.tokens[~mask], base.tokens[~mask])
        return set(made.sketch.cells)

    assert colours(base.palette) != colours(None)


def test_new_colours_are_drawn_only_below_the_mask(engine: Engine, base: Picture) -> None:
    mask = part(0, 0, 12, 16)
    free = covered(mask, base.sketch)
    assert free.sum() == 12
    changed = engine.generate(rerolled(base, mask, seed=3, new_colours=True)).sketch
    same = np.array([a == b for a, b in zip(changed.cells, base.sketch.cells, strict=True)])
    assert same[~free.reshape(-1)].all()
    assert not same[free.reshape(-1)].all()
    kept = engine.generate(rerolled(base, mask, seed=3)).sketch
    assert kept == base.sketch


@given(MASKS, st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 2**32 - 1))
def test_more_strength_draws_a_superset(mask: np.ndarray, one: int, two: int, seed: int) -> None:
    tokens = np.zeros(mask.shape, np.uint16)
    if not mask.any():
        return
    less, more = (
        redrawn(Edit.of(tokens, mask, strength_milli=strength, seed=seed))
        for strength in sorted((one, two))
    )
    assert not (less & ~more).any()
    assert not (more & ~mask).any()
    assert abs(int(less.sum()) - mask.sum() * min(one, two) / 1000) <= 0.5


@pytest.mark.parametrize("composition", [False, True])
def test_variations_grow_from_the_picture_itself(
    engine: Engine, base: Picture, composition: bool
) -> None:
    masks = []
    for amount in (0, 100, 400, 1000):
        asked = varied(base, amount, seed=3, composition=composition)
        made = engine.generate(asked)
        assert asked.edit is not None
        may = redrawn(asked.edit)
        assert not ((made.tokens != base.tokens) & ~may).any()
        masks.append(may)
        if not amount:
            np.testing.assert_array_equal(made.pixels, base.pixels)
            assert made.sketch == base.sketch
    for less, more in itertools.pairwise(masks):
        assert not (less & ~more).any()
        assert more.sum() > less.sum()
    assert masks[-1].all()


def test_all_of_a_picture_with_its_own_seed_is_the_picture(engine: Engine, base: Picture) -> None:
    made = engine.generate(varied(base, 1000, seed=base.recipe.seed))
    np.testing.assert_array_equal(made.tokens, base.tokens)


def test_pictures_of_version_1_can_be_edited(engine: Engine, base: Picture) -> None:
    """Their files name no cell size and no edit, and their recipe leaves the palette open."""
    data = json.loads(record_to_json(base))
    del data["origin"], data["tokens"]["cell"], data["recipe"]["memory"], data["recipe"]["edit"]
    data["version"] = data["recipe"]["version"] = 1
    old = record_from_json(json.dumps(data), "old.png")
    mask = part(2, 2, 6, 6)
    made = engine.generate(rerolled(old, mask, seed=1))
    again = engine.generate(rerolled(base, mask, seed=1))
    np.testing.assert_array_equal(made.pixels, again.pixels)


def test_an_edited_picture_can_be_edited(engine: Engine, base: Picture) -> None:
    first, second = part(0, 0, 5, 5), part(15, 20, 6, 6)
    one = engine.generate(rerolled(base, first, seed=1))
    two = engine.generate(rerolled(one, second, seed=2))
    np.testing.assert_array_equal(two.tokens[~second], one.tokens[~second])
    assert (two.tokens[first] != base.tokens[first]).any()


def test_a_preview_of_an_edit_has_the_size_of_the_picture(engine: Engine, base: Picture) -> None:
    mask = part(0, 0, 5, 5)
    preview = engine.preview(rerolled(base, mask, seed=1))
    np.testing.assert_array_equal(preview.tokens[~mask], base.tokens[~mask])


def test_progress_and_cancelling(engine: Engine, base: Picture) -> None:
    seen: list[Progress] = []
    asked = rerolled(base, part(3, 3, 9, 9), seed=1)
    engine.generate(asked, progress=seen.append)
    assert [entry.step for entry in seen] == list(range(1, seen[-1].steps + 1))
    for entry in seen:
        assert entry.preview().shape == (ROWS, COLUMNS, 3)
    token = CancelToken()
    with pytest.raises(Cancelled):
        engine.generate(asked, token, lambda _now: token.cancel())


def test_tokens_of_another_model_are_refused(engine: Engine, base: Picture) -> None:
    mask = part(0, 0, 2, 2)
    other = dataclasses.replace(base, tokens=np.full_like(base.tokens, 600))
    coarse = dataclasses.replace(base, tokens=base.tokens[::2, ::2])
    for asked in (
        rerolled(other, mask, seed=1),
        rerolled(coarse, part(0, 0, 2, 2)[::2, ::2], seed=1),
    ):
        with pytest.raises(RecipeError, match="comes from another model"):
            engine.generate(asked)


@given(MASKS, st.sampled_from([8, 16, 32, 64]))
def test_the_window_holds_the_mask_with_context(mask: np.ndarray, side: int) -> None:
    if not mask.any():
        return
    rows, columns = window(mask, side)
    assert mask.sum() == mask[rows, columns].sum()
    for span, size, axis in ((rows, ROWS, 1), (columns, COLUMNS, 0)):
        marked = np.flatnonzero(mask.any(axis=axis))
        assert span.start % 4 == 0
        assert span.start <= max(0, marked[0] - side // 2)
        assert span.stop >= min(size, marked[-1] + 1 + side // 2)
        assert span.stop - span.start >= min(size, side)


def test_a_small_region_of_a_large_picture_shows_the_network_a_small_window() -> None:
    mask = np.zeros((256, 256), np.bool_)
    mask[100:104, 200:206] = True
    rows, columns = window(mask, 32)
    assert rows.stop - rows.start <= 40
    assert columns.stop - columns.start <= 44


@pytest.mark.parametrize(("sketch_rows", "sketch_columns"), [(6, 8), (5, 8), (1, 1), (8, 3)])
def test_sketch_cells_below_a_mask(sketch_rows: int, sketch_columns: int) -> None:
    sketch = Sketch(
        columns=sketch_columns, rows=sketch_rows, cells=("#000000",) * sketch_rows * sketch_columns
    )
    assert covered(np.ones((ROWS, COLUMNS), np.bool_), sketch).all()
    assert not covered(np.zeros((ROWS, COLUMNS), np.bool_), sketch).any()


def test_plans_can_be_mixed(engine: Engine, base: Picture) -> None:
    other = dataclasses.replace(
        base.recipe, words=(Word(text="red"),), sampling=Sampling(steps=8), seed=9
    )
    one, two = engine.plan(base.recipe), engine.plan(other)
    assert one.sketch == base.sketch
    assert one.palette == base.palette
    assert one.between(two, 0) is one
    assert one.between(two, 1000) is two
    half = one.between(two, 500)
    np.testing.assert_allclose(
        half.wishes.attributes, (one.wishes.attributes + two.wishes.attributes) / 2
    )
    assert half.recipe.sampling.steps == 6
    assert half.sketch.complete
    assert sum(swatch.share_milli for swatch in half.palette) == 1000
    near = one.between(two, 1)
    assert np.abs(near.conditions - one.conditions).max() < 0.1
    with pytest.raises(RecipeError, match="different sizes cannot be mixed"):
        one.between(engine.plan(Recipe(canvas=Canvas(width=64, height=64))), 500)


def test_stored_pictures_work_as_made_ones(engine: Engine, base: Picture) -> None:
    stored: PictureRecord = record_from_json(record_to_json(base), "a.png")
    mask = part(1, 1, 4, 4)
    assert rerolled(stored, mask, seed=2) == rerolled(base, mask, seed=2)
