"""The local log: what went wrong, kept on this machine and sent nowhere.

Crashes below Python (a fault in a library) are written by faulthandler into crash.log; one that
has content at the next start means that the last run ended badly.
"""

import faulthandler
import logging
import logging.handlers
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO

from artdesk.core import atomic
from artdesk.core.reading import TooLargeError, open_file, read_file

LOG_NAME = "artdesk.log"
CRASH_NAME = "crash.log"
CRASH_LIMIT = 1_000_000
"""Most bytes of crash.log that are read; one crash with all threads writes some ten thousand."""

logger = logging.getLogger("artdesk")
_crash_file: IO[str] | None = None


def start_log(
    folder: Path,
    level: int = logging.INFO,
    on_crash: Callable[[str], None] | None = None,
) -> str:
    """Log into `folder` and catch what nobody else catches.

    Args:
        folder: Made when missing.
        level: Lowest level that is written.
        on_crash: Called with one plain sentence after an unexpected error, from any thread.

    Returns:
        What the last run left in crash.log, the end of it when it is long; "" when it ended well.

    Raises:
        OutputError: The folder cannot be made or written.
    """
    global _crash_file
    atomic.make_folder(folder)
    stop_log()
    crash = folder / CRASH_NAME
    try:
        left = _left_by_last_run(crash)
        handler = logging.handlers.RotatingFileHandler(
            folder / LOG_NAME,
            maxBytes=1_000_000,
            backupCount=3,
            encoding="utf-8",
            errors="backslashreplace",  # names of files need not be UTF-8
        )
        # Kept open for the whole run: faulthandler writes to its descriptor when all else fails.
        _crash_file = crash.open("w", encoding="utf-8")
    except OSError as error:
        raise atomic.output_error(folder, error) from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(level)
    faulthandler.enable(_crash_file)
    _install_hooks(on_crash)
    return left


def stop_log() -> None:
    """Close what `start_log` opened and give the hooks back."""
    global _crash_file
    for handler in list(logger.handlers):
        if isinstance(handler, logging.handlers.RotatingFileHandler):
            logger.removeHandler(handler)
            handler.close()
    if _crash_file is not None:
        faulthandler.disable()
        _crash_file.close()
        _crash_file = None
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__


def _left_by_last_run(crash: Path) -> str:
    try:
        data = read_file(crash, CRASH_LIMIT)
    except FileNotFoundError:
        return ""
    except TooLargeError:
        with open_file(crash) as file:
            file.seek(-CRASH_LIMIT, os.SEEK_END)
            data = file.read(CRASH_LIMIT)
    return data.decode("utf-8", errors="replace")


def _install_hooks(on_crash: Callable[[str], None] | None) -> None:
    def report(
        kind: type[BaseException],
        error: BaseException | None,
        trace: TracebackType | None,
        where: str,
    ) -> None:
        if error is None or issubclass(kind, KeyboardInterrupt):
            return
        logger.critical("unexpected error in %s", where, exc_info=(kind, error, trace))
        if on_crash is not None:
            on_crash(
                f"Something unexpected went wrong ({kind.__name__}): your pictures are safe, "
                "the details are in the log."
            )

    def in_main(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        report(kind, error, trace, "the main thread")

    def in_thread(arguments: threading.ExceptHookArgs) -> None:
        name = arguments.thread.name if arguments.thread else "a thread"
        report(arguments.exc_type, arguments.exc_value, arguments.exc_traceback, name)

    sys.excepthook = in_main
    threading.excepthook = in_thread
