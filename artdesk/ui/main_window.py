"""The one window: puts the parts together and takes keys, drops and the close button."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import cast

from PySide6.QtCore import Qt, QTimer, QUrl, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
)
from PySide6.QtWidgets import QApplication, QMainWindow, QMessageBox

from artdesk.core.errors import ArtDeskError
from artdesk.studio.draft import FIRST_DRAFT
from artdesk.studio.events import StudioEngine
from artdesk.studio.library import Library
from artdesk.studio.session_file import SessionFile
from artdesk.studio.thumbnails import Thumbnails
from artdesk.ui import layout
from artdesk.ui.about import SIZE as ABOUT_SIZE
from artdesk.ui.about import about_text
from artdesk.ui.controllers import actions, panes
from artdesk.ui.controllers.collections import CollectionsController
from artdesk.ui.controllers.editor import Editor
from artdesk.ui.controllers.files import Files
from artdesk.ui.controllers.generation import GenerationController
from artdesk.ui.controllers.influences import InfluencesController
from artdesk.ui.controllers.panels import PanelController
from artdesk.ui.controllers.presets import PresetController
from artdesk.ui.controllers.strip import StripController
from artdesk.ui.controllers.viewer import Viewer
from artdesk.ui.controllers.worker import WorkerController
from artdesk.ui.widgets import roles, theme
from artdesk.ui.widgets.icons import IconButton
from artdesk.ui.widgets.message_bar import Level
from artdesk.ui.widgets.note_dialog import NoteDialog
from artdesk.ui.widgets.plain import question

AUTOSAVE_MILLISECONDS = 1000
LEAVE_CHOICES = ("Store again and quit", "Quit without them", "Stay")


class MainWindow(QMainWindow):
    """The window.

    Args:
        start: makes the engine from the path of a model, "" for the one that ships; runs on
            the worker thread.
        library: where finished pictures are kept.
        session: where the draft is autosaved.
        theme_choice: "system", "light" or "dark".
        live: whether the picture follows the controls.
        model: path of the model to start with.
    """

    def __init__(
        self,
        start: Callable[[str], StudioEngine],
        library: Library,
        session: SessionFile,
        theme_choice: str = "system",
        live: bool = True,
        model: str = "",
    ) -> None:
        super().__init__()
        # First of all: dressing finished widgets takes several times as long.
        self._dress(theme_choice)
        self.setWindowTitle("ArtDesk")
        self.setAcceptDrops(True)
        self.setMinimumSize(1000, 640)
        room = self.screen().availableSize()
        self.resize(min(1360, room.width()), min(880, room.height()))
        self.theme_choice = theme_choice
        self.closed_in_time = True
        self._closing = False
        self._leave_unstored = False
        self.leaving: QMessageBox | None = None
        self._session = session
        self._session_warned = False
        self.note: NoteDialog | None = None
        draft, note = session.restore()
        self.editor = Editor(draft or FIRST_DRAFT, self)
        self.parts = layout.build(self)
        self.worker = WorkerController(self.editor, start, library, model, self)
        self.worker.live = live
        self.files = Files(self.worker, self)
        self.panels = PanelController(self.parts, self.editor, self.worker, self)
        self.viewer = Viewer(self.parts, self.editor, self.worker, self.files, self)
        self.strip = StripController(
            self.parts,
            self.worker,
            self.viewer,
            library,
            Thumbnails(session.path.parent / "thumbnails"),
            self,
        )
        self.influences = InfluencesController(self.parts, self.editor, self.worker, self)
        self.viewer.shown_changed.connect(self.influences.show_picture)
        self.influences.picture_wanted.connect(self.files.ask_composition)
        self.files.composition_taken.connect(self.influences.take_composition)
        self.collections = CollectionsController(self.parts, self.editor, self.worker, self)
        self.files.collection_found.connect(self.collections.take)
        self.generation = GenerationController(
            self.parts, self.worker, self.panels, self.viewer, self
        )
        home = session.path.parent
        self.presets = PresetController(self.parts, self.editor, self.worker, home, self)
        self.actions_by_name, self._themes = actions.build(self, self._slots())
        self.presets.fill(actions.menu_of(self, "Presets"))
        self.actions_by_name["live"].setChecked(live)
        self.actions_by_name["panels"].setChecked(True)
        self._autosave = QTimer(self)
        self._autosave.setSingleShot(True)
        self._autosave.setInterval(AUTOSAVE_MILLISECONDS)
        self._autosave.timeout.connect(self.save_session)
        self._connect()
        self.wear(theme_choice)
        self.panels.show_draft(self.editor.draft)
        self.strip.fill()
        self.parts.words.line.setFocus()
        if note:
            self.say(note, "warning")

    def _slots(self) -> dict[str, Callable[..., object]]:
        """What the keys and menus call, by the names of `actions.LINES`."""
        canvas = self.parts.canvas
        return {
            "open": self.files.ask_open,
            "save": self.viewer.save_shown,
            "open_model": self.files.ask_model,
            "own_model": lambda: self.worker.change_model(""),
            "folder": self.show_history_folder,
            "quit": self.close,
            "undo": self.editor.stack.undo,
            "redo": self.editor.stack.redo,
            "new_seed": self.parts.setup.throw_seed,
            "surprise": self.presets.surprise,
            "save_preset": self.presets.ask_save,
            "lock_sketch": self.panels.toggle_sketch,
            "recompose": self.panels.recompose,
            "repaint": self.panels.repaint,
            "generate": self.generation.generate,
            "cancel": self.generation.cancel,
            "use_all": self.viewer.use_all,
            "use_words": self.viewer.use_words,
            "remix": self.viewer.remix,
            "star": self.strip.star_shown,
            "fit": canvas.fit,
            "actual": canvas.actual,
            "zoom_in": lambda: canvas.zoom_by(1.25),
            "zoom_out": lambda: canvas.zoom_by(0.8),
            "live": self.worker.set_live,
            "fine": self.parts.controls.fold.setChecked,
            "panels": self.show_panels,
            "full_screen": self.show_full_screen,
            "next_pane": lambda: self.walk_panes(1),
            "previous_pane": lambda: self.walk_panes(-1),
            "keys": self.show_keys,
            "about": self.show_about,
            "theme": self.wear,
        }

    def _connect(self) -> None:
        self.editor.changed.connect(self._draft_changed)
        controllers = (
            self.worker,
            self.files,
            self.panels,
            self.viewer,
            self.influences,
            self.collections,
            self.strip,
            self.generation,
            self.presets,
        )
        for source in controllers:
            source.said.connect(self._said)
        live = self.actions_by_name["live"]
        self.parts.live.setChecked(live.isChecked())
        self.parts.live.toggled.connect(live.setChecked)
        live.toggled.connect(self.parts.live.setChecked)
        self.files.palette_taken.connect(self._palette_taken)
        self.files.sketch_taken.connect(self.panels.take_sketch)
        self.parts.palette.picture_wanted.connect(self.files.ask_palette)
        self.parts.sketch.picture_wanted.connect(self._ask_sketch)
        self.parts.controls.fold.toggled.connect(self.actions_by_name["fine"].setChecked)
        self.parts.canvas.zoom_changed.connect(self._zoom_changed)
        stack = self.editor.stack
        for name, able, text in (
            ("undo", stack.canUndoChanged, stack.undoTextChanged),
            ("redo", stack.canRedoChanged, stack.redoTextChanged),
        ):
            action = self.actions_by_name[name]
            action.setEnabled(False)
            able.connect(action.setEnabled)
            title = name.capitalize()
            text.connect(lambda what, a=action, t=title: a.setText(f"{t} {what}".strip()))
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._scheme_changed)

    def say(self, text: str, level: Level = "info") -> None:
        """Show one sentence in the message bar."""
        self.parts.message.say(text, level)

    @Slot(str)
    def sound_alarm(self, text: str) -> None:
        """Show that something unexpected went wrong."""
        self.say(text, "error")

    @Slot(str, str)
    def _said(self, text: str, level: str) -> None:
        self.say(text, cast(Level, level))

    @Slot(object)
    def _draft_changed(self) -> None:
        self._autosave.start()

    @Slot(tuple)
    def _palette_taken(self, palette: tuple[object, ...]) -> None:
        self.parts.palette.take(palette, "Palette from picture")  # type: ignore[arg-type]

    @Slot()
    def _ask_sketch(self) -> None:
        self.files.ask_sketch(self.editor.draft.canvas)

    @Slot(float)
    def _zoom_changed(self, scale: float) -> None:
        self.parts.zoom.setText(f"Zoom {100 * scale:.0f} %")

    # Looks.

    def wear(self, choice: str) -> None:
        """Change to a theme: "system", "light" or "dark"."""
        self.theme_choice = choice
        colours = self._dress(choice)
        for button in self.findChildren(IconButton):
            button.wear(colours)
        self._themes[choice].setChecked(True)

    def _dress(self, choice: str) -> theme.Theme:
        colours = theme.resolve(choice)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.apply(application, colours)
            roles.install(application)
        return colours

    @Slot()
    def _scheme_changed(self) -> None:
        if self.theme_choice == "system" and not self._closing:
            self.wear("system")

    def show_panels(self, shown: bool) -> None:
        """Show or hide all that stands around the picture but the words."""
        panes.show_around(self.parts, shown)

    def show_full_screen(self, on: bool) -> None:
        """Fill the whole screen, or go back."""
        self.setWindowState(
            self.windowState() | Qt.WindowState.WindowFullScreen
            if on
            else self.windowState() & ~Qt.WindowState.WindowFullScreen
        )

    def walk_panes(self, step: int) -> None:
        """Move the focus to the next or last pane."""
        panes.walk(self.parts, step)

    def show_keys(self) -> None:
        """Show all keys beside the window, not modal."""
        self._show_note("Keys", actions.key_list(), (640, 620))

    def show_about(self) -> None:
        """Show the version and all licences, not modal."""
        self._show_note("About ArtDesk", about_text(), ABOUT_SIZE)

    def _show_note(self, title: str, text: str, size: tuple[int, int]) -> None:
        if self.note is not None:
            self.note.close()
        self.note = NoteDialog(title, text, size, self)
        self.note.finished.connect(self._note_closed)
        self.note.show()

    @Slot()
    def _note_closed(self) -> None:
        if self.note is not None:
            self.note.deleteLater()
            self.note = None

    def show_history_folder(self) -> None:
        """Open the history folder in the file manager."""
        folder = self.worker.library.folder
        if not folder.is_dir():
            self.say("There is no history yet: press Generate first.")
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.say(f"No file manager could be opened; the history is in {folder}.", "warning")

    # Drops.

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        found = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if not found:
            self.say("Only picture files can be dropped here.", "warning")
            return
        event.acceptProposedAction()
        paths = [Path(name) for name in found]
        path, target = paths[0], self.childAt(event.position().toPoint())
        if path.is_dir() or len(paths) > 1:
            self.collections.add(paths)
            return
        if target is not None and self.parts.palette.isAncestorOf(target):
            self.files.take_palette(path)
        elif target is not None and self.parts.sketch.isAncestorOf(target):
            self.files.take_sketch(path, self.editor.draft.canvas)
        else:
            self.files.open(path)

    # The session.

    def save_session(self) -> None:
        """Write the draft; a failure is said once, not at every change."""
        try:
            self._session.save(self.editor.draft)
            self._session_warned = False
        except ArtDeskError as error:
            if not self._session_warned:
                self._session_warned = True
                self.say(f"The draft could not be autosaved. {error}", "error")

    def geometry_text(self) -> str:
        """Size and place of the window, for the settings."""
        return base64.b64encode(self.saveGeometry().data()).decode("ascii")

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._closing and not self._leave_unstored and self.parts.history.unstored():
            event.ignore()
            self._ask_to_leave()
            return
        if not self._closing:
            self._closing = True
            self._autosave.stop()
            self.save_session()
            for dialog in (self.files.dialog, self.note, self.leaving):
                if dialog is not None:
                    dialog.close()
            self.closed_in_time = self.worker.close()
        event.accept()

    def _ask_to_leave(self) -> None:
        """Before pictures are dropped that exist only here, as after a full disk."""
        if self.leaving is not None:
            self.leaving.raise_()
            return
        count = len(self.parts.history.unstored())
        what = "One picture is" if count == 1 else f"{count} pictures are"
        text = (
            f"{what} not stored and would be lost. Free some space on the disk and store again, "
            "or stay and save with Ctrl+S."
        )
        self.leaving, buttons = question(self, "Quit ArtDesk", text, LEAVE_CHOICES)
        again, drop, _stay = buttons
        again.clicked.connect(lambda: self.strip.store_again(self.close))
        drop.clicked.connect(self._drop_unstored)
        self.leaving.finished.connect(self._left)
        self.leaving.open()

    def _drop_unstored(self) -> None:
        self._leave_unstored = True
        self.close()

    @Slot()
    def _left(self) -> None:
        if self.leaving is not None:
            self.leaving.deleteLater()
            self.leaving = None
