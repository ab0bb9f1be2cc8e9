"""Short pieces of work on a thread, whose results come back typed to the thread that asked.

A task carries both what makes the result and what takes it, so the type of the one is checked
against the other and nothing has to guess what came back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Taker(Generic[Result]):
    """What becomes of a result; both are called in the thread that asked.

    Args:
        then: takes the result.
        fail: takes one plain sentence when there is none.
    """

    then: Callable[[Result], None]
    fail: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class TaskReady(Generic[Result]):
    """A short piece of work is done."""

    result: Result
    taker: Taker[Result]

    def deliver(self) -> None:
        """Hand the result over."""
        self.taker.then(self.result)


@dataclass(frozen=True, slots=True)
class TaskFailed:
    """A short piece of work failed."""

    message: str
    fail: Callable[[str], None]

    def deliver(self) -> None:
        """Hand the sentence over."""
        self.fail(self.message)
