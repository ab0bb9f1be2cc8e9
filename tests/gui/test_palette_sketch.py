from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from artdesk.core.recipe import Canvas, Swatch
from artdesk.pictures.files import save_pixels
from artdesk.ui.controllers import editor
from artdesk.ui.main_window import MainWindow
from tests.gui.conftest import settle
from tests.gui.paint_engine import PaintEngine

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


def cell(window: MainWindow, index: int) -> QPoint:
    return window.parts.sketch.grid.cell_rect(index).center().toPoint()


def test_locking_a_colour_keeps_it_over_seeds(
    window: MainWindow, engine: PaintEngine, qtbot: QtBot
) -> None:
    palette = window.parts.palette
    kept = palette.colour(2)
    assert kept is not None
    qtbot.mouseClick(palette.locks[2], LEFT)
    assert palette.locks[2].isChecked()
    draft = window.editor.draft
    assert draft.swatches[2] == Swatch(colour=kept)
    assert draft.held == {0, 1, 3, 4}
    qtbot.mouseClick(window.parts.setup.dice, LEFT)
    settle(window, qtbot)
    assert palette.colour(2) == kept
    shown = {palette.colour(index) for index in range(5)}
    assert len(shown) == 5
    assert None not in shown
    qtbot.mouseClick(palette.locks[2], LEFT)
    assert window.editor.draft.recipe().palette is None


@pytest.mark.parametrize("places", [(0,), (2,), (4,), (3, 1)])
def test_locking_a_colour_moves_no_other_colour(
    window: MainWindow, qtbot: QtBot, places: tuple[int, ...]
) -> None:
    palette = window.parts.palette
    before = [palette.colour(index) for index in range(5)]
    for place in places:
        qtbot.mouseClick(palette.locks[place], LEFT)
        settle(window, qtbot)
        assert [palette.colour(index) for index in range(5)] == before
    assert [lock.isChecked() for lock in palette.locks] == [i in places for i in range(5)]
    assert "until the next seed" in palette.note.text()
    qtbot.mouseClick(palette.locks[places[0]], LEFT)
    settle(window, qtbot)
    assert [palette.colour(index) for index in range(5)] == before
    qtbot.mouseClick(palette.locks[places[0]], LEFT)
    qtbot.mouseClick(window.parts.setup.dice, LEFT)
    settle(window, qtbot)
    after = [palette.colour(index) for index in range(5)]
    assert [i for i in range(5) if after[i] == before[i]] == sorted(places)
    window.editor.stack.undo()
    settle(window, qtbot)
    assert [palette.colour(index) for index in range(5)] == before


def test_shares(window: MainWindow, qtbot: QtBot) -> None:
    palette = window.parts.palette
    assert not palette.shares[0].isEnabled()
    qtbot.mouseClick(palette.locks[0], LEFT)
    share = palette.shares[0]
    share.setFocus()
    share.selectAll()
    qtbot.keyClicks(share, "95")
    qtbot.keyClick(share, Qt.Key.Key_Return)
    swatch = window.editor.draft.swatches[0]
    assert swatch is not None
    assert swatch.share_milli == 950
    assert "no other colours" in palette.note.text()


def test_the_colour_picker_is_docked_and_the_picture_follows(
    window: MainWindow, engine: PaintEngine, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(editor, "MERGE_SECONDS", 3600.0)
    palette = window.parts.palette
    picker = palette.picker
    assert not picker.isVisible()
    before = palette.colour(1)
    palette.buttons[1].setFocus()
    qtbot.keyClick(palette.buttons[1], Qt.Key.Key_Return)
    assert picker.isVisible()
    assert picker.window() is window
    assert picker.code.text() == before
    asked = len(engine.previews)
    for name in ("Lightness", "Chroma", "Hue"):
        slider = picker.sliders[name]
        slider.setFocus()
        qtbot.keyClick(slider, Qt.Key.Key_PageUp)
        qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert palette.colour(1) != before
    assert palette.colour(1) == picker.code.text()
    qtbot.waitUntil(lambda: len(engine.previews) > asked)
    picker.code.setFocus()
    picker.code.selectAll()
    qtbot.keyClicks(picker.code, "0f0")
    qtbot.keyClick(picker.code, Qt.Key.Key_Return)
    assert palette.colour(1) == "#00ff00"
    picker.code.selectAll()
    qtbot.keyClicks(picker.code, "zz")
    qtbot.keyClick(picker.code, Qt.Key.Key_Return)
    assert picker.code.text() == palette.colour(1) == "#00ff00"
    qtbot.mouseClick(palette.buttons[3], LEFT)  # the picker follows the selection
    assert picker.title.text() == "Colour 4"
    assert picker.code.text() == palette.colour(3)
    picker.sliders["Hue"].setFocus()
    qtbot.keyClick(picker.sliders["Hue"], Qt.Key.Key_Escape)
    assert not picker.isVisible()
    assert palette.buttons[3].hasFocus()
    window.editor.stack.undo()
    assert palette.colour(1) == before
    assert window.editor.draft.swatches == (None,) * 5


def test_a_drag_in_the_picker_is_one_undo_step_and_keeps_the_hue_of_greys(
    window: MainWindow, qtbot: QtBot
) -> None:
    palette = window.parts.palette
    qtbot.mouseDClick(palette.buttons[0], LEFT)
    chroma, hue = palette.picker.sliders["Chroma"], palette.picker.sliders["Hue"]
    hue.setValue(300)
    turned = hue.value()
    steps = window.editor.stack.count()
    chroma.sliderPressed.emit()
    for value in (300, 100, 0, 200):
        chroma.setValue(value)
    chroma.sliderReleased.emit()
    assert window.editor.stack.count() == steps + 1
    assert hue.value() == turned


def test_harmonies_go_into_places_that_are_not_locked(window: MainWindow, qtbot: QtBot) -> None:
    palette = window.parts.palette
    qtbot.mouseClick(palette.locks[2], LEFT)
    kept = palette.colour(2)
    qtbot.mouseClick(palette.buttons[1], LEFT)
    qtbot.mouseClick(palette.edit_button, LEFT)
    picker = palette.picker
    picker.harmony.setCurrentText("Triad")
    assert len(picker.suggestions) == 2
    wanted = picker.suggestions[0].colour
    qtbot.mouseClick(picker.suggestions[0], LEFT)
    assert palette.colour(3) == wanted
    assert palette.colour(2) == kept
    assert [lock.isChecked() for lock in palette.locks] == [False, False, True, True, False]
    for lock in palette.locks:
        if not lock.isChecked():
            qtbot.mouseClick(lock, LEFT)
    qtbot.mouseClick(picker.suggestions[0], LEFT)
    assert "open the lock of one" in window.parts.message.text


def test_clear_leaves_the_choice_to_the_model(window: MainWindow, qtbot: QtBot) -> None:
    palette = window.parts.palette
    for lock in palette.locks[:3]:
        qtbot.mouseClick(lock, LEFT)
    qtbot.mouseClick(palette.clear_button, LEFT)
    assert window.editor.draft.recipe().palette is None


def test_palette_from_picture_fills_the_open_places(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    pixels = np.zeros((40, 50, 3), np.uint8)
    for index in range(5):
        pixels[:, 10 * index : 10 * index + 10] = 50 * index + 20, 200 - 40 * index, 90
    save_pixels(tmp_path / "stripes.png", pixels)
    palette = window.parts.palette
    kept = palette.colour(0)
    qtbot.mouseClick(palette.locks[0], LEFT)
    qtbot.mouseClick(palette.picture_button, LEFT)
    dialog = window.files.dialog
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path / "stripes.png"))
    dialog.reject()
    settle(window, qtbot)
    colours = [swatch.colour for swatch in window.editor.draft.swatches if swatch is not None]
    assert len(colours) == 5
    assert colours[0] == kept
    assert len(set(colours)) == 5


def test_painting_by_click_and_drag_is_one_undo_step(window: MainWindow, qtbot: QtBot) -> None:
    palette, grid = window.parts.palette, window.parts.sketch.grid
    qtbot.mouseClick(palette.buttons[3], LEFT)
    colour = palette.colour(3)
    qtbot.mousePress(grid, LEFT, pos=cell(window, 0))
    for index in (1, 2, 10):
        qtbot.mouseMove(grid, cell(window, index))
    qtbot.mouseRelease(grid, LEFT, pos=cell(window, 10))
    draft = window.editor.draft
    assert draft.sketch is not None
    assert draft.painted == {0, 1, 2, 10}
    assert [draft.sketch.cells[index] for index in (0, 1, 2, 10)] == [colour] * 4
    assert draft.sketch_locked
    settle(window, qtbot)
    assert grid.colour(0) == colour
    window.editor.stack.undo()
    assert window.editor.draft.sketch is None


def test_painting_changes_the_painted_cells_alone(window: MainWindow, qtbot: QtBot) -> None:
    grid, palette = window.parts.sketch.grid, window.parts.palette
    before = [grid.colour(index) for index in range(64)]
    assert window.parts.sketch.recompose.text() == "Re-compose"
    qtbot.mouseClick(palette.buttons[0], LEFT)
    brush = palette.brush()
    painted = [index for index in range(64) if before[index] != brush][:6]
    for index in painted:
        qtbot.mouseClick(grid, LEFT, pos=cell(window, index))
        settle(window, qtbot)
    after = [grid.colour(index) for index in range(64)]
    assert [index for index in range(64) if after[index] != before[index]] == painted
    # The others stay for other seeds too, until the model is asked to redraw them.
    qtbot.mouseClick(window.parts.setup.dice, LEFT)
    settle(window, qtbot)
    assert [grid.colour(index) for index in range(64)] == after
    again = window.parts.sketch.recompose
    assert again.isVisible()
    assert again.text() == "Redraw the rest"
    qtbot.mouseClick(again, LEFT)
    settle(window, qtbot)
    redrawn = [grid.colour(index) for index in range(64)]
    assert redrawn != after
    assert all(redrawn[index] == brush for index in painted)
    assert window.editor.draft.painted == set(painted)


def test_an_erased_cell_is_open_until_it_is_redrawn(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_by_name["live"].trigger()
    grid = window.parts.sketch.grid
    qtbot.mouseClick(grid, LEFT, pos=cell(window, 3))
    qtbot.mouseClick(grid, RIGHT, pos=cell(window, 9))
    assert grid.colour(9) is None
    qtbot.mouseClick(grid, LEFT, pos=cell(window, 4))
    sketch = window.editor.draft.sketch
    assert sketch is not None
    assert [index for index, colour in enumerate(sketch.cells) if colour is None] == [9]
    window.actions_by_name["live"].trigger()
    qtbot.waitUntil(lambda: grid.colour(9) is not None)


def test_erase_with_the_tool_and_the_right_button(window: MainWindow, qtbot: QtBot) -> None:
    grid = window.parts.sketch.grid
    for index in (5, 6):
        qtbot.mouseClick(grid, LEFT, pos=cell(window, index))
    qtbot.mouseClick(grid, RIGHT, pos=cell(window, 5))
    assert window.editor.draft.painted == {6}
    qtbot.mouseClick(window.parts.sketch.eraser, LEFT)
    qtbot.mouseClick(grid, LEFT, pos=cell(window, 6))
    draft = window.editor.draft
    assert not draft.painted
    assert draft.sketch is not None
    assert [i for i, colour in enumerate(draft.sketch.cells) if colour is None] == [5, 6]


def test_painting_by_keys(window: MainWindow, qtbot: QtBot) -> None:
    grid = window.parts.sketch.grid
    grid.setFocus()
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    qtbot.keyClick(grid, Qt.Key.Key_Down)
    qtbot.keyClick(grid, Qt.Key.Key_Space)
    assert window.editor.draft.painted == {9}
    assert "column 2, row 2" in grid.accessibleDescription()
    assert "painted" in grid.accessibleDescription()
    qtbot.keyClick(grid, Qt.Key.Key_Delete)
    assert not window.editor.draft.painted
    for _ in range(20):
        qtbot.keyClick(grid, Qt.Key.Key_Right)
    qtbot.keyClick(grid, Qt.Key.Key_Space)
    assert window.editor.draft.painted == {15}


def test_lock_keeps_the_drawn_sketch_over_seeds(window: MainWindow, qtbot: QtBot) -> None:
    drawn = window.parts.sketch.drawn
    qtbot.mouseClick(window.parts.sketch.lock, LEFT)
    assert window.editor.draft.sketch == drawn
    qtbot.mouseClick(window.parts.setup.dice, LEFT)
    settle(window, qtbot)
    assert window.parts.sketch.drawn == drawn
    assert window.parts.sketch.lock.isChecked()
    qtbot.mouseClick(window.parts.sketch.lock, LEFT)
    assert window.editor.draft.sketch is None
    assert not window.parts.sketch.lock.isChecked()


def test_recompose_draws_another_but_keeps_painted_cells(window: MainWindow, qtbot: QtBot) -> None:
    grid = window.parts.sketch.grid
    qtbot.mouseClick(grid, LEFT, pos=cell(window, 20))
    colour = window.editor.draft.sketch.cells[20] if window.editor.draft.sketch else None
    seen = set()
    for _ in range(2):
        qtbot.mouseClick(window.parts.sketch.recompose, LEFT)
        settle(window, qtbot)
        sketch = window.editor.draft.sketch
        assert sketch is not None
        assert None not in sketch.cells
        assert sketch.cells[20] == colour
        seen.add(sketch.cells)
    assert len(seen) == 2
    assert window.editor.draft.seed == 7
    assert window.editor.draft.painted == {20}


def test_repaint_keeps_the_composition(window: MainWindow, qtbot: QtBot) -> None:
    drawn = window.parts.sketch.drawn
    window.actions_by_name["repaint"].trigger()
    assert window.editor.draft.sketch == drawn
    assert window.editor.draft.seed != 7


def test_sketch_from_picture(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    pixels = np.full((64, 64, 3), 200, np.uint8)
    pixels[:32] = 10
    save_pixels(tmp_path / "halves.png", pixels)
    qtbot.mouseClick(window.parts.sketch.from_picture, LEFT)
    assert window.files.dialog is not None
    window.files.dialog.fileSelected.emit(str(tmp_path / "halves.png"))
    settle(window, qtbot)
    sketch = window.editor.draft.sketch
    assert sketch is not None
    assert sketch.cells[0] == "#0a0a0a"
    assert sketch.cells[63] == "#c8c8c8"
    qtbot.mouseClick(window.parts.sketch.clear, LEFT)
    assert window.editor.draft.sketch is None


@pytest.mark.parametrize(
    ("width", "height", "columns", "rows"), [(512, 384, 8, 6), (64, 512, 1, 8)]
)
def test_the_grid_follows_the_canvas_and_keeps_paint(
    window: MainWindow, qtbot: QtBot, width: int, height: int, columns: int, rows: int
) -> None:
    qtbot.mouseClick(window.parts.sketch.grid, LEFT, pos=cell(window, 0))
    before = window.editor.draft
    colour = before.sketch.cells[0] if before.sketch else None
    canvas = Canvas(width=width, height=height)
    window.editor.apply(before.with_canvas(canvas), "Change size")
    grid = window.parts.sketch.grid
    assert (grid.columns, grid.rows) == (columns, rows)
    assert grid.colour(0) == colour
    settle(window, qtbot)
    with qtbot.waitSignal(window.worker.picture_made):
        qtbot.mouseClick(window.parts.generate, LEFT)
    window.editor.stack.undo()
    assert window.editor.draft == before


def test_brush_without_a_colour_is_said(window: MainWindow, qtbot: QtBot) -> None:
    window.parts.palette.show_used(())
    qtbot.mouseClick(window.parts.sketch.grid, LEFT, pos=cell(window, 0))
    assert "Choose a colour" in window.parts.message.text
    assert window.editor.draft.sketch is None
