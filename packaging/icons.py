"""Draws the PNG sizes of the icon from resources/icon/artdesk.svg.

Run it after a change of the drawing: `python packaging/icons.py`; the results are committed.
"""

import os
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "icon"
# Those of the freedesktop icon theme and of Windows' and macOS' icon files.
SIDES = (16, 24, 32, 48, 64, 128, 256, 512)


def main() -> int:
    """Write artdesk-SIDE.png for each side; returns the exit status."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    _application = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])
    drawing = QSvgRenderer(str(FOLDER / "artdesk.svg"))
    for side in SIDES:
        image = QImage(side, side, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        drawing.render(painter)
        painter.end()
        if not drawing.isValid() or not image.save(str(FOLDER / f"artdesk-{side}.png")):
            sys.exit(f"The icon of {side} pixels could not be drawn.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
