"""History and session when files are damaged, missing or not ours to read: the start goes on."""

import errno
import json
import os
import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from artdesk.core import journal, recipe_json, strict_json
from artdesk.core.recipe import Recipe, Word
from artdesk.studio.draft import Draft
from artdesk.studio.library import ADOPTED_AT_ONCE, HistoryEntry, Library
from artdesk.studio.session_file import SessionFile
from tests.gui.paint_engine import HASH, PaintEngine


@pytest.fixture
def made(tmp_path: Path) -> list[HistoryEntry]:
    """Three pictures in the history, the second one starred."""
    times = iter(datetime(2026, 1, day, tzinfo=UTC) for day in (3, 4, 5))
    library = Library(tmp_path, lambda: next(times))
    entries = [
        library.add(PaintEngine().generate(Recipe(words=(Word(text="calm"),), seed=seed)))
        for seed in range(3)
    ]
    library.star(entries[1], True)
    return entries


def refuse(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """The system says that nobody may open or list `path`."""
    system = {name: getattr(os, name) for name in ("open", "scandir")}

    def refusing(name: str) -> object:
        def call(file: Path, *arguments: object, **named: object) -> object:
            if Path(file) == path:
                raise PermissionError(errno.EACCES, "Permission denied")
            return system[name](file, *arguments, **named)

        return call

    for name in system:
        monkeypatch.setattr(os, name, refusing(name))


def test_lines_name_the_model(tmp_path: Path, made: list[HistoryEntry]) -> None:
    lines, _, _ = journal.read(tmp_path / "journal.jsonl")
    assert [line["bundle"] for line in lines if line["event"] == "made"] == [HASH] * 3
    assert {entry.bundle_hash for entry in Library(tmp_path).entries()} == {HASH}


def test_a_lost_journal_is_made_again_from_the_pictures(
    tmp_path: Path, made: list[HistoryEntry]
) -> None:
    for entry in made:
        stamp = datetime.fromisoformat(entry.made).timestamp()
        os.utime(entry.path, (stamp, stamp))
    (tmp_path / "journal.jsonl").write_bytes(b"\0" * 4096)
    library = Library(tmp_path)
    assert [entry.path for entry in library.entries()] == [entry.path for entry in made]
    assert [entry.made for entry in library.entries()] == [entry.made for entry in made]
    (tmp_path / "journal.jsonl").unlink()
    fresh = Library(tmp_path)
    assert [entry.seed for entry in fresh.entries()] == [0, 1, 2]
    assert fresh.notes == ()
    lines, torn, _ = journal.read(tmp_path / "journal.jsonl")
    assert ([line["bundle"] for line in lines], torn) == ([HASH] * 3, 0)
    assert len(list(tmp_path.glob("journal.jsonl.corrupt-*"))) == 1


def test_pictures_without_a_line_reach_the_history(
    tmp_path: Path, made: list[HistoryEntry]
) -> None:
    for number in range(ADOPTED_AT_ONCE + 5):
        shutil.copy(made[0].path, tmp_path / "2026-01" / f"orphan-{number}.png")
    (tmp_path / "2026-01" / "holiday.png").write_bytes(b"no picture")
    os.utime(tmp_path / "2026-01" / "holiday.png", (0, 0))  # the newest come first
    library = Library(tmp_path)
    assert len(library.entries()) == 3 + ADOPTED_AT_ONCE
    assert library.unlisted == 6
    assert len(library.adopt()) == 5
    entries = library.entries()
    assert len(entries) == 3 + ADOPTED_AT_ONCE + 5
    assert library.unlisted == 0  # the file of others is not read again
    assert [entry.starred for entry in entries].count(True) == 1
    assert Library(tmp_path).entries() == entries


def test_a_journal_that_may_not_be_read_stays(
    tmp_path: Path, made: list[HistoryEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (tmp_path / "journal.jsonl").read_bytes()
    with monkeypatch.context() as patch:
        refuse(patch, tmp_path / "journal.jsonl")
        library = Library(tmp_path)
        assert {entry.path for entry in library.entries()} == {entry.path for entry in made}
        assert "permission denied" in library.notes[0]
        assert len(library.entries()) == 3
    assert (tmp_path / "journal.jsonl").read_bytes() == before
    assert [entry.starred for entry in Library(tmp_path).entries()] == [False, True, False]


@pytest.mark.parametrize("folder", [".", "2026-01"])
def test_a_folder_without_rights_is_said(
    tmp_path: Path, made: list[HistoryEntry], monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    with monkeypatch.context() as patch:
        refuse(patch, tmp_path / folder)
        library = Library(tmp_path)
        assert library.entries() == []
        assert "permission denied" in library.notes[0]
    assert len(Library(tmp_path).entries()) == 3


def test_no_line_of_the_journal_harms_the_others(tmp_path: Path, made: list[HistoryEntry]) -> None:
    path = tmp_path / "journal.jsonl"
    lines, _, _ = journal.read(path)
    first = {key: value for key, value in lines[0].items() if key != "version"}
    for change in (
        {"file": "x" * 300},
        {"file": "a\0b"},
        {"file": ["list"]},
        {"file": {"a": 1}},
        {"made": "yesterday"},
        {"recipe": []},
        {"recipe": {}},
        {"event": ["made"]},
        {"event": "star", "starred": 1},
        {"event": "star", "file": [], "starred": True},
    ):
        journal.append(path, first | change)
    library = Library(tmp_path)
    assert [entry.starred for entry in library.entries()] == [False, True, False]
    assert library.notes == ()


def test_a_changed_digit_of_a_line_is_not_believed(
    tmp_path: Path, made: list[HistoryEntry]
) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"seed":2', b'"seed":3'))
    entries = Library(tmp_path).entries()  # the picture itself still knows
    assert sorted(entry.seed for entry in entries) == [0, 1, 2]


def test_a_damaged_line_is_said_once(tmp_path: Path, made: list[HistoryEntry]) -> None:
    path = tmp_path / "journal.jsonl"
    damaged = path.read_bytes().replace(b'"starred":true', b'"starred":tru\xff')
    path.write_bytes(damaged)
    library = Library(tmp_path)
    assert len(library.entries()) == 3
    (note,) = library.notes
    (copy,) = tmp_path.glob("journal.jsonl.corrupt-*")
    assert copy.name in note
    assert copy.read_bytes() == damaged
    again = Library(tmp_path)
    assert [entry.path for entry in again.entries()] == [entry.path for entry in made]
    assert again.notes == ()


def test_a_journal_cut_behind_a_whole_line_is_said(
    tmp_path: Path, made: list[HistoryEntry]
) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(path.read_bytes().rsplit(b"\n", 2)[0])  # the star and the line break
    library = Library(tmp_path)
    assert len(library.entries()) == 3
    assert "damaged" in library.notes[0]
    assert Library(tmp_path).entries() == library.entries()
    assert library.notes == ()


def test_lines_of_before_are_read(tmp_path: Path, made: list[HistoryEntry]) -> None:
    path = tmp_path / "journal.jsonl"
    lines, _, _ = journal.read(path)
    old = [{**line, "version": 1} for line in lines]
    for line in old:
        line.pop("bundle", None)
    path.write_text("".join(strict_json.dump(line) + "\n" for line in old), encoding="utf-8")
    entries = Library(tmp_path).entries()
    assert [(entry.seed, entry.starred) for entry in entries] == [(0, False), (1, True), (2, False)]
    assert {entry.bundle_hash for entry in entries} == {""}


def test_a_star_stays_when_the_same_picture_is_made_again(tmp_path: Path) -> None:
    engine = PaintEngine()
    library = Library(tmp_path, lambda: datetime(2026, 1, 3, tzinfo=UTC))
    entry = library.add(engine.generate(Recipe(seed=1)))
    library.star(entry, True)
    again = library.add(engine.generate(Recipe(seed=1)))
    assert again.path == entry.path
    assert again.starred
    assert Library(tmp_path).add(engine.generate(Recipe(seed=1))).path != ""
    assert [found.starred for found in library.entries() if found.path == entry.path] == [True]
    # Another picture that gets the name of a deleted one does not get its star.
    entry.path.unlink()
    other = library.add(engine.generate(Recipe(seed=1, avoid=(Word(text="busy"),))))
    assert other.path == entry.path
    assert not other.starred
    assert not any(found.starred for found in Library(tmp_path).entries())


@pytest.mark.parametrize("damaged", [False, True])
def test_a_picture_is_stored_while_the_journal_is_read(
    tmp_path: Path, made: list[HistoryEntry], monkeypatch: pytest.MonkeyPatch, damaged: bool
) -> None:
    if damaged:
        with (tmp_path / "journal.jsonl").open("ab") as file:
            file.write(b"half a li\n")
    library = Library(tmp_path, lambda: datetime(2026, 1, 6, tzinfo=UTC))
    reached, gate = threading.Event(), threading.Event()
    opened: list[bool] = []
    parse = recipe_json.recipe_from_data

    def held(data: object) -> Recipe:
        if not opened:
            reached.set()
            opened.append(gate.wait(10))  # False: the picture had to wait for the reading
        return parse(data)

    read: list[list[HistoryEntry]] = []
    with monkeypatch.context() as patch:
        patch.setattr(recipe_json, "recipe_from_data", held)
        reader = threading.Thread(target=lambda: read.append(library.entries()))
        reader.start()
        assert reached.wait(10)
        added = library.add(PaintEngine().generate(Recipe(seed=7)))
        library.star(made[0], True)
        library.star(made[1], False)
        gate.set()
        reader.join()
    assert opened == [True]
    assert [entry.path for entry in read[0]] == [*(entry.path for entry in made), added.path]
    assert [entry.starred for entry in read[0]] == [True, False, False, False]
    assert bool(library.notes) == damaged
    assert library.unlisted == 0
    assert Library(tmp_path).entries() == read[0]
    lines, torn, _ = journal.read(tmp_path / "journal.jsonl")
    assert (len(lines), torn) == (7, 0)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 20_000,
        '{"a":' * 20_000,
        Draft().to_json().replace('"batch": 1', '"batch": Infinity'),
        Draft().to_json().replace('"batch": 1', '"batch": 1e999'),
        Draft().to_json().replace('"places": []', '"places": [1e999]'),
        Draft().to_json().replace('"places": []', '"places": [-1]'),
        Draft().to_json().replace('"seed_locked": false', '"seed_locked": 1'),
        Draft().to_json().replace('"batch": 1', '"batch": 1, "batsh": 1'),
        strict_json.with_check(Draft().to_json()).replace('"batch": 1', '"batch": 2'),
        "\ufeff{}",
        "x" * 5_000_000,
    ],
)
def test_a_session_that_is_none_is_kept_aside(tmp_path: Path, text: str) -> None:
    path = tmp_path / "session.json"
    path.write_text(text, encoding="utf-8")
    draft, note = SessionFile(path).restore()
    assert draft is None
    assert "kept as session.json.corrupt-" in note
    assert [kept.read_text(encoding="utf-8") for kept in tmp_path.iterdir()] == [text]


def test_a_session_that_may_not_be_read_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "session.json"
    SessionFile(path).save(Draft(seed=5))
    with monkeypatch.context() as patch:
        refuse(patch, path)
        session = SessionFile(path)
        draft, note = session.restore()
        assert draft is None
        assert "permission denied" in note
        patch.setattr(os, "access", lambda *_: False)
        session.save(Draft(seed=6))
    aside = next(tmp_path.glob("session.json.corrupt-*"))
    assert SessionFile(aside).restore() == (Draft(seed=5), "")
    assert SessionFile(path).restore() == (Draft(seed=6), "")


def test_sessions_of_before_are_restored(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    path.write_text(Draft(seed=9).to_json(), encoding="utf-8")
    assert SessionFile(path).restore() == (Draft(seed=9), "")
    SessionFile(path).save(Draft(seed=10))
    assert json.loads(path.read_text(encoding="utf-8"))["check"]


def test_leftovers_of_a_killed_program_go(tmp_path: Path, made: list[HistoryEntry]) -> None:
    dead = 2**22 + 1  # above the largest number that a process can have
    names = [tmp_path / "2026-01", tmp_path]
    leftovers = [folder / f".calm.0123abcd.{dead}-0.artdesk-tmp" for folder in names]
    for leftover in leftovers:
        leftover.write_bytes(b"half")
        os.utime(leftover, (0, 0))
    Library(tmp_path).entries()
    assert not any(leftover.exists() for leftover in leftovers)
    leftovers[1].write_bytes(b"half")
    os.utime(leftovers[1], (0, 0))
    SessionFile(tmp_path / "session.json").restore()
    assert not leftovers[1].exists()
