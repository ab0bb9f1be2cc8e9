"""The one way to read a file: regular files only, and never more than is expected.

Devices never end and pipes never begin, so both are refused before anything is read.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


class TooLargeError(OSError):
    """The file is larger than anything that could be meant."""


class NoFileError(OSError):
    """A device, pipe or socket, from which no file can be read."""


def read_file(path: Path, limit: int) -> bytes:
    """Read all of a file.

    Args:
        path: A regular file, or a link to one.
        limit: Most bytes that are accepted.

    Raises:
        FileNotFoundError, PermissionError, IsADirectoryError: As usual.
        NoFileError: It is no regular file.
        TooLargeError: It holds more than `limit` bytes.
        OSError: Any other refusal of the system, a name that cannot be one included.
    """
    with open_file(path) as file:
        if os.fstat(file.fileno()).st_size > limit:
            raise TooLargeError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
        data = file.read(limit + 1)
    if len(data) > limit:  # it grew, or the system does not know its size
        raise TooLargeError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return data


@contextmanager
def open_file(path: Path) -> Iterator[BinaryIO]:
    """Open a regular file for reading in parts; raises as `read_file`, but for the size."""
    try:
        # Opening a pipe would wait for whoever writes to it.
        descriptor = os.open(path, os.O_RDONLY | _NO_WAIT | getattr(os, "O_BINARY", 0))
    except ValueError as error:  # a zero byte in the name
        raise OSError(errno.EINVAL, "no possible name") from error
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        raise NoFileError(errno.EINVAL, "no regular file", str(path))
    with os.fdopen(descriptor, "rb") as file:
        yield file


_NO_WAIT = getattr(os, "O_NONBLOCK", 0)
