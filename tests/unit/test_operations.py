"""More canvas, seamless repeats, crosses and explanations, on the toy bundle."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artdesk.bundle.reader import Bundle
from artdesk.core.colour import hex_to_srgb8, srgb8_to_oklab
from artdesk.core.edit_recipe import Tile
from artdesk.core.errors import RecipeError
from artdesk.core.recipe import Canvas, Memory, Recipe, Sampling, Sketch, Swatch, Word
from artdesk.engine.detail.redraw import REACH, surrounded
from artdesk.engine.memory.encoder import WorkEncoder
from artdesk.engine.operations.canvas import Border, extended, seamless
from artdesk.engine.operations.credits import with_origin
from artdesk.engine.operations.cross import crossed
from artdesk.engine.operations.explain import effect_of_word, explained, swapped
from artdesk.engine.operations.foreign import fitted, painted_over
from artdesk.engine.operations.recolour import recoloured, recoloured_sketch
from artdesk.engine.operations.reroll import rerolled, varied
from artdesk.engine.pipeline import Engine, Picture
from artdesk.pictures.record import PictureRecord, record_from_json, record_to_json


@pytest.fixture(scope="module")
def engine(toy_bundle: Bundle) -> Engine:
    return Engine(toy_bundle, threads=1)


def make(
    engine: Engine, *words: str, seed: int = 7, width: int = 192, height: int = 128
) -> Picture:
    return engine.generate(
        Recipe(
            words=tuple(Word(text=word) for word in words),
            canvas=Canvas(width=width, height=height),
            sampling=Sampling(steps=4),
            seed=seed,
        )
    )


@pytest.fixture(scope="module")
def base(engine: Engine) -> Picture:
    return make(engine, "calm", "blue")


def stored(picture: Picture) -> PictureRecord:
    return record_from_json(record_to_json(picture), "a.png")


SIDES = st.integers(0, 12).map(lambda cells: 8 * cells)


@given(SIDES, SIDES, SIDES, SIDES, st.integers(0, 2**32 - 1))
@settings(max_examples=15)
def test_more_canvas_keeps_what_is_there(
    engine: Engine, base: Picture, left: int, top: int, right: int, bottom: int, seed: int
) -> None:
    if not left + top + right + bottom:
        return
    border = Border(left=left, top=top, right=right, bottom=bottom)
    made = engine.generate(extended(base, border, seed=seed))
    assert made.pixels.shape == (128 + top + bottom, 192 + left + right, 3)
    inner = made.tokens[top // 8 : top // 8 + 16, left // 8 : left // 8 + 24]
    np.testing.assert_array_equal(inner, base.tokens)
    np.testing.assert_array_equal(engine.decode(stored(made)), made.pixels)
    np.testing.assert_array_equal(engine.generate(stored(made).recipe).tokens, made.tokens)


def test_colours_of_the_old_canvas_stay_in_the_sketch(base: Picture) -> None:
    plain = dataclasses.replace(base, sketch=Sketch(columns=8, rows=5, cells=("#336699",) * 40))
    sketch = extended(plain, Border(right=192), seed=1).sketch
    assert sketch is not None
    assert (sketch.columns, sketch.rows) == (8, 3)
    assert sketch.cells == ("#336699",) * 4 + (None,) * 4 + sketch.cells[8:]
    assert set(sketch.cells) == {"#336699", None}


@pytest.mark.parametrize(
    ("border", "message"),
    [
        (Border(), "at least one of them above 0"),
        (Border(left=-8), "use multiples of 8"),
        (Border(right=12), "use multiples of 8"),
        (Border(right=1864), "2048 is the most"),
    ],
)
def test_borders_that_cannot_be(base: Picture, border: Border, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        extended(base, border, seed=1)


def joins(pixels: np.ndarray, axis: int) -> tuple[float, np.ndarray]:
    """Mean difference across the join of a repeat, and those of ordinary neighbours."""
    lines = np.moveaxis(srgb8_to_oklab(pixels), axis, 0)
    steps = np.abs(np.roll(lines, -1, 0) - lines).mean(axis=(1, 2))
    return float(steps[-1]), steps[:-1]


@pytest.mark.parametrize("tile", ["across", "down", "both"])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_tile_repeats_without_a_seam(
    engine: Engine, base: Picture, tile: Tile, seed: int
) -> None:
    made = engine.generate(seamless(base, tile, seed=seed))
    for axis, ways in ((0, ("down", "both")), (1, ("across", "both"))):
        join, ordinary = joins(made.pixels, axis)
        if tile in ways:
            assert join <= ordinary.max()
    np.testing.assert_array_equal(made.tokens[4:-4, 6:-6], base.tokens[4:-4, 6:-6])
    np.testing.assert_array_equal(engine.decode(stored(made)), made.pixels)


def test_a_tile_is_decoded_as_in_the_middle_of_its_repeats(engine: Engine, base: Picture) -> None:
    made = engine.generate(seamless(base, "both", seed=1))
    record = stored(made)
    large = np.tile(engine.codes(record), (3, 3, 1))
    repeats = engine.decode_codes(large, engine.condition(record))
    np.testing.assert_array_equal(repeats[128:256, 192:384], made.pixels)


def test_a_tile_turned_by_any_cell_is_the_same_tile(engine: Engine, base: Picture) -> None:
    made = stored(engine.generate(seamless(base, "both", seed=1)))
    turned = dataclasses.replace(made, tokens=np.roll(made.tokens, (3, 5), (0, 1)))
    np.testing.assert_array_equal(
        engine.decode(turned), np.roll(engine.decode(made), (24, 40), (0, 1))
    )


def test_a_tile_stays_one_when_a_region_is_drawn_again(engine: Engine, base: Picture) -> None:
    tile = engine.generate(seamless(base, "across", seed=1))
    mask = np.zeros(tile.tokens.shape, np.bool_)
    mask[4:8, :3] = True
    again = rerolled(tile, mask, seed=4)
    assert again.edit is not None
    assert again.edit.tile == "across"
    made = engine.generate(again)
    np.testing.assert_array_equal(made.tokens[~mask], tile.tokens[~mask])
    join, ordinary = joins(made.pixels, 1)
    assert join <= ordinary.max()


def test_a_grid_smaller_than_the_reach_of_the_decoder_still_wraps() -> None:
    grid = np.arange(6, dtype=np.float32).reshape(2, 3, 1)
    large, down, across = surrounded(grid, "both")
    assert (down, across) == (REACH, REACH)
    for row, column in ((0, 0), (5, 7), (23, 24)):
        expected = grid[(row - REACH) % 2, (column - REACH) % 3, 0]
        assert large[row, column, 0] == expected


def test_a_cross_takes_a_part_from_each(engine: Engine, base: Picture) -> None:
    second, third = make(engine, "red", seed=8), make(engine, "bold", seed=9, width=64, height=64)
    recipe = crossed(base, second, third, seed=3)
    assert recipe.canvas == base.recipe.canvas
    assert recipe.palette == second.palette
    assert recipe.words == third.recipe.words
    made = engine.generate(recipe)
    assert made.palette == second.palette
    assert made.tokens.shape == base.tokens.shape
    same = crossed(base, base, base, seed=base.recipe.seed)
    assert same.words == base.recipe.words


@pytest.fixture(scope="module")
def remembered(remembering_bundle: Bundle) -> tuple[Engine, Picture]:
    """A picture from memory whose colours are moved to a palette of the artist."""
    engine = Engine(remembering_bundle, threads=1)
    palette = (Swatch(colour="#203a70", share_milli=600), Swatch(colour="#e0b040", share_milli=400))
    asked = Recipe(
        memory=Memory(),
        palette=palette,
        canvas=Canvas(width=256, height=256),
        sampling=Sampling(steps=2),
        seed=3,
    )
    return engine, engine.generate(asked)


def test_graded_pictures_keep_their_pixels_outside_of_every_edit(
    remembered: tuple[Engine, Picture],
) -> None:
    """Colours move by what was measured before the first edit, also in the third."""
    engine, before = remembered
    plain = engine.decode_codes(engine.codes(stored(before)), engine.condition(stored(before)))
    assert (plain != before.pixels).any()
    for number in range(3):
        mask = np.zeros(before.tokens.shape, np.bool_)
        mask[number * 3 : number * 3 + 3, :4] = True
        asked = rerolled(before, mask, seed=number, words=(Word(text="red"),), new_colours=True)
        made = engine.generate(asked)
        assert (made.tokens != before.tokens).any()
        far = np.s_[:, 4 * 8 + 84 :]
        np.testing.assert_array_equal(made.pixels[far], before.pixels[far])
        np.testing.assert_array_equal(engine.decode(stored(made)), made.pixels)
        before = made


def test_edits_keep_credits(remembered: tuple[Engine, Picture]) -> None:
    engine, before = remembered
    assert before.origin is not None
    mask = np.zeros(before.tokens.shape, np.bool_)
    mask[:8, :8] = True
    made = with_origin(engine.generate(rerolled(before, mask, seed=1)), before)
    assert made.origin is not None
    np.testing.assert_array_equal(made.origin.cells[~mask], before.origin.cells[~mask])
    assert not made.origin.cells[mask].any()
    wider = engine.generate(extended(before, Border(left=64, top=8), seed=1))
    moved = with_origin(wider, before, top=1, left=8).origin
    assert moved is not None
    np.testing.assert_array_equal(moved.cells[1:, 8:], before.origin.cells)
    assert not moved.cells[:, :8].any()


def test_a_cross_is_painted_from_the_works_of_its_touch(remembered: tuple[Engine, Picture]) -> None:
    engine, touch = remembered
    assert touch.origin is not None
    other = make(engine, "calm", width=256, height=256)
    recipe = crossed(other, other, touch, seed=1)
    assert recipe.memory is not None
    named = {influence.work for influence in recipe.memory.influences}
    assert named == set(touch.origin.shares())
    made = engine.generate(recipe)
    assert made.origin is not None
    assert set(made.origin.shares()) <= named
    assert made.palette == other.palette


def test_nothing_varied_is_the_graded_picture_itself(remembered: tuple[Engine, Picture]) -> None:
    engine, before = remembered
    for composition in (False, True):
        made = engine.generate(varied(before, 0, seed=1, composition=composition))
        np.testing.assert_array_equal(made.pixels, before.pixels)


RED = (Swatch(colour="#a01010", share_milli=700), Swatch(colour="#f0e0d0", share_milli=300))


def test_recolouring_moves_colours_and_no_token(engine: Engine, base: Picture) -> None:
    made = engine.generate(recoloured(base, RED))
    np.testing.assert_array_equal(made.tokens, base.tokens)
    wanted = srgb8_to_oklab(np.array([(0xA0, 0x10, 0x10), (0xF0, 0xE0, 0xD0)], np.uint8))

    def distance(pixels: np.ndarray) -> float:
        oklab = srgb8_to_oklab(pixels).reshape(-1, 1, 3)
        return float(np.sqrt(np.square(oklab - wanted).sum(-1)).min(axis=1).mean())

    # The toy draws every colour at once, which a smooth map can only bring nearer.
    assert distance(made.pixels) < 0.75 * distance(base.pixels)
    np.testing.assert_array_equal(engine.decode(stored(made)), made.pixels)
    same = engine.generate(recoloured(base, RED, 0))
    np.testing.assert_array_equal(same.pixels, base.pixels)
    again = engine.generate(recoloured(made, RED))
    np.testing.assert_array_equal(again.pixels, made.pixels)


def test_a_region_of_a_recoloured_picture(engine: Engine, base: Picture) -> None:
    made = engine.generate(recoloured(base, RED))
    mask = np.zeros(base.tokens.shape, np.bool_)
    mask[:4, :4] = True
    part = engine.generate(rerolled(made, mask, seed=1))
    far = np.s_[:, 4 * 8 + 84 :]
    np.testing.assert_array_equal(part.pixels[far], made.pixels[far])
    assert (part.pixels != made.pixels).any()


@given(st.integers(1, 300), st.integers(1, 300))
def test_any_picture_is_cut_to_the_shape_of_the_canvas(height: int, width: int) -> None:
    pixels = np.zeros((height, width, 3), np.uint8)
    assert fitted(pixels, Canvas(width=128, height=64)).shape == (64, 128, 3)


def test_painting_over_a_picture_grows_from_its_reconstruction(
    engine: Engine, toy_bundle: Bundle
) -> None:
    pixels = np.zeros((128, 128, 3), np.uint8)
    pixels[:, 64:] = (200, 60, 20)
    tokens = WorkEncoder(toy_bundle, 1).tokens(pixels)
    recipe = Recipe(canvas=Canvas(width=128, height=128), sampling=Sampling(steps=3), seed=5)
    made = [
        engine.generate(painted_over(pixels, tokens, recipe, strength))
        for strength in (0, 300, 1000)
    ]
    np.testing.assert_array_equal(made[0].tokens, tokens)
    changed = [int((one.tokens != tokens).sum()) for one in made]
    assert 0 == changed[0] < changed[1] <= 77 < changed[2]
    own = engine.generate(painted_over(pixels, tokens, dataclasses.replace(recipe, palette=RED), 0))
    np.testing.assert_array_equal(own.tokens, tokens)
    assert own.palette == RED
    assert (own.pixels != made[0].pixels).any()


def test_recolouring_keeps_lights_and_darks() -> None:
    old = (Swatch(colour="#101010", share_milli=500), Swatch(colour="#f0f0f0", share_milli=500))
    new = (Swatch(colour="#ffd0a0", share_milli=500), Swatch(colour="#300000", share_milli=500))
    sketch = Sketch(columns=4, rows=1, cells=("#101010", "#f0f0f0", "#202020", "#101010"))
    found = recoloured_sketch(sketch, old, new)
    assert (found.cells[0], found.cells[1], found.cells[3]) == ("#300000", "#ffd0a0", "#300000")
    light = srgb8_to_oklab(np.array([hex_to_srgb8(str(cell)) for cell in found.cells], np.uint8))[
        :, 0
    ]
    assert light[0] < light[2] < light[1]
    assert recoloured_sketch(sketch, old, ()) == sketch


def test_explanations_are_probabilities_and_rank_what_is_there(
    engine: Engine, base: Picture
) -> None:
    found = explained(engine, stored(base))
    assert found.confidence.shape == base.tokens.shape
    assert ((found.confidence >= 0) & (found.confidence <= 1)).all()
    assert (np.diff(found.shares, axis=-1) <= 0).all()
    assert (found.shares.sum(axis=-1) <= 1 + 1e-9).all()
    likeliest = found.codes[..., 0] == base.tokens
    np.testing.assert_allclose(found.confidence[likeliest], found.shares[..., 0][likeliest])
    assert (found.confidence <= found.shares[..., 0] + 1e-12).all()


def test_a_drawn_picture_is_likelier_than_noise(engine: Engine, base: Picture) -> None:
    record = stored(base)
    random = np.random.default_rng(1).integers(0, 512, base.tokens.shape).astype(np.uint16)
    noise = dataclasses.replace(record, tokens=random)
    assert explained(engine, record).confidence.mean() > explained(engine, noise).confidence.mean()


def test_swapping_changes_one_cell_only(engine: Engine, base: Picture) -> None:
    code = (int(base.tokens[5, 7]) + 1) % 512
    made = engine.generate(swapped(base, 5, 7, code))
    assert made.tokens[5, 7] == code
    assert (made.tokens != base.tokens).sum() == 1
    np.testing.assert_array_equal(engine.generate(stored(made).recipe).tokens, made.tokens)
    with pytest.raises(RecipeError, match="There is no cell 24,0"):
        swapped(base, 0, 24, code)


def test_each_word_has_an_effect_of_its_own(engine: Engine, base: Picture) -> None:
    record = stored(base)
    effects = [effect_of_word(engine, record, number) for number in (0, 1)]
    assert np.isfinite(effects).all()
    assert (effects[0] != effects[1]).any()
    with pytest.raises(RecipeError, match="has 2 words"):
        effect_of_word(engine, record, 2)
