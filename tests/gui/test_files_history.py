import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, PngImagePlugin
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from artdesk.core.errors import BundleError
from artdesk.core.recipe import Word
from artdesk.pictures.files import open_picture, save_picture, save_pixels
from artdesk.ui.main_window import MainWindow
from tests.gui.conftest import MakeWindow, settle
from tests.gui.paint_engine import PaintEngine, other_model
from tests.gui.test_making import make

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


def drop(window: MainWindow, *paths: Path, over: QWidget | None = None) -> None:
    """Drag files over the window and let them go."""
    over = over or window.parts.canvas
    point = over.mapTo(window, over.rect().center())
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    action, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(point, action, mime, LEFT, none)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(point), action, mime, LEFT, none))


def stored(engine: PaintEngine, window: MainWindow, path: Path, **changes: object) -> None:
    recipe = replace(window.editor.draft.recipe(), **changes)  # type: ignore[arg-type]
    save_picture(path, engine.generate(recipe))


def test_save_and_reopen(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    qtbot.keyClicks(window.parts.words.line, "bold:1.3,")
    make(window, qtbot)
    made = window.viewer.shown
    assert made is not None
    qtbot.keyClick(window, Qt.Key.Key_S, CONTROL)
    dialog = window.files.dialog
    assert dialog is not None
    assert dialog.selectedFiles()[0].endswith("calm-geometric-warm-bold-7.png")
    dialog.selectFile(str(tmp_path / "mine.png"))
    with qtbot.waitSignal(dialog.fileSelected):
        dialog.accept()
    settle(window, qtbot)
    assert "Saved as" in window.parts.message.text
    assert open_picture(tmp_path / "mine.png").recipe == made.recipe
    before = window.editor.draft
    window.editor.apply(replace(before, words=(), seed=99), "Something else")
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_O, CONTROL)
    dialog = window.files.dialog
    assert dialog is not None
    dialog.selectFile(str(tmp_path / "mine.png"))
    with qtbot.waitSignal(dialog.fileSelected):
        dialog.accept()
    settle(window, qtbot)
    assert window.editor.draft == before
    assert window.viewer.shown is not None
    assert np.array_equal(window.viewer.shown.tokens, made.tokens)
    assert "Opened from mine.png" in window.parts.inspector.kind.text()
    window.editor.stack.undo()
    assert window.editor.draft.seed == 99


def test_nothing_to_save_is_said(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_S, CONTROL)
    assert "press Generate first" in window.parts.message.text
    assert window.files.dialog is None


def test_saving_where_nothing_can_be_written(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    make(window, qtbot)
    (tmp_path / "file").write_bytes(b"")
    assert window.viewer.shown is not None
    window.files.save(tmp_path / "file" / "mine.png", window.viewer.shown)
    settle(window, qtbot)
    assert "Cannot write" in window.parts.message.text


def test_drop_recalls_as_one_undo_step(
    window: MainWindow, engine: PaintEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    stored(engine, window, tmp_path / "a.png", words=(Word(text="wild"),), seed=5)
    before = window.editor.draft
    drop(window, tmp_path / "a.png")
    settle(window, qtbot)
    assert window.editor.draft.seed == 5
    assert [chip.word.text for chip in window.parts.words.chips] == ["wild"]
    window.editor.stack.undo()
    assert window.editor.draft == before


def test_a_picture_of_another_model_is_shown_as_stored(
    window: MainWindow, engine: PaintEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    picture = other_model(engine.generate(window.editor.draft.recipe()))
    save_picture(tmp_path / "a.png", replace(picture, pixels=255 - picture.pixels))
    window.files.open(tmp_path / "a.png")
    settle(window, qtbot)
    assert "another model, other" in window.parts.message.text
    assert window.viewer._pixels is not None
    assert np.array_equal(window.viewer._pixels, 255 - picture.pixels)


def bad_file(kind: str, path: Path, engine: PaintEngine, window: MainWindow) -> None:
    """Write one of the files that cannot be opened."""
    good = path.with_name("good.png")
    stored(engine, window, good)
    data = good.read_bytes()
    match kind:
        case "plain":
            save_pixels(path, np.zeros((8, 8, 3), np.uint8))
        case "text":
            path.write_text("no picture", encoding="utf-8")
        case "cut":
            path.write_bytes(data[: len(data) * 3 // 4])
        case "empty":
            path.write_bytes(b"")
        case "damaged" | "newer":
            info = PngImagePlugin.PngInfo()
            with Image.open(good) as image:
                text = str(image.info["artdesk"])
                text = (
                    text[:-5] if kind == "damaged" else text.replace('"version":2', '"version":9')
                )
                info.add_itxt("artdesk", text)
                image.save(path, pnginfo=info)
        case "missing":
            pass
        case "folder":
            path.mkdir()
        case _:
            raise AssertionError(kind)


BAD_FILES = {
    "plain": "no ArtDesk recipe",
    "text": "no PNG, JPEG or WebP",
    "cut": "cut off or damaged",
    "empty": "no PNG, JPEG or WebP",
    "damaged": "damaged",
    "newer": "newer",
    "missing": "no file",
    "folder": "folder",
}


def test_bad_files_are_said_and_change_nothing(
    window: MainWindow, engine: PaintEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    before = window.editor.draft
    for kind, part in BAD_FILES.items():
        path = tmp_path / f"{kind}.png"
        bad_file(kind, path, engine, window)
        window.parts.message.clear()
        drop(window, path)
        settle(window, qtbot)
        assert part in window.parts.message.text
        assert window.editor.draft == before
        window.parts.message.clear()
        window.files.take_sketch(path, before.canvas)
        settle(window, qtbot)
        good_picture = kind in ("plain", "damaged", "newer")
        assert bool(window.parts.message.text) != good_picture
        window.editor.put(before)


def test_the_history_comes_back_with_its_stars(make_window: MakeWindow, qtbot: QtBot) -> None:
    first = make_window()
    settle(first, qtbot)
    make(first, qtbot)
    make(first, qtbot)
    strip = first.parts.strip
    strip.setFocus()
    qtbot.keyClick(strip, Qt.Key.Key_Period)
    first.close()
    second = make_window()
    settle(second, qtbot)
    model = second.parts.history
    assert model.rowCount() == 2
    newest = model.item(0)
    assert newest.entry is not None
    assert newest.entry.starred
    assert "starred" in newest.spoken
    settle(second, qtbot)
    qtbot.waitUntil(lambda: newest.thumbnail is not None)


def test_walking_the_strip_shows_and_return_recalls(window: MainWindow, qtbot: QtBot) -> None:
    make(window, qtbot)
    make(window, qtbot)
    window.parts.strip.setFocus()
    before = window.editor.draft
    qtbot.keyClick(window.parts.strip, Qt.Key.Key_Right)
    settle(window, qtbot)
    assert "From the history" in window.parts.inspector.kind.text()
    assert window.editor.draft == before
    qtbot.keyClick(window.parts.strip, Qt.Key.Key_Return)
    settle(window, qtbot)
    assert window.editor.draft.seed == 7
    window.editor.stack.undo()
    assert window.editor.draft == before


def test_a_click_shows_and_buttons_use_parts(window: MainWindow, qtbot: QtBot) -> None:
    make(window, qtbot)
    window.editor.apply(replace(window.editor.draft, words=(), seed=1, batch=2), "Clear")
    strip = window.parts.strip
    point = strip.visualRect(window.parts.history.index(0)).center()
    qtbot.mouseClick(strip.viewport(), LEFT, pos=point)
    settle(window, qtbot)
    inspector = window.parts.inspector
    qtbot.mouseClick(inspector.use_words, LEFT)
    assert len(window.editor.draft.words) == 3
    assert window.editor.draft.seed == 1
    qtbot.mouseClick(inspector.use_all, LEFT)
    assert window.editor.draft.seed == 7
    qtbot.mouseClick(inspector.remix, LEFT)
    assert window.editor.draft.seed != 7
    assert window.editor.draft.batch == 2


def test_a_picture_deleted_elsewhere_is_said(window: MainWindow, qtbot: QtBot) -> None:
    make(window, qtbot)
    make(window, qtbot)
    entry = window.parts.history.item(1).entry
    assert entry is not None
    shutil.rmtree(entry.path.parent)
    window.parts.strip.setFocus()
    qtbot.keyClick(window.parts.strip, Qt.Key.Key_Right)
    settle(window, qtbot)
    assert "There is no file" in window.parts.message.text


def test_the_history_model_keeps_qt_rules(window: MainWindow, qtbot: QtBot) -> None:
    tester = QAbstractItemModelTester(window.parts.history)
    make(window, qtbot)
    window.strip.fill()
    assert tester.model() is window.parts.history
    assert window.parts.history.rowCount() == 1


def test_a_picture_dropped_on_palette_or_sketch_lends_its_colours(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    pixels = np.full((64, 64, 3), (200, 30, 40), np.uint8)
    pixels[:32] = 20, 60, 120
    save_pixels(tmp_path / "plain.png", pixels)
    drop(window, tmp_path / "plain.png", over=window.parts.palette.buttons[2])
    settle(window, qtbot)
    colours = {swatch.colour for swatch in window.editor.draft.swatches if swatch is not None}
    assert colours == {"#c81e28", "#143c78"}
    drop(window, tmp_path / "plain.png", over=window.parts.sketch.grid)
    settle(window, qtbot)
    assert window.editor.draft.sketch_locked
    assert window.editor.draft.sketch is not None
    assert window.editor.draft.sketch.cells[63] == "#c81e28"


def test_the_menu_of_the_strip(window: MainWindow, qtbot: QtBot) -> None:
    make(window, qtbot)
    window.editor.apply(replace(window.editor.draft, words=(), seed=1), "Clear")
    item = window.parts.strip.current()
    assert item is not None
    window.parts.strip.menu_wanted.emit(item, window.mapToGlobal(window.rect().center()))
    menu = window.parts.strip.findChild(QMenu)
    assert menu is not None
    entries = {action.text(): action for action in menu.actions()}
    entries["Star"].trigger()
    assert item.entry is not None
    assert item.entry.starred
    entries["Use all"].trigger()
    settle(window, qtbot)
    assert window.editor.draft.seed == 7
    menu.close()


def test_another_model_by_drop_and_back(
    make_window: MakeWindow, engine: PaintEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    asked: list[str] = []

    def start(model: str) -> PaintEngine:
        asked.append(model)
        if model.endswith("bad.artpack"):
            raise BundleError("bad.artpack lacks words.npz: choose another model.")
        return engine if not model else PaintEngine()

    window = make_window(start)
    settle(window, qtbot)
    drop(window, tmp_path / "bad.artpack")
    qtbot.waitUntil(lambda: "lacks words.npz" in window.parts.message.text)
    assert window.worker.engine is engine
    assert window.worker.model == ""
    make(window, qtbot)
    drop(window, tmp_path / "mine.artpack")
    qtbot.waitUntil(lambda: "paint is in use" in window.parts.message.text)
    assert window.worker.engine is not engine
    assert window.worker.model == str(tmp_path / "mine.artpack")
    make(window, qtbot)
    window.actions_by_name["own_model"].trigger()
    qtbot.waitUntil(lambda: window.worker.engine is engine)
    assert window.worker.model == ""
    assert [Path(model).name for model in asked] == ["", "bad.artpack", "mine.artpack", ""]


def test_a_missing_model_can_be_replaced(
    make_window: MakeWindow, engine: PaintEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    def start(model: str) -> PaintEngine:
        if not model:
            raise BundleError("There is no model: install it.")
        return engine

    window = make_window(start)
    qtbot.waitUntil(lambda: "no model" in window.parts.message.text)
    window.files.open(tmp_path / "mine.artpack")
    settle(window, qtbot)
    make(window, qtbot)
    assert window.parts.history.rowCount() == 1
