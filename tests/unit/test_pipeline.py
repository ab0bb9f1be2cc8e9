"""The engine from recipe to picture, on the toy bundle."""

import dataclasses
import itertools
import threading
import time
from collections.abc import Mapping

import numpy as np
import pytest

from artdesk.bundle.reader import Bundle
from artdesk.core.attributes import ATTRIBUTES
from artdesk.core.cancel import CancelToken
from artdesk.core.errors import BundleError, Cancelled, PictureError, RecipeError
from artdesk.core.recipe import Canvas, Recipe, Sampling, Sketch, Swatch, Word
from artdesk.engine.pipeline import Engine, Progress
from artdesk.pictures.record import record_from_json, record_to_json

SMALL = Canvas(width=64, height=64)


@pytest.fixture(scope="module")
def engine(toy_bundle: Bundle) -> Engine:
    return Engine(toy_bundle, threads=1)


def recipe(**changes: object) -> Recipe:
    base = Recipe(words=(Word(text="calm"), Word(text="blue")), canvas=SMALL, seed=7)
    return dataclasses.replace(base, **changes)  # type: ignore[arg-type]


def with_sampling(**changes: int) -> Recipe:
    return recipe(sampling=Sampling(**changes))


def test_a_picture_is_whole(engine: Engine, toy_bundle: Bundle) -> None:
    picture = engine.generate(recipe(canvas=Canvas(width=96, height=64)))
    assert picture.pixels.shape == (64, 96, 3)
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.flags.c_contiguous
    assert picture.tokens.shape == (8, 12)
    assert picture.tokens.dtype == np.uint16
    assert picture.tokens.max() < 512
    assert picture.sketch.complete
    assert (picture.sketch.columns, picture.sketch.rows) == (8, 5)
    assert sum(swatch.share_milli for swatch in picture.palette) == 1000
    assert picture.bundle_hash == toy_bundle.hash
    assert picture.bundle_name == "Toy"
    assert picture.seconds > 0


@pytest.mark.parametrize("size", [(64, 64), (72, 104), (136, 64), (256, 64)])
def test_every_size_that_a_canvas_may_have(engine: Engine, size: tuple[int, int]) -> None:
    width, height = size
    asked = recipe(canvas=Canvas(width=width, height=height), sampling=Sampling(steps=3))
    assert engine.generate(asked).pixels.shape == (height, width, 3)


def test_one_seed_one_picture_whatever_the_threads(engine: Engine, toy_bundle: Bundle) -> None:
    first = engine.generate(recipe())
    for other in (engine, Engine(toy_bundle, threads=2)):
        again = other.generate(recipe())
        np.testing.assert_array_equal(again.tokens, first.tokens)
        np.testing.assert_array_equal(again.pixels, first.pixels)
        assert again.sketch == first.sketch
        assert again.palette == first.palette


def test_a_batch_holds_the_pictures_of_its_seeds(engine: Engine, toy_bundle: Bundle) -> None:
    asked = recipe(seed=2**32 - 2)
    batch = list(engine.batch(asked, 4))
    assert [entry.seed for entry in batch] == [2**32 - 2, 2**32 - 1, 0, 1]
    together = [engine.generate(entry).tokens for entry in batch]
    fresh = Engine(toy_bundle, threads=1)
    for entry, tokens in reversed(list(zip(batch, together, strict=True))):
        np.testing.assert_array_equal(fresh.generate(entry).tokens, tokens)
    assert len({tokens.tobytes() for tokens in together}) == 4


@pytest.mark.parametrize(
    "changed",
    [
        {"seed": 8},
        {"words": (Word(text="red"),)},
        {"words": (Word(text="calm", weight_percent=40), Word(text="blue"))},
        {"avoid": (Word(text="busy"),)},
        {"palette": (Swatch(colour="#d02020", share_milli=1000),)},
        {"sketch": Sketch(columns=8, rows=8, cells=("#204080",) * 64)},
        {"sampling": Sampling(temperature_milli=1500)},
        {"sampling": Sampling(composition_temperature_milli=1500)},
        {"sampling": Sampling(guidance_milli=6000)},
        {"sampling": Sampling(zoom_milli=400)},
        {"sampling": Sampling(constructed_milli=1000)},
        {"sampling": Sampling(palette_strength_milli=2000)},
    ],
)
def test_every_part_of_a_recipe_matters(engine: Engine, changed: Mapping[str, object]) -> None:
    # An untrained network hears some words too faintly to change every seed's tokens.
    pairs = zip(engine.batch(recipe(**changed), 8), engine.batch(recipe(), 8), strict=True)
    assert any(
        (engine.generate(one).tokens != engine.generate(other).tokens).any() for one, other in pairs
    )


def test_sliders_of_the_detail_leave_the_composition(engine: Engine) -> None:
    base = engine.generate(recipe())
    for sampling in (Sampling(temperature_milli=1400), Sampling(steps=5), Sampling(top_k=9)):
        assert engine.generate(recipe(sampling=sampling)).sketch == base.sketch


def test_the_artists_palette_always_wins(engine: Engine) -> None:
    whole = (Swatch(colour="#aa0000", share_milli=600), Swatch(colour="#00bb00", share_milli=400))
    assert engine.generate(recipe(palette=whole)).palette == whole
    part = (Swatch(colour="#aa0000", share_milli=200),)
    completed = engine.generate(recipe(palette=part)).palette
    assert completed[0] == part[0]
    assert len(completed) > 1


def test_the_shares_of_the_artists_palette_bend_the_composition(engine: Engine) -> None:
    def palette(first: int) -> tuple[Swatch, ...]:
        return (
            Swatch(colour="#aa0000", share_milli=first),
            Swatch(colour="#00bb00", share_milli=1000 - first),
        )

    sketches = [
        [engine.draw_sketch(one) for one in engine.batch(recipe(palette=palette(first)), 4)]
        for first in (950, 50)
    ]
    assert sketches[0] != sketches[1]


def test_locked_cells_stay(engine: Engine) -> None:
    cells: list[str | None] = [None] * 64
    cells[9] = cells[10] = "#fedcba"
    sketch = engine.draw_sketch(recipe(sketch=Sketch(columns=8, rows=8, cells=tuple(cells))))
    assert sketch.cells[9] == sketch.cells[10] == "#fedcba"
    assert sketch.complete
    picture = engine.generate(recipe(sketch=sketch))
    assert picture.sketch == sketch


def test_a_sketch_for_another_canvas_is_fitted(engine: Engine) -> None:
    square = Sketch(columns=8, rows=8, cells=("#204080",) * 64)
    asked = recipe(canvas=Canvas(width=128, height=64), sketch=square)
    assert engine.draw_sketch(asked) == Sketch(columns=8, rows=4, cells=("#204080",) * 32)


def test_stored_tokens_decode_to_the_same_pixels(engine: Engine, toy_bundle: Bundle) -> None:
    picture = engine.generate(recipe(words=(Word(text="zigzag"), Word(text="blue"))))
    stored = record_from_json(record_to_json(picture), "picture.png")
    np.testing.assert_array_equal(engine.decode(stored), picture.pixels)
    again = Engine(toy_bundle, threads=2).generate(stored.recipe)
    np.testing.assert_array_equal(again.tokens, stored.tokens)


def test_progress_rises_and_its_pictures_can_be_looked_at_later(engine: Engine) -> None:
    seen: list[Progress] = []
    asked = with_sampling(steps=5, refine_milli=200)
    picture = engine.generate(asked, progress=seen.append)
    assert [entry.step for entry in seen] == list(range(1, 10))
    assert {entry.steps for entry in seen} == {9}
    assert [entry.stage for entry in seen] == ["sketch", *["detail"] * 7, "decode"]
    previews = [entry.preview() for entry in seen]
    for preview in previews:
        assert preview.shape == (8, 8, 3)
        assert preview.dtype == np.uint8
    changed = [int((a != b).any(axis=-1).sum()) for a, b in itertools.pairwise(previews[:-1])]
    assert all(count > 0 for count in changed[:5])
    np.testing.assert_array_equal(previews[-1], picture.pixels[4::8, 4::8])


@pytest.mark.parametrize("stage", ["sketch", "detail"])
def test_cancelling_leaves_at_the_next_check(engine: Engine, stage: str) -> None:
    token = CancelToken()
    seen: list[str] = []

    def progress(state: Progress) -> None:
        seen.append(state.stage)
        if state.stage == stage:
            token.cancel()

    with pytest.raises(Cancelled):
        engine.generate(recipe(), token, progress)
    assert seen[-1] == stage
    assert seen.count(stage) == 1
    assert engine.generate(recipe()).pixels.shape == (64, 64, 3)


def test_cancelling_from_another_thread_is_prompt(engine: Engine) -> None:
    token = CancelToken()
    cancelled_at: list[float] = []

    def cancel() -> None:
        cancelled_at.append(time.monotonic())
        token.cancel()

    slow = recipe(canvas=Canvas(width=1024, height=1024), sampling=Sampling(steps=64))
    timer = threading.Timer(0.2, cancel)
    timer.start()
    with pytest.raises(Cancelled):
        engine.generate(slow, token)
    assert time.monotonic() - cancelled_at[0] < 1.5  # generous: the test machine may be busy
    timer.join()


def test_a_cancelled_token_does_nothing(engine: Engine) -> None:
    token = CancelToken()
    token.cancel()
    for work in (engine.generate, engine.preview):
        with pytest.raises(Cancelled):
            work(recipe(), token)


@pytest.mark.parametrize(
    ("canvas", "size"),
    [
        ((64, 64), (64, 64)),
        ((1024, 512), (128, 64)),
        ((64, 1024), (8, 128)),
        ((256, 72), (128, 32)),
    ],
)
def test_previews_are_small_and_share_sketch_and_palette(
    engine: Engine, canvas: tuple[int, int], size: tuple[int, int]
) -> None:
    asked = recipe(canvas=Canvas(width=canvas[0], height=canvas[1]), sampling=Sampling(steps=4))
    preview = engine.preview(asked)
    assert preview.pixels.shape == (size[1], size[0], 3)
    assert preview.sketch == engine.draw_sketch(asked)
    assert preview.palette == engine.preview(dataclasses.replace(asked, canvas=SMALL)).palette


def test_asked_and_measured_speak_of_the_same_attributes(engine: Engine) -> None:
    asked = engine.asked(recipe(words=(Word(text="blue"),), avoid=(Word(text="red"),)))
    assert tuple(asked) == ATTRIBUTES
    assert asked["blue"] > 0.5
    assert asked["red"] < 0
    assert not any(engine.asked(recipe(words=(), avoid=())).values())
    pixels = np.zeros((64, 48, 3), np.uint8)
    pixels[..., 2] = 200
    measured = engine.measured(pixels)
    assert tuple(measured) == ATTRIBUTES
    assert all(-1 <= value <= 1 for value in measured.values())
    assert measured["blue"] > measured["red"]


def test_unknown_words_are_resolved_once_and_for_all(engine: Engine) -> None:
    resolved = engine.resolve(recipe(words=(Word(text="gloomy"), Word(text="very blue"))))
    assert resolved.words[0].vector is not None
    assert resolved.words[1].vector is None
    assert engine.resolve(resolved) is resolved
    heard = engine.heard(recipe(words=(Word(text="gloomy"),), avoid=(Word(text="red"),)))
    assert [entry.text for entry in heard] == ["gloomy", "red"]
    assert [entry.known for entry in heard] == [False, True]


def test_pictures_of_models_with_other_cells_or_codes_are_refused(engine: Engine) -> None:
    picture = engine.generate(recipe())
    stored = record_from_json(record_to_json(picture), "picture.png")
    foreign = dataclasses.replace(stored, tokens=np.full_like(stored.tokens, 512))
    for other in (foreign, dataclasses.replace(stored, cell=16)):
        with pytest.raises(PictureError, match="open it with its own model"):
            engine.decode(other)


def test_a_canvas_has_whole_cells(toy_bundle: Bundle) -> None:
    sizes = dataclasses.replace(toy_bundle.manifest.architecture, downsampling=16)
    manifest = dataclasses.replace(toy_bundle.manifest, architecture=sizes)
    with pytest.raises(RecipeError, match="72 by 64: use multiples of 16"):
        Engine(Bundle(manifest, toy_bundle.hash, toy_bundle.data)).generate(
            recipe(canvas=Canvas(width=72, height=64))
        )


def test_a_codebook_of_another_size_than_the_manifest_says_is_refused(toy_bundle: Bundle) -> None:
    for changes in ({"codes": 256}, {"dimension": 4}, {"sketch_side": 16}, {"sketch_levels": 5}):
        sizes = dataclasses.replace(toy_bundle.manifest.architecture, **changes)
        manifest = dataclasses.replace(toy_bundle.manifest, architecture=sizes)
        with pytest.raises(BundleError, match="do not fit together"):
            Engine(Bundle(manifest, toy_bundle.hash, toy_bundle.data))


def test_no_words_and_no_palette_draw_freely(engine: Engine) -> None:
    assert engine.generate(Recipe(canvas=SMALL)).pixels.shape == (64, 64, 3)


def test_sketch_from_image_fits_the_canvas(engine: Engine) -> None:
    pixels = np.zeros((30, 50, 3), dtype=np.uint8)
    sketch = engine.sketch_from_image(pixels, Canvas(width=512, height=256))
    assert (sketch.columns, sketch.rows) == (8, 4)
    assert set(sketch.cells) == {"#000000"}


@pytest.mark.parametrize("name", ["tables.npz", "sketch.npz", "words.npz", "words.json"])
def test_bundles_with_parts_of_another_kind_are_refused(toy_bundle: Bundle, name: str) -> None:
    other = "words.npz" if name.endswith(".npz") and name != "words.npz" else "tables.npz"
    data = {**toy_bundle.data, name: toy_bundle.data[other]}
    with pytest.raises(BundleError, match="install the model again"):
        Engine(Bundle(toy_bundle.manifest, toy_bundle.hash, data))


def test_bundles_with_swapped_networks_are_refused(toy_bundle: Bundle) -> None:
    data = {**toy_bundle.data, "detail.onnx": toy_bundle.data["decoder.onnx"]}
    with pytest.raises(BundleError, match="install the model again"):
        Engine(Bundle(toy_bundle.manifest, toy_bundle.hash, data)).generate(recipe())
