"""The strip of made pictures: a list model, and a view that asks for thumbnails it shows."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from artdesk.studio.library import HistoryEntry
from artdesk.ui.widgets.plain import tip

if TYPE_CHECKING:
    from artdesk.engine.pipeline import Picture

THUMBNAIL = 88
RINGED = Qt.ItemDataRole.UserRole + 1  # whether this is the picture on the canvas
AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(slots=True, eq=False)
class Item:
    """One picture of the strip.

    `picture` is held in memory only for a picture that could not be stored.
    """

    title: str
    seed: int
    width: int
    height: int
    entry: HistoryEntry | None = None
    picture: "Picture | None" = None
    thumbnail: QPixmap | None = None
    asked: bool = field(default=False)

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        text = f"{self.title}, seed {self.seed}, {self.width} by {self.height} pixels"
        if self.entry is None:
            text += ", not stored yet"
        elif self.entry.starred:
            text += ", starred"
        return text


class HistoryModel(QAbstractListModel):
    """All pictures, newest first. Thumbnails are asked for when they are first shown."""

    thumbnail_wanted = Signal(object)  # an Item

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[Item] = []
        self.ringed: Item | None = None
        """The picture that is shown on the canvas."""

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._items)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._items):
            return None
        item = self._items[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return item.title
            case Qt.ItemDataRole.ToolTipRole:
                return tip(f"{item.spoken}. Return or double click: use its recipe.")
            case Qt.ItemDataRole.AccessibleTextRole:
                return item.spoken
            case Qt.ItemDataRole.DecorationRole:
                if item.thumbnail is None and not item.asked and item.entry is not None:
                    item.asked = True
                    self.thumbnail_wanted.emit(item)
                return item.thumbnail
            case Qt.ItemDataRole.UserRole:
                return item
            case _ if role == RINGED:
                return item is self.ringed
            case _:
                return None

    def item(self, row: int) -> Item:
        """The picture of a row."""
        return self._items[row]

    def prepend(self, item: Item) -> None:
        """Add the newest picture."""
        self.beginInsertRows(QModelIndex(), 0, 0)
        self._items.insert(0, item)
        self.endInsertRows()

    def append(self, items: list[Item]) -> None:
        """Add older pictures at the end; newest first."""
        if items:
            self.beginInsertRows(QModelIndex(), len(self._items), len(self._items) + len(items) - 1)
            self._items += items
            self.endInsertRows()

    def ring(self, item: Item | None) -> None:
        """Ring the picture that is shown; None rings nothing."""
        before, self.ringed = self.ringed, item
        for one in (before, item):
            if one is not None:
                self._touch(one)

    def by_path(self) -> dict[Path, Item]:
        """The stored pictures that are there, by their files."""
        return {item.entry.path: item for item in self._items if item.entry is not None}

    def unstored(self) -> list[Item]:
        """Pictures that are only in memory."""
        return [item for item in self._items if item.entry is None and item.picture is not None]

    def set_stored(self, item: Item, entry: HistoryEntry) -> None:
        """A picture that could not be stored is stored now."""
        item.entry, item.picture = entry, None
        self._touch(item)

    def index_of(self, item: Item | None) -> QModelIndex:
        """Where a picture stands; an invalid index when it does not."""
        for row, other in enumerate(self._items):
            if other is item:
                return self.index(row)
        return QModelIndex()

    def set_thumbnail(self, item: Item, pixmap: QPixmap) -> None:
        """Show a thumbnail that was asked for."""
        item.thumbnail = pixmap
        self._touch(item)

    def set_starred(self, item: Item, starred: bool) -> None:
        """Show or hide the mark of a picture."""
        if item.entry is not None:
            item.entry = replace(item.entry, starred=starred)
            self._touch(item)

    def _touch(self, item: Item) -> None:
        index = self.index_of(item)
        if index.isValid():
            self.dataChanged.emit(index, index)


class _Delegate(QStyledItemDelegate):
    """Draws a rounded thumbnail with a ring for the shown one and a star for marked ones."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:
        return QSize(THUMBNAIL + 10, THUMBNAIL + 10)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        palette = option.palette
        area = rect.adjusted(5, 5, -5, -5)
        pixmap = index.data(Qt.ItemDataRole.DecorationRole)
        item = index.data(Qt.ItemDataRole.UserRole)
        shown = area
        if isinstance(pixmap, QPixmap) and not pixmap.isNull():
            ratio = pixmap.devicePixelRatio()
            size = QSize(round(pixmap.width() / ratio), round(pixmap.height() / ratio))
            size.scale(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
            shown = QRect(area.topLeft(), size)
            shown.moveCenter(area.center())
            path = QPainterPath()
            path.addRoundedRect(shown, 5, 5)
            painter.setClipPath(path)
            painter.drawPixmap(shown, pixmap)
            painter.setClipping(False)
        else:
            painter.setPen(palette.mid().color())
            painter.drawRoundedRect(area, 5, 5)
            painter.setPen(palette.placeholderText().color())
            painter.drawText(
                area.adjusted(6, 6, -6, -6),
                Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
                str(index.data(Qt.ItemDataRole.DisplayRole)),
            )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if index.data(RINGED):
            painter.setPen(QPen(palette.highlight().color(), 3))
            painter.drawRoundedRect(shown.adjusted(-2, -2, 2, 2), 7, 7)
        elif state & QStyle.StateFlag.State_HasFocus:  # where the keys are, while it is read
            painter.setPen(QPen(palette.text().color(), 1, Qt.PenStyle.DotLine))
            painter.drawRoundedRect(shown.adjusted(-2, -2, 2, 2), 7, 7)
        if isinstance(item, Item) and item.entry is not None and item.entry.starred:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.window())
            badge = QRect(shown.right() - 21, shown.top() + 3, 18, 18)
            painter.drawEllipse(badge)
            painter.setPen(palette.highlight().color())
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, "★")
        painter.restore()


class HistoryStrip(QListView):
    """The row of thumbnails. Return recalls, a full stop stars."""

    chosen = Signal(object)  # an Item: show it
    recalled = Signal(object)  # an Item: use its recipe
    star_wanted = Signal(object)
    menu_wanted = Signal(object, object)  # an Item, a global QPoint

    def __init__(self, model: HistoryModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self._history = model
        self.setModel(model)
        self.setItemDelegate(_Delegate(self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setFixedHeight(THUMBNAIL + 10 + 10 + 14)
        self.setAccessibleName("History of made pictures, newest first")
        self.clicked.connect(lambda index: self.chosen.emit(model.item(index.row())))
        self.doubleClicked.connect(lambda index: self.recalled.emit(model.item(index.row())))

    def current(self) -> Item | None:
        """The chosen picture."""
        index = self.currentIndex()
        return self._history.item(index.row()) if index.isValid() else None

    def ring(self, item: Item | None) -> None:
        """Ring the picture that is shown, and let the keys go on from there."""
        self._history.ring(item)
        self.return_to_ringed()

    def return_to_ringed(self) -> None:
        """Put the cursor on the picture that is shown."""
        self.setCurrentIndex(self._history.index_of(self._history.ringed))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._history.rowCount() == 0:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().placeholderText().color())
            text = "The pictures that you make appear here, and none is ever lost."
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, text)
            painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item, key = self.current(), event.key()
        plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if item is not None and plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.recalled.emit(item)
        elif item is not None and plain and key == Qt.Key.Key_Period:
            self.star_wanted.emit(item)
        else:
            super().keyPressEvent(event)
            after = self.current()
            if after is not None and after is not item:
                self.chosen.emit(after)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        item = self.current()
        if item is not None:
            self.menu_wanted.emit(item, event.globalPos())
            event.accept()
