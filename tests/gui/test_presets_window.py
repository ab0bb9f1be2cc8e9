"""Presets, words of late and surprises in the window, by keys and menus."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from artdesk.ui.controllers.actions import menu_of
from artdesk.ui.main_window import MainWindow
from tests.gui.conftest import MakeWindow, settle

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def entries(menu: QMenu) -> list[str]:
    menu.aboutToShow.emit()
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def test_a_preset_is_saved_used_and_removed(window: MainWindow, qtbot: QtBot) -> None:
    menu = menu_of(window, "Presets")
    assert entries(menu) == ["Save as preset…", "No presets yet"]
    before = window.editor.draft
    window.actions_by_name["save_preset"].trigger()
    dialog = window.presets.dialog
    assert dialog is not None
    assert not dialog.isModal()
    line = dialog.findChild(QLineEdit)
    assert line is not None
    line.selectAll()
    qtbot.keyClicks(line, "Fire & ice <b>")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert window.presets.dialog is None
    assert "Fire & ice <b>" in window.parts.message.text
    qtbot.keyClicks(window.parts.words.line, "bold,")
    qtbot.mouseClick(window.parts.setup.dice, Qt.MouseButton.LeftButton)
    changed = window.editor.draft
    assert entries(menu) == ["Save as preset…", "Fire && ice <b>", "Remove"]
    menu.actions()[-2].trigger()
    assert window.editor.draft.words == before.words
    assert window.editor.draft.seed == changed.seed
    window.editor.stack.undo()
    assert window.editor.draft == changed
    menu.aboutToShow.emit()
    remove = menu.actions()[-1].menu()
    assert isinstance(remove, QMenu)
    remove.actions()[0].trigger()
    assert entries(menu) == ["Save as preset…", "No presets yet"]


def test_down_in_the_empty_line_offers_words_of_earlier_sessions(
    make_window: MakeWindow, qtbot: QtBot
) -> None:
    first = make_window()
    settle(first, qtbot)
    qtbot.keyClicks(first.parts.words.line, "velvet,wild,")
    first.close()
    second = make_window()
    settle(second, qtbot)
    field = second.parts.words
    for chip in field.chips[-2:]:
        chip.removed.emit()
    qtbot.keyClick(field.line, Qt.Key.Key_Down)
    assert field.completions.words == ["wild", "velvet"]
    qtbot.keyClick(field.line, Qt.Key.Key_Down)
    qtbot.keyClick(field.line, Qt.Key.Key_Return)
    assert field.chips[-1].word.text == "velvet"
    assert not field.completions.isVisible()


def test_a_surprise_is_one_undo_step_and_leaves_locks(window: MainWindow, qtbot: QtBot) -> None:
    parts = window.parts
    qtbot.mouseClick(parts.palette.locks[1], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(parts.setup.lock, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    before = window.editor.draft
    steps = window.editor.stack.count()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_D, CONTROL | SHIFT)
    after = window.editor.draft
    assert after != before
    assert after.seed == before.seed
    assert after.swatches[1] == before.swatches[1]
    assert window.editor.stack.count() == steps + 1
    window.editor.stack.undo()
    assert window.editor.draft == before
