"""Ends work that goes on far too long: one thread for all of it, asleep while nothing runs."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Watchdog:
    """Calls back when something that was begun does not end in time."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._watched: dict[int, tuple[float, Callable[[], None]]] = {}
        self._numbers = 0
        self._wakes = float("-inf")  # when the thread looks again; there is none yet
        self._started = False

    @contextmanager
    def watching(self, seconds: float, stop: Callable[[], None]) -> Iterator[None]:
        """Call `stop` once, in another thread, when the block lasts longer than `seconds`."""
        until = time.monotonic() + seconds
        with self._condition:
            self._numbers += 1
            number = self._numbers
            self._watched[number] = until, stop
            if not self._started:
                self._started = True
                threading.Thread(target=self._look, name="watchdog", daemon=True).start()
            # A thread that looks in time anyway is left asleep: a picture has many short runs.
            elif until < self._wakes:
                self._condition.notify()
        try:
            yield
        finally:
            with self._condition:
                self._watched.pop(number, None)

    def _look(self) -> None:
        while True:
            with self._condition:
                now = time.monotonic()
                late = [n for n, (until, _) in self._watched.items() if until <= now]
                stops = [self._watched.pop(number)[1] for number in late]
                if not stops:
                    times = [until for until, _ in self._watched.values()]
                    self._wakes = min(times, default=float("inf"))
                    self._condition.wait(self._wakes - now if times else None)
            for stop in stops:
                stop()
