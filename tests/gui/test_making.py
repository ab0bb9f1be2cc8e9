from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from artdesk.core.errors import BundleError, OutputError
from artdesk.ui.main_window import MainWindow
from tests.gui.conftest import MakeWindow, settle
from tests.gui.paint_engine import PaintEngine

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


def pictures(window: MainWindow) -> int:
    return window.parts.history.rowCount()


def make(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.worker.picture_made):
        qtbot.mouseClick(window.parts.generate, LEFT)
    qtbot.waitUntil(lambda: not window.worker.busy)
    settle(window, qtbot)


def test_the_window_shows_before_the_engine_is_there(
    make_window: MakeWindow, engine: PaintEngine, qtbot: QtBot
) -> None:
    import threading

    gate = threading.Event()

    def start(_model: str) -> PaintEngine:
        gate.wait(10)
        return engine

    window = make_window(start)
    assert window.isVisible()
    assert not window.parts.generate.isEnabled()
    assert "Loading" in window.parts.status.text()
    gate.set()
    qtbot.waitUntil(window.parts.generate.isEnabled)
    qtbot.waitUntil(lambda: window.parts.canvas.badge == "Preview")


def test_generate_by_click_shows_keeps_and_describes(window: MainWindow, qtbot: QtBot) -> None:
    make(window, qtbot)
    assert pictures(window) == 1
    entry = window.parts.history.item(0).entry
    assert entry is not None
    assert entry.path.is_file()
    assert window.parts.canvas.badge == ""
    assert "calm" in window.parts.canvas.accessibleName()
    assert "seed 7" in window.parts.canvas.accessibleName()
    assert "calm" in window.parts.inspector.words.text()
    assert "calm: warm 0.8, minimal 0.5" in window.parts.inspector.heard.text()
    assert window.parts.generate.text() == "Generate"


def test_generate_by_keys(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.worker.picture_made):
        qtbot.keyClick(window.parts.words.line, Qt.Key.Key_Return, CONTROL)
    assert pictures(window) == 1


def test_an_open_seed_moves_on_only_after_its_picture(window: MainWindow, qtbot: QtBot) -> None:
    make(window, qtbot)
    make(window, qtbot)
    assert pictures(window) == 2
    assert window.parts.history.item(1).seed == 7
    assert window.parts.history.item(0).seed != 7


def test_a_locked_seed_gives_the_same_picture_again(
    window: MainWindow, engine: PaintEngine, qtbot: QtBot
) -> None:
    qtbot.mouseClick(window.parts.setup.lock, LEFT)
    make(window, qtbot)
    make(window, qtbot)
    assert engine.finals[0] == engine.finals[1]


def test_dice_throws_another_seed_and_undo_brings_it_back(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(window.parts.setup.dice, LEFT)
    assert window.editor.draft.seed != 7
    assert window.parts.setup.seed.text() == str(window.editor.draft.seed)
    qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert window.editor.draft.seed == 7


def test_a_bad_seed_is_said_and_changes_nothing(window: MainWindow, qtbot: QtBot) -> None:
    seed = window.parts.setup.seed
    for text in ("abc", "-1", "4294967296", "1.5", "", "\N{FULLWIDTH DIGIT NINE}"):
        window.parts.message.clear()
        seed.setFocus()
        seed.selectAll()
        qtbot.keyClick(seed, Qt.Key.Key_Delete)
        seed.insert(text)
        qtbot.keyClick(seed, Qt.Key.Key_Return)
        assert window.editor.draft.seed == 7
        assert seed.text() == "7"
        assert "whole number from 0 to 4294967295" in window.parts.message.text


def test_a_batch_takes_the_next_seeds(
    window: MainWindow, engine: PaintEngine, qtbot: QtBot
) -> None:
    for _ in range(2):
        qtbot.mouseClick(window.parts.setup.more, LEFT)
    make(window, qtbot)
    assert [recipe.seed for recipe in engine.finals] == [7, 8, 9]
    assert pictures(window) == 3


@pytest.mark.parametrize("way", ["escape", "button"])
def test_cancel_keeps_what_was_made(
    window: MainWindow, engine: PaintEngine, qtbot: QtBot, way: str
) -> None:
    make(window, qtbot)
    engine.gate.clear()
    engine.waiting.clear()
    window.editor.apply(replace(window.editor.draft, batch=4), "Batch")
    qtbot.mouseClick(window.parts.generate, LEFT)
    qtbot.waitUntil(engine.waiting.is_set)
    assert window.parts.generate.text() == "Cancel"
    assert window.parts.progress.isVisible()
    with qtbot.waitSignal(window.worker.stopped):
        if way == "escape":
            qtbot.keyClick(window.parts.canvas, Qt.Key.Key_Escape)
        else:
            qtbot.mouseClick(window.parts.generate, LEFT)
    qtbot.waitUntil(lambda: not window.worker.busy)
    assert pictures(window) == 1
    assert "Stopped" in window.parts.message.text
    assert window.parts.generate.text() == "Generate"
    assert window.parts.canvas.badge == ""
    engine.gate.set()
    make(window, qtbot)
    assert pictures(window) == 5


def test_the_window_answers_while_a_picture_is_made(
    window: MainWindow, engine: PaintEngine, qtbot: QtBot
) -> None:
    engine.gate.clear()
    qtbot.mouseClick(window.parts.generate, LEFT)
    qtbot.waitUntil(engine.waiting.is_set)
    qtbot.keyClicks(window.parts.words.line, "bold,")
    assert [word.text for word in window.editor.draft.words][-1] == "bold"
    qtbot.mouseClick(window.parts.setup.dice, LEFT)
    qtbot.keyClick(window.parts.canvas, Qt.Key.Key_1)
    assert window.parts.canvas.zoom == pytest.approx(1.0)
    assert window.worker.busy
    engine.gate.set()
    qtbot.waitUntil(lambda: not window.worker.busy)
    # The changes of the meantime are shown as a preview afterwards.
    qtbot.waitUntil(lambda: engine.previews[-1] == window.editor.draft.recipe())


def test_generate_while_busy_queues(window: MainWindow, engine: PaintEngine, qtbot: QtBot) -> None:
    engine.gate.clear()
    window.generation.generate()
    qtbot.waitUntil(engine.waiting.is_set)
    qtbot.keyClick(window.parts.canvas, Qt.Key.Key_Return, CONTROL)
    assert "of 2" in window.parts.status.text()
    engine.gate.set()
    qtbot.waitUntil(lambda: pictures(window) == 2)
    qtbot.waitUntil(lambda: not window.worker.busy)


def test_an_error_is_one_sentence_and_the_next_picture_works(
    window: MainWindow, engine: PaintEngine, qtbot: QtBot
) -> None:
    engine.fault = BundleError("The model's decoder gives no picture: install ArtDesk again.")
    qtbot.mouseClick(window.parts.generate, LEFT)
    qtbot.waitUntil(lambda: not window.worker.busy)
    assert window.parts.message.text == str(engine.fault)
    engine.fault = None
    make(window, qtbot)
    assert pictures(window) == 1


@pytest.mark.expects_log("A job of the worker failed")
def test_an_unexpected_error_does_not_end_the_worker(
    window: MainWindow, engine: PaintEngine, qtbot: QtBot
) -> None:
    engine.fault = ZeroDivisionError("oops")
    qtbot.mouseClick(window.parts.generate, LEFT)
    qtbot.waitUntil(lambda: not window.worker.busy)
    assert "log" in window.parts.message.text
    assert "oops" not in window.parts.message.text
    engine.fault = None
    make(window, qtbot)


def test_a_full_disk_loses_no_picture(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from artdesk.pictures import files

    def full(*_args: object, **_options: object) -> None:
        raise OutputError("Cannot write it: the disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(files, "store", full)
        make(window, qtbot)
    assert "the disk is full" in window.parts.message.text
    item = window.parts.history.item(0)
    assert item.entry is None
    assert item.picture is not None
    assert item.thumbnail is not None


def test_no_model_is_said(make_window: MakeWindow, qtbot: QtBot) -> None:
    def start(_model: str) -> object:
        raise BundleError("The bundle lacks decoder.onnx: install ArtDesk again.")

    window = make_window(start)
    qtbot.waitUntil(lambda: "decoder.onnx" in window.parts.message.text)
    assert not window.parts.generate.isEnabled()
    window.parts.message.clear()
    qtbot.keyClick(window, Qt.Key.Key_Return, CONTROL)
    assert not window.worker.busy
    assert "decoder.onnx" in window.parts.message.text
    window.parts.message.clear()
    qtbot.mouseClick(window.parts.sketch.recompose, LEFT)
    qtbot.waitUntil(lambda: "decoder.onnx" in window.parts.message.text)


def test_closing_while_generating_ends_the_thread(
    make_window: MakeWindow, engine: PaintEngine, qtbot: QtBot
) -> None:
    window = make_window()
    settle(window, qtbot)
    engine.gate.clear()
    qtbot.mouseClick(window.parts.generate, LEFT)
    qtbot.waitUntil(engine.waiting.is_set)
    assert window.close()
    assert window.closed_in_time


def test_a_drag_asks_for_previews_and_is_one_undo_step(
    window: MainWindow, engine: PaintEngine, qtbot: QtBot
) -> None:
    row = window.parts.controls.rows["temperature_milli"]
    window.parts.left.ensureWidgetVisible(row)
    slider = row.slider
    before, asked = window.editor.draft, len(engine.previews)
    middle = slider.height() // 2
    share = (slider.value() - slider.minimum()) / (slider.maximum() - slider.minimum())
    handle = QPoint(round(7 + share * (slider.width() - 14)), middle)
    qtbot.mousePress(slider, LEFT, pos=handle)
    assert slider.isSliderDown()
    for step in range(1, 6):
        qtbot.mouseMove(slider, handle + QPoint(8 * step, 0))
    moved = window.editor.draft.sampling.temperature_milli
    assert moved > before.sampling.temperature_milli
    qtbot.mouseRelease(slider, LEFT, pos=handle + QPoint(40, 0))
    qtbot.waitUntil(lambda: engine.previews[-1] == window.editor.draft.recipe())
    assert len(engine.previews) > asked
    assert window.parts.canvas.badge == "Preview"
    assert row.spin.value() == pytest.approx(moved / 1000)
    window.editor.stack.undo()
    assert window.editor.draft == before


def test_previews_can_be_switched_off(
    make_window: MakeWindow, engine: PaintEngine, qtbot: QtBot
) -> None:
    window = make_window(live=False)
    settle(window, qtbot)
    qtbot.mouseClick(window.parts.setup.dice, LEFT)
    settle(window, qtbot)
    assert engine.previews == []
    window.actions_by_name["live"].trigger()
    qtbot.waitUntil(lambda: len(engine.previews) == 1)


def test_a_finished_picture_is_not_replaced_by_its_own_preview(
    window: MainWindow, engine: PaintEngine, qtbot: QtBot
) -> None:
    make(window, qtbot)
    asked = len(engine.previews)
    qtbot.keyClicks(window.parts.words.line, "bold,")
    qtbot.waitUntil(lambda: window.parts.canvas.badge == "Preview")
    assert "not the preview" in window.parts.inspector.kind.text()
    assert len(engine.previews) == asked + 1
    window.editor.stack.undo()
    assert window.parts.canvas.badge == ""
    assert window.parts.inspector.kind.text() == "Just made"
    settle(window, qtbot)
    assert window.parts.canvas.badge == ""
    assert len(engine.previews) == asked + 1
    window.editor.stack.redo()
    qtbot.waitUntil(lambda: window.parts.canvas.badge == "Preview")


def test_after_a_batch_the_last_picture_stays(window: MainWindow, qtbot: QtBot) -> None:
    window.editor.apply(replace(window.editor.draft, batch=3), "Batch")
    make(window, qtbot)
    qtbot.waitUntil(lambda: pictures(window) == 3)
    settle(window, qtbot)
    assert window.parts.canvas.badge == ""
    assert "seed 9" in window.parts.canvas.accessibleName()
