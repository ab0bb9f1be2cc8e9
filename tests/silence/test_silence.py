"""ArtDesk speaks to nobody and writes nowhere but into its folders, as the kernel sees it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.silence.trace import Trace, read_trace, start, strace_problem

ROOT = Path(__file__).resolve().parents[2]
DRIVE = Path(__file__).with_name("drive.py")
# Below pytest's own limit, so that the watched programs are ended in any case.
PATIENCE = 160


@pytest.fixture(scope="module")
def strace(request: pytest.FixtureRequest) -> None:
    """Skip, and say so loudly, where the kernel cannot be watched."""
    problem = strace_problem()
    if not problem:
        return
    terminal = request.config.get_terminal_writer()
    terminal.line()
    terminal.line(f"NOT PROVED HERE: that ArtDesk is silent, because {problem}.", red=True)
    pytest.skip(f"the silence of ArtDesk was NOT PROVED: {problem}")


@pytest.fixture
def running() -> Iterator[list[subprocess.Popen[str]]]:
    """Programs that are ended with the test, however it ends."""
    programs: list[subprocess.Popen[str]] = []
    yield programs
    for program in programs:
        program.kill()
        program.communicate()


def environment(home: Path) -> dict[str, str]:
    """That of a newcomer: nothing of this machine's but the program's own needs.

    Without CI, which silences the telemetry of libraries and would hide it from the test.
    """
    return {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(ROOT),
        # Compiled modules are Python's own, in Python's folders.
        "PYTHONDONTWRITEBYTECODE": "1",
        "QT_QPA_PLATFORM": "offscreen",
        **{name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ},
    }


def finish(program: subprocess.Popen[str], folder: Path, home: Path) -> Trace:
    output, _ = program.communicate(timeout=PATIENCE)
    assert program.returncode == 0, output[-2000:]
    return read_trace(folder, home)


@pytest.mark.usefixtures("strace")
@pytest.mark.timeout(PATIENCE + 60)
def test_window_and_command_line_are_silent(
    tmp_path: Path, running: list[subprocess.Popen[str]]
) -> None:
    ways = {"window": ["window"], "generate": ["generate", "calm, blue, zorgly", "--out", "made"]}
    # Both at once: what takes time is to wait for a timer that must not fire.
    for name, arguments in ways.items():
        home = tmp_path / name
        home.mkdir()
        command = [sys.executable, str(DRIVE), *arguments]
        running.append(start(command, tmp_path / f"trace-{name}", home, environment(home)))
    for name, program in zip(ways, running, strict=True):
        home = tmp_path / name
        trace = finish(program, tmp_path / f"trace-{name}", home)
        assert trace.sockets == ()
        own = home / ".local" / "share" / "artdesk"
        assert trace.written_outside(own, home / "made") == []
        # It was looked at, and it did its work.
        assert trace.lines > 500
        assert [path for path in trace.written if path.suffix == ".png"] or list(
            (home / "made").glob("*.png")
        )
        assert list(home.rglob("*.png"))


PLANTED = """
import socket, threading
from pathlib import Path
def speak():
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.sendto(b"x", ("127.0.0.1", 9))
thread = threading.Thread(target=speak)
thread.start()
thread.join()
local = socket.socket(socket.AF_UNIX)
try:
    local.connect("nobody.sock")
except OSError:
    pass
Path(".cache").mkdir()
Path(".cache/deviceid").write_text("x")
Path("mine").mkdir()
Path("mine/new").write_text("x")
Path("mine/new").rename("moved")
"""


@pytest.mark.usefixtures("strace")
def test_the_watch_sees_planted_faults(
    tmp_path: Path, running: list[subprocess.Popen[str]]
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    command = [sys.executable, "-c", PLANTED]
    running.append(start(command, tmp_path / "trace", home, environment(home)))
    trace = finish(running[0], tmp_path / "trace", home)
    assert [line.partition("(")[0] for line in trace.sockets] == ["socket", "sendto"]
    outside = {str(path.relative_to(home)) for path in trace.written_outside(home / "mine")}
    assert outside == {".cache", ".cache/deviceid", "moved"}


@pytest.mark.parametrize("package", ["artdesk", "training", "artdesk.__main__"])
def test_every_way_in_switches_telemetry_off_first(package: str) -> None:
    code = (
        f"import os, sys, {package}\n"
        "print(os.environ['ORT_DISABLE_TELEMETRY'], 'onnxruntime' in sys.modules)"
    )
    asked = {**os.environ, "ORT_DISABLE_TELEMETRY": "0"}
    output = subprocess.check_output(
        [sys.executable, "-c", code], text=True, cwd=ROOT, env={**asked, "PYTHONPATH": str(ROOT)}
    )
    assert output.split() == ["1", "False"]


def test_the_switch_stands_in_one_place() -> None:
    found = [
        path.relative_to(ROOT).as_posix()
        for package in ("artdesk", "models", "training")
        for path in (ROOT / package).rglob("*.py")
        if "ORT_DISABLE_TELEMETRY" in path.read_text(encoding="utf-8")
    ]
    assert found == ["artdesk/__init__.py"]
