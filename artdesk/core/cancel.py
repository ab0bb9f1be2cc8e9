"""A token that lets one thread ask another to stop."""

import threading
from collections.abc import Callable

from artdesk.core.errors import Cancelled


class CancelToken:
    """Asked once, stays asked; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancelled = False
        self._callbacks: dict[int, Callable[[], None]] = {}
        self._next = 0

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked to stop."""
        return self._cancelled

    def cancel(self) -> None:
        """Ask to stop; each callback is called once, in this thread."""
        with self._lock:
            if self._cancelled:
                return
            self._cancelled = True
            callbacks = list(self._callbacks.values())
            self._callbacks.clear()
        for callback in callbacks:  # outside the lock: a callback may use the token
            callback()

    def check(self) -> None:
        """Raise `Cancelled` when somebody asked to stop."""
        if self._cancelled:
            raise Cancelled("The work was cancelled.")

    def on_cancel(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` at the moment of cancelling, or now when that has passed.

        Returns:
            A function that takes the callback back; calling it twice does no harm.
        """
        with self._lock:
            if not self._cancelled:
                number = self._next
                self._next += 1
                self._callbacks[number] = callback

                def remove() -> None:
                    with self._lock:
                        self._callbacks.pop(number, None)

                return remove
        callback()
        return lambda: None
