"""Progress bars: one look for all commands."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

Item = TypeVar("Item")
Counted = Callable[[int, int], None]
"""Called with what is done and what there is to do."""
Staged = Callable[[str, int, int], None]
"""Called with a stage, what is done, and what there is to do."""
Begin = Callable[[str, int], Callable[[], None]]
"""Called with a title and its number of steps; gives what is called after each step."""


def bars(console: Console | None = None, *further: ProgressColumn) -> Progress:
    """The bars themselves, with further columns at the end."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        *further,
        console=console,
    )


@contextmanager
def counted(title: str) -> Iterator[Counted]:
    """One bar that is told what is done and what there is to do."""
    with bars() as shown:
        task = shown.add_task(title, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


@contextmanager
def staged() -> Iterator[Staged]:
    """A bar for each stage, from the first word about it."""
    with bars() as shown:
        tasks = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = shown.add_task(stage, total=None)
            shown.update(tasks[stage], completed=done, total=total)

        yield tell


@contextmanager
def stepwise(console: Console) -> Iterator[Begin]:
    """Bars that begin one by one; the first begins the display, so that `track` may come before."""
    shown = bars(console)

    def begin(title: str, steps: int) -> Callable[[], None]:
        # Two displays cannot be live at once.
        shown.start()
        task = shown.add_task(title, total=steps)
        return lambda: shown.advance(task)

    try:
        yield begin
    finally:
        shown.stop()


def track(items: Sequence[Item], title: str, console: Console | None = None) -> Iterator[Item]:
    """The items one by one under a bar."""
    with bars(console) as shown:
        yield from shown.track(items, description=title)
