"""A small list of words under the line that is typed into; it never takes the focus.

A child of the window and no window of its own: a popup window takes keys away from the line,
and whether it gives Escape back depends on the platform.
"""

from bisect import bisect_left

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QLineEdit, QListView

ROWS = 6
SIDE = 28  # of a picture in the list
WIDTH = 216
FRAME = 12  # border and padding of the style sheet, above and below together
_WORD = Qt.ItemDataRole.UserRole


class CompletionList(QListView):
    """Offers the known words that begin with what is typed, and some that mean about the same.

    Args:
        line: the line that is typed into, which keeps the focus.
    """

    chosen = Signal(str)

    def __init__(self, line: QLineEdit) -> None:
        super().__init__(line)
        self.setObjectName("completions")
        self.setAccessibleName("Matching words")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setIconSize(QSize(SIDE, SIDE))
        self._line = line
        self._known: list[str] = []
        self._start = ""
        self._pictures: dict[str, QPixmap] = {}
        self._rows = QStandardItemModel(self)
        self.setModel(self._rows)
        self.clicked.connect(self._clicked)
        line.installEventFilter(self)
        self.hide()

    @property
    def words(self) -> list[str]:
        """The offered words, from above; empty when the list is closed."""
        count = self._rows.rowCount() if self.isVisible() else 0
        return [str(self._rows.item(row).data(_WORD)) for row in range(count)]

    def set_known(self, words: list[str]) -> None:
        """Offer these words."""
        self._known = sorted(words)

    def forget_pictures(self) -> None:
        """What a word does has changed with the recipe."""
        self._pictures.clear()

    def offer(self, start: str) -> None:
        """Show the words that begin with `start`; without a letter, or a match, nothing."""
        self._start = start.casefold()
        found: list[str] = []
        if self._start:
            first = bisect_left(self._known, self._start)
            found = [w for w in self._known[first : first + ROWS] if w.startswith(self._start)]
        self._rows.clear()
        for word in found:
            if word != self._start:
                self._add(word, word)
        self._open()

    def offer_all(self, words: list[str]) -> None:
        """Show these words as they are, as many as there is room for."""
        self._start = ""
        self._rows.clear()
        for word in words[:ROWS]:
            self._add(word, word)
        self._open()

    def add_similar(self, start: str, words: tuple[str, ...]) -> None:
        """Add words that mean about the same as `start`, if that is still what is typed."""
        if start.casefold() != self._start or not self._line.hasFocus():
            return
        offered = {str(self._rows.item(row).data(_WORD)) for row in range(self._rows.rowCount())}
        for word in words:
            if word not in offered and word != self._start and len(offered) < ROWS:
                offered.add(word)
                self._add(word, f"≈ {word}")
        self._open()

    def without_picture(self) -> str:
        """The first offered word that has no picture yet, "" when all have one."""
        return next((word for word in self.words if word not in self._pictures), "")

    def show_picture(self, word: str, picture: QPixmap) -> None:
        """Show what a word would do."""
        self._pictures[word] = picture
        for row in range(self._rows.rowCount()):
            if self._rows.item(row).data(_WORD) == word:
                self._rows.item(row).setIcon(QIcon(picture))

    def _add(self, word: str, text: str) -> None:
        item = QStandardItem(text)
        item.setData(word, _WORD)
        item.setEditable(False)
        item.setSizeHint(QSize(WIDTH - FRAME, SIDE + 2))
        if text != word:
            item.setData(f"{word}, of similar meaning", Qt.ItemDataRole.AccessibleTextRole)
        empty = QPixmap(SIDE, SIDE)
        empty.fill(Qt.GlobalColor.transparent)  # so that no text moves when the picture comes
        item.setIcon(QIcon(self._pictures.get(word, empty)))
        self._rows.appendRow(item)

    def _open(self) -> None:
        if not self._rows.rowCount():
            self.hide()
            return
        self._place()
        self.show()
        self.raise_()

    def step(self, rows: int) -> None:
        """Move the mark; from nothing, Down marks the first row and Up the last."""
        count = self._rows.rowCount()
        here = self.currentIndex().row()
        there = (0 if rows > 0 else count - 1) if here < 0 else (here + rows) % count
        self.setCurrentIndex(self._rows.index(there, 0))

    @property
    def marked(self) -> str:
        """The marked word, "" when none is."""
        index = self.currentIndex()
        return str(index.data(_WORD)) if self.isVisible() and index.isValid() else ""

    def _clicked(self, index: QModelIndex) -> None:
        self.chosen.emit(str(index.data(_WORD)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Move and self.isVisible():
            self._place()  # new chips push the line along
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        window = self._line.window()
        if self.parent() is not window:
            self.setParent(window)
        corner = self._line.mapTo(window, QPoint(0, self._line.height() + 4))
        height = self._rows.rowCount() * (SIDE + 2) + FRAME
        left = max(0, min(corner.x(), window.width() - WIDTH))
        self.setGeometry(left, corner.y(), WIDTH, height)
