"""A small window beside the main one with something to read: keys, version."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget


class NoteDialog(QDialog):
    """Not modal; Escape or Close leave it.

    Args:
        title: window title and accessible name.
        text: rich text.
        size: width and height in pixels.
        parent: the main window.
    """

    def __init__(self, title: str, text: str, size: tuple[int, int], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setModal(False)
        self.resize(*size)
        self.text = QTextBrowser(self)
        self.text.setAccessibleName(title)
        self.text.setHtml(text)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByKeyboard
            | Qt.TextInteractionFlag.TextSelectableByMouse
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.text)
        column.addWidget(buttons)
