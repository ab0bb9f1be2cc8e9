"""Linux packages of the packed folder: a .tar.xz, a .deb and an AppImage."""

import os
import platform
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINUX = ROOT / "packaging" / "linux"
ICONS = ROOT / "resources" / "icon"
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_GLIBC = re.compile(rb"GLIBC_2\.(\d+)\b")

# What even a packed window takes from the system: keyboard layouts and fonts' settings.
DEPENDS = "libc6 (>= 2.{glibc}), xkb-data"
RECOMMENDS = "fontconfig-config, fonts-dejavu-core, shared-mime-info, desktop-file-utils"
CONTROL = """\
Package: artdesk
Version: {version}
Architecture: {architecture}
Maintainer: The ArtDesk project <artdesk@localhost>
Installed-Size: {size}
Depends: {depends}
Recommends: {recommends}
Section: graphics
Priority: optional
Description: Offline studio for abstract pictures
 Type adjectives, choose a palette, move the sliders: the picture follows on an
 ordinary processor. No account, no network; everything that made a picture is
 kept inside its file.
"""
# dpkg runs it as root, who does not know whose pictures they are: it says where everybody's lie.
POST_REMOVE = """\
#!/bin/sh
set -e
if [ "$1" = remove ] || [ "$1" = purge ]; then
    echo "ArtDesk is gone; pictures and history stay, for each user in"
    echo "~/Pictures/ArtDesk and ~/.local/share/artdesk."
fi
"""
APP_RUN = """\
#!/bin/sh
exec "$(dirname "$(readlink -f "$0")")/usr/lib/artdesk/artdesk" "$@"
"""


@dataclass(frozen=True, slots=True)
class Package:
    """The packed app, and what its packages are called.

    Attributes:
        folder: The packed app.
        out: Where packages are written.
        version: Of the app.
        epoch: Time that all files carry, Unix seconds.
    """

    folder: Path
    out: Path
    version: str
    epoch: int

    def archive(self) -> Path:
        """The folder with its desktop files as .tar.xz."""
        target = self.out / f"artdesk-{self.version}-linux-{platform.machine()}.tar.xz"
        with self._tree() as tree:
            top = tree / f"artdesk-{self.version}"
            shutil.copytree(self.folder, top, symlinks=True)
            shutil.copytree(LINUX / "user", top, dirs_exist_ok=True)
            self._share(top / "share")
            plain = tree / "archive.tar"
            with tarfile.open(plain, "w", format=tarfile.GNU_FORMAT) as tar:
                for path in [top, *sorted(top.rglob("*"))]:
                    name = path.relative_to(tree).as_posix()
                    tar.add(path, name, recursive=False, filter=self._plain)
            with target.open("wb") as stream:
                # Blocks of a fixed size: the number of threads does not show in the result.
                command = ["xz", "-6", "-T2", "--block-size=64MiB", "--stdout", str(plain)]
                subprocess.run(command, stdout=stream, check=True)
        return target

    def deb(self) -> Path:
        """A package for Debian and Ubuntu."""
        architecture = _ARCHITECTURES[platform.machine()]
        target = self.out / f"artdesk_{self.version}_{architecture}.deb"
        with self._tree() as tree:
            self._install(tree / "usr")
            link = tree / "usr" / "bin" / "artdesk"
            link.parent.mkdir()
            link.symlink_to("../lib/artdesk/artdesk")
            copyright_file = tree / "usr" / "share" / "doc" / "artdesk" / "copyright"
            copyright_file.parent.mkdir(parents=True)
            shutil.copyfile(ROOT / "resources" / "LICENSES" / "README.md", copyright_file)
            files = [p for p in tree.rglob("*") if p.is_file() and not p.is_symlink()]
            size = sum(path.stat().st_size for path in files) // 1024
            control = tree / "DEBIAN"
            control.mkdir()
            text = CONTROL.format(
                version=self.version,
                architecture=architecture,
                size=size,
                depends=DEPENDS.format(glibc=newest_glibc(self.folder)),
                recommends=RECOMMENDS,
            )
            (control / "control").write_text(text, encoding="utf-8")
            (control / "postrm").write_text(POST_REMOVE, encoding="utf-8")
            (control / "postrm").chmod(0o755)
            self._date(tree)
            command = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z6", "--build"]
            self._run(*command, str(tree), str(target))
        return target

    def appimage(self, runtime: Path) -> Path:
        """One file that runs on most distributions.

        Args:
            runtime: The AppImage project's type 2 runtime for this architecture.
        """
        target = self.out / f"ArtDesk-{self.version}-{platform.machine()}.AppImage"
        with self._tree() as tree:
            image = tree / "image.squashfs"
            top = tree / "AppDir"
            self._install(top / "usr")
            (top / "AppRun").write_text(APP_RUN, encoding="utf-8")
            (top / "AppRun").chmod(0o755)
            shutil.copyfile(LINUX / "artdesk.desktop", top / "artdesk.desktop")
            shutil.copyfile(ICONS / "artdesk-256.png", top / "artdesk.png")
            (top / ".DirIcon").symlink_to("artdesk.png")
            self._date(top)
            command = ["mksquashfs", str(top), str(image), "-root-owned", "-noappend", "-quiet"]
            # The times come from SOURCE_DATE_EPOCH; zstd is what the runtime reads fastest.
            self._run(*command, "-no-progress", "-comp", "zstd", "-Xcompression-level", "19")
            target.write_bytes(runtime.read_bytes() + image.read_bytes())
            target.chmod(0o755)
        return target

    @contextmanager
    def _tree(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(dir=self.out) as folder:
            tree = Path(folder) / "tree"
            tree.mkdir(mode=0o755)
            yield tree

    def _install(self, prefix: Path) -> None:
        """The app and its desktop files below a prefix such as /usr."""
        shutil.copytree(self.folder, prefix / "lib" / "artdesk", symlinks=True)
        self._share(prefix / "share")

    def _share(self, share: Path) -> None:
        """Icons, menu entry, types of files and the description for software centres."""
        places = {LINUX / "artdesk.desktop": "applications", LINUX / "artdesk.xml": "mime/packages"}
        places[ICONS / "artdesk.svg"] = "icons/hicolor/scalable/apps"
        for source, place in places.items():
            (share / place).mkdir(parents=True)
            shutil.copyfile(source, share / place / source.name)
        for icon in ICONS.glob("artdesk-*.png"):
            side = icon.stem.rpartition("-")[2]
            apps = share / "icons" / "hicolor" / f"{side}x{side}" / "apps"
            apps.mkdir(parents=True)
            shutil.copyfile(icon, apps / "artdesk.png")
        date = datetime.fromtimestamp(self.epoch, UTC).strftime("%Y-%m-%d")
        text = (LINUX / "artdesk.metainfo.xml").read_text(encoding="utf-8")
        text = text.replace("@VERSION@", self.version).replace("@DATE@", date)
        (share / "metainfo").mkdir()
        (share / "metainfo" / "artdesk.metainfo.xml").write_text(text, encoding="utf-8")

    def _date(self, tree: Path) -> None:
        """Give everything one time and plain rights."""
        for path in [tree, *tree.rglob("*")]:
            os.utime(path, (self.epoch, self.epoch), follow_symlinks=False)
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)

    def _plain(self, entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = self.epoch
        if not entry.issym():
            entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
        return entry

    def _run(self, *command: str) -> None:
        variables = {**os.environ, "SOURCE_DATE_EPOCH": str(self.epoch)}
        subprocess.run(command, env=variables, check=True, stdout=subprocess.DEVNULL)


def newest_glibc(folder: Path) -> int:
    """The newest minor version of glibc 2 that a binary of the folder asks for."""
    versions = [0]
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            if data.startswith(b"\x7fELF"):
                versions += [int(found) for found in _GLIBC.findall(data)]
    return max(versions)
