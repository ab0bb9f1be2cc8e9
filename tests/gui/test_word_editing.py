"""Editing words with keys and clicks: nothing is lost, doubled or exchanged unasked."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from artdesk.studio.draft import FIRST_DRAFT
from artdesk.ui.main_window import MainWindow
from artdesk.ui.widgets.word_field import WordField
from tests.gui.conftest import settle
from tests.gui.paint_engine import PaintEngine

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
FIRST = ["calm", "geometric", "warm"]


def texts(field: WordField) -> list[str]:
    return [chip.word.text for chip in field.chips]


def assert_shown(window: MainWindow) -> None:
    """The chips are the words of the recipe, in both fields and in the order of the screen."""
    recipe = window.editor.draft.recipe()
    for field, words in ((window.parts.words, recipe.words), (window.parts.avoid, recipe.avoid)):
        assert [chip.word for chip in field.chips] == list(words)
        assert all(chip.isVisible() for chip in field.chips)
        field.widget().layout().activate()
        places = [(chip.y(), chip.x()) for chip in field.chips]
        assert places == sorted(places)
        assert len(set(places)) == len(places)


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_removing_an_unknown_word_removes_that_word_alone(
    window: MainWindow, qtbot: QtBot, key: Qt.Key
) -> None:
    field = window.parts.words
    qtbot.keyClicks(field.line, "flurblish,")
    settle(window, qtbot)
    qtbot.keyClick(field.line, Qt.Key.Key_Left)
    qtbot.keyClick(field.chips[-1], key)
    settle(window, qtbot)
    assert texts(field) == FIRST
    assert not window.parts.message.text
    assert_shown(window)


def test_removing_one_of_two_unknown_words_leaves_the_others(
    window: MainWindow, qtbot: QtBot
) -> None:
    field = window.parts.words
    qtbot.keyClicks(field.line, "airy,flurblish,bold,grumbly,wild,")
    settle(window, qtbot)
    assert len(field.chips) == 8
    chip = field.chips[4]
    chip.setFocus()
    qtbot.keyClick(chip, Qt.Key.Key_Delete)
    settle(window, qtbot)
    assert texts(field) == [*FIRST, "airy", "bold", "grumbly", "wild"]
    close = field.chips[5].findChildren(QToolButton)[-1]
    qtbot.mouseClick(close, LEFT)
    settle(window, qtbot)
    assert texts(field) == [*FIRST, "airy", "bold", "wild"]
    assert_shown(window)


def test_tab_takes_the_suggestion_once(window: MainWindow, qtbot: QtBot) -> None:
    field = window.parts.words
    qtbot.keyClicks(field.line, "flurblish,grumbly,")
    settle(window, qtbot)
    field.chips[3].setFocus()
    qtbot.keyClick(field.chips[3], Qt.Key.Key_Tab)
    settle(window, qtbot)
    assert texts(field) == [*FIRST, "velvet", "grumbly"]
    assert field.chips[3].hasFocus()
    # The nearest word is there already: the second unknown word goes, nothing is doubled.
    field.chips[4].setFocus()
    qtbot.keyClick(field.chips[4], Qt.Key.Key_Tab)
    settle(window, qtbot)
    assert texts(field) == [*FIRST, "velvet"]
    assert_shown(window)


def test_tab_walks_from_chip_to_chip_and_to_the_line(window: MainWindow, qtbot: QtBot) -> None:
    field = window.parts.words
    qtbot.keyClicks(field.line, "bold,")
    field.chips[0].setFocus()
    for place in (1, 2, 3):
        qtbot.keyClick(field.chips[place - 1], Qt.Key.Key_Tab)
        assert field.chips[place].hasFocus()
    qtbot.keyClick(field.chips[3], Qt.Key.Key_Tab)
    assert field.line.hasFocus()


def test_a_half_typed_word_is_not_lost_when_a_chip_is_edited(
    window: MainWindow, qtbot: QtBot
) -> None:
    field = window.parts.words
    qtbot.keyClicks(field.line, "bold, (dark")
    field.chips[0].edit_wanted.emit()
    assert field.line.text() == "(dark"
    assert texts(field) == [*FIRST, "bold"]
    assert "not closed" in window.parts.message.text


def test_a_word_is_finished_by_leaving_the_line_for_good(window: MainWindow, qtbot: QtBot) -> None:
    field = window.parts.words
    qtbot.keyClicks(field.line, "bol")
    window.parts.setup.seed.setFocus()
    field.line.setFocus()
    settle(window, qtbot)
    assert field.line.text() == "bol"
    qtbot.keyClicks(field.line, "d")
    window.parts.setup.seed.setFocus()
    qtbot.waitUntil(lambda: texts(field) == [*FIRST, "bold"])
    assert field.line.text() == ""


def test_completion_waits_for_a_letter_and_escape_closes_it(
    window: MainWindow, qtbot: QtBot
) -> None:
    field = window.parts.words
    line, completions = field.line, field.completions
    for typed in ("bold,", " "):
        qtbot.keyClicks(line, typed)
        assert not completions.isVisible()
    qtbot.keyClicks(line, "da")
    assert completions.isVisible()
    assert completions.words == ["dark"]
    assert completions.height() < 80
    QApplication.processEvents()  # the new chip pushes the line, and the list with it
    assert completions.pos() == line.mapTo(window, QPoint(0, line.height() + 4))
    assert line.hasFocus()
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert not completions.isVisible()
    assert line.text() == "da"
    qtbot.keyClicks(line, "rk wa")
    assert completions.isVisible()
    qtbot.keyClicks(line, " ")
    assert not completions.isVisible()


def test_escape_in_the_list_does_not_stop_pictures(
    window: MainWindow, qtbot: QtBot, engine: object
) -> None:
    engine.gate.clear()  # type: ignore[attr-defined]
    window.worker.generate()
    line = window.parts.words.line
    qtbot.keyClicks(line, "da")
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert window.worker.busy
    assert not window.parts.words.completions.isVisible()
    with qtbot.waitSignal(window.worker.picture_made):
        engine.gate.set()  # type: ignore[attr-defined]


def test_completion_by_a_click_and_inside_a_bracket(window: MainWindow, qtbot: QtBot) -> None:
    field = window.parts.words
    completions = field.completions
    qtbot.keyClicks(field.line, "very ve")
    spot = completions.visualRect(completions.model().index(0, 0)).center()
    qtbot.mouseClick(completions.viewport(), LEFT, pos=spot)
    assert texts(field) == [*FIRST, "very velvet"]
    assert field.line.hasFocus()
    qtbot.keyClicks(field.line, "(dark, wi")
    qtbot.keyClick(field.line, Qt.Key.Key_Down)
    qtbot.keyClick(field.line, Qt.Key.Key_Tab)
    assert field.line.text() == "(dark, wild"
    qtbot.keyClicks(field.line, ":1.3)")
    qtbot.keyClick(field.line, Qt.Key.Key_Return)
    assert texts(field)[-2:] == ["dark", "wild"]
    assert window.editor.draft.words[-1].weight_percent == 130


def test_completion_by_meaning_with_pictures_of_what_a_word_does(
    window: MainWindow, engine: PaintEngine, qtbot: QtBot
) -> None:
    field = window.parts.words
    completions = field.completions
    qtbot.keyClicks(field.line, "vel")
    assert completions.words == ["velvet"]
    qtbot.waitUntil(lambda: completions.words == ["velvet", "soft", "airy", "calm"])
    qtbot.waitUntil(lambda: not completions.without_picture())
    asked = {recipe.words[-1].text for recipe in engine.previews if len(recipe.words) == 4}
    assert asked == {"velvet", "soft", "airy", "calm"}
    model = completions.model()
    drawn = [model.index(row, 0).data(Qt.ItemDataRole.DecorationRole) for row in range(4)]
    images = {icon.pixmap(28, 28).toImage().pixelColor(14, 14).name() for icon in drawn}
    assert len(images) > 1
    spot = completions.visualRect(model.index(1, 0)).center()
    qtbot.mouseClick(completions.viewport(), LEFT, pos=spot)
    assert texts(field) == [*FIRST, "soft"]
    # What is no longer typed gets no late company.
    qtbot.keyClicks(field.line, "vel")
    qtbot.keyClick(field.line, Qt.Key.Key_Backspace)
    settle(window, qtbot)
    assert completions.words == ["velvet"]


def test_without_live_preview_no_pictures_are_drawn(
    window: MainWindow, engine: PaintEngine, qtbot: QtBot
) -> None:
    window.actions_by_name["live"].trigger()
    before = len(engine.previews)
    qtbot.keyClicks(window.parts.words.line, "vel")
    qtbot.waitUntil(lambda: len(window.parts.words.completions.words) == 4)
    settle(window, qtbot)
    assert len(engine.previews) == before


KEYS = (
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Tab,
    Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Down, Qt.Key.Key_Up,
)  # fmt: skip
TYPED = (
    "bold,", "flurblish,", "grumbly,", "da", "ve", "very ", "warm:1.5,", "(", ")", ":", "calm,",
    "calm", "9,", ", ", "flurb",
)  # fmt: skip


def test_random_editing_keeps_chips_and_recipe_together(window: MainWindow, qtbot: QtBot) -> None:
    fields = (window.parts.words, window.parts.avoid)
    window.parts.words_fold.click()

    def act(kind: int, first: int, second: int) -> None:
        field = fields[first % 4 == 3]
        focused = window.focusWidget() or field.line
        chip = field.chips[second % len(field.chips)] if field.chips else None
        if kind == 0:
            qtbot.keyClicks(field.line, TYPED[second % len(TYPED)])
        elif kind == 1:
            control = CONTROL if first % 2 else Qt.KeyboardModifier.NoModifier
            qtbot.keyClick(focused, KEYS[second % len(KEYS)], control)
        elif kind == 2 and chip is not None:  # the suggestion or the cross
            button = chip.findChildren(QToolButton)[1:][first % 2]
            if button.isVisible():
                qtbot.mouseClick(button, LEFT)
        elif kind == 3 and chip is not None:
            chip.setFocus()
            chip.moved.emit()
        elif kind == 4:
            (window.editor.stack.undo if first % 3 else window.editor.stack.redo)()
        elif kind == 5 and chip is not None:
            chip.setFocus()
        settle(window, qtbot)

    @settings(
        max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(st.lists(st.tuples(*[st.integers(0, most) for most in (5, 11, 104)]), max_size=40))
    def sequences(steps: list[tuple[int, int, int]]) -> None:
        for field in fields:
            field.line.setText("")
        window.editor.stack.clear()
        window.editor.put(FIRST_DRAFT)
        window.parts.words.line.setFocus()
        window.parts.message.clear()
        with qtbot.captureExceptions() as raised:
            for step in steps:
                act(*step)
                assert_shown(window)
        assert not raised
        assert "Unexpected" not in window.parts.message.text

    sequences()
