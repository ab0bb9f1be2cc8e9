"""An append-only history: one JSON object a line, on the disk before it is shown.

A power cut can tear the last line only; reading leaves such lines out and counts them.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from artdesk.core import atomic, strict_json
from artdesk.core.aside import move_aside

MAX_LINE = 512 * 1024
"""Longest line in characters that is read."""


def append(path: Path, entry: Mapping[str, Any]) -> None:
    """Add one entry and wait until it is on the disk.

    Raises:
        OutputError: The journal cannot be written.
    """
    atomic.make_folder(path.parent)
    atomic.append_line(path, strict_json.dump(dict(entry)))


def read(path: Path) -> tuple[list[dict[str, Any]], int]:
    """Read all entries, oldest first.

    Returns:
        The entries, and the number of lines that cannot be read. Without a file there are none.
        A journal that cannot even be opened is moved aside so that a new one can begin.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return [], 0
    except OSError:
        move_aside(path)
        return [], 1
    entries: list[dict[str, Any]] = []
    torn = 0
    for line in data.split(b"\n"):
        if not line.strip():
            continue
        try:
            entries.append(strict_json.load(line.decode("utf-8"), MAX_LINE))
        except ValueError:
            torn += 1
    return entries, torn
