"""What made the shown picture, what the model heard in its words, and ways to use it again."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from artdesk.core.attributes import pole_of
from artdesk.core.new_recipe import MEMORY_SAMPLING
from artdesk.core.prompt import format_prompt
from artdesk.core.recipe import Recipe, Sampling, Swatch
from artdesk.studio.controls import CONTROLS
from artdesk.ui.widgets.plain import PlainLabel, tip

if TYPE_CHECKING:
    from artdesk.engine.pipeline import Picture
    from artdesk.engine.words.table import HeardWord
    from artdesk.pictures.files import StoredPicture

STRONGEST = 4
LEAST = 0.15


def alternative_text(recipe: Recipe) -> str:
    """The picture in words, for people who do not see it."""
    words = ", ".join(word.text for word in recipe.words) or "no words"
    return f"{words}; seed {recipe.seed}; {recipe.canvas.width} by {recipe.canvas.height} pixels"


class _Colours(QWidget):
    """A bar of the used colours, as wide as their shares."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._swatches: tuple[Swatch, ...] = ()
        self.setFixedHeight(20)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_swatches(self, swatches: tuple[Swatch, ...]) -> None:
        """Show these colours."""
        self._swatches = swatches
        names = ", ".join(swatch.colour for swatch in swatches)
        self.setAccessibleName(f"Used colours: {names or 'none'}")
        self.setToolTip(tip(names))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        total = sum(swatch.share_milli for swatch in self._swatches) or 1
        left = 0.0
        for swatch in self._swatches:
            width = self.width() * swatch.share_milli / total
            painter.fillRect(
                round(left), 0, round(left + width) - round(left), 20, QColor(swatch.colour)
            )
            left += width
        painter.end()


class Inspector(QWidget):
    """Shows the recipe of one picture."""

    words_wanted = Signal()
    all_wanted = Signal()
    remix_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = self._label("dim")
        self.words = self._label()
        self.avoid = self._label()
        self.facts = self._label()
        self.changed = self._label()
        self.heard = self._label()
        self.model = self._label("dim")
        self.colours = _Colours(self)
        self.use_all = QPushButton("Use all", self)
        self.use_all.setToolTip("Take over the whole recipe (Ctrl+Shift+A)")
        self.use_all.setAccessibleName("Use the whole recipe of this picture")
        self.use_all.clicked.connect(self.all_wanted)
        self.use_words = QPushButton("Words", self)
        self.use_words.setToolTip("Take over its words alone (Ctrl+Shift+W)")
        self.use_words.setAccessibleName("Use the words of this picture")
        self.use_words.clicked.connect(self.words_wanted)
        self.remix = QPushButton("Remix", self)
        self.remix.setToolTip("The whole recipe with a new seed (Ctrl+Shift+R)")
        self.remix.setAccessibleName("Remix: the whole recipe with a new seed")
        self.remix.clicked.connect(self.remix_wanted)
        self._buttons = (self.use_all, self.use_words, self.remix)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in self._buttons:
            row.addWidget(button)
            button.setEnabled(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.kind)
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(3)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        for text, widget in (
            ("Words", self.words),
            ("Avoided", self.avoid),
            ("Colours used", self.colours),
            ("Seed and size", self.facts),
            ("Changed controls", self.changed),
            ("What the model heard", self.heard),
            ("Model", self.model),
        ):
            caption = PlainLabel(text, self)
            caption.setObjectName("caption")
            caption.setContentsMargins(0, 8, 0, 0)
            form.addRow(caption, widget)
        column.addLayout(form)
        column.addStretch(1)
        column.addLayout(row)
        self.kind.setText("No picture yet.")

    def _label(self, name: str = "") -> QLabel:
        label = PlainLabel("–", self)
        label.setObjectName(name)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        return label

    def show_picture(
        self, picture: "Picture | StoredPicture", kind: str, seconds: float | None
    ) -> None:
        """Show a picture's recipe.

        Args:
            picture: a made or an opened picture.
            kind: one line that says which picture this is.
            seconds: how long it took, where that is known.
        """
        recipe = picture.recipe
        self.kind.setText(kind)
        self.words.setText(format_prompt(recipe.words, "shown") or "none: the model drew freely")
        self.avoid.setText(format_prompt(recipe.avoid, "shown") or "nothing")
        rows, columns = picture.tokens.shape
        facts = (
            f"Seed {recipe.seed}\n{recipe.canvas.width} × {recipe.canvas.height} pixels, "
            f"{columns} × {rows} marks"
        )
        if seconds is not None:
            facts += f", {seconds:.2f} s"
        self.facts.setText(facts)
        usual = Sampling() if recipe.memory is None else MEMORY_SAMPLING
        changed = [
            f"{control.name} {control.value(recipe.sampling) / control.divisor:g}"
            for control in CONTROLS
            if control.value(recipe.sampling) != control.value(usual)
        ]
        self.changed.setText(", ".join(changed) or "none: all at their defaults")
        self.model.setText(f"{picture.bundle_name}  {picture.bundle_hash[:8]}")
        for button in self._buttons:
            button.setEnabled(True)

    def show_colours(self, colours: tuple[Swatch, ...]) -> None:
        """Show the main colours of the picture's pixels with their shares."""
        self.colours.show_swatches(colours)

    def show_heard(self, heard: "tuple[HeardWord, ...]") -> None:
        """Show which attributes the model took from each word."""
        lines = []
        for word in heard:
            strongest = sorted(word.attributes.items(), key=lambda pair: -abs(pair[1]))
            parts = [
                f"{pole_of(name, strength)} {abs(strength):.1f}"
                for name, strength in strongest[:STRONGEST]
                if abs(strength) >= LEAST
            ]
            text = ", ".join(parts) or "nothing measurable, only its sense"
            if not word.known:
                near = ", ".join(word.nearest[:2])
                text += f" (not known, a guess; nearest: {near})" if near else " (a guess)"
            lines.append(f"{word.text}: {text}")
        self.heard.setText("\n".join(lines) or "no words")
