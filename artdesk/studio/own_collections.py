"""The artist's own collections: pictures remembered from folders, kept under the user's folder.

Each is one pack, written whole or not at all: after some seconds of adding and at the end, so that
a crash loses the pictures of some seconds and damages none that were there.
"""

import hashlib
import os
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from artdesk.bundle.collection import (
    FILE_NAME,
    Collection,
    Work,
    WorkEntry,
    read_collection,
    write_collection,
)
from artdesk.bundle.manifest import FileEntry, Manifest
from artdesk.bundle.reader import Bundle, open_bundle
from artdesk.bundle.writer import write_pack
from artdesk.core import atomic, paths
from artdesk.core.aside import move_aside
from artdesk.core.errors import BundleError, OutputError, PictureError, RecipeError
from artdesk.engine.memory.bank import SHIPPED
from artdesk.engine.memory.encoder import WorkEncoder
from artdesk.engine.pipeline import Engine
from artdesk.pictures.files import open_any_image

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp", ".gif"})
LICENCE = "own"
LEAST_SIDE = 32
"""Pixels below which a picture shows no touch that could be quoted."""

LONGEST = 2048
_SAVED_EVERY = 10.0  # seconds
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Added:
    """What came of adding pictures.

    Attributes:
        works: Ids of the works that are new.
        known: How many pictures were remembered already.
        failed: A sentence for each picture that cannot be used.
    """

    works: tuple[str, ...]
    known: int
    failed: tuple[str, ...]


def folder() -> Path:
    """Where the artist's collections are kept."""
    return paths.data_folder() / "collections"


def path_of(name: str) -> Path:
    """The file of a collection by its name.

    Raises:
        RecipeError: The name cannot be used.
    """
    text = name.strip()
    if not 1 <= len(text) <= _LONGEST_NAME or not text.isprintable() or text == SHIPPED:
        raise RecipeError(
            f"A collection cannot be called {name[:24]!r}: use 1 to {_LONGEST_NAME} readable "
            f"characters, and not “{SHIPPED}”."
        )
    plain = re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-").lower()[:40] or "collection"
    # Names that differ in case or accents alone must not share a file.
    return folder() / f"{plain}-{hashlib.sha256(text.encode()).hexdigest()[:8]}.artpack"


def load(tokenizer: str) -> tuple[list[tuple[str, Collection]], list[str]]:
    """Open all own collections.

    Args:
        tokenizer: Of the model; collections of another one are left where they are.

    Returns:
        Name and collection of each, and a sentence for each that cannot be used. A damaged one
        is moved aside.
    """
    found, problems = [], []
    for path in sorted(folder().glob("*.artpack")) if folder().is_dir() else []:
        try:
            collection = read_pack(path)
        except BundleError as error:
            if not os.access(path, os.R_OK):  # rights can be mended: it may be whole
                problems.append(str(error))
                continue
            try:
                problems.append(f"{error} It was moved to {move_aside(path)}.")
            except OutputError:
                problems.append(str(error))
            continue
        if collection.tokenizer == tokenizer:
            found.append((collection.name, collection))
        else:
            problems.append(
                f"The collection “{collection.name}” was made with another model: add its "
                "pictures again."
            )
    return found, problems


def attach(engine: Engine) -> list[str]:
    """Let an engine paint from the artist's collections; sentences about those that it cannot."""
    found, problems = load(engine.memory.tokenizer)
    engine.memory.use(found)
    return problems


def is_collection(path: Path) -> bool:
    """Whether a pack is a collection rather than a model; one that cannot be read is neither."""
    try:
        return set(open_bundle(path).data) == {FILE_NAME}
    except BundleError:
        return False


def read_pack(path: Path) -> Collection:
    """Open a collection from a pack; BundleError when it is damaged or of another kind."""
    return read_collection(open_bundle(path).file(FILE_NAME))


def find(name: str, tokenizer: str) -> Collection:
    """One of the artist's collections by its name; RecipeError when there is none."""
    for known, collection in load(tokenizer)[0]:
        if known == name.strip():
            return collection
    raise RecipeError(f"There is no collection “{name[:60]}” of your own: check the name.")


def add(
    engine: Engine,
    name: str,
    files: Sequence[Path],
    threads: int = 2,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Added:
    """Remember pictures.

    Args:
        engine: Its model encodes them; it paints from them afterwards.
        name: Of the collection; made if there is none.
        files: Pictures and folders, which are searched to any depth.
        threads: Threads of the encoder.
        progress: Told pictures done and pictures to do.

    Raises:
        PictureError: There is no picture among the files.
        OutputError: The collection cannot be written; what was written before is whole.
    """
    path = path_of(name)
    pictures = picture_files(files)
    tokenizer = engine.memory.tokenizer
    entries = {}
    if path.exists():
        old = find(name, tokenizer)
        entries = {work.id: old.entry(place) for place, work in enumerate(old.works)}
    encoder = WorkEncoder(engine.bundle, threads)
    fresh: list[str] = []
    failed: list[str] = []
    known = 0
    saved = time.monotonic()
    for number, picture in enumerate(pictures):
        try:
            entry = _remembered(encoder, picture)
            if any(one.endswith(entry.work.id[-13:]) for one in entries):
                known += 1
            else:
                entries[entry.work.id] = entry
                fresh.append(entry.work.id)
        except PictureError as error:
            failed.append(str(error))
        progress(number + 1, len(pictures))
        if len(fresh) and time.monotonic() - saved > _SAVED_EVERY:
            _write(path, name, tokenizer, encoder.codes, list(entries.values()))
            saved = time.monotonic()
    if fresh:
        _write(path, name, tokenizer, encoder.codes, list(entries.values()))
        attach(engine)
    return Added(tuple(fresh), known, tuple(failed))


def picture_files(files: Iterable[Path]) -> list[Path]:
    """The pictures among files and in folders, in the order of their names.

    Raises:
        PictureError: There is none.
    """
    found: list[Path] = []
    for path in files:
        if path.is_dir():
            inside = (one for one in path.rglob("*") if one.suffix.lower() in SUFFIXES)
            found += sorted(one for one in inside if one.is_file())
        else:
            found.append(path)
    if not found:
        raise PictureError("There are no pictures there: choose a folder with PNG or JPEG files.")
    return list(dict.fromkeys(found))


def remove(engine: Engine, name: str, works: Sequence[str]) -> int:
    """Forget works of a collection, or all of it where none is named; how many were forgotten.

    Raises:
        RecipeError: There is no such collection or work.
    """
    path = path_of(name)
    old = find(name, engine.memory.tokenizer)
    for work in works:
        if old.index(work) is None:
            raise RecipeError(f"“{name}” does not hold a work “{work[:64]}”: check the name.")
    kept = [old.entry(n) for n, work in enumerate(old.works) if works and work.id not in works]
    if kept:
        _write(path, name, old.tokenizer, old.codes, kept)
    else:
        path.unlink()
    attach(engine)
    return len(old) - len(kept)


def export(name: str, tokenizer: str, target: Path) -> None:
    """Write one of the artist's collections as a pack for others; RecipeError without one."""
    collection = find(name, tokenizer)
    entries = [collection.entry(number) for number in range(len(collection))]
    _write(target, collection.name, collection.tokenizer, collection.codes, entries)


def take(engine: Engine, source: Path) -> str:
    """Keep a pack of somebody else as one of the artist's collections; its name.

    Raises:
        BundleError: It is damaged, of another model, or a collection of that name is there.
    """
    collection = read_pack(source)
    if collection.tokenizer != engine.memory.tokenizer:
        raise BundleError(
            f"The collection “{collection.name}” was made with another model, and a pack holds no "
            "pictures to remember anew: ask for one made with this model."
        )
    path = path_of(collection.name)
    if path.exists():
        raise BundleError(
            f"You have a collection “{collection.name}” already: remove it first, or ask for the "
            "pack under another name."
        )
    entries = [collection.entry(number) for number in range(len(collection))]
    _write(path, collection.name, collection.tokenizer, collection.codes, entries)
    attach(engine)
    return collection.name


def _remembered(encoder: WorkEncoder, picture: Path) -> WorkEntry:
    pixels = open_any_image(picture, LONGEST)
    if min(pixels.shape[:2]) < LEAST_SIDE:
        raise PictureError(
            f"{picture.name} has only {pixels.shape[1]} by {pixels.shape[0]} pixels: choose a "
            f"picture of at least {LEAST_SIDE} on each side."
        )
    digest = hashlib.sha256(repr(pixels.shape).encode() + pixels.tobytes()).hexdigest()[:12]
    plain = re.sub(r"[^A-Za-z0-9]+", "-", picture.stem).strip("-")[:40] or "picture"
    work = Work(id=f"{plain}-{digest}", title=picture.stem[:200], licence=LICENCE)
    return encoder.entry(pixels, work)


def _write(path: Path, name: str, tokenizer: str, codes: int, entries: Sequence[WorkEntry]) -> None:
    data = write_collection(name.strip(), tokenizer, codes, entries)
    content = FileEntry(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
    manifest = Manifest(name=name.strip(), licence=LICENCE, files={FILE_NAME: content})
    digest = hashlib.sha256(manifest.to_json().encode()).hexdigest()
    atomic.make_folder(path.parent)
    write_pack(Bundle(manifest, digest, {FILE_NAME: data}), path)
