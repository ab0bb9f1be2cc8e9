import json
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from artdesk.core.recipe import Word
from artdesk.studio.draft import FIRST_DRAFT, FIRST_MEMORY
from artdesk.studio.session_file import SessionFile
from artdesk.ui import app
from artdesk.ui.controllers import actions
from artdesk.ui.main_window import MainWindow
from artdesk.ui.widgets import theme
from tests.gui.conftest import MakeWindow, settle
from tests.gui.test_making import make

INTERACTIVE = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
)


def name_of(widget: QWidget) -> str:
    text = getattr(widget, "text", lambda: "")()
    return widget.accessibleName() or (text if isinstance(widget, QAbstractButton) else "")


def test_every_widget_that_can_be_used_has_a_name(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClicks(window.parts.words.line, "velvety,")
    make(window, qtbot)
    window.parts.controls.fold.setChecked(True)
    nameless = []
    for widget in window.findChildren(QWidget):
        inner = widget.objectName().startswith("qt_") or isinstance(widget, QScrollBar)
        used = isinstance(widget, INTERACTIVE) or widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        popup_part = isinstance(widget.window(), QWidget) and widget.window() is not window
        if used and not inner and not popup_part and not name_of(widget):
            parent = widget.parentWidget()
            if isinstance(parent, QComboBox) or isinstance(widget, QLabel):
                continue
            nameless.append(f"{type(widget).__name__} {widget.objectName()} in {parent}")
    assert not nameless, nameless


def test_tab_reaches_every_button_and_field(window: MainWindow, qtbot: QtBot) -> None:
    make(window, qtbot)
    window.parts.words.line.setFocus()
    reached: set[QWidget] = set()
    for _ in range(300):
        focused = QApplication.focusWidget()
        assert focused is not None
        if focused in reached:
            break
        reached.add(focused)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    missed = [
        name_of(widget)
        for widget in window.findChildren(QWidget)
        if isinstance(widget, QPushButton | QLineEdit | QAbstractSlider)
        and widget.isVisibleTo(window)
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget not in reached
        and not isinstance(widget.parentWidget(), QAbstractSpinBox)
    ]
    assert not missed, missed


def test_f6_walks_the_panes(window: MainWindow, qtbot: QtBot) -> None:
    make(window, qtbot)
    window.parts.words.line.setFocus()
    seen = []
    for _ in range(5):
        qtbot.keyClick(window, Qt.Key.Key_F6)
        focused = QApplication.focusWidget()
        assert focused is not None
        seen.append(focused)
    assert seen[1] is window.parts.canvas
    assert seen[3] is window.parts.strip
    assert seen[4] is window.parts.words.line
    qtbot.keyClick(window, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert QApplication.focusWidget() is window.parts.strip


def test_the_picture_takes_the_room_of_hidden_panels(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1000, 700)
    QApplication.processEvents()
    tabs = window.parts.tabs.tabBar()
    assert tabs.tabRect(tabs.count() - 1).right() < tabs.width()
    narrow = window.parts.canvas.width()
    window.parts.setup.seed.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_F9)
    QApplication.processEvents()
    assert window.parts.canvas.width() > 0.95 * window.width() - 24
    assert window.parts.canvas.hasFocus()
    for _ in range(3):
        qtbot.keyClick(window, Qt.Key.Key_F6)
        focused = QApplication.focusWidget()
        assert focused is not None
        assert focused.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_F9)
    QApplication.processEvents()
    assert window.parts.canvas.width() == narrow
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert window.isFullScreen()
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert not window.isFullScreen()


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two colours."""

    def luminance(text: str) -> float:
        colour = QColor(text)
        parts = [
            value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
            for value in (colour.redF(), colour.greenF(), colour.blueF())
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [theme.DARK, theme.LIGHT], ids=lambda colours: colours.name)
def test_text_stands_out_in_both_themes(colours: theme.Theme) -> None:
    for text in (colours.text, colours.dim, colours.danger, colours.caution):
        for ground in (colours.window, colours.panel, colours.raised, colours.hover):
            assert contrast(text, ground) >= 4.5, (text, ground)
    for ground in (colours.accent, colours.accent_hover):
        assert contrast(colours.accent_text, ground) >= 4.5
    assert contrast(colours.text, colours.selection) >= 4.5
    assert contrast(colours.dim, colours.canvas) >= 4.5
    assert contrast(colours.accent, colours.panel) >= 3.0


def test_themes_change_at_once(window: MainWindow) -> None:
    window.wear("light")
    light = window.grab().toImage().pixelColor(2, 40)
    window.wear("dark")
    dark = window.grab().toImage().pixelColor(2, 40)
    assert light.lightness() > 200
    assert dark.lightness() < 60
    assert window.theme_choice == "dark"


@pytest.mark.parametrize("name", ["light", "dark"])
def test_nothing_is_cut_off(make_window: MakeWindow, qtbot: QtBot, name: str) -> None:
    window = make_window(theme=name)
    settle(window, qtbot)
    make(window, qtbot)
    window.parts.controls.fold.setChecked(True)
    for size in ((1360, 880), (window.minimumWidth(), window.minimumHeight())):
        window.resize(*size)
        QApplication.processEvents()
        body = window.parts.left.widget()
        assert body.minimumSizeHint().width() <= window.parts.left.viewport().width()
        for widget in window.findChildren(QWidget):
            if not widget.isVisibleTo(window) or not isinstance(widget, QPushButton | QLabel):
                continue
            if isinstance(widget, QLabel) and (widget.wordWrap() or not widget.text()):
                continue
            assert widget.width() >= widget.sizeHint().width() - 1, widget.text()
            right = widget.mapTo(window, QPoint(widget.width(), 0)).x()
            assert right <= window.width(), widget.text()


def test_the_draft_survives_a_restart(make_window: MakeWindow, qtbot: QtBot) -> None:
    first = make_window()
    settle(first, qtbot)
    qtbot.keyClicks(first.parts.words.line, "bold:1.5,")
    qtbot.mouseClick(first.parts.palette.locks[4], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(first.parts.setup.lock, Qt.MouseButton.LeftButton)
    draft = first.editor.draft
    first.close()
    assert make_window().editor.draft == draft


def test_the_draft_is_written_while_the_window_is_open(
    window: MainWindow, qtbot: QtBot, own_home: Path
) -> None:
    qtbot.keyClicks(window.parts.words.line, "bold,")
    qtbot.waitUntil(lambda: (own_home / "session.json").is_file())
    restored, _ = SessionFile(own_home / "session.json").restore()
    assert restored == window.editor.draft


@pytest.mark.parametrize("text", ["", '{"recipe": 3}'])
def test_a_damaged_session_is_put_aside_and_said(
    make_window: MakeWindow, own_home: Path, text: str
) -> None:
    (own_home / "session.json").write_text(text, encoding="utf-8")
    window = make_window()
    assert window.editor.draft == FIRST_DRAFT
    assert "could not be read" in window.parts.message.text
    aside = [path for path in own_home.iterdir() if ".corrupt-" in path.name]
    assert [path.read_text(encoding="utf-8") for path in aside] == [text]


def test_undo_and_redo_name_what_they_do(window: MainWindow, qtbot: QtBot) -> None:
    undo, redo = window.actions_by_name["undo"], window.actions_by_name["redo"]
    assert not undo.isEnabled()
    qtbot.keyClicks(window.parts.words.line, "bold,")
    assert undo.text() == "Undo Add “bold”"
    window.parts.canvas.setFocus()
    qtbot.keyClick(window.parts.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.editor.draft == FIRST_MEMORY
    assert redo.text() == "Redo Add “bold”"
    redo.trigger()
    assert window.editor.draft.words[-1] == Word(text="bold")


@pytest.mark.parametrize("size", [(1000, 700), (1360, 880)])
def test_a_message_moves_nothing(window: MainWindow, qtbot: QtBot, size: tuple[int, int]) -> None:
    window.resize(*size)
    QApplication.processEvents()
    parts = window.parts
    widgets = (parts.words, parts.canvas, parts.palette, parts.setup, parts.strip, parts.generate)

    def places() -> list[QRect]:
        QApplication.processEvents()
        return [QRect(one.mapTo(window, QPoint(0, 0)), one.size()) for one in widgets]

    before = places()
    long = "What is wrong and what to do about it, with the name of a file and a reason. " * 3
    for text in ("Short.", long):
        window.say(text, "error")
        assert places() == before
        bar = parts.message
        assert bar.isVisible()
        seat = QRect(bar.mapTo(window, QPoint(0, 0)), bar.size())
        assert QRect(parts.canvas.mapTo(window, QPoint(0, 0)), parts.canvas.size()).contains(seat)
        label = bar.findChildren(QLabel)[1]
        assert label.height() >= label.heightForWidth(label.width())
        assert window.childAt(seat.center()) in (bar, *bar.findChildren(QWidget))
    window.resize(size[0] + 200, size[1])
    QApplication.processEvents()
    assert abs(bar.geometry().center().x() - _centre(parts.canvas, bar.parentWidget())) <= 1
    window.parts.message.clear()


def _centre(widget: QWidget, above: QWidget) -> int:
    return widget.mapTo(above, widget.rect().center()).x()


def test_messages_leave_by_escape_and_by_click(window: MainWindow, qtbot: QtBot) -> None:
    window.say("Something is wrong.", "error")
    assert window.parts.message.isVisible()
    qtbot.keyClick(window.parts.canvas, Qt.Key.Key_Escape)
    assert not window.parts.message.isVisible()
    window.say("Again.", "warning")
    qtbot.mouseClick(window.parts.message.close_button, Qt.MouseButton.LeftButton)
    assert window.parts.message.text == ""


def test_keys_are_unique_and_listed(window: MainWindow, qtbot: QtBot) -> None:
    keys = [key for line in actions.LINES for key in line.keys]
    assert len(keys) == len(set(keys))
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert window.note is not None
    assert not window.note.isModal()
    assert all(line.text in window.note.text.toPlainText() for line in actions.LINES if line.keys)


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"QT_QPA_PLATFORM": "offscreen"}, "linux", True),
        ({}, "darwin", True),
        ({}, "win32", True),
    ],
)
def test_displays_are_recognised(
    environment: dict[str, str], platform: str, expected: bool
) -> None:
    assert app.has_display(environment, platform) is expected


def test_without_a_display_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(app.has_display, "__defaults__", ("linux",))
    assert app.main() == app.NO_DISPLAY
    assert "no display" in capsys.readouterr().err


def test_the_session_file_is_plain_json(window: MainWindow, own_home: Path) -> None:
    window.editor.apply(replace(window.editor.draft, batch=3), "Batch")
    window.save_session()
    content = json.loads((own_home / "session.json").read_text(encoding="utf-8"))
    assert content["batch"] == 3
    assert content["recipe"]["format"] == "artdesk-recipe"
