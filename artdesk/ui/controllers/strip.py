"""The history strip: filling it, its thumbnails, stars and menu, and pictures not stored yet."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtWidgets import QMenu

from artdesk.studio.events import Pixels
from artdesk.studio.library import HistoryEntry, Library
from artdesk.studio.thumbnails import Thumbnails
from artdesk.ui.controllers.viewer import Viewer
from artdesk.ui.controllers.worker import WorkerController
from artdesk.ui.layout import Parts
from artdesk.ui.widgets.history import Item
from artdesk.ui.widgets.pixels import to_pixmap


class StripController(QObject):
    """Everything about the strip but what is shown on the canvas."""

    said = Signal(str, str)
    filled = Signal()

    def __init__(
        self,
        parts: Parts,
        worker: WorkerController,
        viewer: Viewer,
        library: Library,
        thumbnails: Thumbnails,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._parts = parts
        self._worker = worker
        self._viewer = viewer
        self._library = library
        self._thumbnails = thumbnails
        self._marked: list[Item] = []  # in this run: what is read later says nothing new of them
        parts.strip.star_wanted.connect(self.star)
        parts.strip.menu_wanted.connect(self._open_menu)
        parts.history.thumbnail_wanted.connect(self._load_thumbnail)

    def fill(self) -> None:
        """Show the pictures of earlier runs, as soon as they are read."""

        def then(entries: list[HistoryEntry]) -> None:
            for note in self._library.notes:
                self.said.emit(note, "warning")
            self._append(entries)
            self.filled.emit()
            self._adopt()

        def fail(message: str) -> None:
            self.said.emit(f"The history could not be read. {message}", "error")
            self.filled.emit()

        # The first page comes at once; a long journal takes seconds to read.
        self._worker.run_files(self._library.newest, self._append, _ignore)
        self._worker.run_files(self._library.entries, then, fail)

    def _adopt(self) -> None:
        """Show pictures that the journal does not name, a few at a time while all else rests."""

        def then(found: list[HistoryEntry]) -> None:
            self._append(found)
            self._adopt()

        if self._library.unlisted:
            self._worker.run_files(self._library.adopt, then, _ignore, idle=True)

    def _append(self, entries: list[HistoryEntry]) -> None:
        """Show older pictures, but for those that are there already."""
        there = self._parts.history.by_path()
        new = [_item(entry) for entry in reversed(entries) if entry.path not in there]
        self._parts.history.append(new)
        for entry in entries:  # stars that the first page could not know
            item = there.get(entry.path)
            if entry.starred and item is not None and item not in self._marked:
                self._parts.history.set_starred(item, True)

    def star_shown(self) -> None:
        """Mark the shown picture, or take the mark away."""
        item = self._parts.history.ringed
        if item is None:
            text = "Choose a picture in the history first, then star it."
            if self._viewer.shown is not None:
                text = "The shown picture is a file and not in the history, so it has no star."
            self.said.emit(text, "info")
        else:
            self.star(item)

    @Slot(object)
    def star(self, item: Item) -> None:
        """Mark a picture, or take the mark away."""
        entry = item.entry
        if entry is None:
            self.said.emit("This picture could not be stored: save it first (Ctrl+S).", "warning")
            return
        starred = not entry.starred
        self._marked.append(item)

        def fail(message: str) -> None:
            self._parts.history.set_starred(item, not starred)
            self.said.emit(message, "error")

        self._parts.history.set_starred(item, starred)
        self._worker.run_files(lambda: self._library.star(entry, starred), _ignore, fail)

    def store_again(self, then: Callable[[], object]) -> None:
        """Try once more to store what could not be stored; `then` when all of it is.

        Args:
            then: Called when nothing unstored is left.
        """

        def stored(item: Item, entry: HistoryEntry) -> None:
            self._parts.history.set_stored(item, entry)
            if not self._parts.history.unstored():
                then()

        for item in self._parts.history.unstored():
            picture = item.picture
            if picture is not None:
                self._worker.run_files(
                    lambda kept=picture: self._library.add(kept),  # type: ignore[misc]
                    lambda entry, one=item: stored(one, entry),  # type: ignore[misc]
                )

    @Slot(object, object)
    def _open_menu(self, item: Item, point: QPoint) -> None:
        show, viewer = self._viewer.show_item, self._viewer
        menu = QMenu(self._parts.strip)
        menu.setAccessibleName(f"What to do with {item.spoken}")
        starred = item.entry is not None and item.entry.starred
        for text, act in (
            ("Use all", lambda: show(item, viewer.use_all)),
            ("Use the words", lambda: show(item, viewer.use_words)),
            ("Remix", lambda: show(item, viewer.remix)),
            ("", None),
            ("Unstar" if starred else "Star", lambda: self.star(item)),
            ("Save as…", lambda: show(item, viewer.save_shown)),
        ):
            if act is None:
                menu.addSeparator()
            else:
                menu.addAction(text).triggered.connect(act)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(point)

    @Slot(object)
    def _load_thumbnail(self, item: Item) -> None:
        entry = item.entry
        if entry is None:
            return

        def then(pixels: Pixels) -> None:
            self._parts.history.set_thumbnail(item, to_pixmap(pixels))

        # A picture that was deleted elsewhere keeps its written place; no message for each.
        self._worker.run_files(lambda: self._thumbnails.of(entry.path), then, _ignore, idle=True)


def _ignore(_outcome: object) -> None:
    """Nothing is to be done."""


def _item(entry: HistoryEntry) -> Item:
    return Item(
        title=entry.title,
        seed=entry.seed,
        width=entry.width,
        height=entry.height,
        entry=entry,
    )
