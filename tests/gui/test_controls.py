from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from artdesk.core.new_recipe import MEMORY_SAMPLING
from artdesk.core.recipe import SAMPLING_RANGES, Canvas, Sampling
from artdesk.studio.controls import CONTROLS, Control
from artdesk.ui.main_window import MainWindow
from artdesk.ui.widgets.icons import IconButton

LEFT = Qt.MouseButton.LeftButton


def turn_wheel(widget: QWidget) -> None:
    point = QPointF(widget.rect().center())
    event = QWheelEvent(
        point,
        widget.mapToGlobal(point),
        QPoint(0, 0),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_every_sampling_field_has_a_control_with_its_range() -> None:
    assert {control.field for control in CONTROLS} == set(SAMPLING_RANGES)
    for control in CONTROLS:
        assert (control.low, control.high) == SAMPLING_RANGES[control.field]
        assert control.low <= control.dice[0] <= control.dice[1] <= control.high


def test_slider_number_reset_and_dice(window: MainWindow, qtbot: QtBot) -> None:
    window.parts.controls.fold.setChecked(True)
    for control in CONTROLS:
        try_control(window, qtbot, control)


def try_control(window: MainWindow, qtbot: QtBot, control: Control) -> None:
    row = window.parts.controls.rows[control.field]
    row.slider.setFocus()
    qtbot.keyClick(row.slider, Qt.Key.Key_Home)
    assert control.value(window.editor.draft.sampling) == control.low
    qtbot.keyClick(row.slider, Qt.Key.Key_End)
    assert control.value(window.editor.draft.sampling) == control.high
    assert row.spin.value() == pytest.approx(control.high / control.divisor)
    qtbot.mouseClick(row.reset, LEFT)
    assert control.value(window.editor.draft.sampling) == control.value(MEMORY_SAMPLING)
    assert not row.reset.isEnabled()
    row.spin.setFocus()
    row.spin.selectAll()
    qtbot.keyClicks(row.spin, "abc99999")
    qtbot.keyClick(row.spin, Qt.Key.Key_Return)
    value = control.value(window.editor.draft.sampling)
    assert control.low <= value <= control.high
    for _ in range(10):
        qtbot.mouseClick(row.dice, LEFT)
        value = control.value(window.editor.draft.sampling)
        assert control.dice[0] <= value <= control.dice[1]
    row.slider.setFocus()
    qtbot.keyClick(row.slider, Qt.Key.Key_Backspace)
    assert control.value(window.editor.draft.sampling) == control.value(MEMORY_SAMPLING)


def test_dice_all_and_reset_all_leave_locked_controls(window: MainWindow, qtbot: QtBot) -> None:
    controls = window.parts.controls
    row = controls.rows["temperature_milli"]
    row.slider.setFocus()
    qtbot.keyClick(row.slider, Qt.Key.Key_End)
    qtbot.mouseClick(row.lock, LEFT)
    qtbot.mouseClick(controls.dice_all, LEFT)
    assert window.editor.draft.sampling.temperature_milli == 2000
    assert window.editor.draft.sampling != replace(MEMORY_SAMPLING, temperature_milli=2000)
    qtbot.mouseClick(controls.reset_all, LEFT)
    assert window.editor.draft.sampling == replace(MEMORY_SAMPLING, temperature_milli=2000)
    qtbot.mouseClick(row.lock, LEFT)
    qtbot.mouseClick(controls.reset_all, LEFT)
    assert window.editor.draft.sampling == MEMORY_SAMPLING
    # Without memory other defaults are the ones to go back to.
    window.editor.apply(replace(window.editor.draft, memory=None), "Without memory")
    assert row.reset.isEnabled() is False  # the temperature is the same in both
    qtbot.mouseClick(controls.reset_all, LEFT)
    assert window.editor.draft.sampling == Sampling()


def test_the_wheel_turns_only_what_has_the_focus(window: MainWindow, qtbot: QtBot) -> None:
    row = window.parts.controls.rows["guidance_milli"]
    before = window.editor.draft
    for widget in (row.slider, row.spin, window.parts.setup.width_spin, window.parts.setup.preset):
        turn_wheel(widget)
    assert window.editor.draft == before
    row.slider.setFocus()
    turn_wheel(row.slider)
    assert window.editor.draft.sampling.guidance_milli > before.sampling.guidance_milli


def test_size_presets_and_own_sizes(window: MainWindow, qtbot: QtBot) -> None:
    setup = window.parts.setup
    assert window.editor.draft.canvas == Canvas(width=512, height=512)
    setup.preset.setFocus()
    qtbot.keyClick(setup.preset, Qt.Key.Key_Up)
    setup.preset.activated.emit(setup.preset.currentIndex())
    assert window.editor.draft.canvas == Canvas(width=256, height=256)
    qtbot.keyClick(setup.preset, Qt.Key.Key_Down)
    setup.preset.activated.emit(setup.preset.currentIndex())
    assert window.editor.draft.canvas == Canvas(width=512, height=512)
    setup.width_spin.setFocus()
    setup.width_spin.selectAll()
    qtbot.keyClicks(setup.width_spin, "300")
    qtbot.keyClick(setup.width_spin, Qt.Key.Key_Return)
    assert window.editor.draft.canvas == Canvas(width=304, height=512)
    assert setup.width_spin.value() == 304
    assert "300 became 304" in window.parts.message.text
    assert setup.preset.currentText() == "Custom"
    setup.height_spin.setFocus()
    setup.height_spin.selectAll()
    qtbot.keyClicks(setup.height_spin, "5000")
    qtbot.keyClick(setup.height_spin, Qt.Key.Key_Return)
    assert window.editor.draft.canvas.height <= 1024
    assert window.editor.draft.canvas.height % 8 == 0


def test_zoom_by_keys_wheel_and_menu(window: MainWindow, qtbot: QtBot) -> None:
    canvas = window.parts.canvas
    fitted = canvas.zoom
    canvas.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert canvas.zoom == pytest.approx(1.0)
    assert window.parts.zoom.text() == "Zoom 100 %"
    turn_wheel(canvas.viewport())
    assert canvas.zoom == pytest.approx(1.25)
    qtbot.keyClick(canvas, Qt.Key.Key_Minus)
    assert canvas.zoom == pytest.approx(1.0)
    for _ in range(40):
        turn_wheel(canvas.viewport())
    assert canvas.zoom == pytest.approx(16.0)
    qtbot.keyClick(window, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert canvas.zoom == pytest.approx(fitted)


def drawn(button: IconButton) -> bool:
    return not button.icon().isNull()


def test_dice_and_locks_appear_with_the_pointer_or_the_focus(
    window: MainWindow, qtbot: QtBot
) -> None:
    row = window.parts.controls.rows["guidance_milli"]
    other = window.parts.controls.rows["temperature_milli"]
    buttons = (row.reset, row.dice, row.lock)
    assert not any(drawn(button) for button in buttons)
    row.slider.setFocus()
    assert all(drawn(button) for button in buttons)
    assert not drawn(other.dice)
    for following in (row.spin, row.dice, row.lock):  # reset is disabled at the default
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        assert following.hasFocus()
    assert drawn(row.lock)
    qtbot.keyClick(row.lock, Qt.Key.Key_Space)
    window.parts.words.line.setFocus()
    assert [drawn(button) for button in buttons] == [False, False, True]  # a lock stays in sight
    QApplication.sendEvent(other, QEnterEvent(QPointF(5, 5), QPointF(5, 5), QPointF(5, 5)))
    assert drawn(other.dice)
    QApplication.sendEvent(other, QEvent(QEvent.Type.Leave))
    assert not drawn(other.dice)
    locks = window.parts.palette.locks
    assert not any(drawn(lock) for lock in locks)
    qtbot.mouseClick(locks[1], LEFT)  # a click hits what is not drawn, too
    assert all(drawn(lock) for lock in locks)
    window.parts.words.line.setFocus()
    assert [drawn(lock) for lock in locks] == [False, True, False, False, False]
