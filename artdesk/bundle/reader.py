"""Open a model bundle, a folder or one .artpack file, and trust nothing in it unchecked.

Every file is read once, its hash is compared, and the very bytes that were checked are what the
engine loads, so nothing can change in between. No path of a bundle is ever followed: names are
flat, and a graph cannot point at other files.
"""

import hashlib
import io
import lzma
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from artdesk.bundle.manifest import FILE_NAME, MAX_MANIFEST_BYTES, Manifest
from artdesk.core.errors import BundleError
from artdesk.core.reading import TooLargeError, read_file

MAX_TOTAL_BYTES = 512 * 1024 * 1024
MAX_ARRAY_BYTES = 128 * 1024 * 1024
"""Of all arrays of one file; the largest of the first model has four million bytes."""
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
        try:
            return read_arrays(self.file(name))
        except DAMAGED_ARRAYS as error:
            raise BundleError(
                f"{name} in the model bundle holds no readable arrays: export the bundle again."
            ) from error


def read_arrays(data: bytes, limit: int = MAX_ARRAY_BYTES) -> dict[str, NDArray[Any]]:
    """All arrays of a .npz file; only plain, finite numbers, and never more than it says.

    Args:
        data: The file.
        limit: Most bytes of all arrays together.

    Raises:
        ValueError: A name twice, an array of objects or texts, NaN, infinity, or a wrong size.
        DAMAGED_ARRAYS: What zipfile and numpy raise for damaged files.
    """
    arrays: dict[str, NDArray[Any]] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > limit:
            raise ValueError("the arrays are too large")
        for entry in archive.infolist():
            name = entry.filename.removesuffix(".npy")
            if name in arrays or name == entry.filename:
                raise ValueError(f"{name[:40]} is there twice or is no array")
            with archive.open(entry) as file:
                arrays[name] = _array(file.read())
    return arrays


def _array(data: bytes) -> NDArray[Any]:
    """One .npy file; its header is read before anything is made of its size."""
    file = io.BytesIO(data)
    major, _ = np.lib.format.read_magic(file)
    read_header = (
        np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
    )
    shape, columns_first, kind = read_header(file)
    if kind.kind not in "biuf" or kind.itemsize > 8:
        raise ValueError(f"{kind} is no plain number")
    size = kind.itemsize
    for length in shape:  # in whole numbers of Python, which do not overflow
        size *= length
    if min(shape, default=0) < 0 or size != len(data) - file.tell():
        raise ValueError(f"the shape {shape} does not fit the data")
    flat = np.frombuffer(data, dtype=kind, offset=file.tell())
    array = flat.reshape(shape, order="F" if columns_first else "C")
    if kind.kind == "f" and not np.isfinite(array).all():
        raise ValueError("a number is not finite")
    return array.astype(kind.newbyteorder("="))


_DAMAGED = (
    OSError,
    ValueError,
    EOFError,
    OverflowError,
    MemoryError,
    RuntimeError,
    NotImplementedError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
)
"""What zipfile raises for encrypted, oddly packed, cut-off and invented entries."""
DAMAGED_ARRAYS = (*_DAMAGED, KeyError, TypeError, IndexError, SyntaxError, tokenize.TokenError)
"""What `read_arrays`, and looking into what it gives, raise."""


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
        try:
            return read_file(self._path / name, limit)
        except TooLargeError:
            return b"x" * (limit + 1)


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
    except _DAMAGED as error:
        raise BundleError(
            f"The model bundle {path} cannot be read: install it again or choose another one."
        ) from error


@contextmanager
def _source(path: Path) -> Iterator[_Source]:
    if path.is_dir():
        yield _Folder(path)
    elif path.is_file():
        if path.stat().st_size > MAX_TOTAL_BYTES or not zipfile.is_zipfile(path):
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
