"""Copy guard: whether pictures repeat the works that the networks and the memory know.

Two figures. *Verbatim blocks*: the share of 4x4 blocks of tokens that stand so in a known work;
real works share some among themselves, mostly in flat areas, and that share is the measure.
*Nearest work*: the distance of a picture to the nearest known work over crops and orientations,
relative to the same distance of held-out works; a copy has a ratio near 0.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from PIL import Image

FloatArray = NDArray[np.float32]
Pixels = NDArray[np.uint8]
Tokens = NDArray[np.integer]

BLOCK = 4
THUMBNAIL = 16
# Whole picture, and crops at these shares of the shorter side on a grid of half their side.
CROPS = (1.0, 0.75, 0.5)
CHUNK = 4096


def _keys(tokens: Tokens) -> NDArray[np.uint64]:
    """A 64-bit key for each 4x4 block of a token map [h, w] (FNV-1a over its tokens)."""
    if min(tokens.shape) < BLOCK:
        return np.empty(0, dtype=np.uint64)
    blocks = sliding_window_view(tokens.astype(np.uint64), (BLOCK, BLOCK))
    flat = blocks.reshape(-1, BLOCK * BLOCK)
    keys = np.full(len(flat), 0xCBF29CE484222325, dtype=np.uint64)
    for column in flat.T:
        keys = (keys ^ column) * np.uint64(0x100000001B3)
    return keys


def block_index(works: Iterable[Tokens]) -> NDArray[np.uint64]:
    """Sorted keys of all 4x4 blocks of the token maps of known works."""
    return np.unique(np.concatenate([_keys(tokens) for tokens in works]))


def verbatim_share(maps: Iterable[Tokens], index: NDArray[np.uint64]) -> float:
    """Share of all 4x4 blocks of some token maps that stand so in a known work."""
    keys = np.concatenate([_keys(tokens) for tokens in maps])
    places = np.searchsorted(index, keys).clip(max=len(index) - 1)
    return float((index[places] == keys).mean())


def _thumbnail(image: Image.Image, box: tuple[float, float, float, float]) -> FloatArray:
    small = image.resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX, box)
    return np.asarray(small, dtype=np.float32)


def _normalised(thumbnails: FloatArray) -> FloatArray:
    """Light and contrast taken out: a copy stays one when it is brightened or recoloured."""
    flat = thumbnails.reshape(len(thumbnails), -1)
    flat = flat - flat.mean(axis=1, keepdims=True)
    return np.asarray(flat / (np.linalg.norm(flat, axis=1, keepdims=True) + 1e-6))


def _crops(pixels: Pixels) -> Iterator[FloatArray]:
    image = Image.fromarray(pixels).convert("L")
    short = min(image.size)
    for share in CROPS:
        side = share * short
        across = round((image.width - side) / (side / 2)) if image.width > side else 0
        down = round((image.height - side) / (side / 2)) if image.height > side else 0
        for y in np.linspace(0.0, image.height - side, down + 1):
            for x in np.linspace(0.0, image.width - side, across + 1):
                yield _thumbnail(image, (float(x), float(y), float(x + side), float(y + side)))


def work_index(works: Iterable[Pixels]) -> FloatArray:
    """Normalised thumbnails float32 [n, 256] of all crops and orientations of known works."""
    found: list[FloatArray] = []
    for pixels in works:
        for crop in _crops(pixels):
            for turned in (crop, crop[:, ::-1]):
                found.extend(np.rot90(turned, quarter) for quarter in range(4))
    return _normalised(np.stack(found))


def nearest_distances(pictures: Sequence[Pixels], index: FloatArray) -> FloatArray:
    """Distance 0..2 of each picture to the nearest crop of a known work.

    Args:
        pictures: uint8 [h, w, 3] each.
        index: What `work_index` gave.
    """
    squares = []
    for pixels in pictures:
        image = Image.fromarray(pixels).convert("L")
        squares.append(_thumbnail(image, (0.0, 0.0, float(image.width), float(image.height))))
    known = _normalised(np.stack(squares))
    best = np.full(len(known), -1.0)
    for start in range(0, len(index), CHUNK):
        best = np.maximum(best, (known @ index[start : start + CHUNK].T).max(axis=1))
    return np.asarray(np.sqrt(np.maximum(2.0 - 2.0 * best, 0.0)))
