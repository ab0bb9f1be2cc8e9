"""Words, titles, file and model names from files of anybody are shown as they are."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from artdesk.core.recipe import Word
from artdesk.pictures.files import save_picture
from artdesk.ui.main_window import MainWindow
from artdesk.ui.widgets import plain
from artdesk.ui.widgets.message_bar import MessageBar
from tests.gui.conftest import settle
from tests.gui.paint_engine import PaintEngine
from tests.gui.test_files_history import drop
from tests.gui.test_making import make
from tests.gui.watched_file import Watch, watched

UI = Path(plain.__file__).parents[1]


@pytest.fixture
def bait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A picture with a short name beside the working folder, for an `<img>` to name."""
    path = tmp_path / "x"
    QApplication.primaryScreen().grabWindow(0, 0, 0, 4, 4).save(str(path), "PNG")
    monkeypatch.chdir(tmp_path)
    return path


def show_tips(widget: QWidget) -> None:
    """Hold the pointer still over a widget until its tool tip shows."""
    point = widget.rect().center()
    event = QHelpEvent(QEvent.Type.ToolTip, point, widget.mapToGlobal(point))
    QApplication.sendEvent(widget, event)
    QApplication.processEvents()


def test_the_watch_sees_what_qt_opens(bait: Path, qtbot: QtBot) -> None:
    with watched(bait) as watch:
        label = QLabel("<img src=x>")
        qtbot.addWidget(label)
        label.show()
        qtbot.waitExposed(label)
        assert watch.opened()
        QToolTip.showText(QPoint(5, 5), "calm <img src=x>")
        QApplication.processEvents()
        assert watch.opened()
        safe = plain.PlainLabel("<img src=x>")
        qtbot.addWidget(safe)
        safe.show()
        qtbot.waitExposed(safe)
        QToolTip.showText(QPoint(5, 5), plain.tip("calm <img src=x>"))
        box, _ = plain.question(safe, "Why", "<img src=x>", ("Yes", "No"))
        box.show()
        QApplication.processEvents()
        box.close()
        assert not watch.opened()


def test_no_view_opens_what_a_picture_names(
    window: MainWindow, engine: PaintEngine, qtbot: QtBot, bait: Path, tmp_path: Path
) -> None:
    trap = "<img src=x>"
    words = (Word(text=trap), Word(text="<b>calm"))
    recipe = replace(window.editor.draft.recipe(), words=words, avoid=(Word(text="a &lt;b"),))
    picture = replace(engine.generate(recipe), bundle_name=trap, bundle_hash="cd" * 32)
    path = tmp_path / f"{trap}.png"
    save_picture(path, picture)
    with watched(bait) as watch:
        drop(window, path)
        settle(window, qtbot)
        assert "another model" in window.parts.message.text
        make(window, qtbot)
        for place in range(window.parts.tabs.count()):
            window.parts.tabs.setCurrentIndex(place)
            for widget in window.findChildren(QWidget):
                if widget.isVisible():
                    show_tips(widget)
        strip = window.parts.strip
        show_tips(strip.viewport())
        shown = strip.visualRect(window.parts.history.index(0)).center()
        help_event = QHelpEvent(QEvent.Type.ToolTip, shown, strip.mapToGlobal(shown))
        QApplication.sendEvent(strip.viewport(), help_event)
        QApplication.processEvents()
        tip = window.parts.history.index(0).data(Qt.ItemDataRole.ToolTipRole)
        assert "&lt;img" in tip
        item = strip.current()
        strip.menu_wanted.emit(item, window.mapToGlobal(window.rect().center()))
        window.actions_by_name["undo"].trigger()
        window.say(f"Cannot open {trap}", "error")
        QApplication.processEvents()
        assert_unopened(watch)


def assert_unopened(watch: Watch) -> None:
    QToolTip.hideText()
    assert not watch.opened()


def test_no_label_of_the_window_guesses(window: MainWindow, qtbot: QtBot) -> None:
    make(window, qtbot)
    window.say("A message.", "error")
    guessing = [
        f"{label.text()!r} in {type(label.parent()).__name__}"
        for label in window.findChildren(QLabel)
        if label.textFormat() != Qt.TextFormat.PlainText
    ]
    assert not guessing
    assert isinstance(window.parts.message, MessageBar)


def test_labels_tips_and_boxes_are_made_in_one_place() -> None:
    """No code of the window makes a label, a box or a computed tool tip past `plain`."""
    wrong = []
    for source in UI.rglob("*.py"):
        if source.name == "plain.py":
            continue
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func).rpartition(".")[2]
            if name in ("QLabel", QMessageBox.__name__, "QErrorMessage"):
                wrong.append(f"{source.name}:{node.lineno} {name}")
            if name in ("setToolTip", "setWhatsThis") and not fixed_text(node.args[0]):
                wrong.append(f"{source.name}:{node.lineno} {ast.unparse(node)}")
    assert not wrong, wrong


def fixed_text(node: ast.expr) -> bool:
    """Whether an argument is a text of the source or comes from `plain.tip`."""
    if isinstance(node, ast.Call):
        return ast.unparse(node.func).rpartition(".")[2] == "tip"
    return isinstance(node, ast.Constant)
