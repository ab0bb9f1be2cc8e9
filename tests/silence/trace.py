"""Runs a program under strace and reads what it did to the network and to the disk.

Python cannot see what a library of C++ does; the kernel can.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Every way to a socket, and to a new name or a written file. io_uring could go around all others.
NETWORK = ("socket", "connect", "sendto", "sendmsg", "sendmmsg", "bind", "io_uring_setup")
DISK = (
    *("open", "openat", "openat2", "creat", "mkdir", "mkdirat", "mknod", "mknodat", "truncate"),
    *("rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat"),
)
_CALL = re.compile(r"^(\w+)\((.*)\) += (-?\d+)(?:<(.*)>)?", re.DOTALL)
_TEXT = re.compile(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"')
_FAMILY = re.compile(r"socket\((\w+)")


@dataclass(frozen=True, slots=True)
class Trace:
    """What a program did.

    Attributes:
        sockets: Lines of strace of every call of `NETWORK` that is not about a local socket.
        written: Paths that were made, or opened to be written.
        lines: Number of calls that were seen, to know that strace looked at all.
    """

    sockets: tuple[str, ...]
    written: tuple[Path, ...]
    lines: int

    def written_outside(self, *folders: Path) -> list[Path]:
        """Written paths that are neither in `folders` nor a way to them."""
        return [
            path
            for path in self.written
            if not any(path.is_relative_to(folder) or path in folder.parents for folder in folders)
        ]


def strace_problem() -> str:
    """Why strace cannot watch a program here; "" when it can."""
    program = shutil.which("strace")
    if program is None:
        return "strace is not installed"
    command = [program, "-ff", "--seccomp-bpf", "-e", "trace=socket", "-o", os.devnull, "true"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return "" if run.returncode == 0 else f"strace does not work: {run.stderr.strip()[:200]}"


def start(
    command: Sequence[str], folder: Path, home: Path, environment: Mapping[str, str]
) -> subprocess.Popen[str]:
    """Start a program under strace; `read_trace` of the same folder reads what was seen.

    Args:
        command: The program and its arguments.
        folder: Receives a file for each thread; with -ff no line is ever cut in two.
        home: Working directory.
        environment: The whole environment.
    """
    folder.mkdir(parents=True)
    # By its full path: the program's environment may have none.
    watch = [
        shutil.which("strace") or "strace",
        "-ff",
        "-y",
        "-s",
        "4096",
        "-qq",
        "--seccomp-bpf",
        "-e",
        "signal=none",
    ]
    watch += ["-e", "trace=" + ",".join((*NETWORK, *DISK)), "-o", str(folder / "thread"), "--"]
    return subprocess.Popen(
        [*watch, *command],
        cwd=home,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def read_trace(folder: Path, home: Path) -> Trace:
    """Read what `start` has written."""
    sockets: list[str] = []
    written: list[Path] = []
    count = 0
    for file in sorted(folder.glob("thread.*")):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            found = _CALL.match(line)
            if found is None:
                continue
            count += 1
            name, arguments, result, opened = found.groups()
            if name in NETWORK:
                if not _is_local(name, line):
                    sockets.append(line)
            elif int(result) >= 0:
                written += _paths(name, arguments, opened, home)
    return Trace(tuple(sockets), tuple(written), count)


def _is_local(name: str, line: str) -> bool:
    """Whether a call is about sockets of this machine's file system only.

    Qt asks the session bus in this way where there is one, and the C library asks nscd.
    """
    if name == "socket":
        found = _FAMILY.match(line)
        return found is not None and found[1] in ("AF_UNIX", "AF_LOCAL")
    # -y shows a descriptor as 7<UNIX:…>; what was sent names no address then.
    return "<UNIX" in line or "sa_family=AF_UNIX" in line


def _paths(name: str, arguments: str, opened: str | None, home: Path) -> list[Path]:
    if name in ("open", "openat", "openat2", "creat"):
        if name != "creat" and not re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", arguments):
            return []
        return [] if opened is None or opened.startswith("/dev/null") else [Path(opened)]
    return [home / (at or "") / text for at, text in _TEXT.findall(arguments)]
