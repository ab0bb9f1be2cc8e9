"""The atomic writer under faults: whatever step fails, the file is the old or the whole new one."""

import errno
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from artdesk.core import atomic
from artdesk.core.errors import OutputError

STEPS = ["open", "write", "fsync", "replace", "chmod"]


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.endswith(atomic.TEMPORARY_SUFFIX)]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS])
@pytest.mark.parametrize("step", STEPS)
def test_fault_at_each_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")

    def fail(*args: object, **kwargs: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(atomic.os, step, fail)
        with pytest.raises(OutputError) as caught:
            atomic.write_bytes(path, b"new")
    assert str(path) in str(caught.value)
    assert str(caught.value).endswith(".")
    assert "Errno" not in str(caught.value)
    assert path.read_bytes() == b"old"
    assert leftovers(tmp_path) == []


def test_disk_full_in_the_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that takes a part and then fails, as a full disk does."""
    path = tmp_path / "a.txt"
    write = os.write
    calls = []

    def partly(descriptor: int, data: bytes) -> int:
        calls.append(len(data))
        if len(calls) > 2:
            raise OSError(errno.ENOSPC, "full")
        return write(descriptor, bytes(data[:3]))

    monkeypatch.setattr(atomic.os, "write", partly)
    with pytest.raises(OutputError, match="the disk is full: free some space"):
        atomic.write_bytes(path, b"0123456789")
    assert calls == [10, 7, 4]
    assert list(tmp_path.iterdir()) == []


def test_short_writes_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(atomic.os, "write", lambda fd, data: write(fd, bytes(data[:1])))
    atomic.write_bytes(tmp_path / "a", b"hello")
    atomic.append_line(tmp_path / "b", "line")
    assert (tmp_path / "a").read_bytes() == b"hello"
    assert (tmp_path / "b").read_bytes() == b"line\n"


def test_folder_flush_failing_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(folder: Path) -> None:
        raise OSError(errno.EIO, "fault")

    monkeypatch.setattr(atomic, "_flush_folder", fail)
    atomic.write_text(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "new"


def test_busy_file_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows virus scanners hold a new file for a moment."""
    replace = os.replace
    tries = []

    def busy(source: Path, target: Path) -> None:
        tries.append(source)
        if len(tries) < 3:
            error = PermissionError(errno.EACCES, "busy")
            error.winerror = 32  # type: ignore[attr-defined]
            raise error
        replace(source, target)

    monkeypatch.setattr(atomic.os, "replace", busy)
    atomic.write_bytes(tmp_path / "a", b"new")
    assert len(tries) == 3
    assert (tmp_path / "a").read_bytes() == b"new"


def test_block_that_fails_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def fail() -> None:
        with atomic.atomic_path(path) as temporary:
            temporary.write_bytes(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert path.read_bytes() == b"old"
    assert leftovers(tmp_path) == []


def test_mode_and_link_are_kept(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.write_bytes(b"old")
    real.chmod(0o640)
    link = tmp_path / "link"
    link.symlink_to(real)
    atomic.write_bytes(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert real.stat().st_mode & 0o777 == 0o640


def test_umask_is_obeyed(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        atomic.write_bytes(tmp_path / "a", b"x")
    finally:
        os.umask(old)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda p: p / "none" / "a.txt", "its folder does not exist"),
        (lambda p: p / "file" / "a.txt", "is a file, not a folder"),
        (lambda p: p / "folder", "a folder of that name is there"),
        (lambda p: p / ("x" * 300), "the name is too long"),
        (lambda p: p / "a\0b", "choose another"),
    ],
)
def test_plain_reasons(tmp_path: Path, make: object, words: str) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match=words):
        atomic.write_bytes(make(tmp_path), b"x")  # type: ignore[operator]
    assert leftovers(tmp_path) == []


def test_make_folder(tmp_path: Path) -> None:
    atomic.make_folder(tmp_path / "a" / "b")
    atomic.make_folder(tmp_path / "a" / "b")
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="it is a file; choose another folder"):
        atomic.make_folder(tmp_path / "file")
    with pytest.raises(OutputError, match="is a file, not a folder"):
        atomic.make_folder(tmp_path / "file" / "below")


def test_append_line_closes_a_torn_line(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    atomic.append_line(path, "one")
    with path.open("ab") as file:
        file.write(b"tor")
    atomic.append_line(path, "two")
    assert path.read_bytes() == b"one\ntor\ntwo\n"
    with pytest.raises(ValueError, match="line break"):
        atomic.append_line(path, "a\nb")
    with pytest.raises(OutputError):
        atomic.append_line(tmp_path, "x")


def test_sweep_removes_only_old_temporaries(tmp_path: Path) -> None:
    old = tmp_path / f".a.1-0{atomic.TEMPORARY_SUFFIX}"
    new = tmp_path / f".b.1-0{atomic.TEMPORARY_SUFFIX}"
    other = tmp_path / ".keep.tmp"
    for path in (old, new, other):
        path.write_text("x")
        if path != new:
            os.utime(path, (time.time() - 200_000,) * 2)
    assert atomic.sweep(tmp_path) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([new.name, other.name])


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_killed_while_writing(tmp_path: Path) -> None:
    """A writer killed at a random moment leaves a whole file."""
    path = tmp_path / "a"
    path.write_bytes(b"a" * 300_000)
    code = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from artdesk.core import atomic
        print("go", flush=True)
        while True:
            for letter in b"abc":
                atomic.write_bytes(Path(sys.argv[1]), bytes([letter]) * 300_000)
        """
    )
    for delay in (0.003, 0.011, 0.017, 0.031, 0.05):
        with subprocess.Popen([sys.executable, "-c", code, path], stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(delay)
            child.send_signal(signal.SIGKILL)
        data = path.read_bytes()
        assert len(data) == 300_000
        assert len(set(data)) == 1


def test_a_new_file_never_replaces_one(tmp_path: Path) -> None:
    path = tmp_path / "a"
    atomic.write_new(path, b"first")
    with pytest.raises(FileExistsError):
        atomic.write_new(path, b"second")
    assert path.read_bytes() == b"first"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a"]


def test_without_hard_links_the_name_is_reserved_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links on this file system")

    monkeypatch.setattr(os, "link", refuse)
    test_a_new_file_never_replaces_one(tmp_path)


def test_a_full_disk_leaves_no_name_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OutputError, match="disk is full"):
        atomic.write_new(tmp_path / "a", b"data")
    assert not list(tmp_path.iterdir())


def test_sweep_asks_whether_the_owner_still_runs(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    now = time.time()
    ages = {f".a.{os.getpid()}-1": 3600, f".b.{gone.pid}-1": 3600, f".c.{gone.pid}-2": 60}
    ages |= {f".d.{os.getpid()}-2": 90_000, ".e.strange": 3600}
    for name, age in ages.items():
        path = tmp_path / f"{name}{atomic.TEMPORARY_SUFFIX}"
        path.write_bytes(b"")
        os.utime(path, (now - age, now - age))
    assert atomic.sweep(tmp_path) == 2
    left = {path.name[1] for path in tmp_path.iterdir()}
    assert left == {"a", "c", "e"}


def test_a_reserved_name_is_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "fault")

    monkeypatch.setattr(atomic.os, "link", fail)
    monkeypatch.setattr(atomic.os, "replace", fail)
    with pytest.raises(OutputError, match="reports a fault"):
        atomic.write_new(tmp_path / "a", b"x")
    assert list(tmp_path.iterdir()) == []


def test_long_names_of_many_bytes(tmp_path: Path) -> None:
    for name in ("\N{GREEK SMALL LETTER ALPHA}" * 120, "\N{ARTIST PALETTE}" * 60):
        atomic.write_bytes(tmp_path / name, b"x")
        atomic.write_new(tmp_path / (name + ".png"), b"x")
        assert (tmp_path / name).read_bytes() == b"x"
