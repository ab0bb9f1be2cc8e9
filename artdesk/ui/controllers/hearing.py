"""Asks the model what it hears in the words and measures the pictures that come of them."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from artdesk.core.recipe import Recipe
from artdesk.studio.events import Pixels, StudioEngine
from artdesk.ui.controllers.editor import Editor
from artdesk.ui.controllers.worker import WorkerController
from artdesk.ui.layout import Parts

if TYPE_CHECKING:
    from artdesk.core.cancel import CancelToken
    from artdesk.engine.pipeline import Picture
    from artdesk.engine.words.table import HeardWord


class HearingController(QObject):
    """Keeps the panel of heard words up to date.

    Measuring takes as long as a preview, so it waits for an idle moment, only the newest picture
    is measured, and nothing is while the panel is out of sight.
    """

    def __init__(
        self, parts: Parts, editor: Editor, worker: WorkerController, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._parts = parts
        self._editor = editor
        self._worker = worker
        self._waiting: Pixels | None = None
        self._measuring = False
        worker.heard.connect(self._heard)
        worker.preview_made.connect(self._made)
        worker.picture_made.connect(self._made)
        parts.tabs.currentChanged.connect(self._measure)

    @Slot(tuple)
    def _heard(self, heard: "tuple[HeardWord, ...]") -> None:
        draft = self._editor.draft
        recipe = Recipe(words=draft.words, avoid=draft.avoid)
        if len(heard) != len(draft.words) + len(draft.avoid):
            return  # the words were changed meanwhile and are asked about again
        self._parts.heard.show_words(heard, len(draft.avoid))

        def work(engine: StudioEngine, _token: "CancelToken") -> object:
            return engine.asked(recipe)

        def then(result: object) -> None:
            if isinstance(result, dict):
                self._parts.heard.show_prompt(result)

        self._worker.run(work, then)

    @Slot(object)
    def _made(self, picture: "Picture") -> None:
        self._waiting = picture.pixels
        self._measure()

    @Slot()
    def _measure(self) -> None:
        pixels = self._waiting
        if pixels is None or self._measuring or not self._parts.heard.isVisible():
            return
        self._waiting, self._measuring = None, True

        def work(engine: StudioEngine, _token: "CancelToken") -> object:
            return engine.measured(pixels)

        def then(result: object) -> None:
            self._measuring = False
            if isinstance(result, dict):
                self._parts.heard.show_measured(result)
            self._measure()

        self._worker.run(work, then, lambda _message: self._failed(), idle=True)

    def _failed(self) -> None:
        self._measuring = False  # the picture is there all the same; no message for this
