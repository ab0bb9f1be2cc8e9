"""The artist's own collections: pictures dropped on the window become works to paint from."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from artdesk.core.recipe import Memory
from artdesk.studio import own_collections
from artdesk.studio.own_collections import Added
from artdesk.ui.controllers.editor import Editor
from artdesk.ui.controllers.worker import WorkerController
from artdesk.ui.layout import Parts

if TYPE_CHECKING:
    from artdesk.engine.pipeline import Engine

UNNAMED = "My pictures"
_TOLD = 3  # sentences about pictures that cannot be used; more would hide each other


def collection_name(files: Sequence[Path]) -> str:
    """What to call a collection: the folder that was dropped, or the one that the files are in."""
    first = files[0]
    name = first.name if first.is_dir() else first.parent.name
    readable = "".join(c for c in name if c.isprintable()).strip()[:60]
    return readable or UNNAMED


class CollectionsController(QObject):
    """Remembers pictures on a thread of its own and lets the draft paint from them."""

    said = Signal(str, str)
    progressed = Signal(int, int)  # pictures done, pictures to do; sent from the other thread
    changed = Signal()

    def __init__(
        self, parts: Parts, editor: Editor, worker: WorkerController, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._parts = parts
        self._editor = editor
        self._worker = worker
        self.progressed.connect(self._show_progress)
        parts.influences.collection_wanted.connect(self.choose)
        worker.engine_ready.connect(self._list)
        editor.changed.connect(self._list)

    def add(self, files: Sequence[Path], name: str = "") -> None:
        """Remember pictures and folders; pictures are painted from them alone from then on."""
        engine: Engine | None = self._worker.engine  # type: ignore[assignment]  # the real one
        if engine is None:
            self.said.emit("The model is still loading; try again in a moment.", "info")
            return
        name = name or collection_name(files)
        progressed = self.progressed.emit
        self.said.emit(f"Remembering “{name}”…", "info")
        self._worker.run_collecting(
            lambda: own_collections.add(engine, name, files, 1, progressed),
            lambda added: self._added(name, added),
        )

    @Slot(object)
    def take(self, path: Path) -> None:
        """Keep a pack of somebody else among the artist's collections."""
        engine: Engine | None = self._worker.engine  # type: ignore[assignment]  # the real one
        if engine is None:
            self.said.emit("The model is still loading; try again in a moment.", "info")
            return

        def taken(name: str) -> None:
            self._list()
            self.choose(name)
            self.said.emit(f"“{name}” is among your collections.", "info")
            self.changed.emit()

        self._worker.run_collecting(lambda: own_collections.take(engine, path), taken)

    def _added(self, name: str, added: Added) -> None:
        for sentence in added.failed[:_TOLD]:
            self.said.emit(sentence, "warning")
        if len(added.failed) > _TOLD:
            self.said.emit(f"{len(added.failed)} pictures cannot be used.", "warning")
        if not added.works and not added.known:
            return
        self._list()
        self.choose(name)
        count = len(added.works)
        again = f", {added.known} were there already" if added.known else ""
        self.said.emit(f"{count} pictures are remembered in “{name}”{again}.", "info")
        self.changed.emit()

    @Slot(int, int)
    def _show_progress(self, done: int, total: int) -> None:
        self._parts.status.setText(f"Remembering picture {done} of {total}")
        if done == total:
            self._parts.status.setText("")

    @Slot(str)
    def choose(self, name: str) -> None:
        """Paint only from this collection; "" paints from all."""
        draft = self._editor.draft
        memory = replace(draft.memory or Memory(), collections=(name,) if name else ())
        if memory != draft.memory:
            text = f"Paint from “{name}”" if name else "Paint from all works"
            self._editor.apply(replace(draft, memory=memory), text)

    @Slot()
    def _list(self, _what: object = None) -> None:
        engine = self._worker.engine
        memory = self._editor.draft.memory
        chosen = memory.collections[0] if memory is not None and memory.collections else ""
        names = engine.collection_names() if engine is not None else ()
        self._parts.influences.show_collections(names, chosen)
