"""Influences: shows whom a picture owes what, and turns wishes about works into the draft."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from artdesk.core.errors import ArtDeskError
from artdesk.core.memory_recipe import CellPicture, Composition
from artdesk.core.recipe import Memory
from artdesk.studio import influences
from artdesk.studio.controls import control_of_memory
from artdesk.studio.draft import FIRST_DRAFT, FIRST_MEMORY
from artdesk.studio.events import Pixels, StudioEngine
from artdesk.studio.influences import Contribution
from artdesk.ui.controllers.editor import Editor
from artdesk.ui.controllers.newest import NewestTask
from artdesk.ui.controllers.worker import WorkerController
from artdesk.ui.layout import Parts
from artdesk.ui.widgets.influences_panel import (
    FROM_PICTURE,
    FROM_WORK,
    IMAGINED,
    THUMBNAIL,
)
from artdesk.ui.widgets.pixels import to_pixmap, to_thumbnail
from artdesk.ui.widgets.works_dialog import WorksDialog

if TYPE_CHECKING:
    from artdesk.core.cancel import CancelToken
    from artdesk.engine.pipeline import Picture
    from artdesk.pictures.files import StoredPicture
    from artdesk.pictures.origin import Origin


class InfluencesController(QObject):
    """Keeps the influences panel, the overlay on the canvas and the list of works up to date."""

    said = Signal(str, str)
    picture_wanted = Signal()  # a picture of the artist as composition

    def __init__(
        self, parts: Parts, editor: Editor, worker: WorkerController, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._parts = parts
        self._panel = parts.influences
        self._editor = editor
        self._worker = worker
        self._origin: Origin | None = None
        self._possible = False
        self._reading: NewestTask[Pixels | None] = NewestTask(worker)
        self.works: WorksDialog | None = None
        panel = self._panel
        panel.memory_wanted.connect(self._switch)
        panel.control_wanted.connect(self._set)
        panel.gesture.connect(editor.gesture)
        panel.composition_wanted.connect(self._compose)
        panel.contribution_wanted.connect(self.act)
        panel.looked_at.connect(self.look_at)
        panel.browse_wanted.connect(self.browse)
        panel.allow_wanted.connect(lambda: self._change(influences.allowed, "Allow banned works"))
        editor.changed.connect(self._show_memory)
        worker.engine_ready.connect(self._engine_ready)
        worker.preview_made.connect(self.show_picture)

    @Slot(object)
    def _engine_ready(self, engine: StudioEngine) -> None:
        self._possible = engine.remembers
        if self._possible and self._editor.draft == FIRST_DRAFT:
            # Nobody has worked here yet; a session keeps what it had.
            self._editor.put(FIRST_MEMORY)
        self._show_memory()

    @Slot()
    def _show_memory(self, _draft: object = None) -> None:
        self._panel.show_memory(self._editor.draft.memory, possible=self._possible)

    @Slot(object)
    def show_picture(self, picture: "Picture | StoredPicture") -> None:
        """Show the works that a picture is painted from."""
        self._origin = origin = picture.origin
        if origin is None or not origin.works:
            self._panel.show_contributions((), self._editor.draft.memory, alone=origin is None)
            return
        shares = origin.shares()

        def then(result: dict[str, tuple[str, str]]) -> None:
            if self._origin is not origin:
                return
            parts = [
                Contribution(
                    work=name,
                    credit=result[name][0],
                    licence=result[name][1],
                    share=shares.get(name, 0.0),
                    composed=name == origin.works[-1] and name not in shares,
                )
                for name in sorted(origin.works, key=lambda one: -shares.get(one, 0.0))
            ]
            self._panel.show_contributions(parts, self._editor.draft.memory)
            self._illustrate(0)

        self._worker.run(
            lambda engine, _token: engine.credits(origin.works), then, lambda _message: None
        )

    def _illustrate(self, number: int) -> None:
        """Draw the works in the panel one after another, in idle moments."""
        if number >= len(self._panel.rows):
            return
        row = self._panel.rows[number]
        if not row.picture.pixmap().isNull():
            self._illustrate(number + 1)
            return
        name = row.part.work

        def work(engine: StudioEngine, token: "CancelToken") -> Pixels | None:
            pixels = engine.work_pixels(name, token)
            return None if pixels is None else to_thumbnail(pixels, 2 * THUMBNAIL)

        def then(result: Pixels | None) -> None:
            if number < len(self._panel.rows) and self._panel.rows[number] is row:
                if result is not None:
                    pixmap = to_pixmap(result)
                    pixmap.setDevicePixelRatio(2)
                    row.show_picture(pixmap)
                self._illustrate(number + 1)

        self._reading.ask(work, then)

    @Slot(str)
    def look_at(self, work: str) -> None:
        """Mark a work's cells on the canvas; "" takes the marks away."""
        mask: NDArray[np.bool_] | None = None
        if self._origin is not None and work in self._origin.works:
            mask = self._origin.cells[..., 0] == self._origin.works.index(work) + 1
        self._parts.canvas.mark_cells(mask)

    @Slot(str, str)
    def act(self, what: str, work: str) -> None:
        """Keep, free, weigh or ban a work, or take the composition from it."""
        composed = any(row.part.work == work and row.part.share == 0 for row in self._panel.rows)
        changes: dict[str, tuple[Callable[[Memory], Memory], str]] = {
            "keep": (
                lambda memory: (
                    influences.with_composition(memory, work)
                    if composed
                    else influences.with_touch(memory, work)
                ),
                "Keep a work",
            ),
            "free": (
                lambda memory: (
                    influences.with_composition(memory, None)
                    if memory.composition.work == work
                    else influences.without_touch(memory, work)
                ),
                "Free a work",
            ),
            "more": (lambda memory: influences.weighed(memory, work, 1), "More of a work"),
            "less": (lambda memory: influences.weighed(memory, work, -1), "Less of a work"),
            "ban": (lambda memory: influences.banned(memory, work), "Never use a work"),
            "touch": (lambda memory: influences.with_touch(memory, work), "Touch of a work"),
            "compose": (
                lambda memory: influences.with_composition(memory, work),
                "Composition of a work",
            ),
        }
        change, text = changes[what]
        self._change(change, text)

    @Slot(bool)
    def _switch(self, on: bool) -> None:
        draft = self._editor.draft
        memory = Memory() if on else None
        self._editor.apply(
            replace(draft, memory=memory), "Paint from memory" if on else "Paint without memory"
        )

    @Slot(str, int)
    def _set(self, field: str, value: int) -> None:
        name = control_of_memory(field).name

        def change(memory: Memory) -> Memory:
            return replace(memory, **{field: value})  # type: ignore[arg-type]  # by field name

        self._change(change, f"Set {name}", field)

    @Slot(int)
    def _compose(self, source: int) -> None:
        if source == FROM_WORK:
            self._change(
                lambda memory: influences.with_composition(memory, None), "Composition from a work"
            )
        elif source == IMAGINED:
            self._change(influences.imagined, "Imagined composition")
        elif source == FROM_PICTURE:
            self._show_memory()  # until a picture is chosen the draft stays
            self.picture_wanted.emit()

    @Slot(object)
    def take_composition(self, picture: CellPicture) -> None:
        """Take the large forms from a picture of the artist."""
        composition = Composition(source="picture", picture=picture)
        self._change(
            lambda memory: replace(memory, composition=composition), "Composition from a picture"
        )

    def _change(self, change: Callable[[Memory], Memory], text: str, merge: str = "") -> None:
        draft = self._editor.draft
        try:
            memory = change(draft.memory or Memory())
        except ArtDeskError as error:
            self.said.emit(str(error), "warning")
            self._show_memory()
            return
        self._editor.apply(replace(draft, memory=memory), text, merge)

    @Slot()
    def browse(self) -> None:
        """Open the list of all remembered works."""
        if self.works is None:
            self.works = WorksDialog(self._parts.canvas.window())
            self.works.work_wanted.connect(self.act)
            self.works.picture_wanted.connect(self._draw_work)
        self.works.show()
        self.works.raise_()
        dialog = self.works

        self._worker.run(lambda engine, _token: engine.works(), dialog.fill)

    @Slot(str)
    def _draw_work(self, name: str) -> None:
        dialog = self.works

        def work(engine: StudioEngine, token: "CancelToken") -> Pixels | None:
            pixels = engine.work_pixels(name, token)
            return None if pixels is None else to_thumbnail(pixels, 192)

        def then(shown: Pixels | None) -> None:
            if dialog is not None:
                dialog.show_picture(name, None if shown is None else to_pixmap(shown))

        self._worker.run(work, then, lambda _message: None, idle=True)
