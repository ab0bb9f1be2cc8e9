"""The influences panel: who is shown, what clicks and keys do, what the canvas marks."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from artdesk.core.recipe import Memory
from artdesk.studio import influences
from artdesk.ui.layout import INFLUENCES_TAB
from artdesk.ui.main_window import MainWindow
from artdesk.ui.widgets.icons import IconButton
from artdesk.ui.widgets.influences_panel import FROM_PICTURE, FROM_WORK, IMAGINED, InfluencesPanel
from artdesk.ui.widgets.works_dialog import WorksModel
from tests.gui.conftest import MakeWindow
from tests.gui.paint_engine import WORKS, PaintEngine


@pytest.fixture
def panel(window: MainWindow, qtbot: QtBot) -> InfluencesPanel:
    """The panel in sight, with memory switched on and the first influences shown."""
    window.parts.tabs.setCurrentIndex(INFLUENCES_TAB)
    panel = window.parts.influences
    qtbot.waitUntil(lambda: panel.memory_on.isEnabled())
    if window.editor.draft.memory is None:
        box = QPoint(10, panel.memory_on.height() // 2)  # not the middle of the wide label
        qtbot.mouseClick(panel.memory_on, Qt.MouseButton.LeftButton, pos=box)
    qtbot.waitUntil(lambda: len(panel.rows) == 2)
    return panel


def names(panel: InfluencesPanel) -> list[str]:
    return [row.part.work for row in panel.rows]


def press(qtbot: QtBot, panel: InfluencesPanel, row: int, name: str) -> None:
    """Press the button of a row whose accessible name begins so, by the keyboard."""
    for button in panel.rows[row].findChildren(IconButton):
        if button.accessibleName().startswith(name):
            button.setFocus()
            qtbot.keyClick(button, Qt.Key.Key_Space)
            return
    raise AssertionError(f"no button {name}")


def test_works_are_shown_with_credit_share_and_picture(
    panel: InfluencesPanel, qtbot: QtBot
) -> None:
    assert names(panel) == ["p-1", "c-1"]
    first, second = panel.rows
    assert first.accessibleName() == "A. Painter: Blue <b>, 1911, 50%"
    assert "<b>" not in first.toolTip()  # told as text, never read as HTML
    assert second.accessibleName() == "ink splash (constructed), composition"
    qtbot.waitUntil(lambda: not second.picture.pixmap().isNull())
    assert first.picture.pixmap().toImage().pixelColor(5, 5).red() == 40


def test_looking_at_a_work_marks_its_cells(
    window: MainWindow, panel: InfluencesPanel, qtbot: QtBot
) -> None:
    canvas = window.parts.canvas
    qtbot.waitUntil(window.isActiveWindow)
    panel.rows[0].setFocus()
    qtbot.waitUntil(lambda: canvas.marked)
    panel.rows[1].setFocus()  # the composition gave no cell: all of the picture is dimmed
    assert canvas.marked
    window.parts.words.line.setFocus()
    assert not canvas.marked


def test_keep_weigh_ban_and_undo(
    window: MainWindow, panel: InfluencesPanel, qtbot: QtBot, engine: PaintEngine
) -> None:
    editor = window.editor

    def memory() -> Memory:
        assert editor.draft.memory is not None
        return editor.draft.memory

    press(qtbot, panel, 0, "Keep")
    assert influences.is_named(memory(), "p-1")
    press(qtbot, panel, 0, "More like")
    assert memory().influences[0].weight_percent == 130
    press(qtbot, panel, 0, "Never use")
    assert memory().banned == ("p-1",)
    assert memory().influences == ()
    qtbot.waitUntil(lambda: "p-1" not in names(panel))
    assert panel.allow.isVisible()
    qtbot.mouseClick(panel.allow, Qt.MouseButton.LeftButton)
    assert memory().banned == ()
    for _ in range(5):
        editor.stack.undo()
    assert editor.draft.memory in (None, Memory())


def test_sliders_and_sources_change_the_recipe(
    window: MainWindow, panel: InfluencesPanel, qtbot: QtBot
) -> None:
    spin = panel.controls["invention_milli"].spin
    spin.setFocus()
    spin.selectAll()
    qtbot.keyClicks(spin, "0.25")
    qtbot.keyClick(spin, Qt.Key.Key_Return)
    assert window.editor.draft.memory is not None
    assert window.editor.draft.memory.invention_milli == 250
    panel.source.activated.emit(IMAGINED)
    assert window.editor.draft.memory.composition.source == "imagined"
    panel.source.activated.emit(FROM_WORK)
    assert window.editor.draft.memory.composition.source == "work"


def test_any_picture_becomes_the_composition(
    window: MainWindow, panel: InfluencesPanel, qtbot: QtBot, tmp_path: Path
) -> None:
    ramp = np.zeros((90, 200, 3), np.uint8)
    ramp[:, 100:] = 255
    Image.fromarray(ramp).save(tmp_path / "photo.jpg", quality=95)
    panel.source.activated.emit(FROM_PICTURE)
    assert window.files.dialog is not None
    window.files.dialog.close()
    with qtbot.waitSignal(window.files.composition_taken):
        window.files.take_composition(tmp_path / "photo.jpg")
    memory = window.editor.draft.memory
    assert memory is not None
    assert memory.composition.source == "picture"
    assert memory.composition.picture is not None
    cells = memory.composition.picture.cells()
    assert cells.shape == (29, 64, 3)
    assert cells[10, 5].max() < 20
    assert cells[10, 60].min() > 235


def test_works_are_found_and_taken(
    window: MainWindow, panel: InfluencesPanel, qtbot: QtBot
) -> None:
    qtbot.mouseClick(panel.browse, Qt.MouseButton.LeftButton)
    dialog = window.influences.works
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.count.text() == "3 works")
    assert not dialog.touch.isEnabled()
    qtbot.keyClicks(dialog.search, "b. pain")
    assert dialog.count.text() == "1 of 3 works"
    dialog.list.setCurrentIndex(dialog.list.model().index(0, 0))
    qtbot.mouseClick(dialog.touch, Qt.MouseButton.LeftButton)
    assert window.editor.draft.memory is not None
    assert [one.work for one in window.editor.draft.memory.influences] == ["p-2"]
    dialog.search.clear()
    qtbot.keyClicks(dialog.search, "nobody")
    assert dialog.count.text() == "No work is called so."
    dialog.close()


def test_the_list_of_works_is_a_sound_model(qtbot: QtBot, window: MainWindow) -> None:
    model = WorksModel(window)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    model.fill(WORKS)
    model.show_picture("p-1", None)
    model.fill(())
    assert tester is not None


def test_without_a_collection_memory_cannot_be_switched_on(
    make_window: MakeWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PaintEngine, "remembers", False)
    window = make_window()
    with qtbot.waitSignal(window.worker.preview_made):
        pass
    assert not window.parts.influences.memory_on.isEnabled()


def test_more_and_less_stay_within_what_a_recipe_allows() -> None:
    memory = Memory()
    for _ in range(9):
        memory = influences.weighed(memory, "a", 1)
    assert memory.influences[0].weight_percent == 200
    for _ in range(12):
        memory = influences.weighed(memory, "a", -1)
    assert memory.influences[0].weight_percent == 10
