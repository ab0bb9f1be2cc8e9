"""The button that folds the avoided words away while there are none."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from artdesk.ui.widgets.plain import tip
from artdesk.ui.widgets.word_field import WordField

_SHOW = "Words that the picture should keep away from"
_IN_USE = "Words are avoided: remove them first, then this row folds away"


class WordsFold(QToolButton):
    """Shows and hides a field of words; a field with words in it stays in sight.

    Args:
        field: what takes the focus when it is unfolded.
    """

    def __init__(self, field: WordField, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self._followers: list[QWidget] = []
        self.setObjectName("fold")
        self.setText("Avoid")
        self.setCheckable(True)
        self.setFixedHeight(38)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.toggled.connect(self._fold)
        self.clicked.connect(self._enter)
        self._fold(False)
        self.show_used(False)

    def follow(self, widget: QWidget) -> QWidget:
        """Make a widget come and go with the field."""
        self._followers.append(widget)
        widget.setVisible(self.isChecked())
        return widget

    def show_used(self, used: bool) -> None:
        """Say whether there are avoided words; these are always in sight."""
        if used:
            self.setChecked(True)
        self.setEnabled(not used)
        self.setToolTip(tip(_IN_USE if used else _SHOW))

    def _fold(self, shown: bool) -> None:
        self.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        self.setAccessibleName("Hide the words to avoid" if shown else "Show the words to avoid")
        for widget in self._followers:
            widget.setVisible(shown)

    def _enter(self, shown: bool) -> None:
        if shown:
            self._field.line.setFocus()
