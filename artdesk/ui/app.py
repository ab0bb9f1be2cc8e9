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

from PySide6.QtCore import QByteArray, QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from artdesk.core import paths
from artdesk.core.errors import ArtDeskError
from artdesk.core.log import start_log
from artdesk.core.settings import FILE_NAME, Settings, load_settings, save_settings
from artdesk.studio.events import StudioEngine
from artdesk.studio.library import Library
from artdesk.studio.session_file import SessionFile
from artdesk.ui.main_window import MainWindow

LOGGER = logging.getLogger(__name__)
NO_DISPLAY = 3
NO_DISPLAY_TEXT = (
    "ArtDesk cannot open its window because there is no display. Use “artdesk generate "
    '"calm, blue" --out pictures” to make pictures without one.\n'
)


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

    bundle = open_bundle(Path(model) if model else paths.bundle_folder())
    return Engine(bundle, threads or min(4, os.cpu_count() or 1))


def main(file: Path | None = None) -> int:
    """Open the window and run until it is closed.

    Args:
        file: A picture or model to open first.

    Returns:
        0 after a normal end, 3 when there is no display.
    """
    if not has_display(os.environ):
        sys.stderr.write(NO_DISPLAY_TEXT)
        return NO_DISPLAY
    home = paths.data_folder()
    notes: list[str] = []
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
    window.show()
    if notes:
        window.say(" ".join(notes), "warning")
    if file is not None:
        window.files.open(file)
    status = application.exec()
    _save(window, settings)
    if not window.closed_in_time:
        LOGGER.error("The worker did not stop in time; the process ends without it")
        logging.shutdown()
        os._exit(status)
    return status


def _icon() -> QIcon:
    icon = QIcon()
    for path in sorted((paths.resources() / "icon").glob("artdesk-*.png")):
        icon.addFile(str(path))
    return icon


def _place(window: MainWindow, geometry: str) -> None:
    try:
        window.restoreGeometry(QByteArray(base64.b64decode(geometry, validate=True)))
    except (ValueError, binascii.Error):
        LOGGER.info("The stored window geometry cannot be used")


def _save(window: MainWindow, settings: Settings) -> None:
    path = paths.data_folder() / FILE_NAME
    try:
        save_settings(
            path,
            replace(
                settings,
                theme=window.theme_choice,
                live_preview=window.worker.live,
                bundle=window.worker.model,
                last_open_folder=window.files.open_folder,
                last_save_folder=window.files.save_folder,
                window_geometry=window.geometry_text(),
            ),
        )
    except ArtDeskError:
        LOGGER.exception("The settings could not be saved")
