"""Drives the worker for the window: previews, finished pictures, short tasks and their results.

It knows no widgets. The window connects its signals.
"""

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from PySide6.QtCore import QObject, Signal, Slot

from artdesk.core.recipe import Recipe
from artdesk.studio.draft import SEEDS
from artdesk.studio.events import (
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
    StudioEngine,
)
from artdesk.studio.file_thread import FileThread
from artdesk.studio.library import Library
from artdesk.studio.tasks import Result, TaskFailed, TaskReady
from artdesk.studio.worker import LatestWorker
from artdesk.ui.controllers.bridge import Bridge
from artdesk.ui.controllers.editor import Editor

if TYPE_CHECKING:
    from artdesk.core.cancel import CancelToken


class WorkerController(QObject):
    """Owns the worker thread.

    Args:
        editor: the draft.
        start: makes the engine from the path of a model, "" for the one that ships; runs on
            the worker thread.
        library: where finished pictures are kept.
        model: path of the first model.
        parent: the Qt parent.
    """

    engine_ready = Signal(object)  # StudioEngine
    engine_failed = Signal(str)
    preview_made = Signal(object)  # Picture
    settled_again = Signal()  # the draft is the recipe of the shown finished picture
    progressed = Signal(object, object)  # FinalProgress, Recipe
    picture_made = Signal(object, object, str)  # Picture, HistoryEntry or None, warning
    busy_changed = Signal(bool)
    counted = Signal(int, int)  # done, total
    stopped = Signal(int, int)  # pictures made, pictures wanted
    heard = Signal(tuple)  # HeardWord, for the words of the draft
    said = Signal(str, str)  # text, level

    def __init__(
        self,
        editor: Editor,
        start: Callable[[str], StudioEngine],
        library: Library,
        model: str = "",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.editor = editor
        self.library = library
        self.live = True
        self.engine: StudioEngine | None = None
        self.fault = ""
        self._finals: dict[int, Recipe] = {}
        self._done = 0
        self._total = 0
        self._cancelled = False
        self._preview_shown = 0
        self._preview_asked = 0
        self._settled: Recipe | None = None
        self._preview_recipe: Recipe | None = None
        self._heard_words: object = None
        self._started: Recipe | None = None
        self._bridge = Bridge(self)
        self._bridge.arrived.connect(self._receive)
        self._start = start
        self._wanted_model = self.model = model
        self._worker = LatestWorker(lambda: start(model), self._bridge.report, library.add)
        self._files = FileThread(self._bridge.report)
        self._collecting = FileThread(self._bridge.report)
        editor.changed.connect(self._edited)

    @property
    def busy(self) -> bool:
        """Whether finished pictures are being made or wait."""
        return bool(self._finals)

    def generate(self) -> None:
        """Make as many pictures as the draft says.

        An open seed moves on when its picture has been made already, so that Generate always
        gives something new; a locked one makes the same picture again.
        """
        if self.engine is None:
            if self.fault:
                self._problem(self.fault)
            else:
                self.said.emit("The model is still loading; try again in a moment.", "info")
            return
        draft = self.editor.draft
        if not draft.seed_locked and draft.recipe() == self._started:
            draft = draft.with_seed(secrets.randbelow(SEEDS))
            self.editor.apply(draft, "New seed")
        recipe = draft.recipe()
        self._started = recipe
        if not self._finals:
            self._done = self._total = 0
            self._cancelled = False
        was_busy = self.busy
        for offset in range(draft.batch):
            one = draft.member(offset)
            self._finals[self._worker.submit_final(one)] = one
            self._total += 1
        if not was_busy:
            self.busy_changed.emit(True)
        self.counted.emit(self._done, self._total)

    def cancel(self) -> None:
        """Stop what runs and forget what waits; pictures already made are kept."""
        self._cancelled = True
        self._worker.cancel()

    def request_preview(self) -> None:
        """Ask for a preview of the draft, unless previews are off or the picture is there."""
        recipe = self.editor.draft.recipe()
        if self._settled is not None and _wishes(recipe) == self._settled:
            self._preview_recipe = None
            self._preview_shown = self._preview_asked  # a preview on its way is out of date
            self.settled_again.emit()
        elif self.engine is not None and self.live and recipe != self._preview_recipe:
            self._preview_recipe = recipe
            self._preview_asked = self._worker.submit_preview(recipe)

    def settle(self, recipe: Recipe) -> None:
        """Say which recipe's finished picture is shown; it needs no preview."""
        self._settled = _wishes(recipe)
        self._preview_shown = self._preview_asked
        self._preview_recipe = None

    def forget_preview(self) -> None:
        """Make the next change ask for a preview even when it leads back to the same recipe."""
        self._preview_recipe = None

    def resume_previews(self) -> None:
        """After a run: preview what was changed meanwhile, or what came to nothing."""
        if self._done == 0 or self.editor.draft.recipe() != self._started:
            self.forget_preview()
            self.request_preview()

    def set_live(self, on: bool) -> None:
        """Switch previews on or off."""
        self.live = on
        if on:
            self.forget_preview()
            self.request_preview()

    def run(
        self,
        work: "Callable[[StudioEngine, CancelToken], Result]",
        then: Callable[[Result], None],
        fail: Callable[[str], None] | None = None,
        *,
        idle: bool = False,
    ) -> None:
        """Run short work on the engine's thread and hand its result to `then` in this one."""
        self._worker.submit_task(work, then, fail or self._problem, idle=idle)

    def run_files(
        self,
        work: Callable[[], Result],
        then: Callable[[Result], None],
        fail: Callable[[str], None] | None = None,
        *,
        idle: bool = False,
        slot: str = "",
    ) -> None:
        """The same on the thread of files, which never waits for painting; see `FileThread`."""
        self._files.submit(work, then, fail or self._problem, idle=idle, slot=slot)

    def run_collecting(self, work: Callable[[], Result], then: Callable[[Result], None]) -> None:
        """The same on the thread that remembers pictures, which may take minutes."""
        self._collecting.submit(work, then, self._problem)

    def change_model(self, path: str) -> None:
        """Load another model, "" for the one that ships; the old one stays when that fails."""
        self._wanted_model = path
        self._worker.change_engine(lambda: self._start(path))

    def close(self, timeout: float = 5.0) -> bool:
        """Stop the threads, writing files to their end; False when one did not end in time."""
        self._bridge.arrived.disconnect(self._receive)
        ended = [thread.close(timeout) for thread in (self._worker, self._files, self._collecting)]
        return all(ended)

    @Slot(object)
    def _edited(self) -> None:
        self.request_preview()
        self._listen()

    def _listen(self) -> None:
        """Ask what the model makes of the words, when they changed."""
        draft = self.editor.draft
        words = (draft.words, draft.avoid)
        if self.engine is None or words == self._heard_words:
            return
        self._heard_words = words
        recipe = Recipe(words=draft.words, avoid=draft.avoid)

        self.run(lambda engine, _token: engine.heard(recipe), self.heard.emit)

    def _problem(self, message: str) -> None:
        self.said.emit(message, "error")

    @Slot(object)
    def _receive(self, event: Event) -> None:
        match event:
            case EngineReady(engine=engine):
                if self.engine is not None:
                    self.said.emit(f"The model {engine.bundle.manifest.name} is in use.", "info")
                self.engine, self.fault, self.model = engine, "", self._wanted_model
                self._settled = self._preview_recipe = self._heard_words = None
                self.engine_ready.emit(engine)
                self._edited()
            case EngineFailed(message=message):
                self.fault = message
                self.engine_failed.emit(message)
            case EngineRefused(message=message):
                self._problem(message)
            case PreviewReady(number=number, picture=picture):
                if number > self._preview_shown and not self.busy:
                    self._preview_shown = number
                    self.preview_made.emit(picture)
            case PreviewFailed(message=message):
                self._problem(message)
            case FinalStarted():
                self.counted.emit(self._done, self._total)
            case FinalProgress(number=number):
                if number in self._finals:
                    self.progressed.emit(event, self._finals[number])
            case FinalReady(number=number, picture=picture, entry=entry, warning=warning):
                self._done += 1
                self.picture_made.emit(picture, entry, warning)
                self._finish(number)
            case FinalCancelled(number=number):
                self._finish(number)
            case FinalFailed(number=number, message=message):
                self._problem(message)
                self._finish(number)
            case TaskReady() | TaskFailed():
                event.deliver()
            case _:
                assert_never(event)

    def _finish(self, number: int) -> None:
        self._finals.pop(number, None)
        self.counted.emit(self._done, self._total)
        if not self._finals:
            if self._cancelled and self._done < self._total:
                self.stopped.emit(self._done, self._total)
            self.busy_changed.emit(False)


def _wishes(recipe: Recipe) -> Recipe:
    """The recipe without the vectors that the engine fills in for unknown words."""
    return replace(
        recipe,
        words=tuple(replace(word, vector=None) for word in recipe.words),
        avoid=tuple(replace(word, vector=None) for word in recipe.avoid),
    )
