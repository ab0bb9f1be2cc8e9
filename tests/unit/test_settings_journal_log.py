"""Settings, journal and log: what is damaged is said and kept, never written over."""

import errno
import logging
import os
import sys
import threading
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path

import pytest

import artdesk
from artdesk.core import atomic, journal, log, strict_json
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
    assert journal.read(path) == ([], 0, "")
    journal.append(path, {"file": "ä.png", "number": 1})
    with path.open("ab") as file:
        file.write(b'{"file": "tor\xff')
    journal.append(path, {"number": 2})
    lines = [{"version": 2, "file": "ä.png", "number": 1}, {"version": 2, "number": 2}]
    assert journal.read(path) == (lines, 1, "")
    path.write_bytes(path.read_bytes() + b"\0" * 50 + b"\n[1]\n\n")
    assert journal.read(path)[1] == 3
    path.write_bytes(path.read_bytes() + b"x" * 2_000_000 + b'\n{"version":1}\n{"version":2}\n')
    assert journal.read(path) == ([*lines, {"version": 1}], 5, "")


@pytest.mark.parametrize("what", ["folder", "pipe", "garbage", "brackets"])
def test_a_journal_that_is_none_is_kept_aside(tmp_path: Path, what: str) -> None:
    path = tmp_path / "journal.jsonl"
    if what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    else:
        path.write_bytes(b"\x07\xff\n" if what == "garbage" else b"[" * 20_000)
    entries, _, note = journal.read(path)
    assert entries == []
    assert "kept as journal.jsonl.corrupt-" in note
    assert [found.name[:22] for found in tmp_path.iterdir()] == ["journal.jsonl.corrupt-"]


def refuse(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """The system says that nobody may open `path`, as it says to all but the administrator."""
    system = os.open

    def refusing(file: Path, *arguments: object, **named: object) -> int:
        if Path(file) == path:
            raise PermissionError(errno.EACCES, "Permission denied")
        return system(file, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refusing)


def test_files_that_may_not_be_read_stay_where_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, settings_path = tmp_path / "journal.jsonl", tmp_path / "settings.json"
    journal.append(path, {"number": 1})
    save_settings(settings_path, Settings(theme="dark"))
    before = settings_path.read_bytes()
    with monkeypatch.context() as patch:
        refuse(patch, path)
        assert "permission denied" in journal.read(path)[2]
    with monkeypatch.context() as patch:
        refuse(patch, settings_path)
        settings, notes = load_settings(settings_path)
        assert settings == Settings()
        assert "permission denied" in notes[0]
        # What may not be read is not written over either.
        patch.setattr(os, "access", lambda *_: False)
        save_settings(settings_path, settings)
    assert [path.read_bytes() for path in tmp_path.glob("settings.json.corrupt-*")] == [before]
    assert load_settings(settings_path) == (Settings(), ())
    assert len(journal.read(path)[0]) == 1


@pytest.mark.parametrize(
    "text",
    ['{"a":1e999}', '{"a":Infinity}', '{"a":"\\ud800"}', "[" * 20_000, '{"a":' * 20_000, "x" * 101],
)
def test_strict_json_refuses(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the parser says
        strict_json.load(text, max(100, len(text) - (text[0] == "x")))


def test_every_flipped_bit_of_a_checked_text_is_told() -> None:
    for body in ("{}", strict_json.dump({"seed": 7, "words": ["ä", "calm"]})):
        text = strict_json.with_check(body)
        assert strict_json.load(text, 1000)["check"]
        assert strict_json.without_check(text) == (body, True)
        data = text.encode()
        for bit in range(8 * len(data)):
            flipped = bytearray(data)
            flipped[bit // 8] ^= 1 << bit % 8
            try:
                found, checked = strict_json.without_check(flipped.decode())
            except ValueError:
                continue
            # A damaged name of the checksum leaves a field that nobody knows.
            assert not checked
            with suppress(ValueError):
                assert strict_json.load(found, 1000).keys() - {"seed", "words"}


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
def test_a_huge_crash_file_is_read_in_part(tmp_path: Path) -> None:
    with (tmp_path / log.CRASH_NAME).open("wb") as file:
        file.write(b"the beginning")
        file.truncate(2**26)
        file.seek(0, os.SEEK_END)
        file.write(b"the end")
    left = log.start_log(tmp_path)
    assert len(left) == log.CRASH_LIMIT
    assert left.endswith("the end")
    assert log.start_log(tmp_path) == ""


@pytest.mark.usefixtures("clean_log")
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name")
def test_a_crash_file_that_never_begins(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / log.CRASH_NAME)
    with pytest.raises(OutputError):
        log.start_log(tmp_path)


@pytest.mark.usefixtures("clean_log")
def test_log_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        log.start_log(tmp_path / "file")
    assert atomic.sweep(tmp_path) == 0
