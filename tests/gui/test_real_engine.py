"""The window with the engine of the product and the toy bundle."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from artdesk.bundle.reader import Bundle
from artdesk.core.recipe import Canvas
from artdesk.engine.pipeline import Engine
from artdesk.pictures.files import open_picture
from artdesk.ui.main_window import MainWindow
from tests.gui.conftest import MakeWindow, settle
from tests.gui.test_files_history import drop
from tests.gui.test_making import make

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(make_window: MakeWindow, toy_bundle: Bundle, qtbot: QtBot) -> MainWindow:
    window = make_window(lambda _model: Engine(toy_bundle, 1))
    settle(window, qtbot)
    return window


def test_words_to_picture_to_file_and_back(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    assert window.parts.canvas.badge == "Preview"
    qtbot.keyClicks(window.parts.words.line, "blue:1.4,zorgly,")
    settle(window, qtbot)
    chips = {chip.word.text: chip for chip in window.parts.words.chips}
    assert chips["blue"].known
    assert not chips["zorgly"].known
    window.panels.lock_sketch(True)
    make(window, qtbot)
    made = window.viewer.shown
    assert made is not None
    assert made.sketch == window.editor.draft.sketch
    window.files.save(tmp_path / "mine.png", made)
    settle(window, qtbot)
    saved = open_picture(tmp_path / "mine.png")
    assert np.array_equal(saved.tokens, made.tokens)
    window.files.open(tmp_path / "mine.png")
    settle(window, qtbot)
    # Decoding the stored tokens gives the very picture, and so does making it again.
    assert window.viewer._pixels is not None
    assert np.array_equal(window.viewer._pixels, saved.pixels)
    qtbot.mouseClick(window.parts.setup.lock, LEFT)
    make(window, qtbot)
    assert np.array_equal(window.viewer._pixels, saved.pixels)


def test_a_dropped_folder_becomes_a_style(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, own_home: Path
) -> None:
    folder = tmp_path / "My ink <b>"
    folder.mkdir()
    random = np.random.default_rng(1)
    for number in range(4):
        pixels = random.integers(0, 256, (80, 96, 3)).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    (folder / "broken.png").write_bytes(b"no picture")
    drop(window, folder)
    memory = lambda: window.editor.draft.memory  # noqa: E731
    qtbot.waitUntil(lambda: memory() is not None and memory().collections == ("My ink <b>",))
    assert "4 pictures are remembered" in window.parts.message.text
    assert window.parts.influences.collections.currentData() == "My ink <b>"
    settle(window, qtbot)
    make(window, qtbot)
    made = window.viewer.shown
    assert made is not None
    assert made.origin is not None
    assert made.origin.shares()
    assert all(name.split("-")[0] in "0123" for name in made.origin.works)
    (pack,) = (own_home / "collections").glob("my-ink-b-*.artpack")
    # A pack from somebody else is opened like any file; one of a name that is there is refused.
    given = tmp_path / "given.artpack"
    given.write_bytes(pack.read_bytes())
    window.files.open(given)
    qtbot.waitUntil(lambda: "You have a collection" in window.parts.message.text)
    pack.unlink()
    window.collections.choose("")
    window.files.open(given)
    qtbot.waitUntil(lambda: "is among your collections" in window.parts.message.text)
    assert pack.exists()
    assert memory().collections == ("My ink <b>",)


def test_cancel_leaves_inside_a_large_picture(window: MainWindow, qtbot: QtBot) -> None:
    draft = window.editor.draft.with_canvas(Canvas(width=1024, height=768))
    sampling = replace(draft.sampling, steps=64)
    window.editor.apply(replace(draft, sampling=sampling, batch=20), "Large")
    settle(window, qtbot)
    with qtbot.waitSignal(window.worker.progressed):
        qtbot.mouseClick(window.parts.generate, LEFT)
    with qtbot.waitSignal(window.worker.stopped):
        qtbot.keyClick(window.parts.canvas, Qt.Key.Key_Escape)
    assert not window.worker.busy
    assert window.parts.history.rowCount() < 20


def test_palette_and_sketch_tools_work_on_the_engine(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(window.parts.palette.locks[0], LEFT)
    settle(window, qtbot)
    grid = window.parts.sketch.grid
    qtbot.mouseClick(grid, LEFT, pos=grid.cell_rect(9).center().toPoint())
    qtbot.mouseClick(window.parts.sketch.recompose, LEFT)
    settle(window, qtbot)
    sketch = window.editor.draft.sketch
    assert sketch is not None
    assert sketch.complete
    assert sketch.cells[9] == window.parts.palette.colour(0)
    make(window, qtbot)
    assert window.viewer.shown is not None
    assert window.viewer.shown.palette[0].colour == window.parts.palette.colour(0)
