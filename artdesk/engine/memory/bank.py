"""All remembered works that the engine may paint from: the shipped collection and the artist's."""

import zlib
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from artdesk.bundle.collection import Collection, Work
from artdesk.core.attributes import ATTRIBUTE_COUNT
from artdesk.core.errors import BundleError
from artdesk.engine.memory.colours import Colours, IntArray, from_cells, from_srgb8, to_tokens
from artdesk.engine.memory.quilt import Source

_KEPT = 64  # unpacked token maps; a picture needs a dozen

SHIPPED = "ArtDesk"
"""How recipes call the collection of the model."""


class WorkBank:
    """Collections side by side, every work under one number.

    Args:
        collections: Name and collection; of two works with one id the first counts.
        tokenizer: `tokenizer_hash` of the model.

    Raises:
        BundleError: A collection was encoded by another tokenizer.
    """

    def __init__(self, collections: Sequence[tuple[str, Collection]], tokenizer: str) -> None:
        self._entries: list[tuple[Collection, int]] = []
        self._numbers: dict[str, int] = {}
        names: list[str] = []
        self.names = tuple(name for name, _ in collections)
        for name, collection in collections:
            if collection.tokenizer != tokenizer:
                raise BundleError(
                    f"The collection “{name}” was made with another model: add its pictures again."
                )
            for index, work in enumerate(collection.works):
                if work.id not in self._numbers:
                    self._numbers[work.id] = len(self._entries)
                    self._entries.append((collection, index))
                    names.append(name)
        rows = [
            (collection.attributes[n], collection.palettes[n]) for collection, n in self._entries
        ]
        self.attributes: IntArray = np.array([row for row, _ in rows], dtype=np.int64).reshape(
            -1, ATTRIBUTE_COUNT
        )
        palettes = np.array([row for _, row in rows], dtype=np.uint8).reshape(-1, 5, 3)
        self.palettes: Colours = from_srgb8(palettes)
        self.keys = np.array(
            [zlib.crc32(self.work(n).id.encode("ascii")) for n in range(len(self))], dtype=np.int64
        )
        self.constructed = np.array(
            [self.work(n).source == "constructed" for n in range(len(self))], dtype=np.bool_
        )
        self._collections = np.array(names, dtype=object)
        self._maps: OrderedDict[tuple[int, int], IntArray] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def number(self, identity: str) -> int | None:
        """The number of a work by its id, or None."""
        return self._numbers.get(identity)

    def work(self, number: int) -> Work:
        """The credits of a work."""
        collection, index = self._entries[number]
        return collection.works[index]

    def members(self, names: Sequence[str]) -> NDArray[np.bool_]:
        """Which works are in the named collections, bool [works]; all of them without a name."""
        if not names:
            return np.ones(len(self), dtype=np.bool_)
        return np.isin(self._collections, np.array(names, dtype=object))

    def collection_of(self, number: int) -> str:
        """The name of the collection that a work is in."""
        return str(self._collections[number])

    def palette(self, number: int) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
        """A work's colours, sRGB uint8 [5, 3], and their shares, float64 [5], which sum to 1."""
        collection, index = self._entries[number]
        shares = np.maximum(collection.shares[index].astype(np.float64), 1.0)
        return collection.palettes[index], shares / shares.sum()

    def cells(self, number: int) -> Colours:
        """Colours of a work's cells of 2 x 2 tokens, int16 [rows, columns, 3] in 1/4096."""
        collection, index = self._entries[number]
        return from_cells(collection.colours(index))

    def tokens(self, number: int, level: int) -> IntArray | None:
        """A work's token map, int64 [h, w]; None where the work has no such level."""
        collection, index = self._entries[number]
        if level >= len(collection.works[index].shapes):
            return None
        found = self._maps.get((number, level))
        if found is None:
            found = collection.tokens(index, level).astype(np.int64)
            found.setflags(write=False)
            self._maps[number, level] = found
            if len(self._maps) > _KEPT:
                self._maps.popitem(last=False)
        self._maps.move_to_end((number, level))
        return found

    def source(self, number: int, weight_percent: int = 100) -> Source:
        """A work as quilting takes it, at the coarsest level."""
        tokens = self.tokens(number, 0)
        assert tokens is not None
        colours = to_tokens(self.cells(number), (tokens.shape[0], tokens.shape[1]))
        return Source(tokens, colours, int(self.keys[number]), weight_percent)
