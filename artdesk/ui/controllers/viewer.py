"""What is shown on the canvas and in the inspector, and recalling its recipe."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from artdesk.core.recipe import Recipe, Sketch, Swatch
from artdesk.engine.words.palette import palette_from_image
from artdesk.pictures import files as pictures
from artdesk.studio.draft import SEEDS, grid_size
from artdesk.studio.events import Pixels, StudioEngine
from artdesk.studio.library import HistoryEntry, title_of
from artdesk.ui.controllers.editor import Editor
from artdesk.ui.controllers.files import Files
from artdesk.ui.controllers.worker import WorkerController
from artdesk.ui.layout import RECIPE_TAB, Parts
from artdesk.ui.widgets.history import THUMBNAIL, Item
from artdesk.ui.widgets.inspector import alternative_text
from artdesk.ui.widgets.pixels import to_pixmap, to_thumbnail

if TYPE_CHECKING:
    from artdesk.core.cancel import CancelToken
    from artdesk.engine.pipeline import Picture
    from artdesk.engine.words.table import HeardWord
    from artdesk.pictures.files import StoredPicture

LOOK = "look"  # of several pictures that were asked for, only the newest is read


class Viewer(QObject):
    """Shows pictures and remembers which one is shown: that one is ringed, saved and starred."""

    said = Signal(str, str)
    shown_changed = Signal(object)  # Picture or StoredPicture

    def __init__(
        self, parts: Parts, editor: Editor, worker: WorkerController, files: Files, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._parts = parts
        self._editor = editor
        self._worker = worker
        self._files = files
        self._pixels: Pixels | None = None
        self._kind = ""
        self._wanted: Item | None = None  # the picture of the strip that is being read
        self.shown: Picture | StoredPicture | None = None
        self.looking = False
        """Whether the artist looks at a picture while others are made; those do not interrupt."""
        parts.inspector.all_wanted.connect(self.use_all)
        parts.inspector.words_wanted.connect(self.use_words)
        parts.inspector.remix_wanted.connect(self.remix)
        parts.strip.chosen.connect(self.show_item)
        parts.strip.recalled.connect(self._recall_item)
        files.opened.connect(self._opened)
        worker.settled_again.connect(self._settled_again)

    def show_preview(self, picture: "Picture") -> None:
        """Show a preview in the frame of the picture that it stands for."""
        draft = self._editor.draft
        self._follow(picture.sketch, picture.palette)
        if self.shown is not None:
            self._parts.inspector.kind.setText("The last finished picture, not the preview")
        self._parts.canvas.show_pixels(
            picture.pixels, draft.canvas.width, draft.canvas.height, "Preview"
        )
        self._parts.canvas.describe(f"preview of {alternative_text(draft.recipe())}")

    def show_made(self, picture: "Picture", entry: HistoryEntry | None) -> None:
        """Show a picture that was just made, and put it into the strip."""
        recipe = picture.recipe
        item = Item(
            title=title_of(recipe),
            seed=recipe.seed,
            width=recipe.canvas.width,
            height=recipe.canvas.height,
            entry=entry,
            picture=None if entry is not None else picture,
            thumbnail=to_pixmap(to_thumbnail(picture.pixels, 2 * THUMBNAIL)),
        )
        self._parts.history.prepend(item)
        if not self.looking:
            self.show_picture(picture, picture.pixels, "Just made", item, picture.seconds)

    def show_picture(
        self,
        picture: "Picture | StoredPicture",
        pixels: Pixels,
        kind: str,
        item: Item | None,
        seconds: float | None = None,
    ) -> None:
        """Show a finished picture on the canvas and in the inspector, and ring it in the strip.

        Args:
            picture: What is shown, and what Save saves.
            pixels: Its pixels.
            kind: One line that says which picture this is.
            item: Its place in the strip; None for one that is not there.
            seconds: How long it took, where that is known.
        """
        self.shown, self._pixels, self._kind = picture, pixels, kind
        self._wanted = None
        self._parts.strip.ring(item)
        recipe = picture.recipe
        self._worker.settle(recipe)
        self._parts.inspector.show_picture(picture, kind, seconds)
        self._parts.inspector.show_colours(palette_from_image(pixels))
        self.restore()
        self.shown_changed.emit(picture)

        def then(heard: "tuple[HeardWord, ...]") -> None:
            if self.shown is picture:
                self._parts.inspector.show_heard(heard)

        self._worker.run(lambda engine, _token: engine.heard(recipe), then, _ignore)

    @Slot()
    def _settled_again(self) -> None:
        if not self._worker.busy:
            self.restore()

    @Slot()
    def restore(self) -> None:
        """Put the finished picture back on the canvas, after a preview or a stopped one."""
        if self.shown is not None and self._pixels is not None:
            recipe = self.shown.recipe
            self._parts.canvas.show_pixels(
                self._pixels, recipe.canvas.width, recipe.canvas.height, ""
            )
            self._parts.canvas.describe(alternative_text(recipe))
            self._parts.inspector.kind.setText(self._kind)
            self._follow(self.shown.sketch, self.shown.palette)

    @Slot(object)
    def show_item(self, item: Item, recall: Callable[[], None] | None = None) -> None:
        """Show a picture of the strip.

        Args:
            item: The picture.
            recall: What to do once it is shown, as taking over its recipe.
        """
        entry, picture = item.entry, item.picture
        self.looking = self._worker.busy
        if entry is None:
            if picture is not None:
                self.show_picture(picture, picture.pixels, "Not stored yet", item)
                if recall is not None:
                    recall()
            return
        self._wanted = item

        def then(stored: "StoredPicture") -> None:
            if self._wanted is not item:
                return
            made = entry.made.replace("T", " ")[:16]
            self._show_stored(stored, f"From the history, {made} UTC", item, entry.path.suffix)
            self._parts.tabs.setCurrentIndex(RECIPE_TAB)
            if recall is not None:
                recall()

        def fail(message: str) -> None:
            if self._wanted is item:
                self._wanted = None
                self._parts.strip.return_to_ringed()
            self.said.emit(message, "error")

        self._worker.run_files(lambda: pictures.open_picture(entry.path), then, fail, slot=LOOK)

    def _show_stored(
        self, stored: "StoredPicture", kind: str, item: Item | None, suffix: str
    ) -> None:
        """Show a file's own pixels at once; a lossy file is decoded anew when there is time."""
        self.show_picture(stored, stored.pixels, kind, item)
        if suffix.lower() == ".png":
            return  # its pixels are what the decoder gave

        def work(engine: StudioEngine, token: "CancelToken") -> Pixels | None:
            known = self.shown is stored and stored.bundle_hash == engine.bundle.hash
            return engine.decode(stored, token) if known else None

        def then(pixels: Pixels | None) -> None:
            if pixels is not None and self.shown is stored:
                self._pixels = pixels
                if not self._parts.canvas.badge:
                    self.restore()

        self._worker.run(work, then, _ignore, idle=True)

    @Slot(object)
    def _recall_item(self, item: Item) -> None:
        self.show_item(item, recall=self.use_all)

    @Slot(object, str)
    def _opened(self, stored: "StoredPicture", name: str) -> None:
        self.looking = self._worker.busy
        self._show_stored(stored, f"Opened from {name}", None, Path(name).suffix)
        self._parts.tabs.setCurrentIndex(RECIPE_TAB)
        self._put(stored.recipe, "Open picture")
        engine = self._worker.engine
        text = f"Opened {name} and took over its recipe; Undo brings the last one back."
        if engine is not None and stored.bundle_hash != engine.bundle.hash:
            text += (
                f" It was made with another model, {stored.bundle_name}: made again, it will "
                "look different."
            )
        self.said.emit(text, "info")

    # Using a shown picture's recipe.

    @Slot()
    def use_all(self) -> None:
        """Take over the whole recipe of the shown picture, as one undo step."""
        if self.shown is not None:
            self._put(self.shown.recipe, "Use recipe")

    @Slot()
    def use_words(self) -> None:
        """Take over only the words of the shown picture."""
        if self.shown is not None:
            draft = self._editor.draft.with_words(self.shown.recipe)
            self._editor.apply(draft, "Use words")

    @Slot()
    def remix(self) -> None:
        """The whole recipe with a new seed."""
        if self.shown is not None:
            recipe = replace(self.shown.recipe, seed=secrets.randbelow(SEEDS))
            self._put(recipe, "Remix")

    def _put(self, recipe: Recipe, text: str) -> None:
        self._editor.apply(self._editor.draft.with_recipe(recipe), text)

    def save_shown(self) -> None:
        """Ask where to save the shown picture."""
        if self.shown is None:
            self.said.emit("There is no finished picture yet: press Generate first.", "info")
        else:
            self._files.ask_save(self.shown)

    def restart(self) -> None:
        """A run starts: its pictures are shown until the artist looks elsewhere."""
        self.looking = False

    def _follow(self, sketch: Sketch, palette: tuple[Swatch, ...]) -> None:
        """Show in the panels what the model drew and used."""
        if (sketch.columns, sketch.rows) == grid_size(self._editor.draft.canvas):
            self._parts.sketch.show_drawn(sketch)
        self._parts.palette.show_used(palette)


def _ignore(_message: str) -> None:
    """An extra that the artist did not ask for; the picture itself is shown."""
