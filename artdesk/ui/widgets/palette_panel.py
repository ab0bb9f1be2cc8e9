"""The palette: five places, each the artist's colour or left to the model."""

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from artdesk.core.recipe import Swatch
from artdesk.studio.draft import SWATCHES
from artdesk.ui.widgets.colour_picker import ColourPicker
from artdesk.ui.widgets.icons import IconButton, Revealer
from artdesk.ui.widgets.plain import PlainLabel, tip

DEFAULT_SHARE = 200
NO_COLOUR = "#808080"  # what the picker begins with in a place that shows none
WHOLE_MILLI = 1000
FULL_MILLI = 950  # the engine takes shares from here on as a whole palette


class SwatchButton(QAbstractButton):
    """One colour: click selects it as the brush, double click or Return edits it."""

    edit_wanted = Signal()

    def __init__(self, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._index = index
        self._colour: str | None = None
        self._own = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(40, 40)
        self.show_colour(None, False)

    def sizeHint(self) -> QSize:
        return QSize(48, 44)

    def show_colour(self, colour: str | None, own: bool) -> None:
        """Show a colour; `own` says that it is the artist's and not the model's."""
        self._colour, self._own = colour, own
        owner = "locked" if own else "the model's choice"
        self.setAccessibleName(f"Colour {self._index + 1}: {colour or 'none yet'}, {owner}")
        text = (
            f"{colour or 'No colour yet'}, {owner}. Click: paint with it. Double click: change it."
        )
        self.setToolTip(tip(text))
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.edit_wanted.emit()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.edit_wanted.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self.palette()
        area = QRectF(self.rect()).adjusted(3, 3, -3, -3)
        pen = QPen(colours.mid().color(), 1.0 if self._own else 1.4)
        if not self._own:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(QColor(self._colour) if self._colour else colours.window())
        painter.drawRoundedRect(area, 6, 6)
        if self._colour is None:
            painter.setPen(colours.placeholderText().color())
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "?")
        elif not self._own:
            # A dot marks the model's colours, so that nothing hangs on the dashes alone.
            lightness = QColor(self._colour).lightnessF()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor("#000000" if lightness > 0.5 else "#ffffff"))
            painter.drawEllipse(QPointF(area.right() - 7, area.top() + 7), 2, 2)
        if self.isChecked() or self.hasFocus():
            accent = colours.highlight().color()
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(accent, 2.4 if self.isChecked() else 1.2))
            painter.drawRoundedRect(area.adjusted(-2, -2, 2, 2), 8, 8)
        if self.hasFocus():
            # Inside the ring of the brush, and of two tones: the colour below may be any.
            for tone, inset in (("#000000", 2.0), ("#ffffff", 3.5)):
                painter.setPen(QPen(QColor(tone), 1.5))
                painter.drawRoundedRect(area.adjusted(inset, inset, -inset, -inset), 5, 5)
        painter.end()


class PalettePanel(QWidget):
    """Five swatches with lock and share, colour picker, from picture, clear."""

    edited = Signal(tuple, object, str, str)  # five swatches or None, held, what, merge key
    picture_wanted = Signal()
    gesture = Signal(bool)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._swatches: tuple[Swatch | None, ...] = (None,) * SWATCHES
        self._held: frozenset[int] = frozenset()
        self._used: tuple[Swatch, ...] = ()
        self.selected = 0
        self.buttons: list[SwatchButton] = []
        self.locks: list[IconButton] = []
        self.shares: list[QSpinBox] = []
        grid = QGridLayout()
        grid.setSpacing(4)
        for index in range(SWATCHES):
            button = SwatchButton(index, self)
            button.clicked.connect(lambda _=False, i=index: self.select(i))
            button.edit_wanted.connect(lambda i=index: self.edit(i))
            lock = IconButton(
                "unlock",
                f"Lock colour {index + 1}",
                "Keep this colour; open: the model chooses",
                checked_icon="lock",
                parent=self,
            )
            lock.clicked.connect(lambda checked, i=index: self._lock(i, checked))
            share = QSpinBox(self)
            share.setObjectName("share")
            share.setRange(1, 100)
            share.setMinimumWidth(40)
            share.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            share.setSuffix(" %")
            share.setAlignment(Qt.AlignmentFlag.AlignCenter)
            share.setKeyboardTracking(False)
            share.setAccessibleName(f"Share of colour {index + 1}")
            share.setToolTip("How much of the picture this colour takes")
            share.valueChanged.connect(lambda value, i=index: self._share(i, value))
            grid.addWidget(button, 0, index)
            grid.addWidget(lock, 1, index, Qt.AlignmentFlag.AlignCenter)
            grid.addWidget(share, 2, index)
            grid.setColumnStretch(index, 1)
            self.buttons.append(button)
            self.locks.append(lock)
            self.shares.append(share)
        self.note = PlainLabel(parent=self)
        self.note.setObjectName("dim")
        self.note.setWordWrap(True)
        self.edit_button = IconButton(
            "pencil", "Edit the selected colour", "Change the selected colour", parent=self
        )
        self.edit_button.clicked.connect(lambda: self.edit(self.selected))
        self.picture_button = QPushButton("From picture…", self)
        self.picture_button.setToolTip(
            "Take the colours of a picture into the open places; or drop a picture here"
        )
        self.picture_button.setAccessibleName("Take the palette from a picture")
        self.picture_button.clicked.connect(self.picture_wanted)
        self.clear_button = QPushButton("Clear", self)
        self.clear_button.setToolTip("Leave all colours to the model")
        self.clear_button.setAccessibleName("Clear the palette: the model chooses")
        self.clear_button.clicked.connect(
            lambda: self._send([None] * SWATCHES, frozenset(), "Clear palette")
        )
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.edit_button)
        row.addStretch(1)
        row.addWidget(self.clear_button)
        row.addWidget(self.picture_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(grid)
        column.addWidget(self.note)
        column.addLayout(row)
        self.picker = ColourPicker(self)
        self.picker.hide()
        self.picker.colour_wanted.connect(self._set_colour)
        self.picker.suggested.connect(self._suggested)
        self.picker.gesture.connect(self.gesture)
        self.picker.closed.connect(self._close_picker)
        column.addWidget(self.picker)
        self._revealer = Revealer(self, self.locks)
        self.select(0)
        self._refresh()

    def show_swatches(self, swatches: tuple[Swatch | None, ...], held: frozenset[int]) -> None:
        """Show the artist's colours; those of the places in `held` are the model's, held fast."""
        if (swatches, held) != (self._swatches, self._held):
            self._swatches, self._held = swatches, held
            self._refresh()

    def show_used(self, used: tuple[Swatch, ...]) -> None:
        """Show which colours the model used where the artist left it the choice."""
        if used != self._used:
            self._used = used
            self._refresh()

    def colour(self, index: int) -> str | None:
        """The colour that a place shows."""
        swatch = self._shown(index)
        return swatch.colour if swatch is not None else None

    def brush(self) -> str | None:
        """The selected colour, to paint the sketch with."""
        return self.colour(self.selected)

    def select(self, index: int) -> None:
        """Make a place the brush."""
        self.selected = index
        for other, button in enumerate(self.buttons):
            button.setChecked(other == index)
        self._show_in_picker()

    def edit(self, index: int) -> None:
        """Open the colour picker under the palette; the place follows it live."""
        self.select(index)
        self.picker.show()
        self._show_in_picker()
        next(iter(self.picker.sliders.values())).setFocus()

    def _show_in_picker(self) -> None:
        if not self.picker.isHidden():
            self.picker.show_colour(self.selected, self.brush() or NO_COLOUR)

    def _close_picker(self) -> None:
        self.picker.hide()
        self.buttons[self.selected].setFocus()

    def _suggested(self, colour: str) -> None:
        """Lock a colour that goes with the selected one in the next place that is not locked."""
        locked = self._locked()
        places = [(self.selected + step) % SWATCHES for step in range(1, SWATCHES)]
        place = next((one for one in places if one not in locked), None)
        if place is None:
            self.refused.emit("All places are locked: open the lock of one first.")
            return
        shown = self._shown(place)
        share = shown.share_milli if shown is not None else DEFAULT_SHARE
        locked_too = Swatch(colour=colour, share_milli=share)
        self._put(place, locked_too, "Use harmony")

    def take(self, palette: tuple[Swatch, ...], text: str) -> None:
        """Put colours, most important first, into the places that are not locked."""
        locked = self._locked()
        if len(locked) == SWATCHES:
            locked = {}
        taken = {swatch.colour for swatch in locked.values()}
        fresh = iter([swatch for swatch in palette if swatch.colour not in taken])
        places = [locked.get(index) or next(fresh, None) for index in range(SWATCHES)]
        self._send(places, frozenset(), text)

    def _locked(self) -> dict[int, Swatch]:
        """The artist's colours by place."""
        return {
            index: swatch
            for index, swatch in enumerate(self._swatches)
            if swatch is not None and index not in self._held
        }

    def _shown(self, index: int) -> Swatch | None:
        """The place's own swatch, or else the model's next one that no place has."""
        own = self._swatches[index]
        if own is not None:
            return own
        taken = {swatch.colour for swatch in self._swatches if swatch is not None}
        free = [swatch for swatch in self._used if swatch.colour not in taken]
        open_places = [i for i, swatch in enumerate(self._swatches) if swatch is None]
        position = open_places.index(index)
        return free[position] if position < len(free) else None

    def _send(
        self, places: list[Swatch | None], held: frozenset[int], text: str, merge: str = ""
    ) -> None:
        self.edited.emit(tuple(places), held, text, merge)

    def _put(self, index: int, swatch: Swatch, text: str, merge: str = "") -> None:
        """Lock a colour in a place; the others stay as they are shown, until the next seed."""
        locked = self._locked() | {index: swatch}
        shown = {place: self._shown(place) for place in range(SWATCHES) if place not in locked}
        others = {place: other for place, other in shown.items() if other is not None}
        rest = WHOLE_MILLI - sum(own.share_milli for own in locked.values())
        if rest <= WHOLE_MILLI - FULL_MILLI:  # no room: the engine would use no others either
            others = {}
        total = sum(other.share_milli for other in others.values())
        for place, other in others.items():
            share = max(1, rest * other.share_milli // total)
            others[place] = replace(other, share_milli=share)
        places = [locked.get(place) or others.get(place) for place in range(SWATCHES)]
        self._send(places, frozenset(others), text, merge)

    def _set_colour(self, colour: str) -> None:
        shown = self._shown(self.selected)
        share = shown.share_milli if shown is not None else DEFAULT_SHARE
        swatch = Swatch(colour=colour, share_milli=share)
        self._put(self.selected, swatch, "Change colour", f"colour {self.selected}")

    def _lock(self, index: int, checked: bool) -> None:
        if not checked:
            self._free(index)
            return
        shown = self._shown(index)
        if shown is None:
            self.locks[index].setChecked(False)
            self.edit(index)
            return
        self._put(index, shown, "Lock colour")

    def _free(self, index: int) -> None:
        """Unlock a place: its colour is held until the next seed while others are locked."""
        if self._locked().keys() - {index}:
            self._send(list(self._swatches), self._held | {index}, "Free colour")
        else:
            self._send([None] * SWATCHES, frozenset(), "Free colour")

    def _share(self, index: int, percent: int) -> None:
        own = self._locked().get(index)
        if own is not None and round(own.share_milli / 10) != percent:
            swatch = replace(own, share_milli=percent * 10)
            self._put(index, swatch, "Change share", f"share {index}")

    def _refresh(self) -> None:
        locked = self._locked()
        for index in range(SWATCHES):
            shown = self._shown(index)
            self.buttons[index].show_colour(
                shown.colour if shown is not None else None, index in locked
            )
            self.locks[index].setChecked(index in locked)
            share = self.shares[index]
            blocked = share.blockSignals(True)
            share.setValue(max(1, round(shown.share_milli / 10)) if shown is not None else 20)
            share.blockSignals(blocked)
            share.setEnabled(index in locked)
        taken = sum(swatch.share_milli for swatch in locked.values())
        if not locked:
            note = "The model chooses. Lock a colour to keep it."
        elif len(locked) == SWATCHES:
            note = "All five colours are yours."
        elif taken >= FULL_MILLI:
            note = "Your shares reach 100 %: no other colours are used."
        elif self._held:
            note = f"{taken / 10:.0f} % is yours; the others stay until the next seed."
        else:
            note = f"{taken / 10:.0f} % is yours; the model adds the rest."
        self.note.setText(note)
        self._show_in_picker()
