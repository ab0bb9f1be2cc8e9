"""Small line icons drawn in the theme's colours, and the button that wears them."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFocusEvent, QIcon, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from artdesk.ui.widgets import plain, theme

SIDE = 16


def _lock(painter: QPainter) -> None:
    painter.drawRoundedRect(QRectF(3, 7, 10, 7), 1.5, 1.5)
    painter.drawArc(QRectF(5, 2, 6, 10), 0, 180 * 16)


def _unlock(painter: QPainter) -> None:
    painter.drawRoundedRect(QRectF(3, 7, 10, 7), 1.5, 1.5)
    painter.drawArc(QRectF(8, 2, 6, 10), 0, 180 * 16)


def _dice(painter: QPainter) -> None:
    painter.drawRoundedRect(QRectF(2.5, 2.5, 11, 11), 2, 2)
    painter.setBrush(painter.pen().color())
    for x, y in ((5.5, 5.5), (10.5, 5.5), (8, 8), (5.5, 10.5), (10.5, 10.5)):
        painter.drawEllipse(QPointF(x, y), 0.5, 0.5)


def _reset(painter: QPainter) -> None:
    painter.drawArc(QRectF(3, 3, 10, 10), 120 * 16, -300 * 16)
    path = QPainterPath(QPointF(5.6, 0.9))
    path.lineTo(5.6, 4.2)
    path.lineTo(8.9, 4.2)
    painter.drawPath(path)


def _close(painter: QPainter) -> None:
    painter.drawLine(QPointF(4.5, 4.5), QPointF(11.5, 11.5))
    painter.drawLine(QPointF(11.5, 4.5), QPointF(4.5, 11.5))


def _plus(painter: QPainter) -> None:
    painter.drawLine(QPointF(8, 4), QPointF(8, 12))
    painter.drawLine(QPointF(4, 8), QPointF(12, 8))


def _minus(painter: QPainter) -> None:
    painter.drawLine(QPointF(4, 8), QPointF(12, 8))


def _picture(painter: QPainter) -> None:
    painter.drawRoundedRect(QRectF(2, 3, 12, 10), 1.5, 1.5)
    path = QPainterPath(QPointF(2.5, 11.5))
    path.lineTo(6, 7.5)
    path.lineTo(9, 10.5)
    path.lineTo(11, 8.5)
    path.lineTo(13.5, 11)
    painter.drawPath(path)
    painter.drawEllipse(QPointF(10.5, 6), 0.8, 0.8)


def _eraser(painter: QPainter) -> None:
    path = QPainterPath(QPointF(6, 13.5))
    path.lineTo(2.5, 10)
    path.lineTo(9.5, 3)
    path.lineTo(13.5, 7)
    path.lineTo(7, 13.5)
    path.closeSubpath()
    painter.drawPath(path)
    painter.drawLine(QPointF(5.5, 7), QPointF(9.5, 11))


def _pencil(painter: QPainter) -> None:
    path = QPainterPath(QPointF(3, 13))
    path.lineTo(3.8, 9.8)
    path.lineTo(10.8, 2.8)
    path.lineTo(13.2, 5.2)
    path.lineTo(6.2, 12.2)
    path.closeSubpath()
    painter.drawPath(path)


def _clear(painter: QPainter) -> None:
    painter.drawEllipse(QRectF(2.5, 2.5, 11, 11))
    painter.drawLine(QPointF(4.5, 11.5), QPointF(11.5, 4.5))


def _recompose(painter: QPainter) -> None:
    for x, y in ((2.5, 2.5), (9, 2.5), (2.5, 9)):
        painter.drawRoundedRect(QRectF(x, y, 4.5, 4.5), 1, 1)
    painter.drawArc(QRectF(9, 9, 4.5, 4.5), 60 * 16, 270 * 16)
    painter.drawLine(QPointF(13.3, 8.4), QPointF(13.3, 10.6))


def _star(painter: QPainter) -> None:
    path = QPainterPath(QPointF(8, 1.8))
    for x, y in (
        (9.8, 6), (14.3, 6.3), (10.9, 9.2), (12, 13.6), (8, 11.2),
        (4, 13.6), (5.1, 9.2), (1.7, 6.3), (6.2, 6),
    ):  # fmt: skip
        path.lineTo(x, y)
    path.closeSubpath()
    painter.drawPath(path)


DRAWINGS: dict[str, Callable[[QPainter], None]] = {
    "lock": _lock,
    "unlock": _unlock,
    "dice": _dice,
    "reset": _reset,
    "close": _close,
    "plus": _plus,
    "minus": _minus,
    "picture": _picture,
    "eraser": _eraser,
    "pencil": _pencil,
    "clear": _clear,
    "recompose": _recompose,
    "star": _star,
}


def pixmap(name: str, colour: str, ratio: float) -> QPixmap:
    """The icon `name` in one colour, for a screen of the given device pixel ratio."""
    result = QPixmap(round(SIDE * ratio), round(SIDE * ratio))
    result.setDevicePixelRatio(ratio)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(QColor(colour), 1.4)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    DRAWINGS[name](painter)
    painter.end()
    return result


class IconButton(QToolButton):
    """A flat square button with an icon, a tooltip and an accessible name.

    Args:
        icon: the drawing.
        label: accessible name, and tooltip unless `tip` is given.
        tip: a longer tooltip.
        checked_icon: the drawing while checked; makes the button checkable.
        checkable: makes the button checkable with one drawing.
        side: width and height in pixels.
        quiet: whether the drawing is dim.
        parent: the Qt parent.
    """

    def __init__(
        self,
        icon: str,
        label: str,
        tip: str = "",
        *,
        checked_icon: str = "",
        checkable: bool = False,
        side: int = 28,
        quiet: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icons = (icon, checked_icon or icon)
        self._theme = theme.current()
        self._quiet = quiet
        self.revealed = True
        self.setObjectName("flat")
        self.setAccessibleName(label)
        self.setToolTip(plain.tip(tip or label))
        self.setCheckable(bool(checked_icon) or checkable)
        self.setFixedSize(side, side)
        self.setIconSize(QSize(SIDE, SIDE))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.toggled.connect(self._redraw)
        self._redraw()

    def wear(self, colours: theme.Theme) -> None:
        """Draw the icon in the colours of a theme."""
        self._theme = colours
        self._redraw()

    def reveal(self, shown: bool) -> None:
        """Draw the icon, or only while checked or focused; the button works all the same."""
        if shown != self.revealed:
            self.revealed = shown
            self._redraw()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._redraw()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._redraw()

    def _redraw(self) -> None:
        checked = self.isChecked()
        if not (self.revealed or checked or self.hasFocus()):
            self.setIcon(QIcon())
            return
        plain = self._theme.dim if self._quiet else self._theme.text
        colour = self._theme.accent if checked else plain
        ratio = self.devicePixelRatioF()
        icon = QIcon(pixmap(self._icons[checked], colour, ratio))
        icon.addPixmap(pixmap(self._icons[checked], self._theme.border, ratio), QIcon.Mode.Disabled)
        self.setIcon(icon)


class Revealer(QObject):
    """Draws the icons of buttons only while the pointer or the focus is in their panel.

    Args:
        panel: The panel; lives as long as this.
        buttons: Buttons inside it.
    """

    def __init__(self, panel: QWidget, buttons: Iterable[IconButton]) -> None:
        super().__init__(panel)
        self._panel = panel
        self._buttons = tuple(buttons)
        self._inside = False
        panel.installEventFilter(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._show)
        self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self._inside = event.type() == QEvent.Type.Enter
            self._show()
        return super().eventFilter(watched, event)

    @Slot()
    def _show(self) -> None:
        focused = QApplication.focusWidget()
        near = focused is not None and self._panel.isAncestorOf(focused)
        for button in self._buttons:
            button.reveal(self._inside or near)
