"""One window for each user folder: a lock that dies with its process, and an inbox for files.

Two windows would write over each other's draft and settings. A second start hands its files to the
first through a folder and not through a socket, so that ArtDesk has none of any kind. The system
takes the lock back when a process ends however it ends, so there is no stale lock to judge.
"""

import itertools
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from artdesk.core import atomic
from artdesk.core.reading import read_file

LOCK = "window.lock"
INBOX = "inbox"
STARTING = "starting"
MAX_REQUEST = 64 * 1024  # bytes of one request: more paths than one start can name
_POLL_SECONDS = 0.02
_numbers = itertools.count()


class Instance:
    """The claim of one process to a user folder.

    Args:
        home: The user folder.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self.inbox = home / INBOX
        self._lock: IO[bytes] | None = None

    def claim(self) -> bool:
        """Become the one window; False when another process is.

        Raises:
            OutputError: The folder cannot be made.
        """
        atomic.make_folder(self.inbox)
        try:
            file = (self._home / LOCK).open("ab")
        except OSError as error:
            raise atomic.output_error(self._home / LOCK, error) from error
        if not _lock(file):
            file.close()
            return False
        self._lock = file
        return True

    def release(self) -> None:
        """Let another process be the one window."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def hand_over(self, files: tuple[Path, ...], timeout: float = 10.0) -> bool:
        """Give files to the window that is open, and ask it to come to the front.

        Returns:
            Whether it took them; False when it did not answer in time, or when it ended meanwhile
            and this process has become the one window.

        Raises:
            OutputError: The request cannot be written.
        """
        request = self.inbox / f"{time.time_ns()}-{os.getpid()}-{next(_numbers)}"
        atomic.write_bytes(request, b"".join(os.fsencode(path) + b"\0" for path in files))
        end = time.monotonic() + timeout
        try:
            while request.exists():
                if self.claim() or time.monotonic() > end:
                    return False
                time.sleep(_POLL_SECONDS)
            return True
        finally:
            request.unlink(missing_ok=True)

    @property
    def claimed(self) -> bool:
        """Whether this process is the one window."""
        return self._lock is not None

    def requests(self) -> list[tuple[Path, ...]]:
        """What other starts asked for since the last call: files to open, maybe none."""
        found: list[tuple[Path, ...]] = []
        with suppress(OSError):
            for request in sorted(self.inbox.iterdir()):
                if request.name.startswith("."):
                    continue  # still being written
                data = b""
                with suppress(OSError):
                    data = read_file(request, MAX_REQUEST)
                with suppress(OSError):
                    request.unlink()
                found.append(tuple(Path(os.fsdecode(one)) for one in data.split(b"\0") if one))
        return found


class StartMarker:
    """A file that is there while ArtDesk starts, so that a start that never ended is known.

    Args:
        home: The user folder.
    """

    def __init__(self, home: Path) -> None:
        self._path = home / STARTING

    def begin(self) -> bool:
        """A start begins; whether the last one did not end."""
        unfinished = self._path.exists()
        with suppress(OSError):
            self._path.touch()
        return unfinished

    def end(self) -> None:
        """The start is done."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


def _lock(file: IO[bytes]) -> bool:
    """Lock a file for as long as this process lives and the file is open."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True  # a file system without locks: better two windows than none
    return True
