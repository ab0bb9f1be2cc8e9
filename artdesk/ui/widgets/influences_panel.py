"""The works that a picture is painted from: who they are, how much, and what to do about them."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from artdesk.core.recipe import Memory
from artdesk.studio.controls import MEMORY_CONTROLS
from artdesk.studio.influences import Contribution, is_named
from artdesk.ui.widgets.icons import IconButton
from artdesk.ui.widgets.plain import PlainLabel, tip
from artdesk.ui.widgets.slider_row import SliderRow

THUMBNAIL = 56
FROM_WORK, IMAGINED, FROM_PICTURE = range(3)
EMPTY = "The works that a picture is painted from appear here with their artists."
ALONE = "This picture was drawn by the networks alone."


class ContributionRow(QFrame):
    """One work: thumbnail, credit, share, and keep, more, less, never."""

    wanted = Signal(str, str)  # what: keep, free, more, less, ban, compose; id of the work
    looked_at = Signal(str)  # id while the pointer or the focus is here, "" after

    def __init__(self, part: Contribution, *, kept: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.part = part
        self.setObjectName("row")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.picture = PlainLabel(parent=self)
        self.picture.setFixedSize(THUMBNAIL, THUMBNAIL)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setAccessibleName(f"Picture of {part.credit}")
        self._share = PlainLabel(parent=self)
        self._share.setObjectName("dim")
        credit = PlainLabel(part.credit, self)
        credit.setWordWrap(True)
        self._keep = IconButton(
            "unlock",
            f"Keep {part.credit}",
            "Keep this work for the next pictures",
            checked_icon="lock",
            side=24,
            parent=self,
        )
        more = IconButton("plus", f"More like {part.credit}", "More like this", side=24)
        less = IconButton("minus", f"Less like {part.credit}", "Less like this", side=24)
        never = IconButton("clear", f"Never use {part.credit}", "Never use this work", side=24)
        self._keep.clicked.connect(lambda on: self.wanted.emit("keep" if on else "free", part.work))
        more.clicked.connect(lambda: self.wanted.emit("more", part.work))
        less.clicked.connect(lambda: self.wanted.emit("less", part.work))
        never.clicked.connect(lambda: self.wanted.emit("ban", part.work))
        self._weights = (more, less)
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        buttons.addWidget(self._share, 1)
        for button in (self._keep, less, more, never):
            buttons.addWidget(button)
        grid = QGridLayout(self)
        grid.setContentsMargins(4, 4, 4, 4)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        grid.addWidget(self.picture, 0, 0, 2, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(credit, 0, 1)
        grid.addLayout(buttons, 1, 1)
        grid.setColumnStretch(1, 1)
        self.show_part(part, kept=kept)

    def show_part(self, part: Contribution, *, kept: bool) -> None:
        """Show another share of the same work."""
        self.part = part
        share = "composition" if part.composed and part.share == 0 else f"{part.share:.0%}"
        if part.composed and part.share > 0:
            share += " and the composition"
        self._share.setText(share)
        self.setAccessibleName(f"{part.credit}, {share}")
        self.setAccessibleDescription(part.licence)
        self.setToolTip(tip(f"{part.credit}\n{part.licence}"))
        self._keep.setChecked(kept)
        for button in self._weights:
            button.setVisible(part.share > 0)

    def show_picture(self, pixmap: QPixmap) -> None:
        """Show the work, drawn from its own tokens."""
        self.picture.setPixmap(pixmap)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.looked_at.emit(self.part.work)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.looked_at.emit("")
        super().leaveEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.looked_at.emit(self.part.work)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.looked_at.emit("")
        super().focusOutEvent(event)


class InfluencesPanel(QWidget):
    """Shows a picture's influences and the draft's memory, and sends what is wanted of them."""

    memory_wanted = Signal(bool)
    control_wanted = Signal(str, int)
    gesture = Signal(bool)
    composition_wanted = Signal(int)
    contribution_wanted = Signal(str, str)
    looked_at = Signal(str)
    collection_wanted = Signal(str)  # name, "" for all
    browse_wanted = Signal()
    allow_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.memory_on = QCheckBox("Paint from remembered works", self)
        self.memory_on.setToolTip("Off, the networks draw alone")
        self.memory_on.clicked.connect(self.memory_wanted)
        self.source = QComboBox(self)
        self.source.setAccessibleName("Where the composition comes from")
        self.source.addItems(
            ["Composition from a work", "Imagined composition", "Composition from a picture…"]
        )
        self.source.activated.connect(self.composition_wanted)
        self.collections = QComboBox(self)
        self.collections.setAccessibleName("Which collections to paint from")
        self.collections.activated.connect(
            lambda row: self.collection_wanted.emit(self.collections.itemData(row))
        )
        self.show_collections((), "")
        self.rows: list[ContributionRow] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        self.empty = PlainLabel(EMPTY, self)
        self.empty.setObjectName("dim")
        self.empty.setWordWrap(True)
        self.browse = QPushButton("Choose works…", self)
        self.browse.clicked.connect(self.browse_wanted)
        self.allow = QPushButton("Allow banned works", self)
        self.allow.clicked.connect(self.allow_wanted)
        buttons = QHBoxLayout()
        buttons.addWidget(self.browse)
        buttons.addWidget(self.allow)
        buttons.addStretch(1)
        self.controls = {control.field: SliderRow(control, self) for control in MEMORY_CONTROLS}
        self._body = QWidget(self)
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(8)
        body.addWidget(self.collections)
        body.addWidget(self.source)
        for control in MEMORY_CONTROLS:
            row = self.controls[control.field]
            row.value_wanted.connect(self.control_wanted)
            row.gesture.connect(self.gesture)
            row.dice.hide()
            row.lock.hide()
            body.addWidget(row)
        body.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.memory_on)
        column.addWidget(self.empty)
        column.addLayout(self._list)
        column.addWidget(self._body)
        self.show_memory(None)

    def show_memory(self, memory: Memory | None, *, possible: bool = True) -> None:
        """Show what the draft wants; without a collection nothing can be switched on."""
        self.memory_on.setEnabled(possible)
        self.memory_on.setChecked(memory is not None)
        self._body.setVisible(memory is not None)
        if memory is None:
            return
        sources = {"work": FROM_WORK, "imagined": IMAGINED, "picture": FROM_PICTURE}
        self.source.setCurrentIndex(sources[memory.composition.source])
        for control in MEMORY_CONTROLS:
            self.controls[control.field].show_value(control.of(memory), locked=False)
        count = len(memory.banned)
        self.allow.setVisible(count > 0)
        self.allow.setText(f"Allow {count} banned work{'s' if count > 1 else ''}")

    def show_collections(self, names: Sequence[str], chosen: str) -> None:
        """Show the collections there are; `chosen` is the one to paint from, "" for all."""
        known = [self.collections.itemData(row) for row in range(self.collections.count())]
        if known != ["", *names]:
            self.collections.clear()
            self.collections.addItem("From all remembered works", "")
            for name in names:
                self.collections.addItem(f"Only from “{name}”", name)
        self.collections.setCurrentIndex(max(0, self.collections.findData(chosen)))
        self.collections.setEnabled(len(names) > 1)

    def show_contributions(
        self, parts: Sequence[Contribution], memory: Memory | None, *, alone: bool = False
    ) -> None:
        """Show the works of a picture, the largest share first.

        Rows of works that stay are kept, so that nothing loses the focus while a slider moves.
        """
        self.empty.setText(ALONE if alone else EMPTY)
        self.empty.setVisible(not parts)
        if [row.part.work for row in self.rows] == [part.work for part in parts]:
            for row, part in zip(self.rows, parts, strict=True):
                row.show_part(part, kept=_is_kept(memory, part.work))
            return
        for row in self.rows:
            self._list.removeWidget(row)
            row.deleteLater()
        self.rows = []
        for part in parts:
            row = ContributionRow(part, kept=_is_kept(memory, part.work))
            row.wanted.connect(self.contribution_wanted)
            row.looked_at.connect(self.looked_at)
            self.rows.append(row)
            self._list.addWidget(row)


def _is_kept(memory: Memory | None, work: str) -> bool:
    return memory is not None and (is_named(memory, work) or memory.composition.work == work)
