"""An append-only history: one JSON object a line, on the disk before it is shown.

A power cut can tear the last line only; reading leaves such lines out and counts them. Each line
carries a checksum, since a flipped bit in a seed is a seed as well.
"""

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from artdesk.core import atomic, strict_json
from artdesk.core.aside import NEVER_PARSED, aside_name, move_aside
from artdesk.core.errors import OutputError
from artdesk.core.reading import open_file

VERSION = 2
"""Of a line; those of version 1 had no checksum."""
MAX_LINE = 640 * 1024
"""Longest line in bytes that is read: the longest recipe has 512 thousand characters of ASCII."""


def append(path: Path, entry: Mapping[str, Any]) -> None:
    """Add one entry and wait until it is on the disk.

    Raises:
        OutputError: The journal cannot be written.
    """
    atomic.make_folder(path.parent)
    atomic.append_line(path, _line(entry))


def read(path: Path) -> tuple[list[dict[str, Any]], int, str]:
    """Read all entries, oldest first; never raises.

    Returns:
        The entries, the number of lines that cannot be read, and a sentence when all of it
        cannot, else "". A journal of which no line can be read is moved aside; one that may not
        be read stays where it is.
    """
    try:
        entries, torn = _scan(path)
    except FileNotFoundError:
        return [], 0, ""
    except NEVER_PARSED:
        return [], 1, _put_aside(path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        return [], 0, f"The list of your pictures in {path} cannot be read: {reason}."
    if torn and not entries:
        return [], torn, _put_aside(path)
    return entries, torn, ""


def size(path: Path) -> int:
    """Bytes of a journal, 0 when nobody says; lines are only ever added behind them."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def read_part(path: Path, start: int, end: int | None = None) -> tuple[list[dict[str, Any]], bool]:
    """The entries between two places that `size` gave; never raises and changes nothing.

    Returns:
        The entries, oldest first, and whether all of the part could be read.
    """
    try:
        entries, torn = _scan(path, start, end)
    except FileNotFoundError:
        return [], True
    except OSError:
        return [], False
    return entries, not torn


def read_with(path: Path, part: bytes) -> list[dict[str, Any]]:
    """The entries whose line holds these bytes, oldest first, without parsing the others.

    Never raises; what can be no journal is moved aside as in `read`.
    """
    try:
        return _scan(path, part=part)[0]
    except FileNotFoundError:
        return []
    except NEVER_PARSED:
        _put_aside(path)
        return []
    except OSError:
        return []


def read_end(path: Path, size: int = 2**18) -> list[dict[str, Any]]:
    """The entries that end within the last `size` bytes, oldest first; never raises."""
    try:
        with open_file(path) as file:
            file.seek(0, os.SEEK_END)
            start = max(0, file.tell() - size)
            file.seek(start)
            lines = file.read(size).split(b"\n")
    except OSError:
        return []
    entries: list[dict[str, Any]] = []
    for line in lines[1 if start else 0 :]:
        with suppress(ValueError):
            entries.append(_entry(line))
    return entries


def repair(path: Path, entries: Sequence[Mapping[str, Any]]) -> str:
    """Keep a copy of a damaged journal and leave only what can be read; a sentence about it."""
    copy = aside_name(path)
    try:
        shutil.copyfile(path, copy)
        atomic.write_text(path, "".join(_line(entry) + "\n" for entry in entries))
    except (OSError, OutputError):
        return f"A part of the list of your pictures in {path} is damaged and cannot be mended."
    return f"A part of the list of your pictures was damaged; it was kept as {copy.name}."


def _scan(
    path: Path, start: int = 0, end: int | None = None, part: bytes = b""
) -> tuple[list[dict[str, Any]], int]:
    """Entries of the lines from `start` to `end` that hold `part`, and how many cannot be read."""
    entries: list[dict[str, Any]] = []
    torn = 0
    left = sys.maxsize if end is None else end - start
    with open_file(path) as file:
        file.seek(start)
        while line := file.readline(min(left, MAX_LINE + 1)):
            left -= len(line)
            if len(line) > MAX_LINE:
                torn += 1
                while line and not line.endswith(b"\n"):
                    line = file.readline(min(left, MAX_LINE))
                    left -= len(line)
            elif line.strip() and part in line:
                try:
                    entries.append(_entry(line))
                except ValueError:
                    torn += 1
                else:  # whole, but the end of the file behind it is lost
                    torn += not line.endswith(b"\n")
    return entries, torn


def _line(entry: Mapping[str, Any]) -> str:
    return strict_json.with_check(strict_json.dump({**entry, "version": VERSION}))


def _entry(line: bytes) -> dict[str, Any]:
    text, checked = strict_json.without_check(line.decode("utf-8").strip())
    entry = strict_json.load(text, MAX_LINE)
    if not checked and entry.get("version") != 1:
        raise ValueError("the checksum is missing")
    return entry


def _put_aside(path: Path) -> str:
    what = f"The list of your pictures in {path} is damaged"
    try:
        return f"{what} and was kept as {move_aside(path).name}; it is made again from them."
    except OutputError as error:
        return f"{what}. {error}"
