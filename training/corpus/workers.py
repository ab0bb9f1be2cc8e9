"""Work shared over processes; the results come in the order of the work, so none depends on it."""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# Items handed out ahead for each process: enough that none waits, few enough to stop quickly.
_AHEAD = 4


def processes_here() -> int:
    """Two processes where there are two cores; more gain little and need memory."""
    return min(2, os.cpu_count() or 1)


def in_order(
    work: Callable[[Item], Result], items: Iterable[Item], processes: int = 1
) -> Generator[Result, None, None]:
    """Results of `work` for all items, in the order of the items.

    Args:
        work: A function of a module (it is sent to the processes by name); the result may depend
            on the item alone.
        items: What it is called with; taken as they are needed.
        processes: With 1 all is done here.

    Yields:
        One result for each item. What `work` raises is raised here.
    """
    if processes <= 1:
        yield from map(work, items)
        return
    # Processes begin anew: threads of libraries here would not survive a fork.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_leave_signals)
    waiting: deque[Future[Result]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) >= _AHEAD * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _leave_signals() -> None:
    """Ctrl-C is answered by the process that the user started, which then ends these."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
