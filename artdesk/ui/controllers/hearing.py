"""Asks the model about words: what it hears in them, what is like them, what they would do."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from artdesk.core.errors import RecipeError
from artdesk.core.recipe import Recipe, Word
from artdesk.studio.events import Pixels, StudioEngine
from artdesk.ui.controllers.editor import Editor
from artdesk.ui.controllers.newest import NewestTask
from artdesk.ui.controllers.worker import WorkerController
from artdesk.ui.layout import Parts
from artdesk.ui.widgets.pixels import to_pixmap, to_thumbnail
from artdesk.ui.widgets.word_field import WordField

if TYPE_CHECKING:
    from artdesk.core.cancel import CancelToken
    from artdesk.engine.pipeline import Picture
    from artdesk.engine.words.table import HeardWord

SIMILAR = 3
THUMBNAIL = 56  # pixels, twice the side that is shown


class HearingController(QObject):
    """Keeps the panel of heard words up to date and fills the lists of completions.

    All of it waits for idle moments. Pictures are not measured while the panel is out of sight.
    """

    def __init__(
        self, parts: Parts, editor: Editor, worker: WorkerController, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._parts = parts
        self._editor = editor
        self._worker = worker
        self._made_last: Pixels | None = None
        self._measuring: NewestTask[dict[str, float]] = NewestTask(worker)
        self._completing: NewestTask[tuple[str, ...]] = NewestTask(worker)
        self._illustrating: NewestTask[Pixels] = NewestTask(worker)
        worker.heard.connect(self._heard)
        worker.preview_made.connect(self._made)
        worker.picture_made.connect(self._made)
        parts.tabs.currentChanged.connect(self._measure)
        editor.changed.connect(self._forget)
        for field in (parts.words, parts.avoid):
            field.completed.connect(lambda start, f=field: self._complete(f, start))

    @Slot(tuple)
    def _heard(self, heard: "tuple[HeardWord, ...]") -> None:
        draft = self._editor.draft
        recipe = Recipe(words=draft.words, avoid=draft.avoid)
        if len(heard) != len(draft.words) + len(draft.avoid):
            return  # the words were changed meanwhile and are asked about again
        self._parts.heard.show_words(heard, len(draft.avoid))

        self._worker.run(lambda engine, _token: engine.asked(recipe), self._parts.heard.show_prompt)

    @Slot(object)
    def _forget(self) -> None:
        for field in (self._parts.words, self._parts.avoid):
            field.completions.forget_pictures()

    @Slot(object)
    def _made(self, picture: "Picture") -> None:
        self._made_last = picture.pixels
        self._measure()

    @Slot()
    def _measure(self) -> None:
        pixels = self._made_last
        if pixels is None or not self._parts.heard.isVisible():
            return
        self._made_last = None

        self._measuring.ask(
            lambda engine, _token: engine.measured(pixels), self._parts.heard.show_measured
        )

    def _complete(self, field: WordField, start: str) -> None:
        """Add words of similar meaning to the open list, then pictures of what each would do."""

        def then(words: tuple[str, ...]) -> None:
            field.completions.add_similar(start, words)
            self._illustrate(field)

        self._completing.ask(lambda engine, _token: engine.words.nearest(start, SIMILAR), then)

    def _illustrate(self, field: WordField) -> None:
        """Draw the next word of the list that has no picture yet."""
        word = field.completions.without_picture()
        if not word or not self._worker.live:
            return
        recipe = self._with_word(word, avoid=field is self._parts.avoid)
        if recipe is None:
            return

        def work(engine: StudioEngine, token: "CancelToken") -> Pixels:
            return to_thumbnail(engine.preview(recipe, token).pixels, THUMBNAIL)

        def then(pixels: Pixels) -> None:
            field.completions.show_picture(word, to_pixmap(pixels))
            self._illustrate(field)

        self._illustrating.ask(work, then)

    def _with_word(self, text: str, *, avoid: bool) -> Recipe | None:
        """The recipe of the draft with a word more, or None when there is no room for it."""
        recipe = self._editor.draft.recipe()
        try:
            if avoid:
                return replace(recipe, avoid=(*recipe.avoid, Word(text=text)))
            return replace(recipe, words=(*recipe.words, Word(text=text)))
        except RecipeError:
            return None
