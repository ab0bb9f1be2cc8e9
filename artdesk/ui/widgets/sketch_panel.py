"""The sketch with its tools: lock, re-compose, from picture, erase, clear."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from artdesk.core.recipe import Sketch
from artdesk.studio.draft import Draft, grid_size
from artdesk.ui.widgets.icons import IconButton
from artdesk.ui.widgets.plain import PlainLabel
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
            "Keep this composition (Ctrl+L); open: each seed draws what you did not paint",
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
        self.note = PlainLabel(parent=self)
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

    def forget_drawn(self, index: int) -> None:
        """Show a cell as open until the model has drawn it again."""
        if self._drawn is not None and index < len(self._drawn.cells):
            cells = list(self._drawn.cells)
            cells[index] = None
            self._drawn = replace(self._drawn, cells=tuple(cells))
            self._refresh()

    @property
    def drawn(self) -> Sketch | None:
        """The last sketch that the model drew; a cell erased since is None."""
        return self._drawn

    def _erase(self, on: bool) -> None:
        self.grid.erasing = on

    def _refresh(self) -> None:
        draft = self._draft
        if draft is None:
            return
        self.grid.show_sketch(grid_size(draft.canvas), draft.sketch, draft.painted, self._drawn)
        self.lock.setChecked(draft.sketch_locked)
        count = len(draft.painted)
        partly = draft.sketch is not None and 0 < count < len(draft.sketch.cells)
        yours = f"{count} cell is yours" if count == 1 else f"{count} cells are yours"
        if partly and draft.sketch_locked:
            note = f"{yours}; the rest stays as it is for every seed."
        elif draft.sketch_locked:
            note = "Locked: every seed paints this composition."
        elif partly:
            note = f"{yours}; the model draws the open ones for each seed."
        elif draft.sketch is not None:
            note = "The model draws the open cells for each seed; the others stay."
        else:
            note = "The model draws it. Click to paint with the chosen colour."
        self.note.setText(note)
        self.recompose.setText("Redraw the rest" if partly else "Re-compose")
        self.recompose.setAccessibleName(
            "Redraw the rest: a new sketch around the painted cells"
            if partly
            else "Re-compose: draw a new sketch"
        )
