"""A layout that sets its widgets in rows and breaks them like words of a text."""

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Rows of widgets; the last widget takes what is left of its row.

    Args:
        parent: the widget to lay out.
        margin: pixels around.
        gap: pixels between widgets and rows.
    """

    def __init__(self, parent: QWidget, margin: int, gap: int) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self.setContentsMargins(QMargins(margin, margin, margin, margin))

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def set_order(self, widgets: list[QWidget]) -> None:
        """Put these widgets first, in this order; new ones are added."""
        for widget in widgets:
            if self.indexOf(widget) < 0:
                self.addWidget(widget)
        rank: dict[QWidget | None, int] = {w: number for number, w in enumerate(widgets)}
        self._items.sort(key=lambda item: rank.get(item.widget(), len(widgets)))
        self.invalidate()

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        """Place the items inside `rect`; returns the height used."""
        margins = self.contentsMargins()
        area = rect.marginsRemoved(margins)
        x, y, row_height = area.x(), area.y(), 0
        for index, item in enumerate(self._items):
            size = item.sizeHint()
            last = index == len(self._items) - 1
            needed = item.minimumSize().width() if last else size.width()
            if x > area.x() and x + needed > area.right() + 1:
                x, y, row_height = area.x(), y + row_height + self._gap, 0
            width = max(needed, area.right() + 1 - x) if last else min(size.width(), area.width())
            if move:
                item.setGeometry(QRect(QPoint(x, y), QSize(width, size.height())))
            x += width + self._gap
            row_height = max(row_height, size.height())
        return y + row_height - rect.y() + margins.bottom()
