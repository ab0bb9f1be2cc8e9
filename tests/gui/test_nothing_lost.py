"""What is ringed is shown, saved and starred; looking waits for nothing; leaving loses nothing."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from artdesk.core.errors import OutputError
from artdesk.pictures import files as pictures
from artdesk.pictures.files import open_picture, save_picture
from artdesk.studio.library import Library
from artdesk.studio.thumbnails import Thumbnails
from artdesk.ui.main_window import MainWindow
from artdesk.ui.widgets.history import RINGED
from tests.gui.conftest import MakeWindow, answer, settle
from tests.gui.paint_engine import PaintEngine
from tests.gui.test_making import make

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


def click(window: MainWindow, row: int, qtbot: QtBot, button: Qt.MouseButton = LEFT) -> None:
    strip = window.parts.strip
    point = strip.visualRect(window.parts.history.index(row)).center()
    qtbot.mouseClick(strip.viewport(), button, pos=point)


def ringed(window: MainWindow) -> list[int]:
    """Rows that are drawn with a ring, read from the strip's pixels."""
    strip, accent = window.parts.strip, window.palette().highlight().color().rgb()
    image = strip.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    rows = []
    for row in range(window.parts.history.rowCount()):
        area = strip.visualRect(window.parts.history.index(row))
        middle = area.center().y()
        across = [image.pixel(x, middle) for x in range(area.left(), area.right())]
        if accent in across:
            rows.append(row)
        assert bool(window.parts.history.index(row).data(RINGED)) is (row in rows)
    return rows


def shown_seed(window: MainWindow) -> int:
    assert window.viewer.shown is not None
    return window.viewer.shown.recipe.seed


def test_ring_canvas_save_and_star_are_one_picture(
    window: MainWindow, engine: PaintEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    for _ in range(3):
        make(window, qtbot)
    model = window.parts.history
    assert ringed(window) == [0]
    click(window, 2, qtbot)
    settle(window, qtbot)
    assert ringed(window) == [2]
    assert shown_seed(window) == model.item(2).seed
    # A file that cannot be read: the ring stays where the picture is.
    entry = model.item(1).entry
    assert entry is not None
    entry.path.unlink()
    click(window, 1, qtbot)
    settle(window, qtbot)
    assert ringed(window) == [2]
    assert window.parts.strip.current() is model.item(2)
    qtbot.keyClick(window, Qt.Key.Key_B, CONTROL)
    assert [model.item(row).spoken.endswith("starred") for row in range(3)] == [False, False, True]
    qtbot.keyClick(window, Qt.Key.Key_S, CONTROL)
    dialog = window.files.dialog
    assert dialog is not None
    dialog.selectFile(str(tmp_path / "mine.png"))
    with qtbot.waitSignal(dialog.fileSelected):
        dialog.accept()
    settle(window, qtbot)
    assert open_picture(tmp_path / "mine.png").recipe.seed == model.item(2).seed
    # A file from elsewhere is shown: nothing is ringed, and Ctrl+B stars nothing.
    recipe = replace(window.editor.draft.recipe(), seed=12345)
    save_picture(tmp_path / "other.png", engine.generate(recipe))
    window.files.open(tmp_path / "other.png")
    settle(window, qtbot)
    assert shown_seed(window) == 12345
    assert ringed(window) == []
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_B, CONTROL)
    assert "has no star" in window.parts.message.text
    assert [model.item(row).spoken.endswith("starred") for row in range(3)] == [False, False, True]


def test_the_menu_means_the_picture_under_the_pointer(window: MainWindow, qtbot: QtBot) -> None:
    make(window, qtbot)
    make(window, qtbot)
    strip, model = window.parts.strip, window.parts.history
    point = strip.visualRect(model.index(1)).center()
    place = strip.viewport().mapToGlobal(point)
    press = QMouseEvent(
        QEvent.Type.MouseButtonPress,
        QPointF(point),
        QPointF(place),
        Qt.MouseButton.RightButton,
        Qt.MouseButton.RightButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(strip.viewport(), press)
    strip.menu_wanted.emit(strip.current(), place)
    menu = strip.findChild(QMenu)
    assert menu is not None
    (save,) = [action for action in menu.actions() if action.text() == "Save as…"]
    save.trigger()
    menu.close()
    settle(window, qtbot)
    dialog = window.files.dialog
    assert dialog is not None
    assert str(model.item(1).seed) in Path(dialog.selectedFiles()[0]).name
    assert ringed(window) == [1]
    dialog.close()


def test_looking_saving_and_opening_do_not_wait_for_painting(
    window: MainWindow, engine: PaintEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    make(window, qtbot)
    make(window, qtbot)
    engine.gate.clear()
    engine.waiting.clear()
    qtbot.mouseClick(window.parts.generate, LEFT)
    qtbot.waitUntil(engine.waiting.is_set)
    model = window.parts.history
    click(window, 1, qtbot)
    first = model.item(1)
    qtbot.waitUntil(lambda: shown_seed(window) == first.seed)
    assert window.worker.busy
    assert ringed(window) == [1]
    assert window.viewer.shown is not None
    window.files.save(tmp_path / "mine.png", window.viewer.shown)
    qtbot.waitUntil(lambda: (tmp_path / "mine.png").is_file())
    qtbot.waitUntil(lambda: "Saved as" in window.parts.message.text)
    window.files.open(tmp_path / "mine.png")
    qtbot.waitUntil(lambda: ringed(window) == [])
    click(window, 0, qtbot)
    qtbot.waitUntil(lambda: ringed(window) == [0])
    assert window.worker.busy
    looked_at = shown_seed(window)
    canvas = window.parts.canvas.pixmap.toImage()
    engine.gate.set()
    qtbot.waitUntil(lambda: not window.worker.busy)
    assert model.rowCount() == 3
    assert shown_seed(window) == looked_at  # what was made does not interrupt
    assert ringed(window) == [1]
    assert model.item(0).seed != looked_at
    if window.parts.canvas.badge != "Preview":
        assert window.parts.canvas.pixmap.toImage() == canvas
    make(window, qtbot)
    assert ringed(window) == [0]


def test_leaving_asks_before_it_drops_what_is_stored_nowhere(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_options: object) -> None:
        raise OutputError("Cannot write it: the disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(pictures, "store", full)
        make(window, qtbot)
        make(window, qtbot)
        window.close()
        assert window.isVisible()
        assert window.leaving is not None
        assert "2 pictures are not stored" in window.leaving.text()
        answer(window.leaving, "Stay")
        assert window.leaving is None
        assert window.isVisible()
        window.close()
        assert window.leaving is not None
        answer(window.leaving, "Store again and quit")
        settle(window, qtbot)
        assert window.isVisible()
        assert "the disk is full" in window.parts.message.text
    seeds = {window.parts.history.item(row).seed for row in range(2)}
    window.close()
    assert window.leaving is not None
    answer(window.leaving, "Store again and quit")
    qtbot.waitUntil(lambda: not window.isVisible())
    entries = Library(window.worker.library.folder).entries()
    assert {entry.seed for entry in entries} == seeds


def test_a_save_on_its_way_is_finished_before_the_window_leaves(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    make(window, qtbot)
    gate = threading.Event()
    window.worker.run_files(gate.wait, lambda _done: None)
    assert window.viewer.shown is not None
    window.files.save(tmp_path / "late.png", window.viewer.shown)
    qtbot.keyClick(window, Qt.Key.Key_B, CONTROL)
    threading.Timer(0.2, gate.set).start()
    window.close()
    assert window.closed_in_time
    assert open_picture(tmp_path / "late.png").recipe.seed == 7
    assert [entry.starred for entry in Library(window.worker.library.folder).entries()] == [True]


def test_the_window_does_not_wait_for_a_long_history(
    make_window: MakeWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    entries = Library.entries

    def slow(library: Library) -> object:
        assert gate.wait(60)
        return entries(library)

    first = make_window()
    settle(first, qtbot)
    make(first, qtbot)
    first.close()
    monkeypatch.setattr(Library, "entries", slow)
    monkeypatch.setattr(Library, "newest", lambda _library: [])
    window = make_window()
    assert window.isVisible()
    make_beside_history(window, qtbot, 1)
    gate.set()
    qtbot.waitUntil(lambda: window.parts.history.rowCount() == 2)
    seeds = [window.parts.history.item(row).seed for row in range(2)]
    assert seeds[1] == 7  # the older one stands behind
    window.close()


def test_the_first_page_comes_before_the_rest_is_read(
    make_window: MakeWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    entries = Library.entries

    def slow(library: Library) -> object:
        assert gate.wait(60)
        return entries(library)

    first = make_window()
    settle(first, qtbot)
    make(first, qtbot)
    make(first, qtbot)
    qtbot.keyClick(first, Qt.Key.Key_B, CONTROL)
    settle(first, qtbot)
    first.close()
    monkeypatch.setattr(Library, "entries", slow)
    window = make_window()
    model = window.parts.history
    qtbot.waitUntil(lambda: model.rowCount() == 2)
    assert [model.item(row).spoken.endswith("starred") for row in range(2)] == [True, False]
    make_beside_history(window, qtbot, 3)
    gate.set()
    settle(window, qtbot)
    assert model.rowCount() == 3
    paths = {entry.path for item in map(model.item, range(3)) if (entry := item.entry)}
    assert paths == {entry.path for entry in entries(window.worker.library)}


def make_beside_history(window: MainWindow, qtbot: QtBot, count: int) -> None:
    qtbot.waitUntil(window.parts.generate.isEnabled)
    window.editor.apply(window.editor.draft.with_seed(8), "Seed")
    with qtbot.waitSignal(window.worker.picture_made):
        qtbot.mouseClick(window.parts.generate, LEFT)
    assert window.parts.history.rowCount() == count


def test_a_history_that_cannot_be_read_is_said_and_the_start_goes_on(
    make_window: MakeWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_library: Library) -> object:
        raise OutputError("The journal is a teapot.")

    monkeypatch.setattr(Library, "entries", broken)
    window = make_window()
    qtbot.waitUntil(lambda: "teapot" in window.parts.message.text)
    settle(window, qtbot)
    make(window, qtbot)
    assert window.parts.history.rowCount() == 1


def test_thumbnails_are_kept_on_the_disk_and_bounded(engine: PaintEngine, tmp_path: Path) -> None:
    from artdesk.core.recipe import Recipe

    path = tmp_path / "a.png"
    save_picture(path, engine.generate(Recipe(seed=1)))
    kept = Thumbnails(tmp_path / "thumbnails")
    first = kept.of(path)
    assert first.shape == (176, 176, 3)
    (file,) = (tmp_path / "thumbnails").rglob("*.jpg")
    file.write_bytes(b"no picture")  # damaged: made again
    assert kept.of(path).shape == first.shape
    assert file.read_bytes()[:2] == b"\xff\xd8"
    stamp = file.stat().st_mtime_ns
    again = Thumbnails(tmp_path / "thumbnails").of(path)
    assert file.stat().st_mtime_ns == stamp
    assert abs(again.astype(int) - first).mean() < 8  # that much JPEG may change
    save_picture(path, engine.generate(Recipe(seed=2)))
    other = kept.of(path)
    assert abs(other.astype(int) - first).mean() > 8
    Thumbnails(tmp_path / "thumbnails", most_bytes=file.stat().st_size + 10).trim()
    assert len(list((tmp_path / "thumbnails").rglob("*.jpg"))) <= 1
