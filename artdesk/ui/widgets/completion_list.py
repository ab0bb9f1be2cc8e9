"""A small list of words under the line that is typed into; it never takes the focus.

A child of the window and no window of its own: a popup window takes keys away from the line,
and whether it gives Escape back depends on the platform.
"""

from bisect import bisect_left

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPoint,
    QStringListModel,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QLineEdit, QListView

ROWS = 6
WIDTH = 200
FRAME = 12  # border and padding of the style sheet, above and below together


class CompletionList(QListView):
    """Offers the known words that begin with what is typed.

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
        self.setUniformItemSizes(True)
        self._line = line
        self._known: list[str] = []
        self._words = QStringListModel(self)
        self.setModel(self._words)
        self.clicked.connect(self._clicked)
        line.installEventFilter(self)
        self.hide()

    def set_known(self, words: list[str]) -> None:
        """Offer these words."""
        self._known = sorted(words)

    def offer(self, start: str) -> None:
        """Show the words that begin with `start`; without a letter, or a match, nothing."""
        wanted = start.casefold()
        found: list[str] = []
        if wanted:
            first = bisect_left(self._known, wanted)
            found = [w for w in self._known[first : first + ROWS] if w.startswith(wanted)]
        if not found or found == [wanted]:
            self.hide()
            return
        self._words.setStringList(found)
        self.setCurrentIndex(QModelIndex())
        self._place()
        self.show()
        self.raise_()

    def step(self, rows: int) -> None:
        """Move the mark; from nothing, Down marks the first row and Up the last."""
        count = self._words.rowCount()
        here = self.currentIndex().row()
        there = (0 if rows > 0 else count - 1) if here < 0 else (here + rows) % count
        self.setCurrentIndex(self._words.index(there, 0))

    @property
    def marked(self) -> str:
        """The marked word, "" when none is."""
        index = self.currentIndex()
        return str(index.data()) if self.isVisible() and index.isValid() else ""

    def _clicked(self, index: QModelIndex) -> None:
        self.chosen.emit(str(index.data()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Move and self.isVisible():
            self._place()  # new chips push the line along
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        window = self._line.window()
        if self.parent() is not window:
            self.setParent(window)
        corner = self._line.mapTo(window, QPoint(0, self._line.height() + 4))
        height = self._words.rowCount() * max(1, self.sizeHintForRow(0)) + FRAME
        left = max(0, min(corner.x(), window.width() - WIDTH))
        self.setGeometry(left, corner.y(), WIDTH, height)
