"""One plain thread that owns the engine: quick tasks, then finished pictures, then previews.

Previews go through a slot where the newest request wins; a running preview is left to end,
because stopping it on every move of a slider would keep the screen empty until the hand rests.
Finished pictures wait in a queue. Every outcome is handed to one `report` function as a frozen
event, always from the worker thread; the window turns that into a queued signal.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic

from artdesk.core.cancel import CancelToken
from artdesk.core.errors import ArtDeskError, Cancelled
from artdesk.studio.events import (
    UNEXPECTED,
    EngineFailed,
    EngineReady,
    EngineRefused,
    Event,
    FinalCancelled,
    FinalFailed,
    FinalProgress,
    FinalReady,
    FinalStarted,
    PreviewFailed,
    PreviewReady,
)
from artdesk.studio.tasks import Result, Taker, TaskFailed, TaskReady

if TYPE_CHECKING:
    from artdesk.core.recipe import Recipe
    from artdesk.engine.pipeline import Picture, Progress
    from artdesk.studio.events import StudioEngine
    from artdesk.studio.library import HistoryEntry

LOGGER = logging.getLogger(__name__)
PREVIEW_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class _Final:
    number: int
    recipe: "Recipe"


@dataclass(frozen=True, slots=True)
class _Preview:
    number: int
    recipe: "Recipe"


@dataclass(frozen=True, slots=True)
class _Task(Generic[Result]):
    work: "Callable[[StudioEngine, CancelToken], Result]"
    taker: Taker[Result]

    def run(self, engine: "StudioEngine", token: CancelToken) -> TaskReady[Result]:
        """Do the work."""
        return TaskReady(self.work(engine, token), self.taker)


@dataclass(frozen=True, slots=True)
class _Swap:
    start: "Callable[[], StudioEngine]"


class LatestWorker:
    """The worker thread.

    Args:
        start: makes the engine; called on the worker thread, so that the window shows at once.
        report: receives every event, on the worker thread.
        keep: stores a finished picture and returns its entry; called on the worker thread.
    """

    def __init__(
        self,
        start: "Callable[[], StudioEngine]",
        report: Callable[[Event], None],
        keep: "Callable[[Picture], HistoryEntry]",
    ) -> None:
        self._start = start
        self._report = report
        self._keep = keep
        self._condition = threading.Condition()
        self._numbers = 0
        self._tasks: deque[_Task[Any] | _Swap] = deque()
        self._finals: deque[_Final] = deque()
        self._idle_tasks: deque[_Task[Any]] = deque()
        self._preview: _Preview | None = None
        self._running: _Final | _Preview | _Task[Any] | _Swap | None = None
        self._token = CancelToken()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="artdesk-worker", daemon=True)
        self._thread.start()

    def submit_preview(self, recipe: "Recipe") -> int:
        """Ask for a preview; it takes the place of a preview that still waits."""
        with self._condition:
            number = self._next()
            self._preview = _Preview(number, recipe)
            self._condition.notify()
            return number

    def submit_final(self, recipe: "Recipe") -> int:
        """Queue a finished picture; a running preview is stopped in its favour."""
        with self._condition:
            number = self._next()
            self._finals.append(_Final(number, recipe))
            self._preview = None
            if isinstance(self._running, _Preview):
                self._token.cancel()
            self._condition.notify()
            return number

    def submit_task(
        self,
        work: "Callable[[StudioEngine, CancelToken], Result]",
        then: Callable[[Result], None],
        fail: Callable[[str], None],
        *,
        idle: bool = False,
    ) -> None:
        """Queue a short piece of work that needs the engine.

        Args:
            work: What to do.
            then: Takes its result; called by whoever delivers the event.
            fail: Takes one plain sentence.
            idle: Whether it waits until nothing else does.
        """
        task = _Task(work, Taker(then, fail))
        with self._condition:
            (self._idle_tasks if idle else self._tasks).append(task)
            self._condition.notify()

    def change_engine(self, start: "Callable[[], StudioEngine]") -> None:
        """Load another model after the running job; the old one stays when that fails."""
        with self._condition:
            self._tasks.append(_Swap(start))
            self._condition.notify()

    def cancel(self) -> None:
        """Stop the running picture or preview and forget the ones that wait."""
        with self._condition:
            waiting = list(self._finals)
            self._finals.clear()
            self._preview = None
            if isinstance(self._running, _Final | _Preview):
                self._token.cancel()
        for final in waiting:
            self._report(FinalCancelled(final.number))

    def close(self, timeout: float = 5.0) -> bool:
        """Stop intake, stop what runs and wait for the thread.

        Returns:
            Whether the thread ended in time.
        """
        with self._condition:
            self._closing = True
            self._tasks.clear()
            self._finals.clear()
            self._idle_tasks.clear()
            self._preview = None
            self._token.cancel()
            self._condition.notify_all()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _next(self) -> int:
        self._numbers += 1
        return self._numbers

    def _run(self) -> None:
        engine, fault = _begin(self._start)
        self._report(EngineFailed(fault) if engine is None else EngineReady(engine))
        while (job := self._take()) is not None:
            try:
                if isinstance(job, _Swap):
                    fresh, complaint = _begin(job.start)
                    if fresh is not None:
                        engine = fresh
                        self._report(EngineReady(fresh))
                    else:
                        fault = complaint if engine is None else fault
                        refused = EngineFailed if engine is None else EngineRefused
                        self._report(refused(complaint))
                elif engine is None:  # everything that is asked gets an answer
                    self._report(_failure(job, fault))
                else:
                    self._work(engine, job)
            finally:
                with self._condition:
                    self._running = None

    def _take(self) -> "_Final | _Preview | _Task[Any] | _Swap | None":
        """The next job, taken out of its slot before it runs so that no request gets lost."""
        with self._condition:
            while not self._closing:
                job: _Final | _Preview | _Task[Any] | _Swap | None = None
                if self._tasks:
                    job = self._tasks.popleft()
                elif self._finals:
                    job = self._finals.popleft()
                elif self._preview is not None:
                    job, self._preview = self._preview, None
                elif self._idle_tasks:
                    job = self._idle_tasks.popleft()
                if job is not None:
                    self._running = job
                    self._token = CancelToken()
                    return job
                self._condition.wait()
            return None

    def _work(self, engine: "StudioEngine", job: "_Final | _Preview | _Task[Any]") -> None:
        token = self._token
        try:
            if isinstance(job, _Final):
                self._final(engine, job, token)
            elif isinstance(job, _Preview):
                self._report(PreviewReady(job.number, engine.preview(job.recipe, token)))
            else:
                self._report(job.run(engine, token))
        except Cancelled:
            if isinstance(job, _Final):
                self._report(FinalCancelled(job.number))
        except ArtDeskError as error:
            self._report(_failure(job, str(error)))
        except Exception:
            LOGGER.exception("A job of the worker failed")
            self._report(_failure(job, UNEXPECTED))

    def _final(self, engine: "StudioEngine", job: _Final, token: CancelToken) -> None:
        self._report(FinalStarted(job.number, job.recipe))
        shown = time.monotonic()

        def progress(state: "Progress") -> None:
            nonlocal shown
            preview = None
            if time.monotonic() - shown >= PREVIEW_SECONDS:
                preview = state.preview()
                shown = time.monotonic()
            self._report(FinalProgress(job.number, state.step, state.steps, state.stage, preview))

        picture = engine.generate(job.recipe, token, progress)
        entry, warning = None, ""
        try:
            entry = self._keep(picture)
        except ArtDeskError as error:
            warning = str(error)
        self._report(FinalReady(job.number, picture, entry, warning))


def _begin(start: "Callable[[], StudioEngine]") -> "tuple[StudioEngine | None, str]":
    """Make an engine; the sentence says why there is none."""
    try:
        return start(), ""
    except ArtDeskError as error:
        return None, str(error)
    except Exception:  # edge of the thread: log it and tell the artist
        LOGGER.exception("The engine could not be started")
        return None, UNEXPECTED


def _failure(job: "_Final | _Preview | _Task[Any]", message: str) -> Event:
    if isinstance(job, _Final):
        return FinalFailed(job.number, message)
    if isinstance(job, _Preview):
        return PreviewFailed(job.number, message)
    return TaskFailed(message, job.taker.fail)
