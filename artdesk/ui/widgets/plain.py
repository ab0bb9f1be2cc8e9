"""Text that is shown as it is: words, titles and model names come from files of anybody.

Qt guesses whether a text is HTML, and its HTML opens the files that an `<img>` names. So every
label of the window is a `PlainLabel`, and every tool tip that is not written here passes `tip`.
"""

import html

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton, QWidget


class PlainLabel(QLabel):
    """A label that never reads its text as HTML or Markdown."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)


def tip(text: str) -> str:
    """A tool tip that shows exactly `text`.

    Tool tips have no switch for plain text, so what Qt could take for HTML is escaped.
    """
    if "<" not in text and "&" not in text:  # Qt looks for a tag or for "&lt;"
        return text
    return f"<qt>{html.escape(text)}</qt>"


def question(
    parent: QWidget | None, title: str, text: str, choices: tuple[str, ...]
) -> tuple[QMessageBox, tuple[QPushButton, ...]]:
    """A question with its answers; the first is what Return takes and Escape means the last.

    Returns:
        The box, not shown yet, and its buttons in the order of `choices`.
    """
    box = QMessageBox(parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(title)
    box.setAccessibleName(title)
    box.setText(text)
    buttons = [box.addButton(choice, QMessageBox.ButtonRole.ActionRole) for choice in choices]
    box.setDefaultButton(buttons[0])
    box.setEscapeButton(buttons[-1])
    return box, tuple(buttons)
