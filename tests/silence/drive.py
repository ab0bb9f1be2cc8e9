"""Runs ArtDesk as its users do, and stays alive until a library's timers would have fired.

A program of its own, because strace has to see a whole life from the first instruction on.
Usage: `python drive.py window` or `python drive.py generate WORDS... --out FOLDER`.
"""

import sys
import time
from pathlib import Path

# The telemetry of onnxruntime waits ten seconds; twice that and more after the library came.
IDLE_SECONDS = 25.0
# Gives up, so that a hang does not stay behind when the test has ended.
LONGEST_SECONDS = 150.0


def command_line(arguments: list[str]) -> int:
    from artdesk.__main__ import main

    status = main(arguments)
    time.sleep(IDLE_SECONDS)
    return status


def window() -> int:
    """The window with its own start; a timer presses Generate and at last closes the window."""
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QMainWindow

    from artdesk.__main__ import main
    from artdesk.core.paths import data_folder

    started = time.monotonic()
    made: list[float] = []
    history: Path = data_folder() / "history"

    def look() -> None:
        now = time.monotonic()
        shown = [w for w in QApplication.topLevelWidgets() if isinstance(w, QMainWindow)]
        if not shown or now - started > LONGEST_SECONDS:
            QApplication.exit(1)
        elif made:
            if now - made[0] > IDLE_SECONDS:
                shown[0].close()
        elif any(history.rglob("*.png")):
            made.append(now)
        else:
            QTest.keyClick(shown[0], Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    _application = QApplication(sys.argv[:1])
    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(1000)
    status = main([])
    return status if made else 1


if __name__ == "__main__":
    sys.exit(window() if sys.argv[1] == "window" else command_line(sys.argv[1:]))
