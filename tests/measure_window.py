"""Prints how long the window takes to show, with a history of any length: the shipped model.

    python -m tests.measure_window --pictures 20000 --rounds 5

Seconds from the start of the process: window shown, first page and whole
history in the strip, model ready; "cpu" are
the processor's seconds until the window showed, which other work on the machine changes least.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from artdesk.core import journal, strict_json
from artdesk.core.recipe import Recipe, Word
from artdesk.studio.library import JOURNAL, Library
from tests.gui.paint_engine import PaintEngine

CHILD = """
import json, os, sys, time
begin = float(os.environ["MEASURE_START"])
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from artdesk.ui import app
from artdesk.ui.main_window import MainWindow

application = QApplication([])
application.setApplicationName("ArtDesk")
times = {}

def look():
    for window in application.topLevelWidgets():
        if not isinstance(window, MainWindow) or not window.isVisible():
            continue
        times.setdefault("window", time.time() - begin)
        times.setdefault("cpu", time.process_time())
        if window.parts.history.rowCount():
            times.setdefault("page", time.time() - begin)
        if window.parts.history.rowCount() >= int(os.environ["MEASURE_ROWS"]):
            times.setdefault("history", time.time() - begin)
        if window.worker.engine is not None:
            times.setdefault("model", time.time() - begin)
        if len(times) == 5:
            print(json.dumps(times), flush=True)
            window.close()

timer = QTimer()
timer.timeout.connect(look)
timer.start(5)
sys.exit(app.main())
"""


def fill(home: Path, count: int) -> None:
    """A history of `count` pictures: one file under many names, each with a line of the journal."""
    library = Library(home / "history")
    first = library.add(PaintEngine().generate(Recipe(words=(Word(text="calm"),), seed=0)))  # type: ignore[arg-type]
    path = home / "history" / JOURNAL
    (entry,), _, _ = journal.read(path)
    # Written at once: a flush to the disk for each line would take minutes.
    lines = []
    for number in range(1, count):
        name = first.path.with_name(f"calm-{number}.png")
        os.link(first.path, name)
        line = entry | {"file": name.relative_to(home / "history").as_posix()}
        lines.append(strict_json.with_check(strict_json.dump(line)) + "\n")
    with path.open("a", encoding="utf-8") as file:
        file.writelines(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        fill(home, arguments.pictures)
        rounds: list[dict[str, float]] = []
        for _ in range(arguments.rounds):
            environment = os.environ | {
                "ARTDESK_HOME": folder,
                "MEASURE_ROWS": str(arguments.pictures),
                "MEASURE_START": repr(time.time()),
            }
            done = subprocess.run(
                [sys.executable, "-c", CHILD],
                env=environment,
                capture_output=True,
                text=True,
                check=True,
            )
            rounds.append(json.loads(done.stdout))
    sys.stdout.write(
        f"{arguments.pictures} pictures, median (lowest to highest) of {arguments.rounds} starts\n"
    )
    for what in ("window", "cpu", "page", "history", "model"):
        values = [one[what] for one in rounds]
        median, low, high = statistics.median(values), min(values), max(values)
        sys.stdout.write(f"{what:<8} {median:.2f} s ({low:.2f} to {high:.2f})\n")


if __name__ == "__main__":
    main()
