"""What the model heard in the words, as small bars, beside what the picture measures."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from artdesk.core.attributes import pole_of
from artdesk.ui.widgets.plain import PlainLabel, tip

if TYPE_CHECKING:
    from artdesk.engine.words.table import HeardWord

LEAST = 0.15  # weaker wishes cannot be seen in a picture
OF_PROMPT, OF_WORD = 8, 3
NAME_WIDTH, NUMBER_WIDTH = 104, 34
NO_WORDS = "No words: the model draws freely."


class AttributeBar(QWidget):
    """One attribute: a bar for what the words ask, a line for what the picture measures.

    The scale runs from the opposite of what is asked, on the left, to all of it, on the right.

    Args:
        name: the attribute.
        asked: -1..1; the sign says which pole is asked for.
        parent: the Qt parent.
    """

    def __init__(self, name: str, asked: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.asked = abs(asked)
        self.measured: float | None = None
        self._sign = 1 if asked > 0 else -1
        self._pole = pole_of(name, asked)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._describe()

    def sizeHint(self) -> QSize:
        return QSize(240, max(18, self.fontMetrics().height() + 2))

    def show_measured(self, value: float | None) -> None:
        """Show what the picture measures, -1..1, or nothing."""
        self.measured = None if value is None else value * self._sign
        self._describe()
        self.update()

    def _describe(self) -> None:
        text = f"{self._pole}: asked {self.asked:.1f}"
        if self.measured is not None:
            text += f", the picture measures {self.measured:.1f}"
        self.setAccessibleName(text)
        self.setToolTip(tip(text))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self.palette()
        middle = self.height() / 2
        left, width = NAME_WIDTH, max(1, self.width() - NAME_WIDTH - NUMBER_WIDTH)
        painter.setPen(colours.windowText().color())
        name = QRectF(0, 0, NAME_WIDTH - 8, self.height())
        shown = self.fontMetrics().elidedText(
            self._pole, Qt.TextElideMode.ElideRight, NAME_WIDTH - 8
        )
        painter.drawText(name, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        number = QRectF(left + width, 0, NUMBER_WIDTH, self.height())
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(number, flags, f"{self.asked:.1f}")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.mid())
        painter.drawRoundedRect(QRectF(left, middle - 2, width, 4), 2, 2)
        painter.setBrush(colours.highlight())
        zero = left + width / 2
        painter.drawRoundedRect(QRectF(zero, middle - 4, width / 2 * self.asked, 8), 2, 2)
        if self.measured is not None:
            place = zero + width / 2 * max(-1.0, min(1.0, self.measured))
            painter.setPen(QPen(colours.windowText().color(), 2.5))
            painter.drawLine(QPointF(place, middle - 7), QPointF(place, middle + 7))
        painter.end()


class HeardPanel(QWidget):
    """Bars for the whole prompt, and under them a few for each word."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._measured: dict[str, float] = {}
        self.prompt_bars: list[AttributeBar] = []
        self.word_bars: dict[str, list[AttributeBar]] = {}
        self.note = PlainLabel(NO_WORDS, self)
        self.note.setObjectName("dim")
        self.note.setWordWrap(True)
        self._prompt = QVBoxLayout()
        self._words = QVBoxLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.note)
        for layout in (self._prompt, self._words):
            layout.setSpacing(2)
            column.addLayout(layout)

    def show_prompt(self, attributes: dict[str, float]) -> None:
        """Show what all words together ask for, by attribute, -1..1."""
        _clear(self._prompt)
        self.prompt_bars = self._bars(attributes, OF_PROMPT)
        for bar in self.prompt_bars:
            self._prompt.addWidget(bar)
            bar.show_measured(self._measured.get(bar.name))
        if self.prompt_bars:
            self.note.setText("Bars: what the words ask. Lines: what the picture measures.")
        elif self.word_bars:
            self.note.setText("The words ask for nothing that can be measured, only their sense.")
        else:
            self.note.setText(NO_WORDS)

    def show_words(self, heard: "tuple[HeardWord, ...]", avoided: int) -> None:
        """Show what was heard in each word; the last `avoided` words are avoided ones."""
        _clear(self._words)
        self.word_bars = {}
        for number, word in enumerate(heard):
            title = PlainLabel(parent=self)
            title.setTextFormat(Qt.TextFormat.PlainText)
            title.setObjectName("section")
            title.setContentsMargins(0, 8, 0, 0)
            text = word.text if number < len(heard) - avoided else f"not {word.text}"
            title.setText(text if word.known else f"{text}: a guess")
            self._words.addWidget(title)
            bars = self._bars(word.attributes, OF_WORD)
            for bar in bars:
                self._words.addWidget(bar)
            if not bars:
                sense = PlainLabel("nothing measurable, only its sense", self)
                sense.setObjectName("dim")
                self._words.addWidget(sense)
            self.word_bars[text] = bars

    def show_measured(self, attributes: dict[str, float]) -> None:
        """Show what the picture measures, by attribute, -1..1."""
        self._measured = attributes
        for bar in self.prompt_bars:
            bar.show_measured(attributes.get(bar.name))

    def _bars(self, attributes: dict[str, float], most: int) -> list[AttributeBar]:
        strongest = sorted(attributes.items(), key=lambda item: -abs(item[1]))[:most]
        return [AttributeBar(name, one, self) for name, one in strongest if abs(one) >= LEAST]


def _clear(layout: QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
