import itertools
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artdesk.core.cancel import CancelToken
from artdesk.core.errors import OutputError, RecipeError
from artdesk.core.recipe import Canvas, Recipe, Sketch, Swatch, Word
from artdesk.studio.draft import SWATCHES, Draft, grid_size
from artdesk.studio.events import (
    EngineReady,
    Event,
    FinalCancelled,
    FinalFailed,
    FinalReady,
    PreviewReady,
)
from artdesk.studio.library import HistoryEntry, Library
from artdesk.studio.session_file import SessionFile
from artdesk.studio.tasks import TaskReady
from artdesk.studio.worker import LatestWorker
from tests.gui.paint_engine import PaintEngine, PaintPicture

sides = st.integers(8, 128).map(lambda cells: 8 * cells)
colours = st.integers(0, 2**24 - 1).map(lambda value: f"#{value:06x}")
strokes = st.lists(st.tuples(st.integers(0, 63), st.none() | colours), max_size=12)


def stroke(draft: Draft, index: int, colour: str | None) -> Draft:
    return draft.with_painted(index, colour, None) if colour else draft.with_erased(index)


@given(sides, sides, strokes, st.lists(st.none() | colours, min_size=5, max_size=5))
def test_a_draft_survives_its_text(
    width: int, height: int, painted: list[tuple[int, str | None]], palette: list[str | None]
) -> None:
    draft = Draft(canvas=Canvas(width=width, height=height))
    columns, rows = grid_size(draft.canvas)
    for index, colour in painted:
        draft = stroke(draft, index % (columns * rows), colour)
    draft = replace(
        draft,
        swatches=tuple(Swatch(colour=one) if one else None for one in palette),
        held=frozenset(place for place in (1, 3) if palette[place]),
        batch=3,
        locked_controls=frozenset({"steps"}),
    )
    assert Draft.from_json(draft.to_json()) == draft
    recipe = draft.recipe()
    assert draft.with_recipe(recipe).recipe() == recipe
    unlocked = draft.with_sketch_unlocked()
    assert unlocked.painted <= draft.painted


@given(sides, sides, sides, sides, strokes)
def test_another_canvas_keeps_a_valid_sketch(
    width: int, height: int, other: int, another: int, painted: list[tuple[int, str | None]]
) -> None:
    draft = Draft(canvas=Canvas(width=width, height=height))
    columns, rows = grid_size(draft.canvas)
    for index, colour in painted:
        draft = stroke(draft, index % (columns * rows), colour)
    moved = draft.with_canvas(Canvas(width=other, height=another))
    if draft.sketch is not None and moved.sketch is not None:
        assert (moved.sketch.columns, moved.sketch.rows) == grid_size(moved.canvas)
        assert set(moved.sketch.cells) <= set(draft.sketch.cells)
        for index in moved.painted:
            assert moved.sketch.cells[index] is not None


@given(
    st.text(max_size=60)
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps)
)
def test_any_text_is_a_draft_or_refused(text: str) -> None:
    with pytest.raises(RecipeError):
        Draft.from_json(text)


def test_wrong_types_in_a_draft_are_refused() -> None:
    good = json.loads(Draft().to_json())
    for key, value in itertools.product(good, (None, [], {}, "x", 1.5, -1, [99], ["a"])):
        text = json.dumps(good | {key: value})
        try:
            draft = Draft.from_json(text)
        except RecipeError:
            continue
        assert len(draft.swatches) == SWATCHES
        assert type(draft.batch) is int
        draft.recipe()


def test_unlocking_a_wholly_painted_sketch_frees_it() -> None:
    draft = Draft(canvas=Canvas(width=512, height=64))
    for index in range(8):
        draft = draft.with_painted(index, "#010203", None)
    assert draft.sketch_locked
    assert draft.with_sketch_unlocked().sketch is None


def test_a_locked_sketch_is_freed_but_for_paint() -> None:
    draft = Draft().with_painted(3, "#ff0000", None)
    locked = draft.with_sketch(Sketch(columns=8, rows=8, cells=("#ff0000",) * 64))
    assert locked.sketch_locked
    assert locked.with_sketch_unlocked() == draft


def test_painting_fixes_what_is_shown_and_erasing_frees_one_cell() -> None:
    cells = tuple(f"#0000{number:02x}" for number in range(64))
    shown = Sketch(columns=8, rows=8, cells=cells)
    assert Draft().with_erased(5) == Draft()
    draft = Draft().with_painted(5, "#ffffff", shown).with_painted(6, "#ffffff", shown)
    assert draft.sketch is not None
    assert draft.sketch.cells == (*cells[:5], "#ffffff", "#ffffff", *cells[7:])
    assert draft.painted == {5, 6}
    erased = draft.with_erased(5)
    assert erased.sketch is not None
    assert [i for i, cell in enumerate(erased.sketch.cells) if cell is None] == [5]
    assert erased.painted == {6}
    other = Sketch(columns=8, rows=6, cells=cells[:48])
    assert Draft().with_painted(5, "#ffffff", other) == Draft().with_painted(5, "#ffffff", None)


def test_held_colours_leave_with_the_seed() -> None:
    swatches = tuple(Swatch(colour=f"#00000{number}") for number in range(5))
    draft = Draft(swatches=swatches, held=frozenset({0, 1, 4}), seed=3)
    assert draft.recipe().palette == swatches
    assert draft.member(0) == draft.recipe()
    assert draft.member(1).palette == swatches[2:4]
    assert draft.member(1).seed == 4
    moved = draft.with_seed(9)
    assert moved.swatches == (None, None, *swatches[2:4], None)
    assert not moved.held
    assert draft.with_seed(3) == draft
    old = json.loads(draft.to_json())
    del old["held"]
    assert Draft.from_json(json.dumps(old)) == replace(draft, held=frozenset())


class RunningWorker:
    """Collects what a worker reports, and waits for it."""

    def __init__(self, engine: PaintEngine, keep: Callable[[PaintPicture], HistoryEntry]) -> None:
        self.events: list[Event] = []
        self._changed = threading.Condition()
        self.worker = LatestWorker(lambda: engine, self.report, keep)  # type: ignore[arg-type, return-value]

    def report(self, event: Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait(self, kind: type, count: int = 1) -> list[Event]:
        with self._changed:
            done = self._changed.wait_for(lambda: len(self.of(kind)) >= count, 60)
            assert done, self.events
            return self.of(kind)

    def of(self, kind: type) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture
def engine() -> PaintEngine:
    return PaintEngine()


@pytest.fixture
def running(engine: PaintEngine, tmp_path: Path):  # type: ignore[no-untyped-def]
    running = RunningWorker(engine, Library(tmp_path / "history").add)
    running.wait(EngineReady)
    yield running
    engine.gate.set()
    assert running.worker.close()


def refuse(_outcome: object) -> None:
    """Nobody takes this outcome."""


def test_only_the_newest_waiting_preview_is_made(
    running: RunningWorker, engine: PaintEngine
) -> None:
    gate, inside = threading.Event(), threading.Event()

    def hold(_engine: object, _token: CancelToken) -> None:
        inside.set()
        gate.wait(60)

    running.worker.submit_task(hold, refuse, refuse)
    assert inside.wait(60)
    numbers = [running.worker.submit_preview(Recipe(seed=seed)) for seed in range(50)]
    gate.set()
    (ready,) = running.wait(PreviewReady)
    assert isinstance(ready, PreviewReady)
    assert ready.number == numbers[-1]
    assert [recipe.seed for recipe in engine.previews] == [49]


def test_finals_keep_their_order_and_come_before_previews(
    running: RunningWorker, engine: PaintEngine
) -> None:
    engine.gate.clear()
    for seed in range(3):
        running.worker.submit_final(Recipe(seed=seed))
    assert engine.waiting.wait(60)
    running.worker.submit_preview(Recipe(seed=9))
    engine.gate.set()
    running.wait(PreviewReady)
    assert [recipe.seed for recipe in engine.finals] == [0, 1, 2]
    order = [type(event).__name__ for event in running.events]
    assert order.index("PreviewReady") > len(order) - 1 - order[::-1].index("FinalReady")


def test_cancel_reports_every_final_once(running: RunningWorker, engine: PaintEngine) -> None:
    engine.gate.clear()
    numbers = {running.worker.submit_final(Recipe(seed=seed)) for seed in range(5)}
    assert engine.waiting.wait(60)
    running.worker.cancel()
    cancelled = running.wait(FinalCancelled, 5)
    assert {event.number for event in cancelled if isinstance(event, FinalCancelled)} == numbers
    engine.gate.set()
    running.worker.submit_final(Recipe(seed=7))
    running.wait(FinalReady)
    assert len(running.of(FinalCancelled)) == 5


def test_tasks_run_between_finals(running: RunningWorker, engine: PaintEngine) -> None:
    engine.gate.clear()
    for seed in range(2):
        running.worker.submit_final(Recipe(seed=seed))
    assert engine.waiting.wait(60)
    answered: list[int] = []
    running.worker.submit_task(lambda _engine, _token: len(engine.finals), answered.append, refuse)
    engine.gate.set()
    (ready,) = running.wait(TaskReady)
    assert isinstance(ready, TaskReady)
    ready.deliver()
    assert answered == [1]
    running.wait(FinalReady, 2)


def test_a_fault_ends_only_its_job(running: RunningWorker, engine: PaintEngine) -> None:
    engine.fault = OutputError("No.")
    running.worker.submit_final(Recipe())
    running.wait(FinalFailed)
    engine.fault = None
    running.worker.submit_final(Recipe())
    running.wait(FinalReady)


def test_closing_stops_everything(tmp_path: Path, engine: PaintEngine) -> None:
    running = RunningWorker(engine, Library(tmp_path).add)
    engine.gate.clear()
    for seed in range(5):
        running.worker.submit_final(Recipe(seed=seed))
    assert engine.waiting.wait(60)
    assert running.worker.close()
    assert engine.finals == []


def test_the_library_keeps_everything_in_order(tmp_path: Path, engine: PaintEngine) -> None:
    clock = itertools.count()
    library = Library(tmp_path / "history", lambda: datetime(2026, 1 + next(clock), 3, tzinfo=UTC))
    assert library.entries() == []
    made = [
        library.add(engine.generate(Recipe(words=(Word(text=text),), seed=seed)))
        for seed, text in enumerate(("calm", "bold", "../dark", "con"))
    ]
    assert Library(tmp_path / "history").entries() == made
    assert [entry.title for entry in made] == ["calm", "bold", "../dark", "con"]
    assert all((tmp_path / "history") in entry.path.parents for entry in made)
    library.star(made[1], True)
    assert [entry.starred for entry in library.entries()] == [False, True, False, False]
    library.star(made[1], False)
    assert library.entries() == made


def test_a_torn_or_foreign_journal_line_costs_only_itself(
    tmp_path: Path, engine: PaintEngine
) -> None:
    library = Library(tmp_path)
    entry = library.add(engine.generate(Recipe(seed=1)))
    journal = tmp_path / "journal.jsonl"
    good = journal.read_bytes().splitlines()[0]
    lines = [
        b"{",
        b"[]",
        b'{"event": "made"}',
        b'{"event": "made", "file": "../../etc/passwd", "recipe": {}}',
        good.replace(b'"file":"', b'"file":"../'),
        b'{"event": "dance", "file": "x"}',
        b"\xff\xfe",
        good[: len(good) // 2],
    ]
    journal.write_bytes(good + b"\n" + b"\n".join(lines))
    assert library.entries() == [entry]
    later = library.add(engine.generate(Recipe(seed=2)))
    assert library.entries() == [entry, later]


def test_deleted_pictures_leave_the_list(tmp_path: Path, engine: PaintEngine) -> None:
    library = Library(tmp_path)
    first, second = (library.add(engine.generate(Recipe(seed=seed))) for seed in (1, 2))
    first.path.unlink()
    assert library.entries() == [second]


def test_a_session_that_cannot_be_written_raises_and_keeps_the_old(tmp_path: Path) -> None:
    session = SessionFile(tmp_path / "session.json")
    session.save(Draft(seed=5))
    assert SessionFile(tmp_path / "session.json").restore() == (Draft(seed=5), "")
    blocked = SessionFile(tmp_path / "session.json" / "inside" / "session.json")
    with pytest.raises(OutputError):
        blocked.save(Draft())
    assert SessionFile(tmp_path / "session.json").restore() == (Draft(seed=5), "")


def test_restoring_nothing_is_silent(tmp_path: Path) -> None:
    assert SessionFile(tmp_path / "none.json").restore() == (None, "")
