"""Settings, journal and log: what is damaged is said and kept, never written over."""

import logging
import sys
import threading
from dataclasses import fields, replace
from pathlib import Path

import pytest

import artdesk
from artdesk.core import atomic, journal, log
from artdesk.core.errors import OutputError, SettingError
from artdesk.core.settings import Settings, load_settings, save_settings


def test_settings_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "new" / "settings.json"
    assert load_settings(path) == (Settings(), ())
    settings = Settings(theme="dark", threads=3, live_preview=False, last_open_folder="/ä")
    save_settings(path, settings)
    assert load_settings(path) == (settings, ())


@pytest.mark.parametrize("text", ["", "{", "[]", "\0" * 100, '{"format":"x"}', "[" * 100_000])
def test_unreadable_settings_are_kept_aside(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text)
    settings, notes = load_settings(path)
    assert settings == Settings()
    assert "kept as settings.json.corrupt-" in notes[0]
    (aside,) = tmp_path.iterdir()
    assert aside.read_text() == text
    path.write_text(text)
    load_settings(path)
    assert len(list(tmp_path.iterdir())) == 2


def test_undecodable_settings(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(b"\xff\xfe")
    assert load_settings(path)[1]
    path.mkdir()
    assert load_settings(path)[1]


def test_bad_values_fall_back_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    save_settings(path, Settings(theme="dark"))
    text = path.read_text().replace('"threads": 0', '"threads": 900')
    path.write_text(text.replace('"live_preview": true', '"live_preview": 1, "unknown": 3'))
    settings, notes = load_settings(path)
    assert settings == Settings(theme="dark")
    assert notes == (
        "The setting live_preview is 1: it must be true or false. Its default is used.",
        "The setting threads is 900: use 0 to 64. Its default is used.",
    )


def test_settings_refuse_bad_values() -> None:
    with pytest.raises(SettingError, match="theme is 'blue': use one of system, light, dark"):
        Settings(theme="blue")
    with pytest.raises(SettingError, match="threads is 65"):
        replace(Settings(), threads=65)
    with pytest.raises(SettingError, match="too long"):
        Settings(window_geometry="x" * 100_000)


def test_every_setting_is_read_somewhere() -> None:
    app = Path(artdesk.__file__).parent
    code = "".join(path.read_text() for path in app.rglob("*.py") if path.name != "settings.py")
    unread = [entry.name for entry in fields(Settings) if f"settings.{entry.name}" not in code]
    assert not unread


def test_journal(tmp_path: Path) -> None:
    path = tmp_path / "new" / "journal.jsonl"
    assert journal.read(path) == ([], 0)
    journal.append(path, {"file": "ä.png", "number": 1})
    with path.open("ab") as file:
        file.write(b'{"file": "tor\xff')
    journal.append(path, {"number": 2})
    assert journal.read(path) == ([{"file": "ä.png", "number": 1}, {"number": 2}], 1)
    path.write_bytes(path.read_bytes() + b"\0" * 50 + b"\n[1]\n\n")
    assert journal.read(path)[1] == 3
    folder = tmp_path / "folder"
    folder.mkdir()
    assert journal.read(folder) == ([], 1)
    assert not folder.exists()


@pytest.fixture
def clean_log() -> object:
    level = logging.getLogger("artdesk").level
    yield
    log.stop_log()
    logging.getLogger("artdesk").setLevel(level)


@pytest.mark.usefixtures("clean_log")
@pytest.mark.expects_log("unexpected error in the main thread", "unexpected error in painter")
def test_log(tmp_path: Path) -> None:
    said: list[str] = []
    assert log.start_log(tmp_path / "log", on_crash=said.append) == ""
    try:
        raise ValueError("broken")
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)

    def fail() -> None:
        raise KeyError("deep")

    thread = threading.Thread(target=fail, name="painter")
    thread.start()
    thread.join()
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    log.stop_log()
    text = (tmp_path / "log" / log.LOG_NAME).read_text()
    assert "ValueError: broken" in text
    assert "KeyError: 'deep'" in text
    assert len(said) == 2
    assert "ValueError" in said[0]
    assert sys.excepthook is sys.__excepthook__


@pytest.mark.usefixtures("clean_log")
def test_crash_of_the_last_run_is_found(tmp_path: Path) -> None:
    log.start_log(tmp_path)
    log.stop_log()
    (tmp_path / log.CRASH_NAME).write_text("Fatal Python error")
    assert log.start_log(tmp_path) == "Fatal Python error"
    assert log.start_log(tmp_path) == ""


@pytest.mark.usefixtures("clean_log")
def test_log_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        log.start_log(tmp_path / "file")
    assert atomic.sweep(tmp_path) == 0
