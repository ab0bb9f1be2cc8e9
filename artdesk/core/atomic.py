"""The only writer of files: a file is either the old one or the whole new one, never a part.

A temporary file in the same folder is written, flushed to the disk and then renamed over the
target; the rename is atomic on every file system that ArtDesk supports. The form is Electrum's
(`storage.py`), with the folder flushed as well so that the new name survives a power cut.
"""

import errno
import itertools
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from artdesk.core.errors import OutputError

TEMPORARY_SUFFIX = ".artdesk-tmp"
_RETRY_SECONDS = 2.5
# Virus scanners hold new files for a moment: access denied, sharing and lock violation.
_WINDOWS_BUSY = (5, 32, 33)
_counter = itertools.count()

_REASONS = {
    errno.ENOSPC: "the disk is full: free some space or choose another folder",
    errno.EDQUOT: "your disk quota is used up: free some space or choose another folder",
    errno.EACCES: "you may not write there: choose another folder",
    errno.EPERM: "you may not write there: choose another folder",
    errno.EROFS: "the disk is read-only: choose another folder",
    errno.ENOENT: "its folder does not exist: make the folder first or choose another",
    errno.ENOTDIR: "a part of its path is a file, not a folder: choose another folder",
    errno.EISDIR: "a folder of that name is there: choose another name",
    errno.EEXIST: "a file of that name is in the way: choose another name",
    errno.ENAMETOOLONG: "the name is too long: choose a shorter one",
    errno.EIO: "the disk reports a fault: choose another disk",
}


def output_error(path: Path, error: Exception) -> OutputError:
    """Explain in one plain sentence why `path` could not be written."""
    number = error.errno if isinstance(error, OSError) else None
    reason = _REASONS.get(number or 0)
    if reason is None:
        detail = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        reason = f"{detail.lower() or 'the system refused it'}: choose another folder"
    return OutputError(f"Cannot write {path}: {reason}.")


def make_folder(path: Path) -> None:
    """Make `path` and the folders above it.

    Raises:
        OutputError: It cannot be made, or a file of that name is in the way.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise OutputError(
            f"Cannot use {path} as a folder: it is a file; choose another folder."
        ) from error
    except (OSError, ValueError) as error:
        raise output_error(path, error) from error


def write_bytes(path: Path, data: bytes) -> None:
    """Write `data` to `path` as a whole or not at all.

    Raises:
        OutputError: The file cannot be written; the old one, if any, is untouched.
    """
    with atomic_path(path) as temporary:
        _write_new(temporary, data)


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8 with unchanged line ends; see `write_bytes`."""
    write_bytes(path, text.encode("utf-8"))


def write_new(path: Path, data: bytes) -> None:
    """Write `data` to a name that nobody has, also when others try the same at that moment.

    The whole file appears under its name at once: a hard link to a finished file fails where the
    name is taken, unlike a rename.

    Raises:
        FileExistsError: Something of that name is there; it is untouched.
        OutputError: The file cannot be written.
    """
    temporary = _temporary(path)
    try:
        _write_new(temporary, data)
        _flush(temporary)
        _link(temporary, path)
    except FileExistsError:
        raise
    except OSError as error:
        raise output_error(path, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    with suppress(OSError):
        _flush_folder(path.parent)


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Give the path of a temporary file that becomes `path` when the block ends well.

    The block may write the file in any way. On an exception the temporary file is removed and
    the old file stays.

    Raises:
        OutputError: The system refused a step.
    """
    try:
        target = Path(os.path.realpath(path))  # a link keeps pointing where it pointed
        temporary = _temporary(target)
    except (OSError, ValueError) as error:
        raise output_error(path, error) from error
    try:
        yield temporary
        if target.exists():
            os.chmod(temporary, target.stat().st_mode & 0o777)  # noqa: PTH101 - tests inject here
        _flush(temporary)
        _replace(temporary, target)
    except OSError as error:
        raise output_error(path, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    # The new content is in place; a folder that cannot be flushed only weakens the promise
    # for a power cut in the next seconds, so it is no error.
    with suppress(OSError):
        _flush_folder(target.parent)


def append_line(path: Path, line: str) -> None:
    """Append one line and wait until it is on the disk.

    A torn last line, left by a power cut, is closed first so that only that line is lost.

    Raises:
        OutputError: The line cannot be written.
        ValueError: `line` holds a line break.
    """
    if "\n" in line or "\r" in line:
        raise ValueError("a journal line must not hold a line break")
    data = line.encode("utf-8") + b"\n"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _BINARY, 0o666)
        try:
            size = os.lseek(descriptor, 0, os.SEEK_END)
            if size:
                os.lseek(descriptor, size - 1, os.SEEK_SET)
                if os.read(descriptor, 1) != b"\n":
                    data = b"\n" + data
            _write_all(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise output_error(path, error) from error


def sweep(folder: Path, older_than_seconds: float = 86_400.0) -> int:
    """Remove temporary files that a killed program left in `folder`; returns how many.

    A file of a program that still runs stays for a day, since process numbers are used again; one
    of a program that is gone goes after ten minutes, as a folder may be shared with another
    machine, whose programs are not seen here.
    """
    removed = 0
    now = time.time()
    for leftover in folder.glob(f".*{TEMPORARY_SUFFIX}"):
        with suppress(OSError):
            age = now - leftover.stat().st_mtime
            gone = not _runs(leftover.name) and age > _GONE_SECONDS
            if age > older_than_seconds or gone:
                leftover.unlink()
                removed += 1
    return removed


_GONE_SECONDS = 600.0
_OWNER = re.compile(rf"\.(\d{{1,10}})-\d+{re.escape(TEMPORARY_SUFFIX)}$")


def _runs(name: str) -> bool:
    """Whether the process that a temporary file is named after still runs."""
    owner = _OWNER.search(name)
    if owner is None or os.name == "nt":  # os.kill would end a process there
        return True
    try:
        os.kill(int(owner[1]), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def _temporary(target: Path) -> Path:
    # 60 bytes of the name are for people; 255 is all that a name may have. Chance keeps two
    # machines apart that share a folder, for process numbers are only unique on one.
    stem = target.name.encode("utf-8", "ignore")[:60].decode("utf-8", "ignore")
    owner = f"{secrets.token_hex(4)}.{os.getpid()}-{next(_counter)}"
    return target.with_name(f".{stem}.{owner}{TEMPORARY_SUFFIX}")


def _link(source: Path, target: Path) -> None:
    """Give `source` the name `target`, which nobody may have; FileExistsError otherwise."""
    if os.name == "nt":
        os.rename(source, target)  # noqa: PTH104 - refuses names that are taken there
        return
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        # File systems without hard links: the name is reserved first, then filled.
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666))
        try:
            _replace(source, target)
        except OSError:
            with suppress(OSError):
                target.unlink()
            raise


_BINARY = getattr(os, "O_BINARY", 0)


def _write_new(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)
    try:
        _write_all(descriptor, data)
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    """`os.write` may write a part only, above all on a disk that is nearly full."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR | _BINARY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":  # folders cannot be opened there, and NTFS journals the rename
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _replace(source: Path, target: Path) -> None:
    end = time.monotonic() + _RETRY_SECONDS
    while True:
        try:
            os.replace(source, target)  # noqa: PTH105 - tests inject here
        except OSError as error:
            busy = getattr(error, "winerror", None) in _WINDOWS_BUSY
            if not busy or time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return
