"""Move a file that cannot be read out of the way, so that it is never written over."""

import os
import time
from pathlib import Path

from artdesk.core.atomic import output_error
from artdesk.core.reading import NoFileError, TooLargeError

NEVER_PARSED = (IsADirectoryError, NoFileError, TooLargeError)
"""Faults of reading that no right and no patience mends: what lies there is no file of ours."""


def move_aside(path: Path) -> Path:
    """Rename `path` to `<name>.corrupt-<time>` and return the new path; OutputError if refused."""
    target = aside_name(path)
    try:
        path.rename(target)
    except OSError as error:
        raise output_error(target, error) from error
    return target


def aside_name(path: Path) -> Path:
    """A free name of the form `<name>.corrupt-<time>`."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    target = path.with_name(f"{path.name}.corrupt-{stamp}")
    number = 1
    while os.path.lexists(target):
        number += 1
        target = path.with_name(f"{path.name}.corrupt-{stamp}-{number}")
    return target


def make_room(path: Path) -> None:
    """Before a file is written: one that we may not read is moved aside instead of replaced."""
    if os.path.lexists(path) and not os.access(path, os.R_OK):
        move_aside(path)
