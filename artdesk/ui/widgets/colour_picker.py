"""A colour by lightness, chroma and hue, and what goes with it; docked, never a dialog."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from artdesk.core.colour import parse_hex
from artdesk.core.errors import RecipeError
from artdesk.core.oklch import HARMONIES, MOST_CHROMA, Oklch, harmony, to_srgb8
from artdesk.ui.widgets.plain import PlainLabel, tip
from artdesk.ui.widgets.setup_panel import CalmComboBox
from artdesk.ui.widgets.slider_row import FocusSlider

STEPS = 48  # colours of a slider's ground
RANGES = {"Lightness": 1.0, "Chroma": MOST_CHROMA, "Hue": 360.0}
TICKS = 720  # half a degree of hue, a seventh of a per cent of lightness
HANDLE = 7.0


class GradientSlider(FocusSlider):
    """A slider whose ground shows the colours that it leads to."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, TICKS)
        self.setSingleStep(TICKS // 120)
        self.setPageStep(TICKS // 12)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(22)
        self.setAccessibleName(f"{name} of the colour")
        self._ground = QImage()

    def show_ground(self, colours: np.ndarray) -> None:
        """Show colours uint8 [n, 3] from left to right."""
        row = np.ascontiguousarray(colours[None])
        image = QImage(row.data, len(colours), 1, 3 * len(colours), QImage.Format.Format_RGB888)
        self._ground = image.copy()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        room = QRectF(self.rect()).adjusted(HANDLE, 5, -HANDLE, -5)
        painter.drawImage(room, self._ground)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.palette().mid().color(), 1))
        painter.drawRect(room)
        share = self.value() / max(1, self.maximum())
        centre = QPointF(room.left() + share * room.width(), self.height() / 2)
        # Two rings, so that one of them is seen on every colour.
        painter.setPen(QPen(QColor("#000000"), 3.5))
        painter.drawEllipse(centre, HANDLE - 1.5, HANDLE - 1.5)
        ring = self.palette().highlight().color() if self.hasFocus() else QColor("#ffffff")
        painter.setPen(QPen(ring, 1.8))
        painter.drawEllipse(centre, HANDLE - 1.5, HANDLE - 1.5)
        painter.end()


class _Suggestion(QAbstractButton):
    """A colour that goes with the chosen one."""

    def __init__(self, colour: str, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.colour = colour
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(26)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{name}: {colour}, into the next open place")
        self.setToolTip(tip(f"{colour}: put it into the next place that is not locked"))

    def sizeHint(self) -> QSize:
        return QSize(36, 26)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent = self.hasFocus() or self.underMouse()
        edge = self.palette().highlight() if accent else self.palette().mid()
        painter.setPen(QPen(edge.color(), 2 if accent else 1))
        painter.setBrush(QColor(self.colour))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), 5, 5)
        painter.end()


class ColourPicker(QWidget):
    """Shows one colour and sends what the artist makes of it, at once."""

    colour_wanted = Signal(str)
    suggested = Signal(str)
    gesture = Signal(bool)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = Oklch.of("#808080")
        self._shown = ""
        self.setAccessibleName("Colour picker")
        self.title = PlainLabel("", self)
        self.title.setObjectName("section")
        self.done = QPushButton("Done", self)
        self.done.setAccessibleName("Close the colour picker")
        self.done.setToolTip("Close (Esc); Undo brings earlier colours back")
        self.done.clicked.connect(self.closed)
        self.sliders = {name: GradientSlider(name, self) for name in RANGES}
        self.code = QLineEdit(self)
        self.code.setAccessibleName("Colour as hexadecimal number")
        self.code.setMaxLength(9)
        self.code.editingFinished.connect(self._typed)
        self.harmony = CalmComboBox(self)
        self.harmony.setAccessibleName("Harmony")
        self.harmony.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.harmony.addItems(list(HARMONIES))
        self.harmony.currentTextChanged.connect(self._suggest)
        self.suggestions: list[_Suggestion] = []
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.code, 1)
        head.addWidget(self.done)
        grid = QGridLayout()
        grid.setSpacing(6)
        for row, (name, slider) in enumerate(self.sliders.items()):
            label = PlainLabel(name, self)
            label.setBuddy(slider)
            grid.addWidget(label, row, 0)
            grid.addWidget(slider, row, 1)
            slider.valueChanged.connect(self._moved)
            slider.sliderPressed.connect(lambda: self.gesture.emit(True))
            slider.sliderReleased.connect(lambda: self.gesture.emit(False))
        grid.setColumnStretch(1, 1)
        self._row = QHBoxLayout()
        self._row.setSpacing(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(grid)
        column.addWidget(self.harmony)
        column.addLayout(self._row)

    def show_colour(self, number: int, colour: str) -> None:
        """Show the colour of a place; what led to it here is not rounded."""
        self.title.setText(f"Colour {number + 1}")
        self.setAccessibleName(f"Colour picker for colour {number + 1}")
        if colour != self._shown:
            self._place = Oklch.of(colour)
            self._refresh(colour)

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()  # it closes the picker and does not cancel pictures
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _refresh(self, colour: str) -> None:
        place = self._place
        self._shown = colour
        self.code.setText(colour)
        values = (place.lightness, place.chroma, place.hue)
        for index, (slider, most) in enumerate(
            zip(self.sliders.values(), RANGES.values(), strict=True)
        ):
            with QSignalBlocker(slider):
                slider.setValue(round(values[index] / most * TICKS))
            ground = np.tile(np.array(values), (STEPS, 1))
            ground[:, index] = np.linspace(0.0, most, STEPS)
            slider.show_ground(to_srgb8(ground))
        self._suggest()

    def _suggest(self) -> None:
        for button in self.suggestions:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        name = self.harmony.currentText()
        self.suggestions = [_Suggestion(one, name, self) for one in harmony(self._place, name)]
        for button in self.suggestions:
            button.clicked.connect(lambda _=False, one=button.colour: self.suggested.emit(one))
            self._row.addWidget(button)

    def _moved(self) -> None:
        lightness, chroma, hue = (
            slider.value() / TICKS * most
            for slider, most in zip(self.sliders.values(), RANGES.values(), strict=True)
        )
        self._want(Oklch(lightness, chroma, hue))

    def _typed(self) -> None:
        try:
            colour = parse_hex(self.code.text())
        except RecipeError:
            self.code.setText(self._shown)  # half a number is no colour; the last one stays
            return
        if colour != self._shown:
            self._want(Oklch.of(colour))

    def _want(self, place: Oklch) -> None:
        self._place = place
        self._refresh(place.to_hex())
        self.colour_wanted.emit(self._shown)
