import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QToolButton
from pytestqt.qtbot import QtBot

from artdesk.ui.controllers import editor
from artdesk.ui.main_window import MainWindow
from artdesk.ui.widgets.chip import Chip
from artdesk.ui.widgets.word_field import WordField
from tests.gui.conftest import settle

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


def texts(field: WordField) -> list[str]:
    return [chip.word.text for chip in field.chips]


def type_words(window: MainWindow, qtbot: QtBot, text: str) -> Chip:
    line = window.parts.words.line
    line.setFocus()
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    settle(window, qtbot)
    return window.parts.words.chips[-1]


def test_comma_and_return_make_chips(window: MainWindow, qtbot: QtBot) -> None:
    line = window.parts.words.line
    qtbot.keyClicks(line, "Bold, dark:1.4,")
    assert texts(window.parts.words) == ["calm", "geometric", "warm", "bold", "dark"]
    assert window.editor.draft.words[-1].weight_percent == 140
    assert line.text() == ""
    qtbot.keyClicks(line, "very soft")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert texts(window.parts.words)[-1] == "very soft"


def test_a_word_left_in_the_line_is_used_by_generate(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClicks(window.parts.words.line, "bold")
    with qtbot.waitSignal(window.worker.picture_made):
        qtbot.mouseClick(window.parts.generate, LEFT)
    assert "bold" in window.parts.inspector.words.text()


def test_completion_offers_known_words_and_return_takes_one(
    window: MainWindow, qtbot: QtBot
) -> None:
    line = window.parts.words.line
    line.setFocus()
    qtbot.keyClicks(line, "ve")
    completions = window.parts.words.completions
    assert completions.isVisible()
    assert completions.model().index(0, 0).data() == "velvet"
    qtbot.keyClick(line, Qt.Key.Key_Down)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert not completions.isVisible()
    assert line.text() == ""
    assert texts(window.parts.words).count("velvet") == 1


def test_unknown_words_are_marked_and_tab_takes_the_nearest(
    window: MainWindow, qtbot: QtBot
) -> None:
    chip = type_words(window, qtbot, "velvety")
    assert chip.property("unknown") is True
    assert "not known, nearest: velvet, soft" in chip.accessibleName()
    chip.setFocus()
    qtbot.keyClick(chip, Qt.Key.Key_Tab)
    assert texts(window.parts.words)[-1] == "velvet"
    settle(window, qtbot)
    assert window.parts.words.chips[-1].property("unknown") is False


def test_a_click_takes_the_nearest_too(window: MainWindow, qtbot: QtBot) -> None:
    chip = type_words(window, qtbot, "velvety")
    suggestion = chip.findChild(QToolButton, "suggestion")
    assert suggestion is not None
    qtbot.mouseClick(suggestion, LEFT)
    assert texts(window.parts.words)[-1] == "velvet"


def test_weights_by_keys_stay_in_range_and_merge_in_undo(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However slow the machine is, the keys follow each other.
    monkeypatch.setattr(editor, "MERGE_SECONDS", 3600.0)
    chip = window.parts.words.chips[0]
    chip.setFocus()
    for _ in range(15):
        qtbot.keyClick(chip, Qt.Key.Key_Up, CONTROL)
    assert window.editor.draft.words[0].weight_percent == 200
    assert chip.hasFocus()
    assert "weight 2.0" in chip.accessibleName()
    window.editor.stack.undo()
    assert window.editor.draft.words[0].weight_percent == 100
    for _ in range(15):
        qtbot.keyClick(chip, Qt.Key.Key_Down, CONTROL)
    assert window.editor.draft.words[0].weight_percent == 10


def test_the_menu_of_a_chip_sets_the_weight(window: MainWindow, qtbot: QtBot) -> None:
    chip = window.parts.words.chips[1]
    chip.setFocus()
    qtbot.keyClick(chip, Qt.Key.Key_Space)
    menu = chip.findChild(QMenu)
    assert menu is not None
    entries = {action.text(): action for action in menu.actions()}
    entries["Weight \N{MULTIPLICATION SIGN}1.5"].trigger()
    menu.close()
    assert window.editor.draft.words[1].weight_percent == 150
    assert "\N{MULTIPLICATION SIGN}1.5" in chip.findChildren(QToolButton)[0].text()


def test_walk_and_remove_by_keys(window: MainWindow, qtbot: QtBot) -> None:
    field = window.parts.words
    field.line.setFocus()
    qtbot.keyClick(field.line, Qt.Key.Key_Backspace)
    assert field.chips[-1].hasFocus()
    qtbot.keyClick(field.chips[-1], Qt.Key.Key_Left)
    assert field.chips[1].hasFocus()
    qtbot.keyClick(field.chips[1], Qt.Key.Key_Delete)
    assert texts(field) == ["calm", "warm"]
    assert field.chips[1].hasFocus()
    qtbot.keyClick(field.chips[1], Qt.Key.Key_Right)
    assert field.line.hasFocus()


def test_return_on_a_chip_edits_it(window: MainWindow, qtbot: QtBot) -> None:
    field = window.parts.words
    field.chips[0].setFocus()
    qtbot.keyClick(field.chips[0], Qt.Key.Key_Return)
    assert field.line.text() == "calm"
    assert field.line.hasFocus()
    assert texts(field) == ["geometric", "warm"]


def test_avoided_words(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(window.parts.words_fold, LEFT)
    qtbot.keyClicks(window.parts.avoid.line, "dark,")
    assert [word.text for word in window.editor.draft.avoid] == ["dark"]
    window.parts.words.chips[0].moved.emit()
    assert texts(window.parts.words) == ["geometric", "warm"]
    assert texts(window.parts.avoid) == ["dark", "calm"]
    assert window.parts.avoid.chips[0].accessibleName().startswith("Avoided word dark")


def test_absurd_words_are_refused_and_stay_to_be_mended(window: MainWindow, qtbot: QtBot) -> None:
    line = window.parts.words.line
    for text, part in (
        ("sunny \N{SMILING FACE WITH SUNGLASSES}", "not part of a word"),
        ("x" * 41, "characters long"),
        ("warm:9", "out of range"),
        ("warm:much", "not a number"),
        ("(warm", "not closed"),
        ("123", "no letters"),
    ):
        line.clear()
        line.insert(text)
        qtbot.keyClick(line, Qt.Key.Key_Return)
        assert part in window.parts.message.text
        assert line.text() == text
        assert len(window.editor.draft.words) == 3


def test_a_prompt_of_ten_thousand_characters(window: MainWindow, qtbot: QtBot) -> None:
    line = window.parts.words.line
    line.insert("calm " * 2000)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert "10,000 characters" in window.parts.message.text
    qtbot.mouseClick(window.parts.generate, LEFT)
    assert not window.worker.busy


def test_too_many_words(window: MainWindow, qtbot: QtBot) -> None:
    line = window.parts.words.line
    line.insert(", ".join(f"word{chr(97 + k)}" for k in range(24)))
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert "At most 24 words" in window.parts.message.text
    assert len(window.editor.draft.words) == 3


def test_no_words_at_all_is_allowed(window: MainWindow, qtbot: QtBot) -> None:
    field = window.parts.words
    while field.chips:
        field.chips[0].setFocus()
        qtbot.keyClick(field.chips[0], Qt.Key.Key_Delete)
    assert field.line.hasFocus()
    with qtbot.waitSignal(window.worker.picture_made):
        qtbot.mouseClick(window.parts.generate, LEFT)
    assert "freely" in window.parts.inspector.words.text()


def test_undo_in_the_empty_line_undoes_the_last_word(window: MainWindow, qtbot: QtBot) -> None:
    line = window.parts.words.line
    type_words(window, qtbot, "bold")
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_Z, CONTROL)
    assert texts(window.parts.words) == ["calm", "geometric", "warm"]
    qtbot.keyClick(line, Qt.Key.Key_Y, CONTROL)
    assert texts(window.parts.words)[-1] == "bold"
    qtbot.keyClicks(line, "da")
    qtbot.keyClick(line, Qt.Key.Key_Z, CONTROL)
    assert line.text() == ""
    assert texts(window.parts.words)[-1] == "bold"


def test_words_take_two_rows_at_most_and_scroll_to_the_focus(
    window: MainWindow, qtbot: QtBot
) -> None:
    field = window.parts.words
    one_row = field.height()
    canvas = window.parts.canvas.height()
    names = [f"word{chr(97 + k)}{chr(97 + k)}" for k in range(20)]
    qtbot.keyClicks(field.line, ",".join(names) + ",")
    settle(window, qtbot)
    assert len(field.chips) == 23
    qtbot.waitUntil(lambda: field.height() < 2.2 * one_row)
    assert window.parts.canvas.height() > canvas - 1.2 * one_row
    assert field.verticalScrollBar().maximum() > 0
    for widget in (field.chips[0], field.line, field.chips[10]):
        widget.setFocus()
        qtbot.waitUntil(lambda one=widget: not one.visibleRegion().isEmpty())
        seen = widget.visibleRegion().boundingRect()
        assert seen.height() == widget.height()
    for _ in range(20):
        field.chips[-1].setFocus()
        qtbot.keyClick(field.chips[-1], Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: field.height() == one_row)


def test_avoided_words_are_folded_away_until_used(window: MainWindow, qtbot: QtBot) -> None:
    fold, field = window.parts.words_fold, window.parts.avoid
    assert not field.isVisible()
    qtbot.keyClick(fold, Qt.Key.Key_Space)
    assert field.isVisible()
    assert field.line.hasFocus()
    qtbot.keyClick(fold, Qt.Key.Key_Space)
    assert not field.isVisible()
    window.parts.words.chips[0].moved.emit()  # as its menu does
    assert field.isVisible()
    assert texts(field) == ["calm"]
    assert not fold.isEnabled()
    window.editor.stack.undo()
    assert fold.isEnabled()
    qtbot.mouseClick(fold, LEFT)
    assert not field.isVisible()
