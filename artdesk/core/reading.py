"""The one way to read a file whole: regular files only, and never more than is expected.

Devices never end and pipes never begin, so both are refused before anything is read.
"""

import errno
import os
import stat
from pathlib import Path


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
    try:
        # Opening a pipe would wait for whoever writes to it.
        descriptor = os.open(path, os.O_RDONLY | _NO_WAIT | getattr(os, "O_BINARY", 0))
    except ValueError as error:  # a zero byte in the name
        raise OSError(errno.EINVAL, "no possible name") from error
    with os.fdopen(descriptor, "rb") as file:
        kind = os.fstat(descriptor)
        if stat.S_ISDIR(kind.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(kind.st_mode):
            raise NoFileError(errno.EINVAL, "no regular file", str(path))
        if kind.st_size > limit:
            raise TooLargeError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
        data = file.read(limit + 1)
    if len(data) > limit:  # it grew, or the system does not know its size
        raise TooLargeError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return data


_NO_WAIT = getattr(os, "O_NONBLOCK", 0)
