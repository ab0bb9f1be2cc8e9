"""One word as a chip: text, weight, and for an unknown word the nearest known one."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton, QWidget

from artdesk.core.recipe import Word
from artdesk.ui.widgets.icons import IconButton
from artdesk.ui.widgets.plain import PlainLabel, tip

STEP = 10
LIGHTEST, HEAVIEST = 10, 200


class Chip(QFrame):
    """Shows a word and sends what the artist wants done with it.

    Keys while focused: Ctrl+Up and Ctrl+Down change the weight, Left and Right walk, Delete
    removes, Tab takes the suggestion, the context menu holds the same.
    """

    weight_wanted = Signal(int)
    removed = Signal()
    moved = Signal()
    suggestion_taken = Signal(str)
    walked = Signal(int)
    edit_wanted = Signal()
    resized = Signal()

    def __init__(self, word: Word, avoid: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chip")
        self.setProperty("avoid", avoid)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(28)
        self.word = word
        self.nearest: tuple[str, ...] = ()
        self.known = True
        self._avoid = avoid
        self._text = PlainLabel(parent=self)
        self._weight = QToolButton(self)
        self._weight.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._weight.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._weight.clicked.connect(self._open_menu)
        self._suggestion = QToolButton(self)
        self._suggestion.setObjectName("suggestion")
        self._suggestion.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._suggestion.clicked.connect(self._take)
        self._close = IconButton("close", "Remove", side=20, quiet=True, parent=self)
        self._close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._close.clicked.connect(self.removed)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 4, 0)
        row.setSpacing(2)
        for widget in (self._text, self._weight, self._suggestion, self._close):
            row.addWidget(widget)
        self.show_word(word)

    def show_word(self, word: Word) -> None:
        """Show `word`, which may differ in its weight."""
        self.word = word
        self._refresh()

    def show_heard(self, known: bool, nearest: tuple[str, ...]) -> None:
        """Show whether the model knows the word, and its nearest known words if not."""
        if (known, nearest) != (self.known, self.nearest):
            self.known, self.nearest = known, nearest
            self._refresh()

    def _refresh(self) -> None:
        text, percent = self.word.text, self.word.weight_percent
        weight = f"{percent / 100:.{1 if percent % 10 == 0 else 2}f}"
        self._text.setText(text if self.known else f"{text} ?")
        self._weight.setText(f"×{weight}")
        self._weight.setAccessibleName(f"Weight of {text}")
        self._weight.setToolTip("Weight and more (Ctrl+Up, Ctrl+Down)")
        self._suggestion.setAccessibleName(f"No suggestion for {text}")
        self._suggestion.setVisible(not self.known and bool(self.nearest))
        if self.nearest:
            self._suggestion.setText(f"→ {self.nearest[0]}")
            self._suggestion.setAccessibleName(f"Use {self.nearest[0]} in place of {text}")
            self._suggestion.setToolTip("Take the nearest known word (Tab)")
        self._close.setAccessibleName(f"Remove {text}")
        self._close.setToolTip("Remove (Delete)")
        kind = "Avoided word" if self._avoid else "Word"
        name = f"{kind} {text}, weight {weight}"
        if not self.known:
            name += ", not known"
            if self.nearest:
                name += ", nearest: " + ", ".join(self.nearest)
            near = f"nearest: {', '.join(self.nearest)}." if self.nearest else "nothing is near."
            self.setToolTip(tip(f"“{text}” is not in the word list. The model guesses; {near}"))
        else:
            self.setToolTip("")
        self.setAccessibleName(name)
        self.setProperty("unknown", not self.known)
        self.style().unpolish(self)
        self.style().polish(self)
        self.updateGeometry()
        self.resized.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, control = event.key(), event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and key == Qt.Key.Key_Up:
            self.change_weight(STEP)
        elif control and key == Qt.Key.Key_Down:
            self.change_weight(-STEP)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif key == Qt.Key.Key_Left:
            self.walked.emit(-1)
        elif key == Qt.Key.Key_Right:
            self.walked.emit(1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2) and not control:
            self.edit_wanted.emit()
        elif key in (Qt.Key.Key_Menu, Qt.Key.Key_Space):
            self._open_menu()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Tab on an unknown word takes the suggestion; Shift+Tab always leaves.

        Not by `focusNextPrevChild`: Qt calls that too when a focused chip is hidden, that is when
        it is removed.
        """
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Tab
            and not event.modifiers()
            and not self.known
            and self.nearest
        ):
            self._take()
            return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus():
            event.ignore()
            return
        self.change_weight(STEP if event.angleDelta().y() > 0 else -STEP)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.setFocus()
        self._open_menu()
        event.accept()

    def change_weight(self, change: int) -> None:
        """Ask for another weight, in percent, inside the range."""
        wanted = max(LIGHTEST, min(HEAVIEST, self.word.weight_percent + change))
        if wanted != self.word.weight_percent:
            self.weight_wanted.emit(wanted)

    def _take(self) -> None:
        if self.nearest:
            self.suggestion_taken.emit(self.nearest[0])

    def _open_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(f"What to do with {self.word.text}")
        for text in self.nearest if not self.known else ():
            take = menu.addAction(f"Use “{text}” instead")
            take.triggered.connect(lambda _=False, t=text: self.suggestion_taken.emit(t))
        for percent in (50, 80, 100, 120, 150, 200):
            action = menu.addAction(f"Weight ×{percent / 100:.1f}")
            action.setCheckable(True)
            action.setChecked(percent == self.word.weight_percent)
            action.triggered.connect(lambda _=False, p=percent: self.weight_wanted.emit(p))
        menu.addSeparator()
        other = "Wish for it instead" if self._avoid else "Avoid it instead"
        menu.addAction(other).triggered.connect(self.moved)
        menu.addAction("Edit").triggered.connect(self.edit_wanted)
        menu.addAction("Remove").triggered.connect(self.removed)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))
