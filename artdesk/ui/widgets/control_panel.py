"""All sampling controls in two groups, the finer ones folded away."""

import secrets
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from artdesk.core.new_recipe import MEMORY_SAMPLING
from artdesk.core.recipe import Sampling
from artdesk.studio.controls import CONTROLS, Control, control_of
from artdesk.studio.draft import Draft
from artdesk.ui.widgets.slider_row import SliderRow


class ControlPanel(QWidget):
    """Shows the draft's sampling and sends changed ones."""

    edited = Signal(object, str, str)  # Sampling, what was done, merge key
    locks_wanted = Signal(frozenset)
    gesture = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sampling = self._defaults = Sampling()
        self._locked: frozenset[str] = frozenset()
        self.rows: dict[str, SliderRow] = {}
        self.fold = QToolButton(self)
        self.fold.setObjectName("fold")
        self.fold.setText("Fine control")
        self.fold.setAccessibleName("Show fine control")
        self.fold.setCheckable(True)
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.setArrowType(Qt.ArrowType.RightArrow)
        self.fold.toggled.connect(self._unfold)
        self._fine = QWidget(self)
        coarse, fine = QVBoxLayout(), QVBoxLayout(self._fine)
        fine.setContentsMargins(0, 0, 0, 0)
        for layout in (coarse, fine):
            layout.setSpacing(8)
        for control in CONTROLS:
            row = SliderRow(control, self._fine if control.fine else self)
            row.value_wanted.connect(self._set)
            row.gesture.connect(self.gesture)
            row.dice_thrown.connect(self._throw)
            row.lock_wanted.connect(self._lock)
            self.rows[control.field] = row
            (fine if control.fine else coarse).addWidget(row)
        self._fine.hide()
        self.dice_all = QPushButton("Dice all", self)
        self.dice_all.setToolTip("A random value for every control that is not locked")
        self.dice_all.setAccessibleName("Throw a dice for all controls")
        self.dice_all.clicked.connect(self._throw_all)
        self.reset_all = QPushButton("Reset all", self)
        self.reset_all.setToolTip("Every control that is not locked back to its default")
        self.reset_all.setAccessibleName("Reset all controls")
        self.reset_all.clicked.connect(self._reset_all)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.dice_all)
        buttons.addWidget(self.reset_all)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(coarse)
        column.addWidget(self.fold)
        column.addWidget(self._fine)
        column.addLayout(buttons)

    def show_draft(self, draft: Draft) -> None:
        """Show the draft's values and locks."""
        self._sampling, self._locked = draft.sampling, draft.locked_controls
        self._defaults = Sampling() if draft.memory is None else MEMORY_SAMPLING
        for field, row in self.rows.items():
            value, default = (row.control.value(one) for one in (draft.sampling, self._defaults))
            row.show_value(value, locked=field in draft.locked_controls, default=default)

    def _unfold(self, on: bool) -> None:
        self._fine.setVisible(on)
        self.fold.setArrowType(Qt.ArrowType.DownArrow if on else Qt.ArrowType.RightArrow)
        self.fold.setAccessibleName("Hide fine control" if on else "Show fine control")

    def _set(self, field: str, value: int) -> None:
        name = control_of(field).name
        self.edited.emit(replace(self._sampling, **{field: value}), f"Set {name}", field)

    def _throw(self, field: str) -> None:
        control = control_of(field)
        value = control.throw(secrets.randbelow)
        self.edited.emit(replace(self._sampling, **{field: value}), f"Dice {control.name}", "")

    def _throw_all(self) -> None:
        values = {c.field: c.throw(secrets.randbelow) for c in self._free()}
        self.edited.emit(replace(self._sampling, **values), "Dice all controls", "")

    def _reset_all(self) -> None:
        values = {c.field: c.value(self._defaults) for c in self._free()}
        self.edited.emit(replace(self._sampling, **values), "Reset all controls", "")

    def _free(self) -> list[Control]:
        return [control for control in CONTROLS if control.field not in self._locked]

    def _lock(self, field: str, on: bool) -> None:
        self.locks_wanted.emit(self._locked | {field} if on else self._locked - {field})
