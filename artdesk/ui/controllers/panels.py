"""Turns what the panels want into changes of the draft."""

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from artdesk.core.recipe import Recipe, Sketch, Word
from artdesk.studio.draft import SEEDS, Draft, grid_size
from artdesk.ui.controllers.editor import Editor
from artdesk.ui.controllers.hearing import HearingController
from artdesk.ui.controllers.worker import WorkerController
from artdesk.ui.layout import Parts

if TYPE_CHECKING:
    from artdesk.engine.words.table import HeardWord


class PanelController(QObject):
    """Connects the panels to the editor, both ways."""

    said = Signal(str, str)

    def __init__(
        self, parts: Parts, editor: Editor, worker: WorkerController, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._parts = parts
        self._editor = editor
        self._worker = worker
        editor.changed.connect(self.show_draft)
        parts.words.edited.connect(self._words_edited)
        parts.avoid.edited.connect(self._avoid_edited)
        parts.words.moved.connect(self._avoid_word)
        parts.avoid.moved.connect(self._wish_word)
        for field in (parts.words, parts.avoid):
            field.refused.connect(self._refused)
        parts.palette.edited.connect(self._palette_edited)
        parts.palette.gesture.connect(editor.gesture)
        parts.palette.refused.connect(self._warn)
        parts.sketch.grid.painted.connect(self._paint)
        parts.sketch.grid.erased.connect(self._erase)
        parts.sketch.grid.gesture.connect(editor.gesture)
        parts.sketch.lock_wanted.connect(self.lock_sketch)
        parts.sketch.recompose_wanted.connect(self.recompose)
        parts.sketch.clear_wanted.connect(self._clear_sketch)
        parts.setup.edited.connect(editor.apply)
        parts.setup.said.connect(self._warn)
        parts.controls.edited.connect(self._sampling_edited)
        parts.controls.locks_wanted.connect(self._lock_controls)
        parts.controls.gesture.connect(editor.gesture)
        worker.heard.connect(self._heard)
        self._hearing = HearingController(parts, editor, worker, self)

    @Slot(object)
    def show_draft(self, draft: Draft) -> None:
        """Show the draft in every panel."""
        parts = self._parts
        parts.words.show_words(draft.words)
        parts.avoid.show_words(draft.avoid)
        parts.words_fold.show_used(bool(draft.avoid))
        parts.palette.show_swatches(draft.swatches, draft.held)
        parts.sketch.show_draft(draft)
        parts.setup.show_draft(draft)
        parts.controls.show_draft(draft)

    # Words.

    @Slot(tuple, str, str)
    def _words_edited(self, words: tuple[Word, ...], text: str, merge: str) -> None:
        self._editor.apply(replace(self._editor.draft, words=words), text, merge)

    @Slot(tuple, str, str)
    def _avoid_edited(self, words: tuple[Word, ...], text: str, merge: str) -> None:
        self._editor.apply(replace(self._editor.draft, avoid=words), text, merge)

    @Slot(object)
    def _avoid_word(self, word: Word) -> None:
        words, avoid = self._without(word)
        draft = replace(self._editor.draft, words=words, avoid=(*avoid, word))
        self._editor.apply(draft, f"Avoid “{word.text}”")

    @Slot(object)
    def _wish_word(self, word: Word) -> None:
        words, avoid = self._without(word)
        draft = replace(self._editor.draft, words=(*words, word), avoid=avoid)
        self._editor.apply(draft, f"Wish for “{word.text}”")

    def _without(self, word: Word) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
        draft = self._editor.draft
        return (
            tuple(one for one in draft.words if one.text != word.text),
            tuple(one for one in draft.avoid if one.text != word.text),
        )

    @Slot(tuple)
    def _heard(self, heard: "tuple[HeardWord, ...]") -> None:
        for field in (self._parts.words, self._parts.avoid):
            field.show_all_heard(heard)

    def commit_words(self) -> bool:
        """Turn what stands in the lines into chips; False when it cannot be read."""
        for field in (self._parts.words, self._parts.avoid):
            if not field.commit_pending():
                field.line.setFocus()
                return False
        return True

    # Palette and controls.

    @Slot(tuple, object, str, str)
    def _palette_edited(
        self, swatches: tuple[object, ...], held: object, text: str, merge: str
    ) -> None:
        self._change({"swatches": swatches, "held": held}, text, merge)

    @Slot(object, str, str)
    def _sampling_edited(self, sampling: object, text: str, merge: str) -> None:
        self._change({"sampling": sampling}, text, merge)

    @Slot(object)
    def _lock_controls(self, locked: object) -> None:
        self._change({"locked_controls": locked}, "Lock controls", "")

    def _change(self, changes: dict[str, object], text: str, merge: str) -> None:
        draft = replace(self._editor.draft, **changes)  # type: ignore[arg-type]  # by field name
        self._editor.apply(draft, text, merge)

    # Sketch.

    @Slot(int)
    def _paint(self, index: int) -> None:
        colour = self._parts.palette.brush()
        if colour is None:
            self._warn("Choose a colour in the palette first, then paint with it.")
            return
        shown = self._parts.sketch.drawn
        draft = self._editor.draft.with_painted(index, colour, shown)
        self._editor.apply(draft, "Paint sketch", "sketch")

    @Slot(int)
    def _erase(self, index: int) -> None:
        draft = self._editor.draft
        if draft.sketch is not None and draft.sketch.cells[index] is not None:
            self._parts.sketch.forget_drawn(index)
            self._editor.apply(draft.with_erased(index), "Erase sketch", "sketch")

    @Slot()
    def _clear_sketch(self) -> None:
        self._editor.apply(self._editor.draft.with_sketch(None), "Clear sketch")

    @Slot(bool)
    def lock_sketch(self, on: bool) -> None:
        """Keep the whole composition, or free what was not painted by hand."""
        draft = self._editor.draft
        if not on:
            self._editor.apply(draft.with_sketch_unlocked(), "Free sketch")
            return
        drawn = self._parts.sketch.drawn
        if drawn is not None and (drawn.columns, drawn.rows) == grid_size(draft.canvas):
            own = draft.sketch.cells if draft.sketch is not None else (None,) * len(drawn.cells)
            cells = tuple(mine or other for mine, other in zip(own, drawn.cells, strict=True))
        else:
            cells = (None,)
        if drawn is not None and None not in cells:
            self._editor.apply(draft.with_sketch(replace(drawn, cells=cells)), "Lock sketch")
        else:
            self._parts.sketch.show_draft(draft)
            self._draw_sketch(draft.recipe(), "Lock sketch")

    def toggle_sketch(self) -> None:
        """Lock a free sketch, free a locked one."""
        self.lock_sketch(not self._editor.draft.sketch_locked)

    @Slot()
    def recompose(self) -> None:
        """Draw a new sketch and keep it; what was painted by hand stays."""
        draft = self._editor.draft.with_sketch_unlocked()
        self._draw_sketch(replace(draft.recipe(), seed=secrets.randbelow(SEEDS)), "Re-compose")

    def repaint(self) -> None:
        """Keep the composition and paint it anew."""
        self.lock_sketch(True)
        self._parts.setup.throw_seed()

    @Slot(object)
    def take_sketch(self, sketch: Sketch) -> None:
        """Put a sketch in place that came from a picture."""
        draft = self._editor.draft
        if (sketch.columns, sketch.rows) == grid_size(draft.canvas):
            painted = frozenset(range(len(sketch.cells)))
            self._editor.apply(draft.with_sketch(sketch, painted=painted), "Sketch from picture")

    def _draw_sketch(self, recipe: Recipe, text: str) -> None:
        def then(sketch: Sketch) -> None:
            draft = self._editor.draft
            # The canvas may have been changed meanwhile; then the sketch no longer fits.
            if (sketch.columns, sketch.rows) == grid_size(draft.canvas):
                self._editor.apply(draft.with_sketch(sketch), text)

        self._worker.run(lambda engine, token: engine.draw_sketch(recipe, token), then)

    @Slot(str)
    def _warn(self, text: str) -> None:
        self.said.emit(text, "warning")

    @Slot(str)
    def _refused(self, text: str) -> None:
        self.said.emit(text, "error")
