"""One window for each user folder, starts that never ended, names that are no UTF-8, and kills."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from artdesk.core.instance import INBOX, Instance, StartMarker
from artdesk.core.recipe import Recipe, Word
from artdesk.pictures.files import open_picture, save_picture
from artdesk.studio.library import Library
from artdesk.studio.session_file import SessionFile
from tests.gui.paint_engine import PaintEngine

KILLS = int(os.environ.get("ARTDESK_KILLS", "6"))

# The window as a process of its own, with an engine of a few milliseconds. What it does is told by
# environment variables; it prints a line whenever something happened.
DRIVER = """
import os, signal, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from artdesk.__main__ import main
from artdesk.ui import app
from artdesk.ui.main_window import MainWindow
from tests.gui.paint_engine import PaintEngine

def start(model, threads):
    if model and os.environ.get("FATAL"):
        os.kill(os.getpid(), signal.SIGKILL)
    print("model", model or "shipped", flush=True)
    return PaintEngine()

app.start_engine = start
application = QApplication([])
seen = set()
mode = os.environ["MODE"]

def say(*words):
    if words not in seen:
        seen.add(words)
        print(*words, flush=True)

def look():
    for widget in application.topLevelWidgets():
        if isinstance(widget, QMessageBox) and widget.isVisible():
            say("asked")
            [b for b in widget.buttons() if b.text() == os.environ["ANSWER"]][0].click()
        if not isinstance(widget, MainWindow) or widget.worker.engine is None:
            continue
        say("ready")
        if widget.viewer.shown is not None:
            say("shown", widget.viewer.shown.recipe.seed)
            if mode == "open":
                widget.close()
        if mode == "quit":
            widget.close()
        if mode == "paint" and not widget.worker.busy:
            widget.editor.apply(widget.editor.draft.with_seed(len(seen)), "Seed")
            widget.save_session()
            widget.generation.generate()

def stored(picture, entry, warning):
    print("stored", entry.path, flush=True)

timer = QTimer()
timer.timeout.connect(look)
timer.start(5)
if mode == "paint":
    from artdesk.ui.controllers.viewer import Viewer
    show = Viewer.show_made
    def shown(self, picture, entry):
        show(self, picture, entry)
        print("stored", entry.path, flush=True)
        seen.add(picture.recipe.seed)
    Viewer.show_made = shown
sys.exit(main(sys.argv[1:]))
"""


def start(home: Path, mode: str, *files: Path, **more: str) -> subprocess.Popen[str]:
    environment = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "ARTDESK_HOME": str(home),
        "MODE": mode,
        **more,
    }
    return subprocess.Popen(
        [sys.executable, "-c", DRIVER, *map(str, files)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process: subprocess.Popen[str], status: int = 0) -> str:
    output, errors = process.communicate(timeout=120)
    assert process.returncode == status, errors
    assert "Traceback" not in errors
    return output


def wait_for(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(word):
            return
    raise AssertionError(f"the window ended without “{word}”: {process.communicate()[1]}")


def test_a_second_start_hands_its_file_to_the_first(own_home: Path, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.png")  # no UTF-8
    save_picture(path, PaintEngine().generate(Recipe(words=(Word(text="wild"),), seed=41)))
    first = start(own_home, "open")
    wait_for(first, "ready")
    session = own_home / "session.json"
    before = session.stat().st_mtime_ns if session.exists() else 0
    second = start(own_home, "quit", path)
    assert "ready" not in end(second)
    assert "shown 41" in end(first)
    assert list((own_home / INBOX).iterdir()) == []
    assert session.stat().st_mtime_ns != before  # by the first one alone
    # A folder whose name is no UTF-8 does not cost the settings.
    settings = json.loads((own_home / "settings.json").read_text(encoding="utf-8"))
    assert settings["window_geometry"]


def test_settings_survive_a_folder_whose_name_is_no_utf8(own_home: Path, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    save_picture(folder / "a.png", PaintEngine().generate(Recipe(seed=42)))
    assert "shown 42" in end(start(own_home, "open", folder / "a.png"))
    settings = json.loads((own_home / "settings.json").read_text(encoding="utf-8"))
    assert settings["window_geometry"]
    assert settings["last_open_folder"] == ""
    log = (own_home / "log" / "artdesk.log").read_text(encoding="utf-8")
    assert "ERROR" not in log


def test_a_dead_lock_is_taken_over(own_home: Path) -> None:
    first = start(own_home, "stay")
    wait_for(first, "ready")
    assert not Instance(own_home).claim()
    first.kill()
    first.communicate()
    assert "ready" in end(start(own_home, "quit"))
    last = Instance(own_home)
    assert last.claim()
    last.release()


def test_a_window_that_does_not_answer_is_said(own_home: Path) -> None:
    first, second = Instance(own_home), Instance(own_home)
    assert first.claim()
    assert not second.claim()
    assert not second.hand_over((Path("/a.png"),), timeout=0.1)
    assert not second.claimed
    assert first.requests() == []  # it was taken back
    first.release()
    assert not second.hand_over((), timeout=60.0)  # becomes the one window at once
    assert second.claimed
    second.release()


def test_requests_come_in_order_and_bad_ones_do_no_harm(own_home: Path) -> None:
    first = Instance(own_home)
    assert first.claim()
    (first.inbox / "0-bad").mkdir()
    (first.inbox / "1-long").write_bytes(b"x" * 200_000)
    (first.inbox / "2-good").write_bytes(b"/a.png\0/caf\xe9.png\0")
    assert first.requests()[-1] == (Path("/a.png"), Path(os.fsdecode(b"/caf\xe9.png")))
    first.release()


@pytest.mark.parametrize("choice", ["Start with the model that ships", "Start as before"])
def test_a_start_that_never_ended_offers_the_model_that_ships(own_home: Path, choice: str) -> None:
    settings = {"format": "artdesk-settings", "version": 1, "bundle": "/models/mine.artpack"}
    (own_home / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    end(start(own_home, "quit", FATAL="1"), -signal.SIGKILL)
    output = end(start(own_home, "quit", ANSWER=choice))
    assert output.startswith("asked")
    safe = choice.endswith("ships")
    assert f"model {'shipped' if safe else '/models/mine.artpack'}" in output
    again = end(start(own_home, "quit"))  # ended well: no more question
    assert "asked" not in again
    assert not StartMarker(own_home).begin()


def test_kills_of_the_window_lose_nothing(own_home: Path) -> None:
    """At random moments while it paints: every picture that was shown is there afterwards."""
    moments = random.Random(5)
    shown: list[Path] = []
    for _ in range(KILLS):
        process = start(own_home, "paint")
        wait_for(process, "ready")
        time.sleep(moments.uniform(0.0, 0.6))  # the moment of the kill, not a wait for something
        process.kill()
        output, errors = process.communicate(timeout=60)
        assert "Traceback" not in errors
        lines = [line for line in output.splitlines() if line.startswith("stored ")]
        shown += [Path(line.removeprefix("stored ")) for line in lines]
        draft, note = SessionFile(own_home / "session.json").restore()
        assert note == ""
        assert draft is not None or not shown
    assert shown
    entries = {entry.path for entry in Library(own_home / "history").entries()}
    assert set(shown) <= entries
    for path in shown:
        open_picture(path)
    assert "ready" in end(start(own_home, "quit"))
