"""The program as a process of its own: start, first preview, close, second start."""

import json
import os
import subprocess
import sys
from pathlib import Path

from artdesk.__main__ import file_to_open

SCRIPT = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from artdesk.ui import app
from artdesk.ui.main_window import MainWindow

application = QApplication([])

def look():
    for window in application.topLevelWidgets():
        if isinstance(window, MainWindow) and window.parts.canvas.badge == "Preview":
            window.wear("light")
            window.close()

timer = QTimer()
timer.timeout.connect(look)
timer.start(20)
status = app.main()
timer.stop()
sys.exit(status)
"""


OPENING = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from artdesk.__main__ import main
from artdesk.ui.main_window import MainWindow

application = QApplication([])

def look():
    for window in application.topLevelWidgets():
        shown = window.viewer.shown if isinstance(window, MainWindow) else None
        if shown is not None:
            print("shown", shown.recipe.seed, shown.recipe.words[0].text, flush=True)
            window.close()

timer = QTimer()
timer.timeout.connect(look)
timer.start(20)
status = main(sys.argv[1:])
timer.stop()
sys.exit(status)
"""


def test_a_picture_given_at_the_start_is_opened(
    own_home: Path, toy_bundle_folder: Path, tmp_path: Path
) -> None:
    environment = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "ARTDESK_HOME": str(own_home),
        "ARTDESK_BUNDLE": str(toy_bundle_folder),
    }
    made = [sys.executable, "-m", "artdesk", "generate", "calm", "--seed", "77"]
    commands = [
        [*made, "--size", "64x64", "--out", str(tmp_path)],
        [sys.executable, "-c", OPENING, "FILE"],
    ]
    for command in commands:
        if command[-1] == "FILE":
            command[-1] = str(next(tmp_path.glob("*.png")))
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=150, check=False
        )
        assert done.returncode == 0, done.stderr
    assert "shown 77 calm" in done.stdout


def test_only_a_single_file_opens_the_window() -> None:
    assert file_to_open(["My Model.ARTPACK"]) == Path("My Model.ARTPACK").absolute()
    for arguments in ([], ["info"], ["info", "a.png"], ["--help.png"], ["picture.txt"]):
        assert file_to_open(arguments) is None


def test_the_window_starts_and_ends_as_a_process(own_home: Path, toy_bundle_folder: Path) -> None:
    environment = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "ARTDESK_HOME": str(own_home),
        "ARTDESK_BUNDLE": str(toy_bundle_folder),
    }
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env=environment,
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
    settings = json.loads((own_home / "settings.json").read_text(encoding="utf-8"))
    assert settings["theme"] == "light"
    assert settings["window_geometry"]
    log = (own_home / "log" / "artdesk.log").read_text(encoding="utf-8")
    assert "ERROR" not in log
    assert "CRITICAL" not in log
