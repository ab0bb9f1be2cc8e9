"""Renews the lock files: every package that ArtDesk installs, with version and hashes.

`make lock` runs this. The ranges of pyproject.toml stay what `pip install .` goes by; the locks are
what `make run`, `make test`, the builds and CI install, on Linux, macOS and Windows and from Python
3.11 on, with the pip that comes with Python 3.11.

The GPU libraries that PyPI's torch for Linux asks for stand in a lock of their own: the CPU build
of torch does without those gigabytes, and `make test` takes them only where torch cannot start
without them.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ROOT / "packaging" / "locks"
CPU_BUILDS = LOCKS / "torch-cpu.json"
OLDEST_PYTHON = "3.11"
# What each lock holds beside the app's own needs: extras of pyproject.toml.
EXTRAS = {"run": (), "train": ("train",), "dev": ("train", "dev"), "freeze": ("freeze",)}
GPU = "gpu"
CPU_TORCH = "torch-cpu"
_GPU_NAME = re.compile(r"^(nvidia-|cuda-|triton\b)")
# Makes the editable install possible without a download that no lock covers.
_EDITABLE = "editables"
_HEADER = """\
# {what}
# Written by `make lock`; not by hand. Install with:
#   python -m pip install --require-hashes --no-deps -r packaging/locks/{name}.txt
"""
_WHAT = {
    "run": "What the app needs, and what puts it into an environment.",
    "train": "What the app and the training need.",
    "dev": "What the app, the training and its developers need.",
    "freeze": "What the app needs, and what makes a folder of it that runs without Python.",
    CPU_TORCH: "torch without GPU libraries, not on PyPI; before train.txt or dev.txt.",
    GPU: "What PyPI's torch for Linux needs beside train.txt or dev.txt; its CPU build does not.",
}


def main() -> int:
    """Write all locks; returns the exit status."""
    parser = argparse.ArgumentParser(description="Renew the lock files in packaging/locks.")
    parser.add_argument(
        "--keep", action="store_true", help="keep the versions that still fit; add what is missing"
    )
    keep = parser.parse_args().keep
    with tempfile.TemporaryDirectory() as folder:
        build = Path(folder) / "build-system.in"
        build.write_text("\n".join([*build_needs(), _EDITABLE]) + "\n", encoding="utf-8")
        # All together first: each lock takes its versions, so that no two disagree.
        whole = Path(folder) / "whole.txt"
        if keep:
            # Without their hashes, which uv would keep as well, also of files that are gone.
            known = {pin for name in (*EXTRAS, GPU) for pin in pinned(LOCKS / f"{name}.txt")}
            whole.write_text("\n".join(sorted(known)) + "\n", encoding="utf-8")
        everything = dict.fromkeys(extra for extras in EXTRAS.values() for extra in extras)
        compile_lock(whole, build, everything, upgrade=not keep)
        write(GPU, [block for block in blocks(whole) if _GPU_NAME.match(block)])
        write(CPU_TORCH, [block for block in map(cpu_torch, blocks(whole)) if block])
        for name, extras in EXTRAS.items():
            part = Path(folder) / f"{name}.txt"
            compile_lock(part, build, extras, constraint=whole)
            write(name, [block for block in blocks(part) if not _GPU_NAME.match(block)])
    return 0


def build_needs() -> list[str]:
    """The requirements that build the package, from pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needs: list[str] = project["build-system"]["requires"]
    return needs


def compile_lock(
    output: Path,
    build: Path,
    extras: Iterable[str],
    upgrade: bool = False,
    constraint: Path | None = None,
) -> None:
    """Resolve one lock for every system with uv.

    Args:
        output: Where to write; versions that stand there already are preferred.
        build: Further requirements.
        extras: Extras of pyproject.toml.
        upgrade: Take the newest versions instead of those in `output`.
        constraint: A lock whose versions are to be taken.
    """
    command = [
        sys.executable,
        "-m",
        "uv",
        "pip",
        "compile",
        "--quiet",
        "--universal",
        "--no-header",
    ]
    command += [
        "--generate-hashes",
        "--python-version",
        OLDEST_PYTHON,
        "--output-file",
        str(output),
    ]
    command += [part for extra in extras for part in ("--extra", extra)]
    command += ["--upgrade"] if upgrade else []
    command += ["--constraint", str(constraint)] if constraint else []
    subprocess.run([*command, "pyproject.toml", str(build)], cwd=ROOT, check=True)


def pinned(lock: Path) -> list[str]:
    """The requirements of a lock without hashes."""
    return [block.splitlines()[0].removesuffix("\\").rstrip() for block in blocks(lock)]


def blocks(lock: Path) -> list[str]:
    """The requirements of a lock, each with its hashes and without remarks."""
    found: list[list[str]] = []
    for line in lock.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line.startswith(" "):
            found[-1].append(line)
        else:
            found.append([line])
    return ["\n".join(with_cpu_builds(lines)) for lines in found]


def with_cpu_builds(lines: Sequence[str]) -> list[str]:
    """A requirement, and if it is torch, with the hashes of its CPU builds, which PyPI lacks.

    Raises:
        SystemExit: The table has no hashes for this version of torch.
    """
    name, version = re.split(r"==|\s", lines[0])[:2]
    if name != "torch":
        return list(lines)
    builds = json.loads(CPU_BUILDS.read_text(encoding="utf-8")).get(version)
    if not builds:
        sys.exit(
            f"packaging/locks/torch-cpu.json knows no CPU build of torch {version}: add the "
            "SHA-256 of each file that torch's own index of CPU builds lists for Linux."
        )
    hashes = {line.strip(" \\") for line in lines[1:]}
    hashes |= {f"--hash=sha256:{digest}" for digest in builds.values()}
    return [lines[0], *(" \\\n".join(f"    {digest}" for digest in sorted(hashes)).split("\n"))]


def cpu_torch(block: str) -> str:
    """The requirement of torch's CPU build, "" for others.

    A lock of its own: of the files with known hashes pip prefers those whose index tells the hash,
    so that a CPU build in a plain folder loses against PyPI's.
    """
    name, version = re.split(r"==|\s", block)[:2]
    if name != "torch":
        return ""
    builds = json.loads(CPU_BUILDS.read_text(encoding="utf-8"))[version]
    hashes = sorted(f"--hash=sha256:{digest}" for digest in builds.values())
    return " \\\n    ".join([f"torch=={version}+cpu", *hashes])


def write(name: str, requirements: Sequence[str]) -> None:
    """Write a lock, ordered by name."""
    head = _HEADER.format(what=_WHAT[name], name=name)
    text = head + "\n".join(sorted(requirements)) + "\n"
    (LOCKS / f"{name}.txt").write_text(text, encoding="utf-8")
    print(f"packaging/locks/{name}.txt: {len(requirements)} packages")


if __name__ == "__main__":
    sys.exit(main())
