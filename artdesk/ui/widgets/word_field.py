"""A field of word chips with a line to type more, completed from the words the model knows."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QScrollArea, QSizePolicy, QWidget

from artdesk.core.errors import RecipeError
from artdesk.core.prompt import format_word, parse_prompt
from artdesk.core.recipe import MAX_WORDS, Word
from artdesk.ui.widgets.chip import Chip
from artdesk.ui.widgets.completion_list import CompletionList
from artdesk.ui.widgets.flow_layout import FlowLayout

if TYPE_CHECKING:
    from artdesk.engine.words.table import HeardWord

_ENDS = (",", "\n", ";")
LEAST_LETTERS = 3  # from here on it can be told what is similar
_BREAKS = " ,;([\n"  # what the word that is being typed begins after
ROW_HEIGHT, GAP, MARGIN = 28, 6, 5
_ELSEWHERE = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
"""Why the line loses the focus when the artist only looks elsewhere for a moment."""


class _Watcher(QObject):
    """Shows a field what happens to its line and chips; the filter of a scroll area is its own."""

    def __init__(self, field: "WordField") -> None:
        super().__init__(field)
        self._field = field

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        return self._field.watch(watched, event)


class WordField(QScrollArea):
    """Chips and a line edit in rows; from the third row on they scroll.

    Args:
        label: accessible name of the line, "Words" or "Words to avoid".
        hint: placeholder text.
        avoid: whether these words are avoided.
        parent: the Qt parent.
    """

    edited = Signal(tuple, str, str)  # words, what was done, merge key
    moved = Signal(object)  # a Word that goes to the other field
    refused = Signal(str)
    completed = Signal(str)  # the list of completions is open for what is typed

    def __init__(
        self, label: str, hint: str, *, avoid: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("words")
        self.setAccessibleName(f"{label}, list")
        self._avoid = avoid
        self._words: tuple[Word, ...] = ()
        self._recent: tuple[str, ...] = ()
        self._chips: list[Chip] = []
        self._heard: dict[str, tuple[bool, tuple[str, ...]]] = {}
        self._body = QWidget()
        self._body.setObjectName("wordsBody")
        self._flow = FlowLayout(self._body, MARGIN, GAP)
        self.setWidget(self._body)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.line = QLineEdit(self._body)
        self.line.setAccessibleName(label)
        self.line.setPlaceholderText(hint)
        self.line.setMinimumWidth(140)
        self.line.setFixedHeight(ROW_HEIGHT)
        self.line.textEdited.connect(self._typed)
        self.line.returnPressed.connect(self._commit)
        self._watcher = _Watcher(self)
        self.line.installEventFilter(self._watcher)
        self._flow.addWidget(self.line)
        self.completions = CompletionList(self.line)
        self.completions.chosen.connect(self._complete)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._fit()

    @property
    def chips(self) -> tuple[Chip, ...]:
        """The chips in order."""
        return tuple(self._chips)

    def set_known(self, words: list[str]) -> None:
        """Offer these words for completion."""
        self.completions.set_known(words)

    def set_recent(self, words: tuple[str, ...]) -> None:
        """Offer these words, newest first, on Down in the empty line."""
        self._recent = words

    def show_words(self, words: tuple[Word, ...]) -> None:
        """Show these words; chips that stay keep their focus."""
        if words == self._words:
            return
        self._words = words
        focused = next((i for i, chip in enumerate(self._chips) if chip.hasFocus()), None)
        left = list(self._chips)
        self._chips = [self._chip_of(word, left) for word in words]
        self._flow.set_order([*self._chips, self.line])
        before = None
        for widget in (*self._chips, self.line):  # Tab walks as the eye does
            if before is not None:
                QWidget.setTabOrder(before, widget)
            before = widget
        if focused is not None and not any(chip.hasFocus() for chip in self._chips):
            # Before the old chip goes: Qt would move its focus on through the line.
            target = self._chips[min(focused, len(words) - 1)] if words else self.line
            target.setFocus()
        for chip in left:
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._fit()

    def _chip_of(self, word: Word, left: list[Chip]) -> Chip:
        """The chip that shows the word already, taken out of `left`, or a new one."""
        for chip in left:
            if chip.word.text == word.text:
                left.remove(chip)
                chip.show_word(word)
                return chip
        return self._make_chip(word)

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

    def _make_chip(self, word: Word) -> Chip:
        chip = Chip(word, self._avoid, self._body)
        chip.resized.connect(self._fit)
        chip.installEventFilter(self._watcher)
        if word.text in self._heard:
            chip.show_heard(*self._heard[word.text])
        chip.weight_wanted.connect(lambda percent: self._weigh(chip, percent))
        chip.removed.connect(lambda: self._remove(chip))
        chip.moved.connect(lambda: self._move(chip))
        chip.suggestion_taken.connect(lambda text: self._exchange(chip, text))
        chip.walked.connect(lambda step: self._walk(chip, step))
        chip.edit_wanted.connect(lambda: self._edit(chip))
        chip.show()
        return chip

    def _put(self, words: list[Word], text: str, merge: str = "") -> None:
        self.edited.emit(tuple(words), text, merge)

    def _place(self, chip: Chip) -> int | None:
        """Where the chip's word is; None for a chip that is on its way out."""
        return self._chips.index(chip) if chip in self._chips else None

    def _weigh(self, chip: Chip, percent: int) -> None:
        place = self._place(chip)
        if place is not None:
            words = list(self._words)
            words[place] = replace(words[place], weight_percent=percent)
            self._put(words, "Change weight", f"weight {self._avoid} {place}")

    def _remove(self, chip: Chip) -> None:
        place = self._place(chip)
        if place is not None:
            words = list(self._words)
            word = words.pop(place)
            self._put(words, f"Remove “{word.text}”")

    def _move(self, chip: Chip) -> None:
        place = self._place(chip)
        if place is not None:
            self.moved.emit(self._words[place])

    def _exchange(self, chip: Chip, text: str) -> None:
        place = self._place(chip)
        if place is None:
            return
        if any(word.text == text for word in self._words):
            self._remove(chip)
            return
        words = list(self._words)
        words[place] = Word(text=text, weight_percent=words[place].weight_percent)
        self._put(words, f"Use “{text}”")

    def _walk(self, chip: Chip, step: int) -> None:
        place = self._place(chip)
        if place is not None and place + step >= 0:
            (*self._chips, self.line)[place + step].setFocus()

    def _edit(self, chip: Chip) -> None:
        """Take the chip's word back into the line, unless the line holds something unreadable."""
        place = self._place(chip)
        if place is None:
            return
        word = self._words[place]
        if not self.commit_pending():
            self.line.setFocus()
            return
        self._remove(chip)
        self.line.setText(format_word(word))
        self.line.setFocus()

    def _typed(self, text: str) -> None:
        self._mark(False)
        if any(end in text for end in _ENDS):
            # Only the part up to the last separator is finished; brackets may span several.
            cut = max(text.rfind(end) for end in _ENDS)
            balanced = text[:cut].count("(") <= text[:cut].count(")")
            if balanced and self._take_prompt(text[:cut]):
                self.line.setText(text[cut + 1 :].lstrip())
        if self.line.text().isspace():  # the space after a comma
            self.line.setText("")
        last = self._typed_last()
        self.completions.offer(last)
        if len(last) >= LEAST_LETTERS:
            self.completed.emit(last)

    def _typed_last(self) -> str:
        """The word that is being typed at the end of the line."""
        text = self.line.text()
        if self.line.cursorPosition() < len(text):
            return ""
        return text[max(text.rfind(sign) for sign in _BREAKS) + 1 :]

    def _commit(self) -> None:
        self.completions.hide()
        if self._take_prompt(self.line.text()):
            self.line.setText("")  # and not clear(), which could be undone in the line

    def commit_pending(self) -> bool:
        """Turn what stands in the line into chips; False when it cannot be read."""
        if not self.line.text().strip():
            return True
        self._commit()
        return not self.line.text().strip()

    def _commit_left(self) -> None:
        if not self.line.hasFocus():  # it may have come back to go on typing
            self.commit_pending()

    def _complete(self, word: str) -> None:
        """Put a completion in the place of what was typed of it."""
        text = self.line.text()
        self.line.setText(text[: len(text) - len(self._typed_last())] + word)
        self.completions.hide()
        text = self.line.text()
        if text.count("(") <= text.count(")"):  # else more words of the bracket are to come
            self._commit()

    def _take_prompt(self, text: str) -> bool:
        try:
            found = parse_prompt(text)
            words = {word.text: word for word in self._words}
            for name, percent in found:
                if name not in words or percent != 100:
                    old = words.get(name, Word(text=name))
                    words[name] = replace(old, weight_percent=percent)
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
            self._put(list(words.values()), f"Add “{names[:40]}”")
        return True

    def _mark(self, invalid: bool) -> None:
        if bool(self.line.property("invalid")) != invalid:
            self.line.setProperty("invalid", invalid)
            self.line.style().unpolish(self.line)
            self.line.style().polish(self.line)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Be as high as the rows of chips, two at most."""
        edge = 2 * self.frameWidth()
        needed = self._flow.heightForWidth(max(1, self.width() - edge))
        height = min(needed, 2 * (ROW_HEIGHT + MARGIN) + GAP) + edge
        if height != self.height() or height != self.minimumHeight():
            self.setFixedHeight(height)

    def _look_at(self, widget: QWidget) -> None:
        """Scroll to a chip or the line, once the layout knows where it is."""
        self._flow.activate()
        self.ensureWidgetVisible(widget, 0, MARGIN)

    def watch(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys of the line that belong to the chips or the list; follow the focus."""
        if isinstance(event, QFocusEvent) and event.gotFocus() and isinstance(watched, QWidget):
            QTimer.singleShot(0, watched, lambda: self._look_at(watched))
        if watched is self.line:
            if isinstance(event, QKeyEvent):
                if self.completions.isVisible() and self._complete_by_key(event):
                    return True
                if event.type() == QEvent.Type.KeyPress and (
                    self._leave_line(event) or self._open_recent(event)
                ):
                    return True
            elif isinstance(event, QFocusEvent):
                self._frame(event.gotFocus())
                if event.lostFocus():
                    self.completions.hide()
                    if event.reason() not in _ELSEWHERE:
                        # A word left in the line counts; queued, for a click may be on its way.
                        QTimer.singleShot(0, self, self._commit_left)
        return False

    def _complete_by_key(self, event: QKeyEvent) -> bool:
        """Whether the open list of completions takes the key."""
        key, marked = event.key(), self.completions.marked
        if event.type() == QEvent.Type.ShortcutOverride:
            if key == Qt.Key.Key_Escape:  # it closes the list, and does not cancel pictures
                event.accept()
                return True
        elif event.type() == QEvent.Type.KeyPress:
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self.completions.step(1 if key == Qt.Key.Key_Down else -1)
                return True
            if key == Qt.Key.Key_Escape:
                self.completions.hide()
                return True
            if marked and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
                self._complete(marked)
                return True
        return False

    def _open_recent(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_Down or event.modifiers() or self.line.text():
            return False
        shown = {word.text for word in self._words}
        self.completions.offer_all([word for word in self._recent if word not in shown])
        if not self.completions.isVisible():
            return False
        self.completions.step(1)
        return True

    def _leave_line(self, event: QKeyEvent) -> bool:
        """From the start of the line, Left and Backspace go to the last chip."""
        if (
            event.key() not in (Qt.Key.Key_Backspace, Qt.Key.Key_Left)
            or self.line.cursorPosition()
            or self.line.hasSelectedText()
            or not self._chips
        ):
            return False
        self._chips[-1].setFocus()
        return True

    def _frame(self, focused: bool) -> None:
        self.setProperty("focused", focused)
        self.style().unpolish(self)
        self.style().polish(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.line.setFocus()
        event.accept()
