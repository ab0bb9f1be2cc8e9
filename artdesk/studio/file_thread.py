"""One plain thread for files and thumbnails, so that looking never waits for painting.

What was asked first is done first, and before the thread ends, so that leaving loses no file that
is being saved. Thumbnails wait until nothing else does; the one that was asked last is made first,
because it is the one on the screen.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic

from artdesk.core.errors import ArtDeskError
from artdesk.studio.events import UNEXPECTED, Event
from artdesk.studio.tasks import Result, Taker, TaskFailed, TaskReady

LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Job(Generic[Result]):
    work: Callable[[], Result]
    taker: Taker[Result]
    slot: str

    def run(self) -> Event:
        """Do the work; its outcome."""
        try:
            return TaskReady(self.work(), self.taker)
        except ArtDeskError as error:
            return TaskFailed(str(error), self.taker.fail)
        except Exception:  # edge of the thread: log it and tell the artist
            LOGGER.exception("A job of the file thread failed")
            return TaskFailed(UNEXPECTED, self.taker.fail)


class FileThread:
    """The thread.

    Args:
        report: receives every outcome, on this thread.
    """

    def __init__(self, report: Callable[[Event], None]) -> None:
        self._report = report
        self._condition = threading.Condition()
        self._jobs: deque[_Job[object]] = deque()
        self._idle: list[_Job[object]] = []
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="artdesk-files", daemon=True)
        self._thread.start()

    def submit(
        self,
        work: Callable[[], Result],
        then: Callable[[Result], None],
        fail: Callable[[str], None],
        *,
        idle: bool = False,
        slot: str = "",
    ) -> None:
        """Queue a piece of work.

        Args:
            work: Reads or writes files; knows no widgets.
            then: Takes its result.
            fail: Takes one plain sentence.
            idle: Whether it waits until nothing else does, and is given up at the end.
            slot: A name; waiting work of the same name is given up, for only the newest matters.
        """
        job = _Job(work, Taker(then, fail), slot)
        with self._condition:
            if slot:
                self._jobs = deque(one for one in self._jobs if one.slot != slot)
            (self._idle if idle else self._jobs).append(job)  # type: ignore[arg-type]  # runs itself
            self._condition.notify()

    def close(self, timeout: float = 5.0) -> bool:
        """Do what was asked, but for idle work, and end; False when that takes too long."""
        with self._condition:
            self._closing = True
            self._idle.clear()
            self._condition.notify()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (job := self._take()) is not None:
            self._report(job.run())

    def _take(self) -> "_Job[object] | None":
        with self._condition:
            while not self._jobs and not self._idle:
                if self._closing:
                    return None
                self._condition.wait()
            return self._jobs.popleft() if self._jobs else self._idle.pop()
