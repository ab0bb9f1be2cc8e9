"""Starts the window."""

import base64
import binascii
import logging
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QByteArray, QFileSystemWatcher, QObject, Qt, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from artdesk.core import paths
from artdesk.core.errors import ArtDeskError
from artdesk.core.instance import Instance, StartMarker
from artdesk.core.log import start_log
from artdesk.core.settings import FILE_NAME, Settings, load_settings, save_settings
from artdesk.studio.events import StudioEngine
from artdesk.studio.library import Library
from artdesk.studio.session_file import SessionFile
from artdesk.ui.main_window import MainWindow
from artdesk.ui.widgets.plain import question

LOGGER = logging.getLogger(__name__)
NO_DISPLAY = 3
NO_DISPLAY_TEXT = (
    "ArtDesk cannot open its window because there is no display. Use “artdesk generate "
    '"calm, blue" --out pictures” to make pictures without one.\n'
)
NO_ANSWER_TEXT = (
    "ArtDesk is open already for the folder {} but does not answer: close it first, or name "
    "another folder in ARTDESK_HOME.\n"
)
UNFINISHED_TEXT = (
    "The last start of ArtDesk did not end. Your pictures, your draft and your settings are kept. "
    "If your own model is the reason, start with the model that ships."
)
SAFE_START = "Start with the model that ships"
AS_BEFORE = "Start as before"


class Alarm(QObject):
    """Carries the sentence about an unexpected error from any thread to the window."""

    rang = Signal(str)


def has_display(environment: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether a window can be opened; always true where the system has its own desktop."""
    if not platform.startswith("linux") or environment.get("QT_QPA_PLATFORM"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def start_engine(model: str, threads: int) -> StudioEngine:
    """Load the model; runs on the worker thread, after the window is shown.

    Args:
        model: bundle folder or .artpack file, "" for the one that ships.
        threads: of the engine, 0 chooses by the machine.
    """
    from artdesk.bundle.reader import open_bundle
    from artdesk.engine.pipeline import Engine
    from artdesk.studio import own_collections

    bundle = open_bundle(Path(model) if model else paths.bundle_folder())
    engine = Engine(bundle, threads or min(4, os.cpu_count() or 1))
    for problem in own_collections.attach(engine):
        logging.getLogger("artdesk").warning("%s", problem)
    return engine


def main(file: Path | None = None) -> int:
    """Open the window and run until it is closed.

    Args:
        file: A picture or model to open first.

    Returns:
        0 after a normal end or when an open window took the file, 1 when an open window does not
        answer, 3 when there is no display.
    """
    if not has_display(os.environ):
        sys.stderr.write(NO_DISPLAY_TEXT)
        return NO_DISPLAY
    home = paths.data_folder()
    notes: list[str] = []
    instance = Instance(home)
    try:
        if not instance.claim():
            if instance.hand_over((file,) if file is not None else ()):
                return 0
            if not instance.claimed:
                sys.stderr.write(NO_ANSWER_TEXT.format(home))
                return 1
    except ArtDeskError as error:  # a folder that cannot be written: the window says so
        notes.append(str(error))
    try:
        return _run(home, instance, file, notes)
    finally:
        instance.release()


def _run(home: Path, instance: Instance, file: Path | None, notes: list[str]) -> int:
    alarm = Alarm()
    try:
        if start_log(home / "log", on_crash=alarm.rang.emit):
            notes.append("ArtDesk ended unexpectedly last time; your pictures and draft are here.")
    except ArtDeskError as error:
        notes.append(str(error))
    settings, complaints = load_settings(home / FILE_NAME)
    notes += complaints
    application = QApplication.instance() or QApplication(sys.argv[:1])
    if not isinstance(application, QApplication):
        raise TypeError("another kind of Qt application is running already")
    application.setApplicationName("ArtDesk")
    # The name of packaging/linux/artdesk.desktop: Wayland finds the icon by it.
    application.setDesktopFileName("artdesk")
    application.setWindowIcon(_icon())
    application.setStyle("Fusion")
    # Ctrl+C in the terminal ends the window; every write is atomic, so nothing is torn.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    marker = StartMarker(home)
    if marker.begin() and settings.bundle and _start_safely():
        notes.append(f"The model {settings.bundle} is not used: open it again from the menu File.")
        settings = replace(settings, bundle="")
    window = MainWindow(
        lambda model: start_engine(model, settings.threads),
        Library(home / "history"),
        SessionFile(home / "session.json"),
        settings.theme,
        settings.live_preview,
        settings.bundle,
    )
    alarm.rang.connect(window.sound_alarm)
    window.files.open_folder = settings.last_open_folder
    window.files.save_folder = settings.last_save_folder
    _place(window, settings.window_geometry)
    Started(window, marker)
    inbox = Inbox(instance, window)
    window.show()
    inbox.look()
    if notes:
        window.say(" ".join(notes), "warning")
    if file is not None:
        window.files.open(file)
    status = application.exec()
    marker.end()
    _save(window, settings)
    if not window.closed_in_time:
        LOGGER.error("A thread did not stop in time; the process ends without it")
        logging.shutdown()
        os._exit(status)
    return status


def _icon() -> QIcon:
    icon = QIcon()
    for path in sorted((paths.resources() / "icon").glob("artdesk-*.png")):
        icon.addFile(str(path))
    return icon


def _start_safely() -> bool:
    """Ask whether to do without the artist's own model after a start that never ended."""
    box, (safe, _as_before) = question(None, "ArtDesk", UNFINISHED_TEXT, (SAFE_START, AS_BEFORE))
    box.exec()
    return box.clickedButton() is safe


class Started(QObject):
    """Takes the mark of an unfinished start away once model and history are there.

    Args:
        window: The window; a model that cannot be loaded is said there and ends the start too.
        marker: The mark.
    """

    def __init__(self, window: MainWindow, marker: StartMarker) -> None:
        super().__init__(window)
        self._marker = marker
        self._missing = {"model", "history"}
        window.worker.engine_ready.connect(lambda _engine: self._have("model"))
        window.worker.engine_failed.connect(lambda _message: self._have("model"))
        window.strip.filled.connect(lambda: self._have("history"))

    def _have(self, part: str) -> None:
        self._missing.discard(part)
        if not self._missing:
            self._marker.end()


class Inbox(QObject):
    """Opens what a second start hands over, and brings the window to the front.

    Args:
        instance: This process's claim.
        window: The window.
    """

    def __init__(self, instance: Instance, window: MainWindow) -> None:
        super().__init__(window)
        self._instance = instance
        self._window = window
        self._watcher = QFileSystemWatcher(self)
        self._watcher.addPath(str(instance.inbox))
        self._watcher.directoryChanged.connect(self.look)

    @Slot()
    def look(self) -> None:
        """Take what is there."""
        requests = self._instance.requests() if self._instance.claimed else []
        for files in requests:
            for path in files[:1]:
                self._window.files.open(path)
        if requests:
            window = self._window
            window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
            window.raise_()
            window.activateWindow()


def _place(window: MainWindow, geometry: str) -> None:
    try:
        window.restoreGeometry(QByteArray(base64.b64decode(geometry, validate=True)))
    except (ValueError, binascii.Error):
        LOGGER.info("The stored window geometry cannot be used")


def _save(window: MainWindow, settings: Settings) -> None:
    path = paths.data_folder() / FILE_NAME
    files = window.files
    try:
        save_settings(
            path,
            replace(
                settings,
                theme=window.theme_choice,
                live_preview=window.worker.live,
                bundle=_writable(window.worker.model, settings.bundle),
                last_open_folder=_writable(files.open_folder, settings.last_open_folder),
                last_save_folder=_writable(files.save_folder, settings.last_save_folder),
                window_geometry=window.geometry_text(),
            ),
        )
    except ArtDeskError:
        LOGGER.exception("The settings could not be saved")


def _writable(path: str, before: str) -> str:
    """A path as the settings can keep it; one whose bytes are no UTF-8 keeps the one before."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return before
    return path
