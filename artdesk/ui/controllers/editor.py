"""The draft with its undo history: widgets show the draft and hand back changed ones."""

import time

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QUndoCommand, QUndoStack
from PySide6.QtWidgets import QLineEdit

from artdesk.studio.draft import Draft

MERGE_SECONDS = 0.8


class _Change(QUndoCommand):
    """One step: from one whole draft to another."""

    def __init__(
        self, editor: "Editor", before: Draft, after: Draft, text: str, merge: str
    ) -> None:
        super().__init__(text)
        self._editor = editor
        self._before = before
        self._after = after
        self._merge = merge
        self._time = time.monotonic()

    def id(self) -> int:
        """The same for all changes, so that Qt asks `mergeWith`."""
        return 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take in a following change of the same gesture: one drag is one undo step."""
        if not isinstance(other, _Change) or not self._merge or other._merge != self._merge:
            return False
        if not self._editor.in_gesture and other._time - self._time > MERGE_SECONDS:
            return False
        self._after = other._after
        self._time = other._time
        return True

    def undo(self) -> None:
        self._editor.put(self._before)

    def redo(self) -> None:
        self._editor.put(self._after)


class Editor(QObject):
    """Holds the draft; every change goes through `apply` and can be undone."""

    changed = Signal(object)

    def __init__(self, draft: Draft, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stack = QUndoStack(self)
        self.stack.setUndoLimit(200)
        self.in_gesture = False
        self._gestures = 0
        self._draft = draft

    @property
    def draft(self) -> Draft:
        """The draft as it is now."""
        return self._draft

    def apply(self, draft: Draft, text: str, merge: str = "") -> None:
        """Change the draft.

        Args:
            draft: the new draft.
            text: what was done, for the Undo menu.
            merge: changes with the same key that follow each other become one undo step.
        """
        if draft != self._draft:
            key = f"{merge}/{self._gestures}" if merge else ""
            self.stack.push(_Change(self, self._draft, draft, text, key))

    @Slot(bool)
    def gesture(self, begins: bool) -> None:
        """A drag begins or ends: what it changes is one undo step however long it takes."""
        self._gestures += 1
        self.in_gesture = begins

    def put(self, draft: Draft) -> None:
        """Set the draft without an undo step, for the commands of the stack and for restoring."""
        self._draft = draft
        self.changed.emit(draft)


class UndoPass(QObject):
    """Lets Ctrl+Z in a text field reach the draft when the field has nothing to undo itself."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and isinstance(watched, QLineEdit)
        ):
            undo = event.matches(QKeySequence.StandardKey.Undo) and not watched.isUndoAvailable()
            redo = event.matches(QKeySequence.StandardKey.Redo) and not watched.isRedoAvailable()
            if undo or redo:
                event.ignore()
                return True
        return super().eventFilter(watched, event)
