"""One line for what has to be said; never a dialog, and it moves nothing out of its place."""

from typing import Literal

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from artdesk.ui.widgets.icons import IconButton
from artdesk.ui.widgets.plain import PlainLabel

Level = Literal["info", "warning", "error"]
_TITLES: dict[Level, str] = {"info": "Note", "warning": "Note", "error": "Problem"}
INFO_MILLISECONDS = 8000
WIDEST = 720  # pixels; longer lines are hard to read
MARGIN = 12


class MessageBar(QFrame):
    """Shows the newest message. Notes leave by themselves, problems stay until closed.

    It floats over the lower edge of another widget, so nothing moves when it comes and goes.

    Args:
        over: the widget that it floats over.
        parent: an ancestor of `over` that the bar may cover.
    """

    def __init__(self, over: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = over
        self._ground = parent
        for widget in (over, parent):
            widget.installEventFilter(self)
        self.setObjectName("message")
        self._title = PlainLabel(parent=self)
        self._title.setObjectName("level")
        self._text = PlainLabel(parent=self)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.close_button = IconButton("close", "Close the message", parent=self)
        self.close_button.clicked.connect(self.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 6, 4)
        row.setSpacing(8)
        row.addWidget(self._title)
        row.addWidget(self._text, 1)
        row.addWidget(self.close_button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(INFO_MILLISECONDS)
        self._timer.timeout.connect(self.clear)
        self.hide()

    @property
    def text(self) -> str:
        """What is shown, or "" when the bar is hidden."""
        return "" if self.isHidden() else self._text.text()

    def say(self, text: str, level: Level = "info") -> None:
        """Show one sentence."""
        self._title.setText(_TITLES[level])
        self._text.setText(text)
        self.setAccessibleName(f"{_TITLES[level]}: {text}")
        self.setProperty("level", level)
        for widget in (self, self._title):
            widget.style().unpolish(widget)
            widget.style().polish(widget)
        self._settle()
        self.show()
        self.raise_()
        if level == "info":
            self._timer.start()
        else:
            self._timer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.LayoutRequest):
            self._settle()
        return super().eventFilter(watched, event)

    def _settle(self) -> None:
        """Take a place in the middle of the lower edge."""
        over = self._over
        width = max(0, min(WIDEST, over.width() - 2 * MARGIN))
        height = self.heightForWidth(width)
        corner = QPoint((over.width() - width) // 2, over.height() - height - MARGIN)
        corner = over.mapTo(self._ground, corner)
        self.setGeometry(corner.x(), corner.y(), width, height)

    def clear(self) -> None:
        """Hide the bar."""
        self._timer.stop()
        self._text.clear()
        self.hide()
