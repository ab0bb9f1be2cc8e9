"""Tells whether this process opened a file, as the kernel sees it: also from inside Qt."""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

IN_OPEN = 0x20
IN_NONBLOCK = 0o4000


@contextmanager
def watched(path: Path) -> Iterator["Watch"]:
    """Watch `path` with inotify(7); the test is skipped where there is none."""
    if sys.platform != "linux":
        pytest.skip("inotify is a part of Linux")
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.inotify_init1(IN_NONBLOCK)
    if descriptor < 0 or libc.inotify_add_watch(descriptor, os.fsencode(path), IN_OPEN) < 0:
        pytest.skip(f"inotify cannot be used: {os.strerror(ctypes.get_errno())}")
    try:
        yield Watch(descriptor)
    finally:
        os.close(descriptor)


class Watch:
    """What happened to the file so far."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def opened(self) -> bool:
        """Whether the file was opened since the last call."""
        try:
            return bool(os.read(self._descriptor, 65536))
        except BlockingIOError:
            return False
