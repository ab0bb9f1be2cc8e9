"""Pictures painted from remembered works, with the toy bundle."""

import dataclasses
import itertools

import numpy as np
import pytest

from artdesk.bundle.collection import FILE_NAME, read_collection
from artdesk.bundle.reader import Bundle
from artdesk.core.cancel import CancelToken
from artdesk.core.errors import BundleError, Cancelled, RecipeError
from artdesk.core.memory_recipe import CellPicture, Composition, Influence, Memory
from artdesk.core.recipe import Canvas, Recipe, Sampling, Sketch, Swatch, Word
from artdesk.engine.pipeline import Engine
from artdesk.pictures.record import record_from_json, record_to_json

CALM = Sampling(steps=2, refine_milli=0, guidance_milli=1000)
SMALL = Canvas(width=256, height=256)
LARGE = Canvas(width=512, height=512)


@pytest.fixture(scope="module")
def engine(remembering_bundle: Bundle) -> Engine:
    return Engine(remembering_bundle, threads=1)


def recipe(memory: Memory | None = None, **others: object) -> Recipe:
    values: dict[str, object] = {"canvas": SMALL, "sampling": CALM, "seed": 3} | others
    return Recipe(memory=memory or Memory(), **values)  # type: ignore[arg-type]


def test_kept_cells_are_the_tokens_of_the_work_that_they_name(engine: Engine) -> None:
    for canvas, level in ((SMALL, 0), (LARGE, 1)):
        picture = engine.generate(recipe(Memory(invention_milli=300), canvas=canvas))
        assert picture.origin is not None
        assert picture.origin.shares()
        for place, name in enumerate(picture.origin.works, start=1):
            cells = picture.origin.cells[picture.origin.cells[..., 0] == place]
            number = engine.memory.bank.number(name)
            assert number is not None
            tokens = engine.memory.bank.tokens(number, level)
            assert tokens is not None
            kept = picture.tokens[picture.origin.cells[..., 0] == place]
            assert (tokens[cells[:, 1], cells[:, 2]] == kept).all()


def test_threads_do_not_change_the_picture(engine: Engine, remembering_bundle: Bundle) -> None:
    asked = recipe(canvas=LARGE, words=(Word(text="warm"),))
    one, two = engine.generate(asked), Engine(remembering_bundle, threads=2).generate(asked)
    assert (one.tokens == two.tokens).all()
    assert (one.pixels == two.pixels).all()


def test_the_preview_is_the_coarse_level_of_the_finished_picture(engine: Engine) -> None:
    asked = recipe(Memory(invention_milli=0), canvas=LARGE)
    coarse, fine = engine.preview(asked), engine.generate(asked)
    assert coarse.tokens.shape == (32, 32)
    assert fine.tokens.shape == (64, 64)
    assert coarse.origin is not None
    assert fine.origin is not None
    halved = fine.origin.cells[::2, ::2, 1:] // 2
    assert (halved == coarse.origin.cells[..., 1:]).all()
    # The same works too, though each lists only those that gave cells.
    assert coarse.origin.works == fine.origin.works


def test_quoting_alone_needs_no_network(engine: Engine) -> None:
    picture = engine.generate(recipe(Memory(invention_milli=0)))
    assert picture.origin is not None
    assert sum(picture.origin.shares().values()) == pytest.approx(1.0)


def test_more_invention_keeps_a_part_of_what_less_keeps(engine: Engine) -> None:
    kept = []
    for invention in (200, 500, 900):
        origin = engine.generate(recipe(Memory(invention_milli=invention))).origin
        assert origin is not None
        kept.append(origin.cells[..., 0] > 0)
    assert not (kept[1] & ~kept[0]).any()
    assert not (kept[2] & ~kept[1]).any()
    assert [int((~part).sum()) for part in kept] == [1024 * n // 10 for n in (2, 5, 9)]


def test_influences_stay_when_another_slider_moves(engine: Engine) -> None:
    quoted = Memory(invention_milli=0)
    first = engine.generate(recipe(quoted)).origin
    assert first is not None
    others = dataclasses.replace(CALM, temperature_milli=1500, top_k=9, jitter_milli=100)
    second = engine.generate(recipe(quoted, sampling=others)).origin
    assert second is not None
    assert first.works == second.works
    assert (first.cells == second.cells).all()


def test_named_works_take_part_and_banned_ones_do_not(engine: Engine) -> None:
    named = Memory(
        influences=(Influence(work="work-4"),),
        influence_count=1,
        composition=Composition(work="work-1"),
        invention_milli=0,
    )
    origin = engine.generate(recipe(named)).origin
    assert origin is not None
    assert origin.works == ("work-4", "work-1")
    banned = Memory(banned=("work-0", "work-1", "work-2"), influence_count=6)
    for seed in range(4):
        origin = engine.generate(recipe(banned, seed=seed)).origin
        assert origin is not None
        assert not set(origin.works) & set(banned.banned)


def test_a_missing_work_is_named_and_another_offered(engine: Engine) -> None:
    missing = Memory(influences=(Influence(work="moma-77"),))
    with pytest.raises(RecipeError, match=r"“moma-77” is in no collection here.*“work-\d” is near"):
        engine.generate(recipe(missing))


def test_all_works_banned_is_said(engine: Engine) -> None:
    banned = tuple(f"work-{number}" for number in range(6))
    with pytest.raises(RecipeError, match="allow a banned work again"):
        engine.generate(recipe(Memory(banned=banned)))


def test_an_unknown_collection_is_named(engine: Engine) -> None:
    with pytest.raises(RecipeError, match="“My ink”, which is not here"):
        engine.generate(recipe(Memory(collections=("My ink",))))


def test_a_bundle_without_works_says_so(toy_bundle: Bundle) -> None:
    with pytest.raises(BundleError, match="remembers no works"):
        Engine(toy_bundle, threads=1).generate(recipe())


def test_a_collection_of_another_tokenizer_is_refused(remembering_bundle: Bundle) -> None:
    works = read_collection(remembering_bundle.file(FILE_NAME))
    foreign = dataclasses.replace(works, tokenizer="0" * 64)
    engine = Engine(remembering_bundle, 1, [("Foreign", foreign)])
    with pytest.raises(BundleError, match="“Foreign” was made with another model"):
        engine.generate(recipe())


def test_the_file_makes_the_same_pixels_again(engine: Engine) -> None:
    palette = (Swatch(colour="#204060", share_milli=500), Swatch(colour="#f0c040", share_milli=500))
    picture = engine.generate(recipe(palette=palette))
    stored = record_from_json(record_to_json(picture), "a.png")
    assert (engine.decode(stored) == picture.pixels).all()
    assert stored.origin is not None
    assert picture.origin is not None
    assert stored.origin.works == picture.origin.works


def test_painted_cells_win(engine: Engine) -> None:
    white = Sketch(columns=8, rows=8, cells=("#ffffff",) * 64)
    picture = engine.generate(recipe(sketch=white))
    assert picture.sketch == white
    half = Sketch(columns=8, rows=8, cells=("#ff0000",) * 32 + (None,) * 32)
    sketch = engine.generate(recipe(sketch=half)).sketch
    assert sketch.cells[:32] == half.cells[:32]
    assert sketch.complete


def test_a_picture_gives_the_composition(engine: Engine) -> None:
    cells = np.zeros((4, 4, 3), np.uint8)
    cells[:, 2:] = 255
    composition = Composition(source="picture", picture=CellPicture.of(cells))
    sketch = engine.generate(recipe(Memory(composition=composition))).sketch
    assert sketch.cells[:4] == ("#000000",) * 4
    assert sketch.cells[4:8] == ("#ffffff",) * 4


def test_the_sketch_prior_imagines_the_composition(engine: Engine) -> None:
    imagined = recipe(Memory(composition=Composition(source="imagined")))
    picture = engine.generate(imagined)
    assert picture.sketch == engine.draw_sketch(imagined)


@pytest.mark.parametrize(
    ("width", "height"), [(64, 64), (128, 64), (640, 384), (72, 512), (1024, 64), (520, 392)]
)
def test_any_canvas_is_filled(engine: Engine, width: int, height: int) -> None:
    picture = engine.generate(recipe(canvas=Canvas(width=width, height=height)))
    assert picture.pixels.shape == (height, width, 3)
    assert picture.tokens.shape == (height // 8, width // 8)


def test_everything_may_be_invented(engine: Engine) -> None:
    origin = engine.generate(recipe(Memory(invention_milli=1000), canvas=LARGE)).origin
    assert origin is not None
    assert not origin.shares()


def test_progress_ends_with_the_pixels(engine: Engine) -> None:
    seen = []
    engine.generate(recipe(canvas=LARGE), progress=seen.append)
    assert seen[0].stage == "sketch"
    assert seen[-1].stage == "decode"
    assert seen[-1].step == seen[-1].steps
    assert all(a.step <= b.step for a, b in itertools.pairwise(seen))
    assert seen[0].preview().shape == (32, 32, 3)


def test_cancelling_leaves(engine: Engine) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        engine.generate(recipe(), token)
