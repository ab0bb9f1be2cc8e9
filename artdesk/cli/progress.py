"""A progress bar on stderr for work that takes longer than two seconds."""

import sys
import time
from types import TracebackType
from typing import TextIO

_QUIET_SECONDS = 2.0
_REDRAW_SECONDS = 0.1
_LINE_SECONDS = 10.0
_WIDTH = 30


class ProgressBar:
    """Shows nothing for two seconds, then a bar; in a log file a line every ten seconds.

    Args:
        title: What is being done.
        total: How many units there are.
        unit: What a unit is called, in the plural.
        stream: Where to write; None is stderr.
    """

    def __init__(
        self, title: str, total: int, unit: str = "pictures", stream: TextIO | None = None
    ) -> None:
        self._title = title
        self._total = max(total, 1)
        self._unit = unit
        self._stream = sys.stderr if stream is None else stream
        self._bar = self._stream.isatty()
        self._begin = time.monotonic()
        self._last = self._begin
        self._shown = False

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.clear()

    def update(self, done: float) -> None:
        """Say that `done` of the units are finished; fractions are welcome."""
        now = time.monotonic()
        if now - self._begin < _QUIET_SECONDS:
            return
        if now - self._last < (_REDRAW_SECONDS if self._bar else _LINE_SECONDS):
            return
        self._last = now
        share = min(max(done / self._total, 0.0), 1.0)
        count = f"{int(done)} of {self._total} {self._unit}"
        left = (now - self._begin) * (1 - share) / share if share > 0.02 else None
        rest = "" if left is None else f", {_duration(left)} left"
        if self._bar:
            full = round(share * _WIDTH)
            bar = "█" * full + "░" * (_WIDTH - full)
            self._write(f"\r\x1b[K{self._title} {bar} {share:4.0%} {count}{rest}")
            self._shown = True
        else:
            self._write(f"{self._title}: {count}{rest}\n")

    def clear(self) -> None:
        """Take the bar away, so that a message can be printed."""
        if self._shown:
            self._write("\r\x1b[K")
            self._shown = False

    def _write(self, text: str) -> None:
        encoding = self._stream.encoding or "ascii"
        self._stream.write(text.encode(encoding, errors="replace").decode(encoding))
        self._stream.flush()


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
