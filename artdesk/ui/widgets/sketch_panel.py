"""The sketch with its tools: lock, re-compose, from picture, erase, clear."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from artdesk.core.recipe import Sketch
from artdesk.studio.draft import Draft, grid_size
from artdesk.ui.widgets.icons import IconButton
from artdesk.ui.widgets.sketch_grid import SketchGrid


class SketchPanel(QWidget):
    """Shows the draft's sketch over the one that the model drew last."""

    lock_wanted = Signal(bool)
    recompose_wanted = Signal()
    picture_wanted = Signal()
    clear_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft: Draft | None = None
        self._drawn: Sketch | None = None
        self.grid = SketchGrid(self)
        self.lock = IconButton(
            "unlock",
            "Lock the sketch",
            "Keep this composition (Ctrl+L); open: each seed draws its own",
            checked_icon="lock",
            parent=self,
        )
        self.lock.clicked.connect(self.lock_wanted)
        self.eraser = IconButton(
            "eraser",
            "Erase cells",
            "Erase: clicked cells are left to the model (also the right mouse button)",
            checkable=True,
            parent=self,
        )
        self.eraser.toggled.connect(self._erase)
        self.recompose = QPushButton("Re-compose", self)
        self.recompose.setToolTip("Draw a new sketch; painted cells stay (Ctrl+R)")
        self.recompose.setAccessibleName("Re-compose: draw a new sketch")
        self.recompose.clicked.connect(self.recompose_wanted)
        self.from_picture = IconButton(
            "picture",
            "Take the sketch from a picture",
            "Take the sketch from a picture; or drop a picture here",
            parent=self,
        )
        self.from_picture.clicked.connect(self.picture_wanted)
        self.clear = IconButton(
            "clear", "Clear the sketch", "Clear: the model draws all cells", parent=self
        )
        self.clear.clicked.connect(self.clear_wanted)
        self.note = QLabel(self)
        self.note.setObjectName("dim")
        self.note.setWordWrap(True)
        tools = QHBoxLayout()
        tools.setSpacing(4)
        for widget in (self.lock, self.eraser, self.from_picture, self.clear):
            tools.addWidget(widget)
        tools.addStretch(1)
        tools.addWidget(self.recompose)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.grid)
        column.addLayout(tools)
        column.addWidget(self.note)

    def show_draft(self, draft: Draft) -> None:
        """Show the draft's sketch."""
        self._draft = draft
        self._refresh()

    def show_drawn(self, sketch: Sketch) -> None:
        """Show what the model drew where nothing is fixed."""
        self._drawn = sketch
        self._refresh()

    @property
    def drawn(self) -> Sketch | None:
        """The last sketch that the model drew."""
        return self._drawn

    def _erase(self, on: bool) -> None:
        self.grid.erasing = on

    def _refresh(self) -> None:
        draft = self._draft
        if draft is None:
            return
        self.grid.show_sketch(grid_size(draft.canvas), draft.sketch, draft.painted, self._drawn)
        self.lock.setChecked(draft.sketch_locked)
        if draft.sketch_locked:
            note = "Locked: every seed paints this composition."
        elif draft.painted:
            cells = "cell is" if len(draft.painted) == 1 else "cells are"
            note = f"{len(draft.painted)} {cells} yours; the model draws the rest."
        else:
            note = "The model draws it. Click to paint with the chosen colour."
        self.note.setText(note)
