"""`artdesk bench`: the speed table of this machine.

Times are of the whole act that a user waits for. Each round uses another seed, so that no cache
helps, except for the live preview, where the same sketch under a moving slider is the point.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from artdesk.cli import common, options
from artdesk.cli.check import versions
from artdesk.cli.progress import ProgressBar
from artdesk.core.cancel import CancelToken
from artdesk.core.errors import BundleError, Cancelled
from artdesk.core.new_recipe import new_recipe
from artdesk.core.recipe import Canvas, Recipe, Word
from artdesk.engine.operations.reroll import rerolled
from artdesk.engine.pipeline import Engine

WORDS = (Word(text="calm"), Word(text="blue"))
PROBE_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        name: What was measured.
        unit: "s" or "MB".
        values: One number for each round.
    """

    name: str
    unit: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def p95(self) -> float:
        """The smallest value that 95 % of the rounds do not exceed."""
        ordered = sorted(self.values)
        return ordered[max(0, -(-len(ordered) * 95 // 100) - 1)]


def add_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument(
        "--rounds",
        type=options.whole_number(1, 1000),
        default=30,
        metavar="N",
        help="measurements of each kind (30)",
    )
    parser.add_argument("--json", action="store_true", help="print the table as JSON")
    parser.add_argument(
        "--probe", type=options.canvas, help=argparse.SUPPRESS
    )  # a child of this command: measures its own start and memory
    options.add_engine_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Measure and print; returns the exit status."""
    if arguments.probe is not None:
        print(json.dumps(_probe(arguments)))
        return 0
    engine = common.start_engine(arguments)
    rounds: int = arguments.rounds
    few = min(rounds, PROBE_ROUNDS)
    tasks: list[tuple[str, int, Callable[[int], float]]] = [
        ("256x256", rounds, lambda n: _picture(engine, 256, n)),
        ("live preview", rounds, lambda n: _preview(engine, n)),
        ("512x512", rounds, lambda n: _picture(engine, 512, n)),
        ("1024x1024", rounds, lambda n: _picture(engine, 1024, n)),
        ("2048x2048", few, lambda n: _picture(engine, 2048, n)),
        ("re-roll of a quarter", rounds, lambda n: _reroll(engine, n)),
        ("cancel at 512x512", rounds, lambda n: _cancel(engine, n)),
    ]
    rows: list[Row] = []
    total = sum(count for _, count, _ in tasks) + 2 * few
    with ProgressBar("Measuring", total, "rounds") as bar:
        done = 0
        for name, count, measure in tasks:
            measure(0)  # the first round pays for things that happen once
            values = []
            for number in range(1, count + 1):
                values.append(measure(number))
                done += 1
                bar.update(done)
            rows.append(Row(name, "s", tuple(values)))
        for side in (256, 1024):
            probes = []
            for _ in range(few):
                probes.append(_probe_child(arguments, side))
                done += 1
                bar.update(done)
            if side == 256:
                rows.append(Row("engine ready", "s", tuple(p["ready"] for p in probes)))
                rows.append(Row("first picture", "s", tuple(p["first"] for p in probes)))
            memory = tuple(p["memory"] for p in probes if p["memory"] is not None)
            if memory:
                rows.append(Row(f"memory at {side}x{side}", "MB", memory))
    _report(arguments, engine, rows)
    return 0


def _recipe(engine: Engine, side: int, seed: int) -> Recipe:
    """As `artdesk generate` asks for it: from memory where there is any."""
    new = new_recipe(remembers=engine.remembers)
    return replace(new, words=WORDS, canvas=Canvas(width=side, height=side), seed=seed)


def _picture(engine: Engine, side: int, number: int) -> float:
    recipe = _recipe(engine, side, number)
    begin = time.perf_counter()
    engine.generate(recipe)
    return time.perf_counter() - begin


def _preview(engine: Engine, number: int) -> float:
    recipe = _recipe(engine, 512, 1)
    sampling = replace(recipe.sampling, temperature_milli=800 + number % 400)
    recipe = replace(recipe, sampling=sampling)
    begin = time.perf_counter()
    engine.preview(recipe)
    return time.perf_counter() - begin


def _reroll(engine: Engine, number: int) -> float:
    """The lower right quarter of a picture of 512 pixels, drawn again with another seed."""
    picture = engine.generate(_recipe(engine, 512, 1))
    rows, columns = picture.tokens.shape
    mask = np.zeros((rows, columns), dtype=np.bool_)
    mask[rows // 2 :, columns // 2 :] = True
    recipe = rerolled(picture, mask, seed=number)
    begin = time.perf_counter()
    engine.generate(recipe)
    return time.perf_counter() - begin


def _cancel(engine: Engine, number: int) -> float:
    """From asking to having stopped, at a moment that moves through the picture."""
    token = CancelToken()
    started = threading.Event()
    asked = 0.0

    def ask() -> None:
        nonlocal asked
        started.wait()
        time.sleep(0.02 + 0.01 * (number % 20))
        asked = time.perf_counter()
        token.cancel()

    asker = threading.Thread(target=ask)
    asker.start()
    started.set()
    with suppress(Cancelled):
        while True:  # until the moment comes, also on a machine that is faster than it
            engine.generate(_recipe(engine, 512, number), token)
    stopped = time.perf_counter()
    asker.join()
    return max(0.0, stopped - asked)


def _probe(arguments: argparse.Namespace) -> dict[str, float | None]:
    """In a fresh process: seconds from its start and the most memory that it held."""
    engine = common.start_engine(arguments)
    ready = _age()
    engine.generate(_recipe(engine, arguments.probe.width, 1))
    return {"ready": ready, "first": _age(), "memory": _peak_memory()}


def _probe_child(arguments: argparse.Namespace, side: int) -> dict[str, Any]:
    program = (
        [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "artdesk"]
    )
    command = [*program, "bench", "--probe", str(side), "--threads", str(arguments.threads)]
    if arguments.bundle is not None:
        command += ["--bundle", str(arguments.bundle)]
    environment = dict(os.environ, ARTDESK_BENCH_START=repr(time.time()))
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise BundleError(f"The start could not be measured. {done.stderr.strip()[-300:]}")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _age() -> float:
    """Seconds since the parent started this process."""
    return time.time() - float(os.environ.get("ARTDESK_BENCH_START", time.time()))


def _peak_memory() -> float | None:
    """Most resident memory of this process in MB; None where the system does not tell."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def processor() -> str:
    """What the processor calls itself."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _report(arguments: argparse.Namespace, engine: Engine, rows: list[Row]) -> None:
    machine = {
        "processor": processor(),
        "cores": os.cpu_count(),
        "threads": arguments.threads,
        "model": engine.bundle.manifest.name,
        "bundle": engine.bundle.hash,
        "bundle_mb": round(sum(len(data) for data in engine.bundle.data.values()) / 1e6, 1),
        **versions(),
    }
    if arguments.json:
        table = [
            {
                "what": row.name,
                "unit": row.unit,
                "median": round(row.median, 4),
                "p95": round(row.p95, 4),
                "rounds": len(row.values),
            }
            for row in rows
        ]
        common.print_json({"machine": machine, "table": table})
        return
    print(
        f"{machine['processor']}, {machine['cores']} cores, {arguments.threads} threads, "
        f"{machine['system']}, onnxruntime {machine['onnxruntime']}"
    )
    print(f"model {machine['model']} ({engine.bundle.hash[:10]}, {machine['bundle_mb']} MB)")
    print()
    print(f"| {'what':<20} | {'median':>9} | {'p95':>9} | {'n':>4} |")
    print(f"|{'-' * 22}|{'-' * 10}:|{'-' * 10}:|{'-' * 5}:|")
    for row in rows:
        print(
            f"| {row.name:<20} | {_number(row.median, row.unit):>9} | "
            f"{_number(row.p95, row.unit):>9} | {len(row.values):>4} |"
        )


def _number(value: float, unit: str) -> str:
    return f"{value:.3f} s" if unit == "s" else f"{value:.0f} MB"
