"""What is shown on the canvas and in the inspector, the history strip, and recalling recipes."""

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QMenu

from artdesk.core.errors import ArtDeskError
from artdesk.core.recipe import Recipe, Sketch, Swatch
from artdesk.pictures import files as pictures
from artdesk.studio.draft import SEEDS, grid_size
from artdesk.studio.events import Pixels, StudioEngine
from artdesk.studio.library import Entry, Library, title_of
from artdesk.ui.controllers.editor import Editor
from artdesk.ui.controllers.files import Files, read_picture
from artdesk.ui.controllers.worker import WorkerController
from artdesk.ui.layout import RECIPE_TAB, Parts
from artdesk.ui.widgets.history import THUMBNAIL, Item
from artdesk.ui.widgets.inspector import alternative_text
from artdesk.ui.widgets.pixels import to_pixmap, to_thumbnail

if TYPE_CHECKING:
    from artdesk.core.cancel import CancelToken
    from artdesk.engine.pipeline import Picture
    from artdesk.pictures.files import StoredPicture


class Viewer(QObject):
    """Shows pictures and remembers which one is shown."""

    said = Signal(str, str)
    shown_changed = Signal(object)  # Picture or StoredPicture

    def __init__(
        self,
        parts: Parts,
        editor: Editor,
        worker: WorkerController,
        files: Files,
        library: Library,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._parts = parts
        self._editor = editor
        self._worker = worker
        self._files = files
        self._library = library
        self._pixels: Pixels | None = None
        self._kind = ""
        self.shown: Picture | StoredPicture | None = None
        parts.inspector.all_wanted.connect(self.use_all)
        parts.inspector.words_wanted.connect(self.use_words)
        parts.inspector.remix_wanted.connect(self.remix)
        parts.strip.chosen.connect(self.show_item)
        parts.strip.recalled.connect(self._recall_item)
        parts.strip.star_wanted.connect(self._star)
        parts.strip.menu_wanted.connect(self._open_menu)
        parts.history.thumbnail_wanted.connect(self._load_thumbnail)
        files.opened.connect(self._opened)
        worker.settled_again.connect(self._settled_again)

    def fill_history(self) -> None:
        """Show the pictures of earlier runs."""
        entries = self._library.entries()
        for note in self._library.notes:
            self.said.emit(note, "warning")
        self._parts.history.fill([_item(entry) for entry in reversed(entries)])
        if self._library.unlisted:
            self._adopt()

    def _adopt(self) -> None:
        """Show pictures that the journal does not name, a few at a time while all else rests."""

        def then(result: object) -> None:
            found = [_item(one) for one in result if isinstance(one, Entry)]  # type: ignore[attr-defined]
            self._parts.history.append(found[::-1])
            if self._library.unlisted:
                self._adopt()

        self._worker.run(lambda *_: self._library.adopt(), then, lambda _message: None, idle=True)

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

    def show_made(self, picture: "Picture", entry: Entry | None) -> None:
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
        self._parts.strip.choose_newest()
        self.show_picture(picture, picture.pixels, "Just made", picture.seconds)

    def show_picture(
        self,
        picture: "Picture | StoredPicture",
        pixels: Pixels,
        kind: str,
        seconds: float | None = None,
    ) -> None:
        """Show a finished picture on the canvas and in the inspector."""
        self.shown, self._pixels, self._kind = picture, pixels, kind
        recipe = picture.recipe
        self._worker.settle(recipe)
        self._parts.inspector.show_picture(picture, kind, seconds)
        self.restore()
        self.shown_changed.emit(picture)

        def work(engine: StudioEngine, _token: "CancelToken") -> object:
            return engine.heard(recipe)

        def then(result: object) -> None:
            if isinstance(result, tuple) and self.shown is picture:
                self._parts.inspector.show_heard(result)

        self._worker.run(work, then)

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
    def show_item(self, item: Item, recall: bool = False) -> None:
        """Show a picture of the strip, and on demand take over its recipe."""
        if item.entry is None:
            if item.picture is not None:
                self.show_picture(item.picture, item.picture.pixels, "Not stored yet")
                if recall:
                    self.use_all()
            return
        entry = item.entry

        def work(engine: StudioEngine, _token: "CancelToken") -> object:
            return read_picture(engine, entry.path)

        def then(result: object) -> None:
            if isinstance(result, tuple) and (recall or self._parts.strip.current() is item):
                made = entry.made.replace("T", " ")[:16]
                self.show_picture(result[0], result[1], f"From the history, {made} UTC")
                self._parts.tabs.setCurrentIndex(RECIPE_TAB)
                if recall:
                    self.use_all()

        self._worker.run(work, then)

    @Slot(object)
    def _recall_item(self, item: Item) -> None:
        self.show_item(item, recall=True)

    @Slot(object, object, str)
    def _opened(self, stored: "StoredPicture", pixels: Pixels, name: str) -> None:
        self._parts.strip.clearSelection()
        self.show_picture(stored, pixels, f"Opened from {name}")
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

    # The strip.

    def star_current(self) -> None:
        """Mark the chosen picture of the strip, or take the mark away."""
        item = self._parts.strip.current()
        if item is None:
            self.said.emit("Choose a picture in the history first, then star it.", "info")
        else:
            self._star(item)

    @Slot(object)
    def _star(self, item: Item) -> None:
        if item.entry is None:
            self.said.emit("This picture could not be stored: save it first (Ctrl+S).", "warning")
            return
        starred = not item.entry.starred
        try:
            self._library.star(item.entry, starred)
        except ArtDeskError as error:
            self.said.emit(str(error), "error")
            return
        self._parts.history.set_starred(item, starred)

    @Slot(object, object)
    def _open_menu(self, item: Item, point: QPoint) -> None:
        menu = QMenu(self._parts.strip)
        menu.setAccessibleName(f"What to do with {item.spoken}")
        menu.addAction("Use all").triggered.connect(lambda: self.show_item(item, recall=True))
        menu.addAction("Use the words").triggered.connect(self.use_words)
        menu.addAction("Remix").triggered.connect(self.remix)
        menu.addSeparator()
        starred = item.entry is not None and item.entry.starred
        menu.addAction("Unstar" if starred else "Star").triggered.connect(lambda: self._star(item))
        menu.addAction("Save as…").triggered.connect(self.save_shown)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(point)

    @Slot(object)
    def _load_thumbnail(self, item: Item) -> None:
        entry = item.entry
        if entry is None:
            return

        def work(_engine: StudioEngine, _token: "CancelToken") -> object:
            return to_thumbnail(pictures.open_image(entry.path), 2 * THUMBNAIL)

        def then(result: object) -> None:
            pixmap: QPixmap = to_pixmap(result)  # type: ignore[arg-type]  # what work returned
            self._parts.history.set_thumbnail(item, pixmap)

        # A picture that was deleted elsewhere keeps its written place; no message for each.
        self._worker.run(work, then, lambda _message: None, idle=True)

    def _follow(self, sketch: Sketch, palette: tuple[Swatch, ...]) -> None:
        """Show in the panels what the model drew and used."""
        if (sketch.columns, sketch.rows) == grid_size(self._editor.draft.canvas):
            self._parts.sketch.show_drawn(sketch)
        self._parts.palette.show_used(palette)


def _item(entry: Entry) -> Item:
    return Item(
        title=entry.title,
        seed=entry.seed,
        width=entry.width,
        height=entry.height,
        entry=entry,
    )
