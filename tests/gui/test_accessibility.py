"""Contrast, visible focus, names and roles, measured on the pixels of the shown window."""

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QImage, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from artdesk.ui.layout import HEARD_TAB
from artdesk.ui.main_window import MainWindow
from artdesk.ui.widgets import roles
from artdesk.ui.widgets.heard_panel import AttributeBar
from tests.gui.conftest import MakeWindow, settle
from tests.gui.test_making import make

SCALE = 3  # text is drawn larger, so that the middle of its strokes has its full colour
TEXT, INDICATOR = 4.5, 3.0  # WCAG 2.2: 1.4.3 contrast, 2.4.13 appearance of the focus


def pixels(image: QImage) -> NDArray[np.uint8]:
    """The pixels of an image, uint8 [height, width, 3]."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), -1)
    return rows[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3).copy()


def luminance(colours: NDArray[np.uint8]) -> NDArray[np.float64]:
    values = colours / 255.0
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))


def ratio(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.float64]:
    light, dark = luminance(one) + 0.05, luminance(other) + 0.05
    return np.asarray(np.maximum(light, dark) / np.minimum(light, dark))


def text_contrast(image: NDArray[np.uint8], area: QRect) -> float:
    """Contrast of the ground, the commonest colour, and the colour that stands out most."""
    part = image[area.top() : area.bottom() + 1, area.left() : area.right() + 1].astype(np.int64)
    numbers, counts = np.unique(part @ (65536, 256, 1), return_counts=True)
    colours = np.stack([numbers >> 16, numbers >> 8 & 255, numbers & 255], axis=-1).astype(np.uint8)
    return float(ratio(colours[counts >= 6], colours[counts.argmax()]).max())


def render(window: MainWindow) -> NDArray[np.uint8]:
    image = QImage(window.size() * SCALE, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.scale(SCALE, SCALE)
    window.render(painter, QPoint(0, 0))
    painter.end()
    return pixels(image)


def with_text(window: MainWindow) -> Iterator[tuple[QWidget, str]]:
    for widget in window.findChildren(QWidget):
        text = ""
        if isinstance(widget, QLabel | QPushButton | QCheckBox):
            text = widget.text()
        elif isinstance(widget, QLineEdit):
            text = widget.text() or widget.placeholderText()
        elif isinstance(widget, QComboBox):
            text = widget.currentText()
        elif isinstance(widget, AttributeBar):
            text = widget.accessibleName()
        seen = widget.visibleRegion().boundingRect().size() == widget.size()
        if text.strip() and widget.isVisible() and seen:
            yield widget, text


def everything(window: MainWindow, qtbot: QtBot, tab: int) -> None:
    """Bring the panels of a tab into sight."""
    parts = window.parts
    if not parts.words_fold.isChecked():
        qtbot.mouseClick(parts.words_fold, Qt.MouseButton.LeftButton)
        qtbot.keyClicks(parts.words.line, "velvety,")
        make(window, qtbot)
    parts.controls.fold.setChecked(True)
    parts.tabs.setCurrentIndex(tab)
    window.say("What is wrong and what to do about it.", "error")
    settle(window, qtbot)
    QApplication.processEvents()


@pytest.mark.parametrize("name", ["dark", "light"])
def test_all_text_stands_out(make_window: MakeWindow, qtbot: QtBot, name: str) -> None:
    window = make_window(theme=name)
    window.resize(1360, 1400)
    settle(window, qtbot)
    strip = window.parts.strip
    hint = QRect(strip.mapTo(window, QPoint(8, 8)) * SCALE, (strip.size() - QSize(16, 16)) * SCALE)
    assert text_contrast(render(window), hint) >= TEXT  # what an empty strip says
    faint, looked = [], 0
    for tab in range(window.parts.tabs.count()):
        everything(window, qtbot, tab)
        image = render(window)
        for widget, text in with_text(window):
            corner = widget.mapTo(window, QPoint(2, 2)) * SCALE
            area = QRect(corner, (widget.size() - QSize(4, 4)) * SCALE)
            looked += 1
            contrast = text_contrast(image, area)
            if contrast < TEXT:
                faint.append(f"{type(widget).__name__} “{text[:30]}”: {contrast:.1f}")
    assert looked > 100
    assert not faint, "\n".join(sorted(set(faint)))


def focusable(window: MainWindow) -> Iterator[QWidget]:
    for widget in window.findChildren(QWidget):
        around = widget.parentWidget()
        if isinstance(around, QAbstractScrollArea) and around.viewport() is widget:
            continue  # what is inside; the area itself has the role
        if (
            widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and widget.isEnabled()
            and widget.isVisible()
            and widget.window() is window
            and not isinstance(widget.parentWidget(), QAbstractSpinBox)
        ):
            yield widget


@pytest.mark.parametrize("name", ["dark", "light"])
def test_the_focus_is_seen_on_every_widget(
    make_window: MakeWindow, qtbot: QtBot, name: str
) -> None:
    window = make_window(theme=name)
    window.resize(1360, 1400)
    settle(window, qtbot)
    unseen, looked = [], set()
    for tab in range(window.parts.tabs.count()):
        everything(window, qtbot, tab)
        for widget in set(focusable(window)) - looked:
            area = widget.parentWidget()
            while area is not None and not isinstance(area, QScrollArea):
                area = area.parentWidget()
            if area is not None:
                area.ensureWidgetVisible(widget)
            fields = (window.parts.words, window.parts.avoid)
            shown = next((field for field in fields if widget is field.line), widget)
            frame = QRect(shown.mapTo(window, QPoint(-4, -4)), shown.size()).adjusted(0, 0, 8, 8)
            window.setFocus()
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            if not widget.hasFocus():
                continue  # the line of a number field, which hands it on
            QApplication.processEvents()
            after = pixels(window.grab(frame).toImage())
            widget.clearFocus()
            QApplication.processEvents()
            before = pixels(window.grab(frame).toImage())
            seen = int((ratio(before, after) >= INDICATOR).sum())
            looked.add(widget)
            if seen < 30:  # about the outline of the smallest button, which is 20 pixels wide
                unseen.append(f"{type(widget).__name__} {widget.accessibleName()}: {seen} pixels")
    assert len(looked) > 60
    assert not unseen, "\n".join(sorted(set(unseen)))


def test_what_we_paint_has_a_role_and_a_name(window: MainWindow, qtbot: QtBot) -> None:
    everything(window, qtbot, HEARD_TAB)
    found = set()
    for widget in window.findChildren(QWidget):
        role = roles.ROLES.get(type(widget))
        if role is None:
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        assert interface.role() == role
        assert interface.text(QAccessible.Text.Name) == widget.accessibleName() != ""
        found.add(type(widget))
    window.parts.palette.edit(0)
    picker = QAccessible.queryAccessibleInterface(window.parts.palette.picker)
    assert picker.role() == QAccessible.Role.ColorChooser
    assert found >= set(roles.ROLES) - {type(window.parts.palette.picker)}
    for widget in focusable(window):
        interface = QAccessible.queryAccessibleInterface(widget)
        assert interface.role() not in (QAccessible.Role.NoRole, QAccessible.Role.Client), widget
        if not isinstance(widget, QAbstractButton | QTabBar):
            assert interface.text(QAccessible.Text.Name), widget
