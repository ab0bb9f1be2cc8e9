"""Carries the worker's events from its thread to the window's."""

from PySide6.QtCore import QObject, Signal

from artdesk.studio.events import Event


class Bridge(QObject):
    """Born in the window's thread; `report` may be called from any thread.

    Receivers are slots of objects of the window's thread, so Qt queues the call.
    """

    arrived = Signal(object)

    def report(self, event: Event) -> None:
        """Queue one event for the window."""
        self.arrived.emit(event)
