"""Builds what people download: a folder that runs without Python, and from it the packages.

`make package` runs this; `python packaging/build.py --help` names the parts. docs/packaging.md says
what is inside and how large it is. Each step starts from the locks, and two builds of one commit on
one machine give the same files.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import linux_packages

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "build" / "package"
FREEZE_LOCK = ROOT / "packaging" / "locks" / "freeze.txt"


def main() -> int:
    """Build the wanted parts; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "parts",
        nargs="*",
        default=["folder"],
        choices=["folder", "archive", "deb", "appimage"],
        help="folder is always built; archive, deb and appimage are made of it on Linux",
    )
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="folder for the results")
    parser.add_argument(
        "--appimage-runtime",
        type=Path,
        metavar="FILE",
        help="the AppImage project's type 2 runtime, which is put before the image",
    )
    options = parser.parse_args()
    out: Path = options.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    epoch = build_epoch()
    version = app_version()
    folder = build_folder(out, version, epoch)
    made = [out / f"artdesk-{version}.cdx.json"]
    if sys.platform.startswith("linux"):
        package = linux_packages.Package(folder, out, version, epoch)
        if "archive" in options.parts:
            made.append(package.archive())
        if "deb" in options.parts:
            made.append(package.deb())
        if "appimage" in options.parts:
            if options.appimage_runtime is None:
                parser.error("appimage needs --appimage-runtime; docs/packaging.md says why")
            made.append(package.appimage(options.appimage_runtime))
    write_checksums(out / "SHA256SUMS", made)
    for path in [folder, *made]:
        print(f"{megabytes(path):8.1f} MB  {path.name}")
    return 0


def build_epoch() -> int:
    """Time that the results carry, Unix seconds: of the last commit, or SOURCE_DATE_EPOCH."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    command = ["git", "log", "-1", "--format=%ct"]
    return int(subprocess.check_output(command, cwd=ROOT, text=True))


def app_version() -> str:
    """The version of the app."""
    command = [sys.executable, "-c", "import artdesk; print(artdesk.__version__)"]
    return subprocess.check_output(command, cwd=ROOT, text=True).strip()


def build_folder(out: Path, version: str, epoch: int) -> Path:
    """Pack the app into a folder with its licences, and write its bill of materials.

    Returns:
        The folder.
    """
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    python, report = environment()
    target = out / "artdesk"
    shutil.rmtree(target, ignore_errors=True)
    run(
        *(str(python), "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"),
        *("--distpath", str(out), "--workpath", str(WORK / "freeze")),
        str(ROOT / "packaging" / "artdesk.spec"),
        # Sets and dicts of the packed modules are written in one order.
        variables={"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": str(epoch)},
    )
    if sys.platform.startswith("linux"):
        # Three quarters of the interpreter's library are for debuggers.
        for library in (target / "_internal").glob("libpython*"):
            run("strip", "--strip-unneeded", str(library))
    run(
        *(str(python), str(ROOT / "packaging" / "sbom.py"), "--report", str(report)),
        *("--sources", str(WORK / "freeze" / "artdesk" / "sources.json")),
        *("--version", version, "--epoch", str(epoch)),
        *("--licences", str(resources(target) / "LICENSES" / "packages")),
        *("--out", str(out / f"artdesk-{version}.cdx.json")),
    )
    return target


def resources(folder: Path) -> Path:
    """The app's data in a packed folder."""
    return folder / "_internal" / "artdesk" / "resources"


def environment() -> tuple[Path, Path]:
    """A fresh environment with exactly what the lock names.

    Returns:
        Its Python, and pip's report of what was installed.
    """
    place = WORK / "environment"
    run(sys.executable, "-m", "venv", str(place))
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    report = WORK / "installed.json"
    run(
        *(str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps"),
        *("--report", str(report), "--requirement", str(FREEZE_LOCK)),
    )
    return python, report


def run(*command: str, variables: Mapping[str, str] | None = None) -> None:
    """Run a program, or end with its error."""
    subprocess.run(command, cwd=ROOT, env={**os.environ, **(variables or {})}, check=True)


def write_checksums(path: Path, files: list[Path]) -> None:
    """Write the checksums in the form that `sha256sum --check` reads."""
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    path.write_text("".join(sorted(lines)), encoding="utf-8")


def megabytes(path: Path) -> float:
    """Size of a file, or of all files of a folder without counting links."""
    files = [path] if path.is_file() else [f for f in path.rglob("*") if f.is_file()]
    return sum(file.stat().st_size for file in files if not file.is_symlink()) / 1e6


if __name__ == "__main__":
    sys.exit(main())
