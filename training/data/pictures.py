"""Corpora as arrays: pictures of a folder with `metadata.csv`, cached as one memory-mapped file."""

import hashlib
import json
import pathlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from artdesk.core import atomic
from artdesk.core.attributes import ATTRIBUTES
from training.corpus import metadata
from training.progress import track

Pixels = NDArray[np.uint8]

SHORT_SIDE = 512
CONSTRUCTED = "constructed"


@dataclass(frozen=True, slots=True)
class Work:
    """One picture of a corpus.

    Attributes:
        pixels: uint8 [H, W, 3], a view into the memory-mapped cache.
        split: train, validation or test.
        source: painting or constructed.
        work_id: Identity of the work; all pictures of a work are in one split.
        raw: Measured attributes, float64 [29]; zeros when the corpus was not measured.
        measured: Whether `raw` was measured.
    """

    pixels: Pixels = field(repr=False)
    split: str
    source: str
    work_id: str
    raw: NDArray[np.float64] = field(repr=False)
    measured: bool

    @property
    def source_value(self) -> float:
        """The source as the condition vector takes it: -1 painting, 1 constructed."""
        return 1.0 if self.source == CONSTRUCTED else -1.0


def _shrunk(path: pathlib.Path) -> Pixels:
    with Image.open(path) as image:
        rgb = image.convert("RGB")
    scale = SHORT_SIDE / min(rgb.size)
    if scale < 1.0:
        size = (round(rgb.width * scale), round(rgb.height * scale))
        rgb = rgb.resize(size, Image.Resampling.LANCZOS)
    return np.asarray(rgb, dtype=np.uint8)


def _cache(folder: pathlib.Path, names: Sequence[str]) -> tuple[Pixels, list[tuple[int, int, int]]]:
    """Build or open the pixel cache of a corpus: flat uint8 and (offset, height, width) rows."""
    digest = hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]
    cache = folder / "cache"
    cache.mkdir(exist_ok=True)
    data, index = cache / f"pixels-{digest}.u8", cache / f"pixels-{digest}.json"
    if not index.exists():
        rows: list[tuple[int, int, int]] = []
        offset = 0
        with atomic.atomic_path(data) as temporary, temporary.open("wb") as out:
            for name in track(names, f"Caching {folder.name}"):
                pixels = _shrunk(folder / name)
                rows.append((offset, pixels.shape[0], pixels.shape[1]))
                out.write(pixels.tobytes())
                offset += pixels.size
        atomic.write_text(index, json.dumps(rows))
    rows = [tuple(row) for row in json.loads(index.read_text())]
    return np.memmap(data, dtype=np.uint8, mode="r"), rows


def load_corpus(folder: pathlib.Path) -> list[Work]:
    """Open all pictures of a corpus folder.

    Args:
        folder: Folder with `metadata.csv` (see `training.corpus`).

    Returns:
        One `Work` for each row.

    Raises:
        CorpusError: The folder has no table, or one that cannot be understood.
    """
    rows = metadata.read(folder)
    flat, index = _cache(folder, [row.file_name for row in rows])
    return [
        Work(
            pixels=flat[offset : offset + height * width * 3].reshape(height, width, 3),
            split=row.split,
            source=row.source,
            work_id=row.work_id,
            raw=np.zeros(len(ATTRIBUTES)) if row.raw is None else row.raw,
            measured=row.raw is not None,
        )
        for row, (offset, height, width) in zip(rows, index, strict=True)
    ]


def load_corpora(folders: Sequence[pathlib.Path], split: str) -> list[Work]:
    """Works of one split in several corpus folders."""
    return [work for folder in folders for work in load_corpus(folder) if work.split == split]


@dataclass(frozen=True, slots=True)
class Crop:
    """Where a crop lies in its work, in shares of the work's width and height."""

    left: float
    top: float
    width: float
    height: float


def resample(work: Work, crop: Crop, size: tuple[int, int], orientation: int = 0) -> Pixels:
    """Cut a crop out of a work, resize it, and turn it into one of eight orientations.

    Args:
        work: The picture.
        crop: The part to cut out.
        size: Width and height in pixels before turning.
        orientation: 0..7; bit 2 mirrors, bits 0-1 count quarter turns.

    Returns:
        uint8 [H, W, 3].
    """
    height, width = work.pixels.shape[:2]
    left, top = int(crop.left * width), int(crop.top * height)
    right = min(width, max(left + 1, round((crop.left + crop.width) * width)))
    bottom = min(height, max(top + 1, round((crop.top + crop.height) * height)))
    cut = Image.fromarray(np.ascontiguousarray(work.pixels[top:bottom, left:right]))
    shrinking = cut.width > size[0]
    method = Image.Resampling.BOX if shrinking else Image.Resampling.BICUBIC
    if cut.size != size:
        method = Image.Resampling.LANCZOS if not shrinking else Image.Resampling.HAMMING
        cut = cut.resize(size, method)
    return turn(np.asarray(cut), orientation)


def turn(pixels: Pixels, orientation: int) -> Pixels:
    """Turn an array [H, W, ...] into one of the eight orientations of a square."""
    if orientation & 4:
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(np.rot90(pixels, orientation & 3))


def turn_attributes(attributes: NDArray[np.float64], orientation: int) -> NDArray[np.float64]:
    """Attributes -1..1 [..., 29] of a picture after `turn`: quarter turns swap verticality."""
    if not orientation & 1:
        return attributes
    out = attributes.copy()
    index = ATTRIBUTES.index("verticality")
    out[..., index] = -out[..., index]
    return out
