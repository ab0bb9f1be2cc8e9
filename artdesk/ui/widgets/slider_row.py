"""One sampling control: names, slider, number field, reset, dice and lock."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QHBoxLayout, QSlider, QWidget

from artdesk.studio.controls import Control
from artdesk.ui.widgets.icons import IconButton, Revealer
from artdesk.ui.widgets.plain import PlainLabel, tip


class FocusSlider(QSlider):
    """A slider that ignores the wheel unless focused, so that scrolling changes nothing."""

    reset_wanted = Signal()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.reset_wanted.emit()
        else:
            super().keyPressEvent(event)


class FocusSpin(QDoubleSpinBox):
    """A number field that ignores the wheel unless focused."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class SliderRow(QWidget):
    """Shows one control and sends the value that is wanted, in stored units."""

    value_wanted = Signal(str, int)
    gesture = Signal(bool)
    dice_thrown = Signal(str)
    lock_wanted = Signal(str, bool)

    def __init__(self, control: Control, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.control = control
        self._value = self._default = control.default
        title = PlainLabel(control.name, self)
        technical = PlainLabel(control.technical, self)
        technical.setObjectName("dim")
        self.slider = FocusSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(control.ticks(control.low), control.ticks(control.high))
        self.slider.setPageStep(max(1, (self.slider.maximum() - self.slider.minimum()) // 10))
        if control.quantum > 1:
            self.slider.setSingleStep(5)
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.slider.setFixedHeight(24)
        self.spin = FocusSpin(self)
        self.spin.setRange(control.low / control.divisor, control.high / control.divisor)
        self.spin.setDecimals(control.decimals)
        self.spin.setSingleStep(0.05 if control.divisor > 1 else 1)
        self.spin.setKeyboardTracking(False)
        self.spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.spin.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.spin.lineEdit().setTextMargins(0, 0, 5, 0)
        self.spin.setObjectName("number")
        self.spin.setFixedSize(72, 24)
        self.reset = IconButton("reset", f"Reset {control.name}", side=24, parent=self)
        self.dice = IconButton("dice", f"Throw a dice for {control.name}", side=24, parent=self)
        self.lock = IconButton(
            "unlock",
            f"Lock {control.name}",
            "Locked controls keep their value when all are diced or recalled",
            checked_icon="lock",
            side=24,
            parent=self,
        )
        for widget, kind in ((self.slider, "slider"), (self.spin, "number")):
            widget.setAccessibleName(f"{control.name}, {control.technical}, {kind}")
            widget.setAccessibleDescription(control.help)
            widget.setToolTip(tip(control.help))
        title.setToolTip(tip(control.help))
        names = QHBoxLayout()
        names.setSpacing(6)
        names.addWidget(title)
        names.addWidget(technical)
        names.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        for button in (self.reset, self.dice, self.lock):
            buttons.addWidget(button)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        grid.addLayout(names, 0, 0)
        grid.addLayout(buttons, 0, 1)
        grid.addWidget(self.slider, 1, 0)
        grid.addWidget(self.spin, 1, 1, Qt.AlignmentFlag.AlignRight)
        grid.setColumnStretch(0, 1)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderPressed.connect(lambda: self.gesture.emit(True))
        self.slider.sliderReleased.connect(lambda: self.gesture.emit(False))
        self.slider.reset_wanted.connect(self._reset)
        self.spin.valueChanged.connect(self._typed)
        self.reset.clicked.connect(self._reset)
        self.dice.clicked.connect(lambda: self.dice_thrown.emit(control.field))
        self.lock.clicked.connect(lambda on: self.lock_wanted.emit(control.field, on))
        self._revealer = Revealer(self, (self.reset, self.dice, self.lock))
        self.show_value(control.default, locked=False)

    def show_value(self, value: int, *, locked: bool, default: int | None = None) -> None:
        """Show a stored value without sending it back; `default` is what a reset goes back to."""
        self._value = value
        self._default = self.control.default if default is None else default
        with QSignalBlocker(self.slider), QSignalBlocker(self.spin):
            self.slider.setValue(self.control.ticks(value))
            self.spin.setValue(value / self.control.divisor)
        self.reset.setEnabled(value != self._default)
        self.lock.setChecked(locked)

    def _slid(self, ticks: int) -> None:
        self._want(self.control.clamp(ticks * self.control.quantum))

    def _typed(self, shown: float) -> None:
        self._want(self.control.clamp(round(shown * self.control.divisor)))

    def _reset(self) -> None:
        self._want(self._default)

    def _want(self, value: int) -> None:
        if value != self._value:
            self.value_wanted.emit(self.control.field, value)
