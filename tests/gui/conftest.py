"""A shown window with the small painting engine, driven by real clicks and keys."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from artdesk.studio.library import Library
from artdesk.studio.session_file import SessionFile
from artdesk.ui.main_window import MainWindow
from tests.gui.paint_engine import PaintEngine

PATIENCE = 60_000  # milliseconds
MakeWindow = Callable[..., MainWindow]


@pytest.fixture(autouse=True)
def no_threads_left() -> Iterator[None]:
    """Fail a test that leaves a thread of ours running."""
    yield
    left = [thread.name for thread in threading.enumerate() if thread.name.startswith("artdesk")]
    assert not left, f"threads left running: {left}"


class PatientBot(QtBot):
    """Waits a minute before it gives up: a loaded machine must not fail a test."""

    def waitUntil(self, callback: Callable[[], object], *, timeout: int = PATIENCE) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: object, *, timeout: int = PATIENCE, **options: object) -> object:
        return super().waitSignal(signal, timeout=timeout, **options)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


@pytest.fixture
def engine() -> PaintEngine:
    return PaintEngine()


@pytest.fixture
def make_window(
    qtbot: QtBot, engine: PaintEngine, own_home: Path, tmp_path: Path
) -> Iterator[MakeWindow]:
    """Makes shown windows and closes them at the end."""
    windows: list[MainWindow] = []

    def make(
        start: Callable[[str], object] | None = None, live: bool = True, theme: str = "dark"
    ) -> MainWindow:
        window = MainWindow(
            start or (lambda _model: engine),  # type: ignore[arg-type]
            Library(own_home / "history"),
            SessionFile(own_home / "session.json"),
            theme,
            live,
        )
        window.files.open_folder = window.files.save_folder = str(tmp_path)
        windows.append(window)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        return window

    yield make
    engine.gate.set()
    for window in windows:
        window.close()
        if window.leaving is not None:
            answer(window.leaving, "Quit without them")
        assert window.closed_in_time


@pytest.fixture
def window(make_window: MakeWindow, qtbot: QtBot) -> MainWindow:
    """A window whose engine is ready and whose first preview is shown."""
    window = make_window()
    settle(window, qtbot)
    return window


def answer(box: QMessageBox, choice: str) -> None:
    """Click the button of a question."""
    (button,) = [one for one in box.buttons() if one.text() == choice]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def settle(window: MainWindow, qtbot: QtBot) -> None:
    """Wait until the worker has answered everything that was asked so far."""
    qtbot.waitUntil(lambda: window.worker.engine is not None)
    # What is read from files may ask the engine, and the other way round.
    for _ in range(2):
        answered: list[object] = []
        window.worker.run_files(lambda: None, answered.append)
        qtbot.waitUntil(lambda: len(answered) == 1)  # noqa: B023 - waited for at once
        window.worker.run(lambda _engine, _token: None, answered.append, idle=True)
        qtbot.waitUntil(lambda: len(answered) == 2)  # noqa: B023
