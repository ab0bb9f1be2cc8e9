"""All works that the model remembers: search, look, and take one as touch or composition."""

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from artdesk.ui.widgets.plain import PlainLabel

if TYPE_CHECKING:
    from artdesk.bundle.collection import Work

SIDE = 96
WORK_ROLE = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex


class WorksModel(QAbstractListModel):
    """The works; pictures are asked for when they come into sight."""

    picture_wanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._works: tuple[Work, ...] = ()
        self._icons: dict[str, QIcon] = {}
        self._asked: set[str] = set()
        blank = QPixmap(SIDE, SIDE)
        blank.fill(QColor(128, 128, 128, 40))
        self._blank = QIcon(blank)

    def fill(self, works: "tuple[Work, ...]") -> None:
        """Show these works."""
        self.beginResetModel()
        self._works = works
        self.endResetModel()

    def show_picture(self, name: str, pixmap: QPixmap | None) -> None:
        """Show the picture that was asked for."""
        self._icons[name] = self._blank if pixmap is None else QIcon(pixmap)
        for row, work in enumerate(self._works):
            if work.id == name:
                place = self.index(row)
                self.dataChanged.emit(place, place, [Qt.ItemDataRole.DecorationRole])
                return

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if parent.isValid() else len(self._works)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        work = self._works[index.row()]
        if role == Qt.ItemDataRole.DisplayRole or role == Qt.ItemDataRole.AccessibleTextRole:
            return work.credit
        if role == WORK_ROLE:
            return work.id
        if role == Qt.ItemDataRole.DecorationRole:
            if work.id not in self._icons and work.id not in self._asked:
                self._asked.add(work.id)
                self.picture_wanted.emit(work.id)
            return self._icons.get(work.id, self._blank)
        return None


class WorksDialog(QDialog):
    """A window beside the main one; it stays open while the artist tries works out."""

    work_wanted = Signal(str, str)  # "touch" or "compose", id
    picture_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Remembered works")
        self.setAccessibleName("Remembered works")
        self.resize(720, 560)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Artist, title, year or family")
        self.search.setAccessibleName("Search works by artist, title, year or family")
        self.search.setClearButtonEnabled(True)
        self._model = WorksModel(self)
        self._model.picture_wanted.connect(self.picture_wanted)
        self._found = QSortFilterProxyModel(self)
        self._found.setSourceModel(self._model)
        self._found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.search.textChanged.connect(self._search)
        self.list = QListView(self)
        self.list.setModel(self._found)
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setUniformItemSizes(True)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setWordWrap(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setIconSize(QSize(SIDE, SIDE))
        self.list.setGridSize(QSize(SIDE + 28, SIDE + 48))
        self.list.setAccessibleName("Remembered works")
        self.list.doubleClicked.connect(lambda _index: self._take("touch"))
        self.count = PlainLabel(parent=self)
        self.count.setObjectName("dim")
        self.touch = QPushButton("Use its touch", self)
        self.compose = QPushButton("Use its composition", self)
        self.touch.clicked.connect(lambda: self._take("touch"))
        self.compose.clicked.connect(lambda: self._take("compose"))
        buttons = QHBoxLayout()
        buttons.addWidget(self.count, 1)
        buttons.addWidget(self.compose)
        buttons.addWidget(self.touch)
        column = QVBoxLayout(self)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addLayout(buttons)
        self.list.selectionModel().selectionChanged.connect(self._enable)
        self._enable()

    def fill(self, works: "tuple[Work, ...]") -> None:
        """Show these works."""
        self._model.fill(works)
        self._search(self.search.text())

    def show_picture(self, name: str, pixmap: QPixmap | None) -> None:
        """Show the picture of a work."""
        self._model.show_picture(name, pixmap)

    def _search(self, text: str) -> None:
        self._found.setFilterFixedString(text.strip())
        found, total = self._found.rowCount(), self._model.rowCount()
        if found == total:
            self.count.setText(f"{total:,} works")
        else:
            self.count.setText(
                f"{found:,} of {total:,} works" if found else "No work is called so."
            )
        self._enable()

    def _enable(self) -> None:
        chosen = self.list.selectionModel().hasSelection()
        self.touch.setEnabled(chosen)
        self.compose.setEnabled(chosen)

    def _take(self, what: str) -> None:
        for index in self.list.selectionModel().selectedIndexes():
            self.work_wanted.emit(what, index.data(WORK_ROLE))
