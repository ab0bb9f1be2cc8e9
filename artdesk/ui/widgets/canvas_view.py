"""The picture in the middle: zoom, pan, partial pictures and a badge that says what is shown."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPixmap,
    QResizeEvent,
    QShowEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsPixmapItem,
    QGraphicsScene,
    QGraphicsView,
    QWidget,
)

from artdesk.ui.widgets.pixels import to_pixmap
from artdesk.ui.widgets.plain import PlainLabel

SMALLEST, LARGEST = 0.1, 16.0
STEP = 1.25
MARGIN = 24
VEIL = (20, 20, 22, 190)
"""Colour and opacity over the cells that are not meant: they can be told and still be seen."""


class CanvasView(QGraphicsView):
    """Shows one picture. Pictures of any resolution fill the same frame.

    Wheel zooms about the pointer, dragging moves, Ctrl+0 fits, Ctrl+1 is one pixel to one.
    """

    zoom_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = QGraphicsScene(self)
        self._item = QGraphicsPixmapItem()
        self._scene.addItem(self._item)
        self._marks = QGraphicsPixmapItem()
        self._marks.setVisible(False)
        self._scene.addItem(self._marks)
        self.setScene(self._scene)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(False)  # the window takes what is dropped
        self.viewport().setAcceptDrops(False)
        self._fitted = True
        self._size = (256, 256)
        self._has_picture = False
        self._badge = PlainLabel(parent=self)
        self._badge.setObjectName("badge")
        self._badge.move(12, 12)
        self._badge.hide()
        self._hint = PlainLabel(
            "Type a few words and press Generate.\nDrop a picture here to open it.", self
        )
        self._hint.setObjectName("dim")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._badge.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.describe("No picture yet")

    def describe(self, text: str) -> None:
        """Set the alternative text of what is shown."""
        self.setAccessibleName(f"Canvas: {text}")
        self.viewport().setAccessibleName(f"Canvas: {text}")

    def show_pixels(
        self, pixels: npt.NDArray[np.uint8], width: int, height: int, badge: str
    ) -> None:
        """Show a picture.

        Args:
            pixels: uint8 [rows, columns, 3]; may be smaller than the picture it stands for.
            width: width of the frame in picture pixels.
            height: height of the frame in picture pixels.
            badge: what kind of picture this is, or "".
        """
        pixmap = to_pixmap(pixels)
        self._item.setPixmap(pixmap)
        self._item.setTransform(
            QTransform.fromScale(width / pixmap.width(), height / pixmap.height())
        )
        self._item.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        self._has_picture = True
        self._hint.hide()
        if (width, height) != self._size:
            self._size = (width, height)
            self._fitted = True
        self._scene.setSceneRect(QRectF(0, 0, width, height))
        self.show_badge(badge)
        if self._fitted:
            self.fit()

    def mark_cells(self, mask: npt.NDArray[np.bool_] | None) -> None:
        """Dim all of the picture but some of its cells; None takes the marks away.

        Args:
            mask: bool [rows, columns], the cells that stay bright.
        """
        self._marks.setVisible(mask is not None)
        if mask is None:
            return
        veil = np.zeros((*mask.shape, 4), dtype=np.uint8)
        veil[..., :3] = VEIL[:3]
        veil[..., 3] = np.where(mask, 0, VEIL[3])
        rows, columns = mask.shape
        image = QImage(veil.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888)
        self._marks.setPixmap(QPixmap.fromImage(image.copy()))
        width, height = self._size
        self._marks.setTransform(QTransform.fromScale(width / columns, height / rows))

    @property
    def marked(self) -> bool:
        """Whether cells are marked."""
        return self._marks.isVisible()

    def show_badge(self, text: str) -> None:
        """Say what is shown, in the corner."""
        self._badge.setText(text)
        self._badge.adjustSize()
        self._badge.setVisible(bool(text))

    @property
    def badge(self) -> str:
        """The text in the corner."""
        return self._badge.text() if self._badge.isVisibleTo(self) else ""

    @property
    def pixmap(self) -> QPixmap:
        """What is shown."""
        return self._item.pixmap()

    @property
    def zoom(self) -> float:
        """Screen pixels per picture pixel."""
        return self.transform().m11()

    def fit(self) -> None:
        """Show the whole picture."""
        self._fitted = True
        width, height = self._size
        view = self.viewport().size()
        scale = min((view.width() - MARGIN) / width, (view.height() - MARGIN) / height)
        self._scale(max(SMALLEST, min(LARGEST, scale)))

    def actual(self) -> None:
        """One picture pixel per screen pixel."""
        self._fitted = False
        self._scale(1 / self.devicePixelRatioF())

    def zoom_by(self, factor: float) -> None:
        """Zoom in or out."""
        self._fitted = False
        self._scale(max(SMALLEST, min(LARGEST, self.zoom * factor)))

    def _scale(self, scale: float) -> None:
        self.setTransform(QTransform.fromScale(scale, scale))
        self.zoom_changed.emit(scale)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.angleDelta().y():
            self.zoom_by(STEP ** (event.angleDelta().y() / 120))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Plus: lambda: self.zoom_by(STEP),
            Qt.Key.Key_Equal: lambda: self.zoom_by(STEP),
            Qt.Key.Key_Minus: lambda: self.zoom_by(1 / STEP),
            Qt.Key.Key_0: self.fit,
            Qt.Key.Key_1: self.actual,
        }
        action = keys.get(event.key())
        if action is not None:
            action()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._fitted:
            self.actual()
        else:
            self.fit()
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._hint.setGeometry(self.rect())
        if self._fitted:
            self.fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._fitted:
            self.fit()
