"""Picture files: the only place that opens and saves images.

PNG carries the description as iTXt `artdesk` and tEXt `parameters` (AUTOMATIC1111's form); JPEG
and WebP carry both in one EXIF UserComment, the description as the pair "ArtDesk" of the
parameters. No clock time is written: the same recipe gives the same bytes.
"""

import io
import itertools
import json
import re
import struct
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, PngImagePlugin

import artdesk
from artdesk.core import atomic
from artdesk.core.errors import OutputError, PictureError
from artdesk.core.reading import NoFileError, TooLargeError, read_file
from artdesk.core.recipe import Recipe
from artdesk.pictures.images import FAULTS, open_any_image, open_image, opened, resize, rgb
from artdesk.pictures.record import (
    MAX_TEXT,
    Describable,
    PictureRecord,
    parameters_text,
    record_from_json,
    record_to_json,
)

__all__ = [
    "FORMATS",
    "Savable",
    "StoredPicture",
    "encode_picture",
    "next_name",
    "open_any_image",
    "open_image",
    "open_picture",
    "read_record",
    "resize",
    "save_new",
    "save_new_pixels",
    "save_picture",
    "save_pixels",
    "store",
]

FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}

_EXIF_IFD = 0x8769
_USER_COMMENT = 0x9286
_SOFTWARE = 0x0131
_MAX_JPEG_EXIF = 65_000
_DESCRIPTION = re.compile(r', ArtDesk: ("(?:\\.|[^\\"])+")(?:, ArtDesk CRC: ([0-9a-f]{8}))?$')
"""The last pairs of a comment; files of the first version have no checksum. (PNG has its own.)"""
class Savable(Describable, Protocol):
    """A picture with its pixels, uint8 [H, W, 3]."""

    @property
    def pixels(self) -> NDArray[np.uint8]: ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StoredPicture(PictureRecord):
    """A picture read from a file: its description and the pixels of the file.

    Attributes:
        pixels: uint8 [H, W, 3].
    """

    pixels: NDArray[np.uint8]

    @classmethod
    def of(cls, record: PictureRecord, pixels: NDArray[np.uint8]) -> "StoredPicture":
        """A description with its pixels."""
        known = {entry.name: getattr(record, entry.name) for entry in fields(PictureRecord)}
        return cls(**known, pixels=pixels)


def save_picture(
    path: Path,
    picture: Savable,
    *,
    with_recipe: bool = True,
    quality: int = 92,
    replace: bool = True,
) -> None:
    """Save a picture in the format that the file name asks for.

    Args:
        path: Ends in .png, .jpg, .jpeg or .webp.
        picture: What to save.
        with_recipe: Whether the file says how it was made.
        quality: Of JPEG and WebP, 1..100.
        replace: Whether a file that is there already is replaced.

    Raises:
        OutputError: Unknown format, or the file cannot be written, or is there already.
    """
    data = encode_picture(path.suffix, picture, with_recipe=with_recipe, quality=quality)
    _write(path, data, replace)


def save_new(
    folder: Path,
    picture: Savable,
    suffix: str = ".png",
    *,
    with_recipe: bool = True,
    quality: int = 92,
) -> Path:
    """Save under a name of its own and overwrite nothing.

    When the very same bytes already lie there, that file is the result.

    Raises:
        OutputError: The folder cannot be made or written.
    """
    data = encode_picture(suffix, picture, with_recipe=with_recipe, quality=quality)
    return store(folder, picture.recipe, data, suffix)[0]


def store(folder: Path, recipe: Recipe, data: bytes, suffix: str = ".png") -> tuple[Path, bool]:
    """Store an encoded picture as `save_new` does; its path, and whether the file is new."""
    atomic.make_folder(folder)
    words = tuple(word.text for word in recipe.words)
    for path in _names(folder, recipe.seed, words, suffix):
        if _same(path, data):
            return path, False
        with suppress(FileExistsError):
            atomic.write_new(path, data)
            return path, True
    raise AssertionError("unreachable: the names never end")


def save_pixels(
    path: Path, pixels: NDArray[np.uint8], *, quality: int = 92, replace: bool = True
) -> None:
    """Save plain pixels uint8 [H, W, 3] without a recipe; OutputError as `save_picture`."""
    _write(path, _encode(_format(path.suffix), pixels, None, quality), replace)


def save_new_pixels(path: Path, pixels: NDArray[np.uint8], *, quality: int = 92) -> Path:
    """Save as `save_pixels` does, under the next free name where `path` is taken: a-2.png."""
    data = _encode(_format(path.suffix), pixels, None, quality)
    for number in itertools.count(1):
        free = path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
        with suppress(FileExistsError):
            atomic.write_new(free, data)
            return free
    raise AssertionError("unreachable: the names never end")


def encode_picture(
    suffix: str, picture: Savable, *, with_recipe: bool = True, quality: int = 92
) -> bytes:
    """The bytes of the file; OutputError when the format is unknown."""
    return _encode(_format(suffix), picture.pixels, picture if with_recipe else None, quality)


def next_name(folder: Path, seed: int, words: Sequence[str], suffix: str = ".png") -> Path:
    """The first free name of the form calm-blue-7.png, calm-blue-7-2.png and so on."""
    return next(path for path in _names(folder, seed, words, suffix) if not path.exists())


def open_picture(path: Path) -> StoredPicture:
    """Open a picture that ArtDesk saved.

    Raises:
        PictureError: It is no picture, is cut off, or has no or a damaged recipe.
        RecipeTooNew: A later ArtDesk made it.
    """
    with opened(path) as image:
        record = _read_record(path, image)
        canvas = record.recipe.canvas
        if image.size != (canvas.width, canvas.height):
            raise PictureError(
                f"{path.name} has {image.width}x{image.height} pixels, its recipe says "
                f"{canvas.width}x{canvas.height}: it was scaled or cut; make the picture again with "
                "“artdesk render”, or use another copy."
            )
        try:
            pixels = rgb(image)
        except FAULTS as error:
            raise PictureError(
                f"{path.name} is cut off or damaged, but its recipe is whole: make the picture "
                "again with “artdesk render”, or use another copy."
            ) from error
    return StoredPicture.of(record, pixels)


def read_record(path: Path) -> PictureRecord:
    """Read the description alone; works for a picture that is cut off behind it too.

    Raises:
        PictureError, RecipeTooNew: As `open_picture`.
    """
    with opened(path) as image:
        return _read_record(path, image)


def _read_record(path: Path, image: Image.Image) -> PictureRecord:
    try:
        text = _stored_text(image)
    except FAULTS as error:
        raise PictureError(
            f"The recipe stored in {path.name} is damaged: use another copy of the picture."
        ) from error
    if text is None:
        raise PictureError(
            f"{path.name} has no ArtDesk recipe in it: choose a picture that ArtDesk saved."
        )
    return record_from_json(text, path.name)


def _stored_text(image: Image.Image) -> str | None:
    if image.format == "PNG":
        text = image.info.get("artdesk")
        return None if text is None else str(text)
    comment = image.getexif().get_ifd(_EXIF_IFD).get(_USER_COMMENT)
    if not isinstance(comment, bytes) or len(comment) > 4 * MAX_TEXT:
        return None
    if comment.startswith(b"UNICODE\0"):
        text = comment[8:].decode("utf-16-be")
    else:
        text = comment[8:].decode("ascii")
    match = _DESCRIPTION.search(text)
    if match is None:
        return None
    value = json.loads(match[1])
    if not isinstance(value, str):
        return None
    if match[2] is not None and int(match[2], 16) != zlib.crc32(value.encode("utf-8")):
        raise ValueError("the description does not agree with its checksum")
    return value


def _format(suffix: str) -> str:
    name = FORMATS.get(suffix.lower())
    if name is None:
        raise OutputError(
            f"ArtDesk cannot save files of type “{suffix[:12]}”: use .png, .jpg or .webp."
        )
    return name


def _encode(
    name: str, pixels: NDArray[np.uint8], record: Describable | None, quality: int
) -> bytes:
    image = Image.fromarray(np.ascontiguousarray(pixels, dtype=np.uint8))
    buffer = io.BytesIO()
    software = f"ArtDesk {artdesk.__version__}"
    if name == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_text("Software", software)
        if record is not None:
            info.add_itxt("artdesk", record_to_json(record))
            info.add_text("parameters", parameters_text(record))
        image.save(buffer, "PNG", pnginfo=info, compress_level=6)
        return buffer.getvalue()
    exif = Image.Exif()
    exif[_SOFTWARE] = software
    if record is not None:
        exif.get_ifd(_EXIF_IFD)[_USER_COMMENT] = _user_comment(record)
    if name == "JPEG":
        if len(exif.tobytes()) > _MAX_JPEG_EXIF:
            raise OutputError(
                "The recipe is too large for a JPEG file: save as PNG or leave the recipe out."
            )
        image.save(buffer, "JPEG", quality=quality, subsampling=0, exif=exif)
    else:
        image.save(buffer, "WEBP", quality=quality, exif=exif)
    return buffer.getvalue()


def _user_comment(record: Describable) -> bytes:
    """EXIF text: in UTF-16 as AUTOMATIC1111 writes it, in ASCII where that would not fit JPEG.

    The description itself is ASCII, so only unusual letters of the shown prompt can suffer.
    """
    description = record_to_json(record)
    text = parameters_text(record, extra=description)
    text += f", ArtDesk CRC: {zlib.crc32(description.encode('utf-8')):08x}"
    wide = b"UNICODE\0" + text.encode("utf-16-be")
    if len(wide) < _MAX_JPEG_EXIF - 1000:
        return wide
    return b"ASCII\0\0\0" + text.encode("ascii", errors="replace")


def _names(folder: Path, seed: int, words: Sequence[str], suffix: str) -> Iterator[Path]:
    text = "-".join("".join(c if c.isalnum() else "-" for c in word) for word in words)
    slug = re.sub("-+", "-", text)[:40].strip("-") or "free"
    for number in itertools.count(1):
        tail = "" if number == 1 else f"-{number}"
        yield folder / f"{slug}-{seed}{tail}{suffix}"


def _write(path: Path, data: bytes, replace: bool) -> None:
    if replace:
        atomic.write_bytes(path, data)
        return
    try:
        atomic.write_new(path, data)
    except FileExistsError as error:
        raise OutputError(
            f"{path} is there already: choose another name or allow to replace it."
        ) from error


def _same(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and read_file(path, len(data)) == data
    except OSError:
        return False
