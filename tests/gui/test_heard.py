"""What the model heard: bars for the words, lines for what the picture measures."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from artdesk.ui.layout import HEARD_TAB
from artdesk.ui.main_window import MainWindow
from artdesk.ui.widgets.heard_panel import AttributeBar, HeardPanel
from tests.gui.conftest import settle
from tests.gui.paint_engine import PaintEngine

LEFT = Qt.MouseButton.LeftButton


def open_tab(window: MainWindow, qtbot: QtBot) -> HeardPanel:
    bar = window.parts.tabs.tabBar()
    qtbot.mouseClick(bar, LEFT, pos=bar.tabRect(HEARD_TAB).center())
    assert window.parts.heard.isVisible()
    settle(window, qtbot)
    settle(window, qtbot)
    return window.parts.heard


def test_bars_for_the_prompt_and_for_each_word(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClicks(window.parts.words.line, "flurblish,")
    qtbot.mouseClick(window.parts.words_fold, LEFT)
    qtbot.keyClicks(window.parts.avoid.line, "dark,")
    settle(window, qtbot)
    panel = open_tab(window, qtbot)
    assert [bar.name for bar in panel.prompt_bars] == ["warmth", "busyness"]
    assert list(panel.word_bars) == ["calm", "geometric", "warm", "flurblish", "not dark"]
    assert panel.prompt_bars[1].accessibleName().startswith("minimal: asked 0.5, the picture")
    picture = window.parts.canvas.pixmap.toImage().convertToFormat(QImage.Format.Format_RGB888)
    shown = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), -1)
    red = shown[:, : 3 * picture.width() : 3].mean() / 255
    assert panel.prompt_bars[0].measured == pytest.approx(red)
    # "minimal" is asked for, the picture is busier than most: the line is left of the middle.
    assert panel.prompt_bars[1].measured == -0.25
    assert all(bar.isVisible() for bar in panel.prompt_bars)


def test_the_bar_is_as_long_as_the_wish(qtbot: QtBot) -> None:
    widths = []
    for asked in (0.3, -0.9):
        bar = AttributeBar("warmth", asked)
        qtbot.addWidget(bar)
        bar.resize(300, 18)
        bar.show()
        image = bar.grab().toImage()
        accent = bar.palette().highlight().color()
        row = [QColor(image.pixel(x, 9)) for x in range(image.width())]
        widths.append(sum(colour.rgb() == accent.rgb() for colour in row))
    assert 2.5 < widths[1] / widths[0] < 3.5


def test_nothing_is_measured_out_of_sight_and_only_the_newest_picture(
    window: MainWindow, engine: PaintEngine, qtbot: QtBot
) -> None:
    for _ in range(3):
        qtbot.mouseClick(window.parts.setup.dice, LEFT)
        settle(window, qtbot)
    assert engine.measurements == 0
    open_tab(window, qtbot)
    assert engine.measurements == 1
    qtbot.mouseClick(window.parts.setup.dice, LEFT)
    settle(window, qtbot)
    settle(window, qtbot)
    assert engine.measurements == 2


def test_without_words_the_panel_says_so(window: MainWindow, qtbot: QtBot) -> None:
    panel = open_tab(window, qtbot)
    field = window.parts.words
    while field.chips:
        field.chips[0].setFocus()
        qtbot.keyClick(field.chips[0], Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: not panel.prompt_bars)
    assert "freely" in panel.note.text()
