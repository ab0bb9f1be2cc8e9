"""The sketch as cells that can be painted with mouse or keys."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from artdesk.core.recipe import Sketch

_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class SketchGrid(QWidget):
    """Shows the cells: the artist's with a square mark, locked ones with a dot, the model's plain.

    Left button paints, right button erases, also dragging. Arrow keys move a cursor, Space
    paints, Delete erases.
    """

    painted = Signal(int)
    erased = Signal(int)
    gesture = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns, self.rows = 8, 8
        self.erasing = False
        self._fixed: Sketch | None = None
        self._drawn: Sketch | None = None
        self._painted: frozenset[int] = frozenset()
        self._cursor = 0
        self._stroke: Qt.MouseButton | None = None
        self._last = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._describe()

    def sizeHint(self) -> QSize:
        return QSize(200, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 200)

    def show_sketch(
        self,
        size: tuple[int, int],
        fixed: Sketch | None,
        painted: frozenset[int],
        drawn: Sketch | None,
    ) -> None:
        """Show a sketch.

        Args:
            size: columns and rows.
            fixed: the recipe's cells; None where the model draws.
            painted: indices of cells painted by hand.
            drawn: the last sketch the model drew, shown where nothing is fixed.
        """
        self.columns, self.rows = size
        self._fixed, self._painted = fixed, painted
        self._drawn = drawn
        if drawn is not None and (drawn.columns, drawn.rows) != size:
            self._drawn = None
        self._cursor = min(self._cursor, self.columns * self.rows - 1)
        self._describe()
        self.update()

    def cell_rect(self, index: int) -> QRectF:
        """Where a cell is, in widget coordinates."""
        side = min(self.width() / self.columns, self.height() / self.rows)
        left = (self.width() - side * self.columns) / 2
        top = (self.height() - side * self.rows) / 2
        row, column = divmod(index, self.columns)
        return QRectF(left + column * side, top + row * side, side, side)

    def cell_at(self, point: QPointF) -> int | None:
        """The cell under a point, or None."""
        first = self.cell_rect(0)
        column = int((point.x() - first.left()) // first.width())
        row = int((point.y() - first.top()) // first.height())
        if 0 <= column < self.columns and 0 <= row < self.rows:
            return row * self.columns + column
        return None

    def colour(self, index: int) -> str | None:
        """The colour a cell shows."""
        for sketch in (self._fixed, self._drawn):
            if sketch is not None and sketch.cells[index] is not None:
                return sketch.cells[index]
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            self._stroke, self._last = event.button(), -1
            self.gesture.emit(True)
            self._touch(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._stroke is not None:
            self._touch(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == self._stroke:
            self._stroke = None
            self.gesture.emit(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            row, column = divmod(self._cursor, self.columns)
            column = max(0, min(self.columns - 1, column + step[0]))
            row = max(0, min(self.rows - 1, row + step[1]))
            self._cursor = row * self.columns + column
            self._describe()
            self.update()
        elif event.key() == Qt.Key.Key_Space:
            (self.erased if self.erasing else self.painted).emit(self._cursor)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.erased.emit(self._cursor)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _touch(self, point: QPointF) -> None:
        index = self.cell_at(point)
        if index is None or index == self._last:
            return
        self._last = self._cursor = index
        erase = self.erasing or self._stroke == Qt.MouseButton.RightButton
        (self.erased if erase else self.painted).emit(index)
        self._describe()

    def _describe(self) -> None:
        row, column = divmod(self._cursor, self.columns)
        state = "drawn by the model"
        if self._cursor in self._painted:
            state = "painted"
        elif self._fixed is not None and self._fixed.cells[self._cursor] is not None:
            state = "locked"
        colour = self.colour(self._cursor) or "no colour yet"
        self.setAccessibleName(f"Sketch, {self.columns} by {self.rows} cells")
        self.setAccessibleDescription(
            f"Cell column {column + 1}, row {row + 1}: {colour}, {state}. "
            "Arrows move, Space paints, Delete erases."
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = self.palette().window().color()
        for index in range(self.columns * self.rows):
            rect = self.cell_rect(index).adjusted(0.75, 0.75, -0.75, -0.75)
            colour = self.colour(index)
            fixed = self._fixed is not None and self._fixed.cells[index] is not None
            painter.setPen(Qt.PenStyle.NoPen)
            if colour is None:
                painter.setPen(QPen(self.palette().mid().color(), 1, Qt.PenStyle.DotLine))
                painter.setBrush(ground)
            else:
                painter.setBrush(QColor(colour))
            painter.drawRoundedRect(rect, 3, 3)
            if colour is not None and fixed:
                self._mark(painter, rect, QColor(colour), index in self._painted)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.palette().highlight().color(), 2))
            painter.drawRoundedRect(self.cell_rect(self._cursor), 3, 3)
        painter.end()

    def _mark(self, painter: QPainter, rect: QRectF, colour: QColor, painted: bool) -> None:
        mark = QColor("#000000" if colour.lightnessF() > 0.5 else "#ffffff")
        mark.setAlpha(170)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mark)
        centre = QPointF(rect.right() - 5, rect.top() + 5)
        if painted:
            painter.drawRect(QRectF(centre.x() - 2.5, centre.y() - 2.5, 5, 5))
        else:
            painter.drawEllipse(centre, 1.5, 1.5)
