"""A collection: works that the model remembers, as token maps with their credits.

One file of plain arrays (.npz without pickle). Token maps are packed one by one, so that opening a
collection reads only its table, and a picture unpacks only the works that it is painted from. The
names of codes mean something for one codebook only, so a collection names the tokenizer that
encoded it and is refused beside another. As a pack of its own it is a bundle with this single
file: its manifest holds the hash, and every byte is checked before it is read.
"""

import hashlib
import io
import lzma
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artdesk.bundle.reader import DAMAGED_ARRAYS, read_arrays
from artdesk.core import strict_json
from artdesk.core.attributes import ATTRIBUTE_COUNT
from artdesk.core.errors import BundleError

FILE_NAME = "collection.npz"
FORMAT = "artdesk-collection"
VERSION = 1
LEVELS = (256, 512, 1024)
"""Pixels of the shorter side at each level of detail, coarse to fine."""

CELL_COLOUR_ONE = 256
"""Steps of a stored cell colour in one unit of Oklab; lightness is stored less a half."""

PALETTE_COLOURS = 5
MAX_WORKS = 20_000
MAX_SIDE = 4 * LEVELS[-1] // 8
MAX_BYTES = 256 * 1024 * 1024
_MAX_TABLE = 64 * 1024 * 1024
_MAX_TEXT = 300
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
SOURCES = ("painting", "constructed", "own")
# Neighbouring tokens are two bytes apart: position bits for that, none for text (lc, lp, pb).
# The small dictionary bounds what a hostile file can make the unpacker allocate.
_FILTERS: list[dict[str, Any]] = [
    {"id": lzma.FILTER_LZMA2, "preset": 9, "dict_size": 1 << 17, "lc": 0, "lp": 1, "pb": 1}
]

Tokens = NDArray[np.uint16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Who made a remembered work and what its token maps measure.

    Attributes:
        id: Short ASCII name, the same in every collection.
        title: What the work is called; may be empty.
        artist: Who painted it; empty for constructed works.
        year: As text, since many are circa; may be empty.
        source: painting, constructed or own.
        family: What constructed it; empty for paintings.
        licence: Why it may be remembered.
        origin: Where the file came from.
        shapes: Rows and columns of the token map at each level, coarse to fine.
    """

    id: str
    title: str = ""
    artist: str = ""
    year: str = ""
    source: str = "own"
    family: str = ""
    licence: str = ""
    origin: str = ""
    shapes: tuple[tuple[int, int], ...] = ()

    @property
    def credit(self) -> str:
        """One line that names the work and its artist."""
        if self.source == "constructed":
            return f"{self.family.replace('_', ' ')} (constructed)"
        name = self.title or "untitled"
        year = f", {self.year}" if self.year else ""
        return f"{self.artist}: {name}{year}" if self.artist else f"{name}{year}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WorkEntry:
    """A work with all that is remembered of it.

    Attributes:
        work: Its credits.
        attributes: int8 [29], measured attributes as percentiles, -127..127.
        palette: sRGB uint8 [5, 3].
        shares: uint16 [5], thousandths of each colour.
        colours: int8 [ceil(h / 2), ceil(w / 2), 3], Oklab of the cells of 2 x 2 tokens of the
            coarsest level, in steps of 1/256; lightness less a half.
        blocks: The packed token map of each level.
    """

    work: Work
    attributes: NDArray[np.int8]
    palette: NDArray[np.uint8]
    shares: NDArray[np.uint16]
    colours: NDArray[np.int8]
    blocks: tuple[bytes, ...]


def pack_tokens(tokens: Tokens) -> bytes:
    """Compress a token map uint16 [h, w]."""
    return lzma.compress(tokens.astype("<u2").tobytes(), lzma.FORMAT_RAW, filters=_FILTERS)


def unpack_tokens(block: bytes, shape: tuple[int, int], codes: int) -> Tokens:
    """Undo `pack_tokens`.

    Args:
        block: What it made.
        shape: Rows and columns.
        codes: Size of the codebook.

    Raises:
        BundleError: The block is damaged.
    """
    size = shape[0] * shape[1] * 2
    try:
        unpacker = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=_FILTERS)
        raw = unpacker.decompress(block, size + 1)
    except lzma.LZMAError as error:
        raise _damaged("a work cannot be unpacked") from error
    if len(raw) != size:
        raise _damaged("a work is cut off")
    tokens = np.frombuffer(raw, dtype="<u2").reshape(shape).astype(np.uint16)
    if int(tokens.max(initial=0)) >= codes:
        raise _damaged("a work has codes that the model lacks")
    return tokens


def tokenizer_hash(codebook: NDArray[np.float32]) -> str:
    """Identity of what tokens mean: SHA-256 of the codebook float32 [K, D], in hex."""
    return hashlib.sha256(np.ascontiguousarray(codebook, dtype="<f4").tobytes()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Collection:
    """An open collection.

    Attributes:
        name: What people call it.
        tokenizer: `tokenizer_hash` of the model that encoded it.
        codes: Size of that model's codebook.
        works: The works, sorted by id.
        attributes: int8 [W, 29].
        palettes: sRGB uint8 [W, 5, 3].
        shares: uint16 [W, 5].
        cells: int8 [cells of all works, 3]; `colours` gives those of one.
        blocks: uint8 [..], all packed token maps in a row.
        starts: int64 [maps + 1], where each begins.
    """

    name: str
    tokenizer: str
    codes: int
    works: tuple[Work, ...]
    attributes: NDArray[np.int8]
    palettes: NDArray[np.uint8]
    shares: NDArray[np.uint16]
    cells: NDArray[np.int8]
    blocks: NDArray[np.uint8]
    starts: NDArray[np.int64]
    _places: dict[str, int] = field(init=False, default_factory=dict)
    _first_map: list[int] = field(init=False, default_factory=list)
    _first_cell: list[int] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        maps = cells = 0
        for number, work in enumerate(self.works):
            self._places[work.id] = number
            self._first_map.append(maps)
            self._first_cell.append(cells)
            rows, columns = cell_shape(work.shapes[0])
            maps += len(work.shapes)
            cells += rows * columns
        ordered = bool((np.diff(self.starts) > 0).all())
        if len(self._places) != len(self.works):
            raise _damaged("it holds a work twice")
        if self.cells.shape != (cells, 3) or self.starts.shape != (maps + 1,) or not ordered:
            raise _damaged("its table does not fit its works")
        if maps and (self.starts[0] != 0 or self.starts[-1] != len(self.blocks)):
            raise _damaged("its table does not fit its works")

    def __len__(self) -> int:
        return len(self.works)

    def index(self, identity: str) -> int | None:
        """The place of a work by its id, or None."""
        return self._places.get(identity)

    def colours(self, index: int) -> NDArray[np.int8]:
        """Cell colours of a work, int8 [rows, columns, 3] as in `WorkEntry`."""
        rows, columns = cell_shape(self.works[index].shapes[0])
        first = self._first_cell[index]
        return self.cells[first : first + rows * columns].reshape(rows, columns, 3)

    def tokens(self, index: int, level: int) -> Tokens:
        """The token map of a work at a level, uint16 [h, w]; BundleError when damaged."""
        return unpack_tokens(self._block(index, level), self.works[index].shapes[level], self.codes)

    def entry(self, index: int) -> WorkEntry:
        """All of one work, still packed."""
        work = self.works[index]
        return WorkEntry(
            work=work,
            attributes=self.attributes[index],
            palette=self.palettes[index],
            shares=self.shares[index],
            colours=self.colours(index),
            blocks=tuple(self._block(index, level) for level in range(len(work.shapes))),
        )

    def _block(self, index: int, level: int) -> bytes:
        number = self._first_map[index] + level
        return self.blocks[self.starts[number] : self.starts[number + 1]].tobytes()


def cell_shape(shape: tuple[int, int]) -> tuple[int, int]:
    """Rows and columns of the cells of 2 x 2 tokens of a map."""
    return (shape[0] + 1) // 2, (shape[1] + 1) // 2


def write_collection(name: str, tokenizer: str, codes: int, entries: Sequence[WorkEntry]) -> bytes:
    """The bytes of a collection; the same entries give the same bytes.

    Args:
        name: What people call it.
        tokenizer: `tokenizer_hash` of the model.
        codes: Size of its codebook.
        entries: The works; they are sorted by id.
    """
    entries = sorted(entries, key=lambda entry: entry.work.id)
    table = {
        "format": FORMAT,
        "version": VERSION,
        "name": name,
        "tokenizer": tokenizer,
        "codes": codes,
        "works": [
            {**asdict(entry.work), "shapes": [list(shape) for shape in entry.work.shapes]}
            for entry in entries
        ],
    }
    text = strict_json.dump(table).encode("utf-8")
    cells = [entry.colours.reshape(-1, 3) for entry in entries]
    blocks = [block for entry in entries for block in entry.blocks]

    def stacked(name: str, kind: type, *shape: int) -> NDArray[Any]:
        rows = [getattr(entry, name) for entry in entries]
        return np.array(rows, dtype=kind).reshape(len(entries), *shape)

    arrays: dict[str, NDArray[Any]] = {
        "attributes": stacked("attributes", np.int8, ATTRIBUTE_COUNT),
        "blocks": np.frombuffer(b"".join(blocks), dtype=np.uint8),
        "cells": _squeezed(np.concatenate([np.zeros((0, 3), np.int8), *cells])),
        "palettes": stacked("palette", np.uint8, PALETTE_COLOURS, 3),
        "shares": stacked("shares", np.uint16, PALETTE_COLOURS),
        "starts": np.cumsum([0, *(len(block) for block in blocks)], dtype=np.int64),
        "table": np.frombuffer(zlib.compress(text, 9), dtype=np.uint8),
    }
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type] # numpy's types take the names for options
    return buffer.getvalue()


def read_collection(data: bytes) -> Collection:
    """Open a collection.

    Args:
        data: What `write_collection` made; its hash is checked by whoever read it.

    Raises:
        BundleError: It is no collection, damaged, or of a newer version.
    """
    try:
        return _read(read_arrays(data, MAX_BYTES))
    except DAMAGED_ARRAYS as error:
        raise _damaged("it cannot be read") from error


def _read(arrays: Mapping[str, NDArray[Any]]) -> Collection:
    text = _unsqueezed(arrays["table"], _MAX_TABLE).decode("utf-8")
    table = strict_json.load(text, _MAX_TABLE)
    if table.get("format") != FORMAT:
        raise _damaged("its table is of another kind")
    version = table.get("version")
    if type(version) is int and version > VERSION:
        raise BundleError("This collection was made by a newer ArtDesk: update ArtDesk to open it.")
    name, tokenizer, codes = table["name"], table["tokenizer"], table["codes"]
    if type(version) is not int or version != VERSION:
        raise _damaged("its version is not usable")
    if not isinstance(name, str) or not 1 <= len(name) <= 80 or not name.isprintable():
        raise _damaged("its name is no text of 1 to 80 characters")
    if not isinstance(tokenizer, str) or _SHA256.fullmatch(tokenizer) is None:
        raise _damaged("it names no tokenizer")
    if type(codes) is not int or not 2 <= codes <= 1 << 16:
        raise _damaged("its number of codes is not usable")
    entries = table["works"]
    if not isinstance(entries, list) or len(entries) > MAX_WORKS:
        raise _damaged(f"it lists more than {MAX_WORKS} works")
    works = tuple(_work(entry) for entry in entries)
    count = len(works)
    cells = sum(rows * columns for rows, columns in (cell_shape(w.shapes[0]) for w in works))
    return Collection(
        name=name,
        tokenizer=tokenizer,
        codes=codes,
        works=works,
        attributes=_checked(arrays["attributes"], np.int8, (count, ATTRIBUTE_COUNT)),
        palettes=_checked(arrays["palettes"], np.uint8, (count, PALETTE_COLOURS, 3)),
        shares=_checked(arrays["shares"], np.uint16, (count, PALETTE_COLOURS)),
        cells=_unmade(arrays["cells"], cells),
        blocks=_checked(arrays["blocks"], np.uint8, (arrays["blocks"].size,)),
        starts=_checked(arrays["starts"], np.int64, (arrays["starts"].size,)),
    )


_WORK_FIELDS = {entry.name for entry in fields(Work)}


def _work(data: object) -> Work:
    if not isinstance(data, dict) or data.keys() != _WORK_FIELDS:
        raise _damaged("a work lacks a field or has an unknown one")
    shapes = data.pop("shapes")
    if not all(isinstance(text, str) and len(text) <= _MAX_TEXT for text in data.values()):
        raise _damaged("the credits of a work are no texts")
    if _ID.fullmatch(data["id"]) is None or data["source"] not in SOURCES:
        raise _damaged("a work has no usable id or source")
    if not isinstance(shapes, list) or not 1 <= len(shapes) <= len(LEVELS):
        raise _damaged("a work has no levels")
    sizes = []
    for shape in shapes:
        rows, columns = shape
        if not all(type(side) is int and 1 <= side <= MAX_SIDE for side in (rows, columns)):
            raise _damaged("a work has a size that is not allowed")
        sizes.append((rows, columns))
    return Work(**data, shapes=tuple(sizes))


def _checked(values: NDArray[Any], kind: type, shape: tuple[int, ...]) -> NDArray[Any]:
    if values.dtype != kind or values.shape != shape:
        raise ValueError(f"an array is {values.dtype} {values.shape}, not {kind} {shape}")
    return values


def _squeezed(cells: NDArray[np.int8]) -> NDArray[np.uint8]:
    """Cell colours as differences along the row, channel by channel, which pack well."""
    steps = np.diff(cells, axis=0, prepend=np.zeros((1, 3), np.int8))
    return np.frombuffer(zlib.compress(np.ascontiguousarray(steps.T).tobytes(), 9), dtype=np.uint8)


def _unmade(packed: NDArray[Any], count: int) -> NDArray[np.int8]:
    raw = _unsqueezed(packed, 3 * count)
    if len(raw) != 3 * count:
        raise ValueError("the cells are cut off")
    steps = np.frombuffer(raw, dtype=np.int8).reshape(3, count)
    return np.ascontiguousarray(np.cumsum(steps, axis=1, dtype=np.int8).T)  # wraps around


def _unsqueezed(packed: NDArray[Any], limit: int) -> bytes:
    if packed.dtype != np.uint8:
        raise ValueError("packed bytes are expected")
    unpacker = zlib.decompressobj()
    raw = unpacker.decompress(packed.tobytes(), limit + 1)
    if len(raw) > limit or not unpacker.eof:
        raise ValueError("packed bytes are too long or cut off")
    return raw


def _damaged(what: str) -> BundleError:
    return BundleError(f"The collection is damaged, {what}: use another copy of it.")
