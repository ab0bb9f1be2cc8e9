"""Presets, the words of late, and surprises: ways to a draft that need no typing."""

import secrets
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from artdesk.core.errors import ArtDeskError
from artdesk.studio import presets
from artdesk.studio.draft import Draft
from artdesk.studio.presets import MAX_NAME, Presets
from artdesk.studio.surprise import surprise
from artdesk.studio.word_history import WordHistory
from artdesk.ui.controllers.editor import Editor
from artdesk.ui.controllers.worker import WorkerController
from artdesk.ui.layout import Parts


class PresetController(QObject):
    """Fills the menu of presets and puts what is chosen into the draft.

    Args:
        parts: the widgets of the window.
        editor: the draft.
        worker: knows which words the model knows.
        home: the user's folder, where presets and words are kept.
        window: parent of the dialog.
    """

    said = Signal(str, str)

    def __init__(
        self, parts: Parts, editor: Editor, worker: WorkerController, home: Path, window: QWidget
    ) -> None:
        super().__init__(window)
        self._editor = editor
        self._worker = worker
        self._window = window
        self._fields = (parts.words, parts.avoid)
        self.presets = Presets(home / "presets")
        self.history = WordHistory(home / "words.json")
        self.dialog: QInputDialog | None = None
        self._menu: QMenu | None = None
        self._fixed = 0
        self._words = self._texts(editor.draft)
        editor.changed.connect(self._remember)
        self._offer()

    def fill(self, menu: QMenu) -> None:
        """Show the presets below what the menu holds already, anew each time it opens."""
        self._menu, self._fixed = menu, len(menu.actions())
        menu.aboutToShow.connect(self._refill)

    @Slot()
    def _refill(self) -> None:
        menu = self._menu
        if menu is None:
            return
        for action in menu.actions()[self._fixed :]:
            menu.removeAction(action)
            action.deleteLater()
        menu.addSeparator()
        names = self.presets.names()
        if not names:
            menu.addAction("No presets yet").setEnabled(False)
            return
        for name in names:
            action = menu.addAction(_plain(name))
            action.triggered.connect(lambda _=False, one=name: self.use(one))
        removing = menu.addMenu("Remove")
        removing.setAccessibleName("Remove a preset")
        for name in names:
            action = removing.addAction(_plain(name))
            action.triggered.connect(lambda _=False, one=name: self.remove(one))

    def ask_save(self) -> None:
        """Ask for a name, beside the window and not modal, and save the draft under it."""
        if self.dialog is not None:
            self.dialog.activateWindow()
            return
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle("Save as preset")
        dialog.setAccessibleName("Save as preset")
        dialog.setLabelText("Name of the preset")
        words = ", ".join(word.text for word in self._editor.draft.words)
        dialog.setTextValue(words[:MAX_NAME])
        dialog.setModal(False)
        dialog.textValueSelected.connect(self.save)
        dialog.finished.connect(self._closed)
        self.dialog = dialog
        dialog.show()

    @Slot()
    def _closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    @Slot(str)
    def save(self, name: str) -> None:
        """Save the draft as a preset."""
        try:
            given = self.presets.save(name, self._editor.draft)
        except ArtDeskError as error:
            self.said.emit(str(error), "error")
            return
        self.said.emit(f"Saved as the preset “{given}”.", "info")

    def use(self, name: str) -> None:
        """Put a preset into the draft, as one undo step."""
        try:
            preset = self.presets.load(name)
        except ArtDeskError as error:
            self.said.emit(str(error), "error")
            return
        self._editor.apply(presets.apply(preset, self._editor.draft), f"Use preset “{name}”")

    def remove(self, name: str) -> None:
        """Take a preset out of the menu; its file is kept aside."""
        try:
            target = self.presets.remove(name)
        except ArtDeskError as error:
            self.said.emit(str(error), "error")
            return
        self.said.emit(f"Removed the preset “{name}”; its file is kept as {target}.", "info")

    def surprise(self) -> None:
        """New words, colours, composition and controls, but for what is locked."""
        engine = self._worker.engine
        known = engine.words.known() if engine is not None else ()
        draft = surprise(self._editor.draft, known, secrets.randbelow)
        self._editor.apply(draft, "Surprise me")

    @Slot(object)
    def _remember(self, draft: Draft) -> None:
        words = self._texts(draft)
        fresh = tuple(word for word in words if word not in self._words)
        self._words = words
        if fresh:
            self.history.use(fresh)
            self._offer()

    def _offer(self) -> None:
        for field in self._fields:
            field.set_recent(self.history.words)

    def _texts(self, draft: Draft) -> tuple[str, ...]:
        return tuple(word.text for word in (*draft.words, *draft.avoid))


def _plain(name: str) -> str:
    """A name as a menu shows it; a single "&" would underline the next letter."""
    return name.replace("&", "&&")
