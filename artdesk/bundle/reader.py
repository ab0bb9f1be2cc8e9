"""Open a model bundle, a folder or one .artpack file, and trust nothing in it unchecked.

Every file is read once, its hash is compared, and the very bytes that were checked are what the
engine loads, so nothing can change in between. No path of a bundle is ever followed: names are
flat, and a graph cannot point at other files.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from artdesk.bundle.manifest import FILE_NAME, MAX_MANIFEST_BYTES, Manifest
from artdesk.core.errors import BundleError

MAX_TOTAL_BYTES = 512 * 1024 * 1024
# What file managers drop into folders that people look at.
_IGNORED = {".DS_Store", "Thumbs.db", "desktop.ini", ".gitkeep"}


@dataclass(frozen=True, slots=True)
class Bundle:
    """A checked bundle in memory.

    Attributes:
        manifest: What it says about itself.
        hash: SHA-256 of manifest.json in hex; since that holds all other hashes, the identity
            of the whole.
        data: The bytes of every file.
    """

    manifest: Manifest
    hash: str
    data: Mapping[str, bytes]

    def file(self, name: str) -> bytes:
        """The bytes of one file; BundleError when the bundle has none of that name."""
        if name not in self.data:
            raise BundleError(
                f"The model bundle “{self.manifest.name}” has no {name}: export it again."
            )
        return self.data[name]

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """All arrays of one .npz file; BundleError when it is no such file."""
        data = self.file(name)
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                if sum(entry.file_size for entry in archive.infolist()) > MAX_TOTAL_BYTES:
                    raise ValueError("the arrays are too large")
            with np.load(io.BytesIO(data), allow_pickle=False) as archive_arrays:
                return {key: np.asarray(archive_arrays[key]) for key in archive_arrays.files}
        except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile) as error:
            raise BundleError(
                f"{name} in the model bundle holds no readable arrays: export the bundle again."
            ) from error


class _Source(Protocol):
    """Where files come from; `read` gives at most limit + 1 bytes."""

    def names(self) -> list[str]: ...
    def read(self, name: str, limit: int) -> bytes: ...


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> list[str]:
        return [entry.name for entry in self._path.iterdir()]

    def read(self, name: str, limit: int) -> bytes:
        with (self._path / name).open("rb") as file:
            return file.read(limit + 1)


class _Pack:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def names(self) -> list[str]:
        return self._archive.namelist()

    def read(self, name: str, limit: int) -> bytes:
        with self._archive.open(name) as file:
            return file.read(limit + 1)


def open_bundle(path: Path) -> Bundle:
    """Read and check a bundle folder or .artpack file.

    Raises:
        BundleError: It is missing, incomplete, altered, has a file too many or is of another
            version; the text names the file.
    """
    try:
        with _source(path) as source:
            return _read(path, source)
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        # zipfile raises the last three for encrypted, oddly packed and cut-off entries.
        raise BundleError(
            f"The model bundle {path} cannot be read: install it again or choose another one."
        ) from error


@contextmanager
def _source(path: Path) -> Iterator[_Source]:
    if path.is_dir():
        yield _Folder(path)
    elif path.is_file():
        if not zipfile.is_zipfile(path):
            raise BundleError(
                f"{path} is no model bundle: choose a bundle folder or an .artpack file."
            )
        with zipfile.ZipFile(path) as archive:
            yield _Pack(archive)
    else:
        raise BundleError(f"There is no model bundle at {path}: install it or choose another one.")


def _read(path: Path, source: _Source) -> Bundle:
    names = source.names()
    if FILE_NAME not in names:
        raise BundleError(
            f"{path} has no {FILE_NAME}: it is no whole model bundle, choose another."
        )
    text = source.read(FILE_NAME, MAX_MANIFEST_BYTES)
    try:
        manifest = Manifest.from_json(text.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BundleError(
            "The model bundle is damaged, its manifest is not readable: install it again."
        ) from error
    wanted = set(manifest.files) | {FILE_NAME}
    for name in sorted(wanted - set(names)):
        raise BundleError(f"The model bundle lacks {name}: install or export it again.")
    for name in sorted(set(names) - wanted - _IGNORED):
        raise BundleError(
            f"The model bundle holds the unknown file {name[:80]!r}: remove it or install the "
            "bundle again."
        )
    if len(names) != len(set(names)):
        raise BundleError("The model bundle holds a file twice: export it again.")
    if sum(entry.bytes for entry in manifest.files.values()) > MAX_TOTAL_BYTES:
        raise BundleError("The model bundle is too large to be one: choose another.")
    data: dict[str, bytes] = {}
    for name, entry in manifest.files.items():
        content = source.read(name, entry.bytes)
        if len(content) != entry.bytes or hashlib.sha256(content).hexdigest() != entry.sha256:
            raise BundleError(
                f"{name} in the model bundle was altered or is damaged: install or export the "
                "bundle again."
            )
        data[name] = content
    return Bundle(manifest, hashlib.sha256(text).hexdigest(), data)
