"""The one place where numpy arrays become Qt images."""

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPixmap


def to_image(pixels: npt.NDArray[np.uint8]) -> QImage:
    """A QImage that owns its memory.

    Args:
        pixels: uint8 [height, width, 3], sRGB.
    """
    pixels = np.ascontiguousarray(pixels)
    height, width, _ = pixels.shape
    # The copy matters: without it the image reads numpy's memory after numpy freed it.
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def to_pixmap(pixels: npt.NDArray[np.uint8]) -> QPixmap:
    """A QPixmap; only on the GUI thread."""
    return QPixmap.fromImage(to_image(pixels))


def to_thumbnail(pixels: npt.NDArray[np.uint8], side: int) -> npt.NDArray[np.uint8]:
    """A small copy, at most `side` pixels long; safe on any thread.

    Args:
        pixels: uint8 [height, width, 3].
        side: longest side of the result in pixels.

    Returns:
        uint8 [height, width, 3].
    """
    image = to_image(pixels).scaled(
        QSize(side, side),
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    width, height, stride = image.width(), image.height(), image.bytesPerLine()
    rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(height, stride)
    return rows[:, : 3 * width].reshape(height, width, 3).copy()
