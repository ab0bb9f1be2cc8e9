"""Short work of which only the newest request counts."""

from collections.abc import Callable
from typing import Generic

from artdesk.core.cancel import CancelToken
from artdesk.studio.events import StudioEngine
from artdesk.studio.tasks import Result
from artdesk.ui.controllers.worker import WorkerController


class NewestTask(Generic[Result]):
    """Runs one task at a time; of those asked for meanwhile only the newest runs next.

    What goes wrong is not said: such work is an extra that the artist did not ask for.

    Args:
        worker: Runs the tasks, and previews and pictures before them.
    """

    def __init__(self, worker: WorkerController) -> None:
        self._worker = worker
        self._running = False
        self._next: (
            tuple[Callable[[StudioEngine, CancelToken], Result], Callable[[Result], None]] | None
        ) = None

    def ask(
        self,
        work: Callable[[StudioEngine, CancelToken], Result],
        then: Callable[[Result], None],
    ) -> None:
        """Run `work(engine, token)` in an idle moment and give its result to `then`."""
        self._next = (work, then)
        if not self._running:
            self._go()

    def _go(self) -> None:
        if self._next is None:
            return
        work, then = self._next
        self._next, self._running = None, True

        def finished(result: Result) -> None:
            self._running = False
            then(result)
            if not self._running:
                self._go()

        self._worker.run(work, finished, lambda _message: self._failed(), idle=True)

    def _failed(self) -> None:
        self._running = False
        self._go()
