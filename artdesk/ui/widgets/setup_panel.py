"""Seed, size and number of pictures."""

import secrets
from dataclasses import replace

from PySide6.QtCore import QPointF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QSpinBox, QWidget

from artdesk.core.recipe import MAX_SIDE, MIN_SIDE, SIDE_STEP, Canvas
from artdesk.studio.draft import MAX_BATCH, SEEDS, Draft
from artdesk.ui.widgets.icons import IconButton
from artdesk.ui.widgets.plain import PlainLabel, tip

PRESETS: tuple[tuple[str, int, int], ...] = (
    ("Square, small", 256, 256),
    ("Square, medium", 512, 512),
    ("Square, large", 1024, 1024),
    ("Landscape 4:3", 512, 384),
    ("Landscape 3:2", 768, 512),
    ("Wide 16:9", 768, 432),
    ("Portrait 3:4", 384, 512),
    ("Portrait 2:3", 512, 768),
    ("Tall 9:16", 432, 768),
)
CUSTOM = "Custom"


class CalmComboBox(QComboBox):
    """A list that ignores the wheel unless focused, with an arrow in the theme's colour."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().placeholderText().color(), 1.6))
        middle = QPointF(self.width() - 15, self.height() / 2 + 1)
        painter.drawPolyline(
            [middle + QPointF(-4, -2), middle + QPointF(0, 2), middle + QPointF(4, -2)]
        )
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class SideSpin(QSpinBox):
    """A side in pixels; what is typed is rounded to the next multiple of eight."""

    rounded = Signal(str)

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = name
        self._typed = ""
        self.lineEdit().textEdited.connect(self._remember)
        self.editingFinished.connect(self._finished)
        self.setRange(MIN_SIDE, MAX_SIDE)
        self.setSingleStep(SIDE_STEP)
        self.lineEdit().setTextMargins(5, 0, 0, 0)
        self.setKeyboardTracking(False)
        self.setAccessibleName(f"{name} in pixels")
        self.setToolTip(tip(f"{name}: {MIN_SIDE} to {MAX_SIDE} pixels in steps of {SIDE_STEP}"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def valueFromText(self, text: str) -> int:
        """Round to a multiple of eight."""
        typed = super().valueFromText(text)
        rounded = (typed + SIDE_STEP // 2) // SIDE_STEP * SIDE_STEP
        return max(MIN_SIDE, min(MAX_SIDE, rounded))

    def _remember(self, text: str) -> None:
        self._typed = text.strip()

    def _finished(self) -> None:
        """Say when the value is not what was typed."""
        typed, self._typed = self._typed, ""
        if typed.isdigit() and int(typed) != self.value():
            self.rounded.emit(
                f"{self._name} has to be a multiple of {SIDE_STEP} from {MIN_SIDE} to {MAX_SIDE}; "
                f"{int(typed)} became {self.value()}."
            )

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class SetupPanel(QWidget):
    """Shows the draft's seed, canvas and batch and sends changed drafts."""

    edited = Signal(object, str, str)  # Draft, what was done, merge key
    said = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = Draft()
        self.seed = QLineEdit(self)
        self.seed.setAccessibleName("Seed")
        self.seed.setToolTip(tip(f"The same seed gives the same picture; 0 to {SEEDS - 1}"))
        self.seed.setMaxLength(24)
        self.seed.editingFinished.connect(self._seed_typed)
        self.dice = IconButton("dice", "New seed", "New seed (Ctrl+D)", parent=self)
        self.dice.clicked.connect(self.throw_seed)
        self.lock = IconButton(
            "unlock",
            "Lock the seed",
            "Locked: Generate makes the same picture again; open: each one is new",
            checked_icon="lock",
            parent=self,
        )
        self.lock.clicked.connect(self._lock_seed)
        self.preset = CalmComboBox(self)
        self.preset.setAccessibleName("Size preset")
        self.preset.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for name, width, height in PRESETS:
            self.preset.addItem(f"{name}  {width} × {height}")
        self.preset.addItem(CUSTOM)
        self.preset.activated.connect(self._preset_chosen)
        self.width_spin = SideSpin("Width", self)
        self.height_spin = SideSpin("Height", self)
        for spin in (self.width_spin, self.height_spin):
            spin.valueChanged.connect(self._size_changed)
            spin.rounded.connect(self.said)
        self.batch = QSpinBox(self)
        self.batch.setRange(1, MAX_BATCH)
        self.batch.setKeyboardTracking(False)
        self.batch.lineEdit().setTextMargins(5, 0, 0, 0)
        self.batch.setAccessibleName("Number of pictures")
        self.batch.setToolTip("How many pictures Generate makes, each with the next seed")
        self.batch.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.batch.valueChanged.connect(self._batch_changed)
        self.fewer = IconButton("minus", "One picture less", parent=self)
        self.fewer.clicked.connect(self.batch.stepDown)
        self.more = IconButton("plus", "One picture more", parent=self)
        self.more.clicked.connect(self.batch.stepUp)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        for row, (text, partner) in enumerate(
            (("Seed", self.seed), ("Size", self.preset), ("", None), ("Pictures", self.batch))
        ):
            if partner is not None:
                label = PlainLabel(text, self)
                label.setBuddy(partner)
                grid.addWidget(label, row, 0)
        times = PlainLabel("×", self)
        times.setAlignment(Qt.AlignmentFlag.AlignCenter)
        grid.addWidget(self.seed, 0, 1, 1, 3)
        grid.addWidget(self.dice, 0, 4)
        grid.addWidget(self.lock, 0, 5)
        grid.addWidget(self.preset, 1, 1, 1, 5)
        grid.addWidget(self.width_spin, 2, 1)
        grid.addWidget(times, 2, 2)
        grid.addWidget(self.height_spin, 2, 3)
        grid.addWidget(self.batch, 3, 1)
        grid.addWidget(self.fewer, 3, 4)
        grid.addWidget(self.more, 3, 5)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)

    def show_draft(self, draft: Draft) -> None:
        """Show the draft's values."""
        self._draft = draft
        self.seed.setText(str(draft.seed))
        self.lock.setChecked(draft.seed_locked)
        with (
            QSignalBlocker(self.width_spin),
            QSignalBlocker(self.height_spin),
            QSignalBlocker(self.batch),
        ):
            self.width_spin.setValue(draft.canvas.width)
            self.height_spin.setValue(draft.canvas.height)
            self.batch.setValue(draft.batch)
        sizes = [(width, height) for _, width, height in PRESETS]
        size = (draft.canvas.width, draft.canvas.height)
        self.preset.setCurrentIndex(sizes.index(size) if size in sizes else len(sizes))

    def throw_seed(self) -> None:
        """Ask for a random seed."""
        fresh = self._draft.with_seed(secrets.randbelow(SEEDS))
        self.edited.emit(fresh, "New seed", "")

    def _seed_typed(self) -> None:
        text = self.seed.text().strip().replace(" ", "")
        if text == str(self._draft.seed):
            return
        if text.isascii() and text.isdigit() and int(text) < SEEDS:
            self.edited.emit(self._draft.with_seed(int(text)), "Set seed", "")
        else:
            shown = text if len(text) <= 16 else text[:16] + "…"
            self.seed.setText(str(self._draft.seed))
            self.said.emit(
                f"The seed has to be a whole number from 0 to {SEEDS - 1}; “{shown}” is not, "
                "so the old one stays."
            )

    def _lock_seed(self, on: bool) -> None:
        text = "Lock seed" if on else "Unlock seed"
        self.edited.emit(replace(self._draft, seed_locked=on), text, "")

    def _preset_chosen(self, index: int) -> None:
        if index >= len(PRESETS):
            self.width_spin.setFocus()
            self.width_spin.selectAll()
            return
        _, width, height = PRESETS[index]
        canvas = Canvas(width=width, height=height)
        self.edited.emit(self._draft.with_canvas(canvas), "Change size", "")

    def _size_changed(self) -> None:
        width, height = self.width_spin.value(), self.height_spin.value()
        if width % SIDE_STEP or height % SIDE_STEP:
            return
        canvas = Canvas(width=width, height=height)
        self.edited.emit(self._draft.with_canvas(canvas), "Change size", "size")

    def _batch_changed(self, count: int) -> None:
        self.edited.emit(replace(self._draft, batch=count), "Change number", "batch")
