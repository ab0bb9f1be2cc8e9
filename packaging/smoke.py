"""Tries the packed app as a stranger would: no Python on the path, an empty home, no network.

    python packaging/smoke.py dist/artdesk/artdesk --screenshots dist

It tries the built thing and never the checkout. The window needs Xvfb, and the watch over the
network strace; where one is missing that part is left out and said.
"""

import argparse
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from tests.silence import trace  # noqa: E402 - from the checkout, which is no package here

DISPLAY = ":93"
WIDTH, HEIGHT = 1400, 900
PATIENCE = 60.0
# Longer than the timer of onnxruntime's telemetry, see tests/silence.
WATCHED_SECONDS = 16.0
# A desk without a picture shows a few dozen colours, one with a picture thousands.
PICTURE_COLOURS = 400


class SmokeError(Exception):
    """The packed app does not do what it should."""


def main() -> int:
    """Run all trials; returns the exit status."""
    parser = argparse.ArgumentParser(description="Try the packed app.")
    parser.add_argument("program", type=Path, help="the packed program")
    parser.add_argument("--screenshots", type=Path, help="folder for pictures of the window")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(options.program.absolute(), Path(folder), options.screenshots)
        try:
            trial.command_line()
            trial.window()
        except SmokeError as error:
            print(f"FAILED: {error}", file=sys.stderr)
            return 1
    print("The packed app works.")
    return 0


@dataclass(frozen=True, slots=True)
class Trial:
    """Trials of one program.

    Attributes:
        program: The packed program.
        home: An empty folder.
        screenshots: Where pictures of the window go, None for nowhere.
    """

    program: Path
    home: Path
    screenshots: Path | None

    def environment(self, **more: str) -> dict[str, str]:
        """That of a stranger: no Python to be found, nothing of this shell."""
        return {"HOME": str(self.home), "PATH": "/nowhere", "LANG": "C.UTF-8", **more}

    def ask(self, *arguments: str) -> str:
        """Run a command of the program and return what it printed."""
        started = time.monotonic()
        run = subprocess.run(
            [str(self.program), *arguments],
            cwd=self.home,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        if run.returncode != 0:
            raise SmokeError(f"{arguments[0]} ended with {run.returncode}: {run.stderr[-800:]}")
        print(f"{time.monotonic() - started:6.2f} s  {arguments[0]}")
        return run.stdout

    def command_line(self) -> None:
        """Version, self-test against the hash of the model's origin, a picture, and it again."""
        demand(self.ask("--version").startswith("artdesk "), "--version names no version")
        report = json.loads(self.ask("check", "--json"))
        demand(report["same_as_where_it_was_made"] is True, "the self-test drew another picture")
        demand(report["same_with_one_and_two_threads"] is True, "the threads show in the picture")
        words = "calm, blue, zorgly"
        for threads in ("1", "2"):
            target = f"made{threads}"
            self.ask("generate", words, "--seed", "7", "--threads", threads, "--out", target)
        first, second = (next((self.home / f"made{n}").glob("*.png")) for n in (1, 2))
        demand(first.read_bytes() == second.read_bytes(), "two runs made two pictures")
        self.ask("info", str(first))
        self.ask("render", str(first), "-o", "again.png")
        first.rename(self.home / "picture.png")

    def window(self) -> None:
        """The window with a picture by argument: what it shows, how fast, and to whom it speaks."""
        if shutil.which("Xvfb") is None:
            print("NOT TRIED: the window, because Xvfb is not installed.")
            return
        with screen(self.home / "screen") as frame:
            self._watch(frame, "empty")
            self._watch(frame, "picture", str(self.home / "picture.png"))
        log = (self.home / ".local" / "share" / "artdesk" / "log" / "artdesk.log").read_text(
            "utf-8"
        )
        demand("ERROR" not in log and "Traceback" not in log, f"the log says: {log[-800:]}")

    def _watch(self, frame: Path, name: str, *arguments: str) -> None:
        """Open the window, wait for a picture in it, and look what it did."""
        seen = self.home / f"trace-{name}"
        problem = trace.strace_problem()
        environment = self.environment(DISPLAY=DISPLAY)
        command = [str(self.program), *arguments]
        started = time.monotonic()
        if problem:
            print(f"NOT WATCHED: whether the window is silent, because {problem}.")
            program = subprocess.Popen(command, cwd=self.home, env=environment, text=True)
        else:
            program = trace.start(command, seen, self.home, environment)
        try:
            self._wait(frame, 2, started, f"window ({name})")
            self._wait(frame, PICTURE_COLOURS, started, f"picture in it ({name})")
            time.sleep(max(0.0, WATCHED_SECONDS - (time.monotonic() - started)))
            demand(program.poll() is None, f"the window ({name}) ended by itself")
            if self.screenshots is not None:
                self.screenshots.mkdir(parents=True, exist_ok=True)
                shot = self.screenshots / f"window-{name}.png"
                shot.write_bytes(png(pixels(frame)))
        finally:
            end(program)
        if not problem:
            did = trace.read_trace(seen, self.home)
            demand(did.lines > 500, "strace saw nothing")
            demand(not did.sockets, f"the window ({name}) opened sockets: {did.sockets[:3]}")
            own = self.home / ".local" / "share" / "artdesk"
            cache = self.home / ".cache" / "fontconfig"  # where the system's fonts have no cache
            outside = did.written_outside(own, cache)
            demand(not outside, f"the window ({name}) wrote {outside[:3]}")
            print("          silent: no connection, no file outside ArtDesk's folder")

    def _wait(self, frame: Path, colours: int, started: float, what: str) -> None:
        while time.monotonic() - started < PATIENCE:
            found = pixels(frame)
            # Every seventh pixel is plenty.
            if len({found[place : place + 3] for place in range(0, len(found), 28)}) >= colours:
                print(f"{time.monotonic() - started:6.2f} s  {what}")
                return
            time.sleep(0.05)
        raise SmokeError(f"no {what} within {PATIENCE:.0f} s")


def demand(holds: bool, otherwise: str) -> None:
    """SmokeError unless something holds."""
    if not holds:
        raise SmokeError(otherwise)


def end(program: subprocess.Popen[str]) -> None:
    """End a program, or the one that strace watches, and wait for it."""
    children = Path(f"/proc/{program.pid}/task/{program.pid}/children")
    watched = children.read_text().split() if children.exists() else []
    # strace is ended by the end of what it watches, so that its last lines are written.
    for process in watched or [str(program.pid)]:
        os.kill(int(process), signal.SIGINT)
    try:
        program.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        program.kill()
        program.communicate()


@contextmanager
def screen(folder: Path) -> Iterator[Path]:
    """A screen in memory; gives the file that always holds what it shows."""
    folder.mkdir()
    size = f"{WIDTH}x{HEIGHT}x24"
    command = ["Xvfb", DISPLAY, "-screen", "0", size, "-fbdir", str(folder), "-nolisten", "tcp"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    frame = folder / "Xvfb_screen0"
    try:
        started = time.monotonic()
        while not frame.exists() or frame.stat().st_size < WIDTH * HEIGHT * 4:
            demand(server.poll() is None, f"Xvfb does not start on {DISPLAY}")
            demand(time.monotonic() - started < PATIENCE, "Xvfb shows nothing")
            time.sleep(0.05)
        yield frame
    finally:
        server.terminate()
        server.wait()


def pixels(frame: Path) -> bytes:
    """What a screen shows, four bytes for each pixel: blue, green, red, nothing.

    The file is in the form of xwd (X11/XWDFile.h): a header of its own length, 12 bytes for each of
    its colours, the rows.
    """
    data = frame.read_bytes()
    header = struct.unpack(">25I", data[:100])
    start = header[0] + 12 * header[19]
    return data[start : start + WIDTH * HEIGHT * 4]


def png(found: bytes) -> bytes:
    """A PNG of `pixels`."""
    rows = []
    for row in range(HEIGHT):
        line = found[row * WIDTH * 4 : (row + 1) * WIDTH * 4]
        colours = bytearray(WIDTH * 3)
        colours[0::3], colours[1::3], colours[2::3] = line[2::4], line[1::4], line[0::4]
        rows.append(b"\0" + bytes(colours))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"".join(rows), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


if __name__ == "__main__":
    sys.exit(main())
