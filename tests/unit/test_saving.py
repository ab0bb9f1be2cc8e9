"""Many programs saving at once, and programs that are killed while they save: nothing is lost.

`ARTDESK_KILLS=50` kills more often than the suite has time for.
"""

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from artdesk.core import atomic
from artdesk.pictures import files as pictures
from artdesk.studio.library import Library

ROOT = Path(__file__).resolve().parents[2]
PROCESSES, EACH = 6, 24
KILLS = int(os.environ.get("ARTDESK_KILLS", "6"))

SAVER = """
import sys
from dataclasses import replace
from pathlib import Path
from artdesk.pictures import files as pictures
from artdesk.studio.library import Library
from tests.unit.test_pictures import make_picture

folder, first, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
library, picture = Library(folder / "history"), make_picture()
print("ready", flush=True)
sys.stdin.readline()
for number in range(first, first + count):
    # The same words and seed, so that all want one name; the name of the model tells them apart.
    mine = replace(picture, bundle_name=f"model {number}")
    kept = library.add(mine).path
    saved = pictures.save_new(folder / "saved", mine)
    print(number, kept, saved, sep="|", flush=True)
"""


@contextmanager
def saver(folder: Path, first: int, count: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", textwrap.dedent(SAVER), str(folder), str(first), str(count)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def told(process: subprocess.Popen[str]) -> list[tuple[int, Path, Path]]:
    """What the process said that it had saved; a line that was cut off is not said."""
    assert process.stdout is not None
    lines = [line for line in process.stdout.read().splitlines(keepends=True) if line[-1] == "\n"]
    parts = [line.rstrip("\n").split("|") for line in lines]
    return [(int(number), Path(kept), Path(saved)) for number, kept, saved in parts]


def test_144_saves_from_several_processes_lose_nothing(tmp_path: Path) -> None:
    with ExitStack() as stack:
        running = [
            stack.enter_context(saver(tmp_path, number * EACH, EACH)) for number in range(PROCESSES)
        ]
        for process in running:
            go(process)
        saved = [line for process in running for line in told(process)]
    assert len(saved) == PROCESSES * EACH == 144
    for folder in ("history", "saved"):
        paths = list((tmp_path / folder).rglob("*.png"))
        names = {pictures.read_record(path).bundle_name for path in paths}
        assert len(paths) == len(names) == 144
    for number, kept, copy in saved:
        name = f"model {number}"
        assert [pictures.read_record(path).bundle_name for path in (kept, copy)] == [name, name]
    entries = Library(tmp_path / "history").entries()
    assert {entry.path for entry in entries} == {kept for _, kept, _ in saved}
    assert not [path for path in tmp_path.rglob("*") if path.name.endswith(".artdesk-tmp")]


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_a_program_killed_while_it_saves_loses_nothing(tmp_path: Path) -> None:
    chance = random.Random(8)
    promised: dict[Path, str] = {}
    for kill in range(KILLS):
        with saver(tmp_path, kill * 10_000, 10_000) as process:
            go(process)
            time.sleep(chance.uniform(0.0, 0.25))
            process.send_signal(signal.SIGKILL)
            for number, kept, copy in told(process):
                promised |= {kept: f"model {number}", copy: f"model {number}"}
    assert promised
    for path, name in promised.items():
        assert pictures.open_picture(path).bundle_name == name
    found = {path for path in tmp_path.rglob("*.png") if not path.name.startswith(".")}
    for path in found - set(promised):  # whole, though nobody was told any more
        assert pictures.open_picture(path).pixels.shape == (72, 64, 3)
    entries = {entry.path for entry in Library(tmp_path / "history").entries()}
    assert {path for path in promised if "history" in path.parts} <= entries
    for folder in {path.parent for path in found}:
        for leftover in folder.glob(f".*{atomic.TEMPORARY_SUFFIX}"):
            os.utime(leftover, (0, 0))
        atomic.sweep(folder)
        assert not list(folder.glob(f".*{atomic.TEMPORARY_SUFFIX}"))
