"""A field of word chips with a line to type more, completed from the words the model knows."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QStringListModel,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QCompleter, QFrame, QLineEdit, QListView, QSizePolicy, QWidget

from artdesk.core.errors import RecipeError
from artdesk.core.prompt import parse_prompt
from artdesk.core.recipe import MAX_WORDS, Word
from artdesk.ui.widgets.chip import Chip
from artdesk.ui.widgets.flow_layout import FlowLayout

if TYPE_CHECKING:
    from artdesk.engine.words.table import HeardWord

_ENDS = (",", "\n", ";")


class _LastWordCompleter(QCompleter):
    """Completes the last word only, so that "very wa" offers "very warm"."""

    def __init__(self, model: QStringListModel, parent: QWidget) -> None:
        super().__init__(model, parent)
        self.typed = ""

    def splitPath(self, path: str) -> list[str]:
        return [path.rpartition(" ")[2]]

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        head, space, _ = self.typed.rpartition(" ")
        return head + space + str(index.data())


class WordField(QFrame):
    """Chips and a line edit.

    Args:
        label: accessible name of the line, "Words" or "Words to avoid".
        hint: placeholder text.
        avoid: whether these words are avoided.
        parent: the Qt parent.
    """

    edited = Signal(tuple, str, str)  # words, what was done, merge key
    moved = Signal(object)  # a Word that goes to the other field
    refused = Signal(str)

    def __init__(
        self, label: str, hint: str, *, avoid: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("words")
        self._avoid = avoid
        self._words: tuple[Word, ...] = ()
        self._chips: list[Chip] = []
        self._heard: dict[str, tuple[bool, tuple[str, ...]]] = {}
        self._flow = FlowLayout(self, 5, 6)
        self.line = QLineEdit(self)
        self.line.setAccessibleName(label)
        self.line.setPlaceholderText(hint)
        self.line.setMinimumWidth(140)
        self.line.setFixedHeight(28)
        self.line.textEdited.connect(self._typed)
        self.line.returnPressed.connect(self._commit)
        self.line.installEventFilter(self)
        self._flow.addWidget(self.line)
        self._model = QStringListModel(self)
        self._completer = _LastWordCompleter(self._model, self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setMaxVisibleItems(8)
        self._popup = popup = QListView()
        popup.setObjectName("completions")
        popup.setAccessibleName("Matching words")
        self._completer.setPopup(popup)
        popup_chosen = self._completer.activated[str]  # type: ignore[index]  # the text overload
        popup_chosen.connect(self._completed, Qt.ConnectionType.QueuedConnection)
        self.line.setCompleter(self._completer)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def chips(self) -> tuple[Chip, ...]:
        """The chips in order."""
        return tuple(self._chips)

    def set_known(self, words: list[str]) -> None:
        """Offer these words for completion."""
        self._model.setStringList(words)

    def show_words(self, words: tuple[Word, ...]) -> None:
        """Show these words; chips that stay keep their focus."""
        if words == self._words:
            return
        self._words = words
        focused = next((i for i, chip in enumerate(self._chips) if chip.hasFocus()), None)
        if [chip.word.text for chip in self._chips] == [word.text for word in words]:
            for chip, word in zip(self._chips, words, strict=True):
                chip.show_word(word)
            return
        for chip in self._chips:
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = [self._make_chip(index, word) for index, word in enumerate(words)]
        if focused is not None:
            target = self._chips[min(focused, len(words) - 1)] if words else self.line
            target.setFocus()
        self.updateGeometry()

    def show_heard(self, text: str, known: bool, nearest: tuple[str, ...]) -> None:
        """Mark a word as known or not."""
        self._heard[text] = (known, nearest)
        for chip in self._chips:
            if chip.word.text == text:
                chip.show_heard(known, nearest)

    def show_all_heard(self, heard: "tuple[HeardWord, ...]") -> None:
        """Mark all words that the model was asked about."""
        for word in heard:
            self.show_heard(word.text, word.known, tuple(word.nearest))

    def _make_chip(self, index: int, word: Word) -> Chip:
        chip = Chip(word, self._avoid, self)
        if word.text in self._heard:
            chip.show_heard(*self._heard[word.text])
        chip.weight_wanted.connect(lambda percent: self._weigh(index, percent))
        chip.removed.connect(lambda: self._remove(index))
        chip.moved.connect(lambda: self._move(index))
        chip.suggestion_taken.connect(lambda text: self._exchange(index, text))
        chip.walked.connect(lambda step: self._walk(index + step))
        chip.edit_wanted.connect(lambda: self._edit(index))
        self._flow.insert_widget(index, chip)
        chip.show()
        return chip

    def _put(self, words: tuple[Word, ...], text: str, merge: str = "") -> None:
        self.edited.emit(words, text, merge)

    def _weigh(self, index: int, percent: int) -> None:
        words = list(self._words)
        words[index] = replace(words[index], weight_percent=percent)
        self._put(tuple(words), "Change weight", f"weight {self._avoid} {index}")

    def _remove(self, index: int) -> None:
        word = self._words[index]
        self._put(self._words[:index] + self._words[index + 1 :], f"Remove “{word.text}”")

    def _move(self, index: int) -> None:
        self.moved.emit(self._words[index])

    def _exchange(self, index: int, text: str) -> None:
        if any(word.text == text for word in self._words):
            self._remove(index)
            return
        words = list(self._words)
        words[index] = Word(text=text, weight_percent=words[index].weight_percent)
        self._put(tuple(words), f"Use “{text}”")

    def _walk(self, index: int) -> None:
        if index < 0:
            return
        (self._chips[index] if index < len(self._chips) else self.line).setFocus()

    def _edit(self, index: int) -> None:
        """Take the chip's word back into the line."""
        word = self._words[index]
        weight = "" if word.weight_percent == 100 else f":{word.weight_percent / 100:g}"
        self._remove(index)
        self.line.setText(word.text + weight)
        self.line.setFocus()

    def _typed(self, text: str) -> None:
        self._mark(False)
        self._completer.typed = text
        if any(end in text for end in _ENDS):
            # Only the part up to the last separator is finished; brackets may span several.
            cut = max(text.rfind(end) for end in _ENDS)
            balanced = text[:cut].count("(") <= text[:cut].count(")")
            if balanced and self._take_prompt(text[:cut]):
                self.line.setText(text[cut + 1 :].lstrip())

    def _commit(self) -> None:
        if self._take_prompt(self.line.text()):
            self.line.setText("")  # and not clear(), which could be undone in the line

    def commit_pending(self) -> bool:
        """Turn what stands in the line into chips; False when it cannot be read."""
        if not self.line.text().strip():
            return True
        self._commit()
        return not self.line.text().strip()

    def _completed(self, text: str) -> None:
        if self._take_prompt(text):
            self.line.setText("")  # and not clear(), which could be undone in the line

    def _take_prompt(self, text: str) -> bool:
        try:
            found = parse_prompt(text)
            words = {word.text: word for word in self._words}
            for name, percent in found:
                if name not in words or percent != 100:
                    words[name] = Word(text=name, weight_percent=percent)
            if len(words) > MAX_WORDS:
                raise RecipeError(
                    f"At most {MAX_WORDS} words fit; these would be {len(words)}. "
                    "Remove some and try again."
                )
        except RecipeError as error:
            self._mark(True)
            self.refused.emit(str(error))
            return False
        if tuple(words.values()) != self._words:
            names = ", ".join(name for name, _ in found)
            self._put(tuple(words.values()), f"Add “{names[:40]}”")
        return True

    def _mark(self, invalid: bool) -> None:
        if bool(self.line.property("invalid")) != invalid:
            self.line.setProperty("invalid", invalid)
            self.line.style().unpolish(self.line)
            self.line.style().polish(self.line)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line:
            if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
                if (
                    event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Left)
                    and self.line.cursorPosition() == 0
                    and not self.line.hasSelectedText()
                    and self._chips
                ):
                    self._chips[-1].setFocus()
                    return True
            elif event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
                self._frame(event.type() == QEvent.Type.FocusIn)
                if event.type() == QEvent.Type.FocusOut and not self._popup.isVisible():
                    # A word left in the line counts; queued, for a click may be on its way.
                    QTimer.singleShot(0, self, self.commit_pending)
        return super().eventFilter(watched, event)

    def _frame(self, focused: bool) -> None:
        self.setProperty("focused", focused)
        self.style().unpolish(self)
        self.style().polish(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.line.setFocus()
        event.accept()
