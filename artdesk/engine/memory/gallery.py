"""The remembered works as people look at them: their names, their credits and their pictures."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from artdesk.bundle.collection import Work
from artdesk.core.attributes import ATTRIBUTE_COUNT, SEMANTIC_DIM
from artdesk.core.cancel import CancelToken
from artdesk.core.colour import srgb8_to_oklab
from artdesk.core.condition import condition_vector, frame_vector
from artdesk.engine.memory.maker import MemoryMaker
from artdesk.engine.tables import BundleTables

Pixels = NDArray[np.uint8]


class WorkGallery(ABC):
    """Part of the engine: what is remembered, to list and to look at."""

    memory: MemoryMaker
    _tables: BundleTables

    @abstractmethod
    def decode_codes(
        self,
        codes: NDArray[np.float32],
        condition: NDArray[np.float64],
        token: CancelToken | None = None,
    ) -> Pixels:
        """The pixels uint8 [H, W, 3] of codes float32 [h, w, d]."""

    @property
    def remembers(self) -> bool:
        """Whether there are any remembered works."""
        return self.memory.remembers

    def collection_names(self) -> tuple[str, ...]:
        """Names of the collections, that of the model first."""
        return self.memory.bank.names if self.remembers else ()

    def works(self) -> tuple[Work, ...]:
        """All remembered works, paintings first, by artist and title; none without a collection."""
        if not self.remembers:
            return ()
        bank = self.memory.bank
        found = [bank.work(number) for number in range(len(bank))]
        order = ("own", "painting", "constructed")
        return tuple(
            sorted(
                found,
                key=lambda work: (
                    order.index(work.source),
                    work.artist,
                    work.family,
                    work.title,
                    work.id,
                ),
            )
        )

    def credits(self, works: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Credit line and licence of works by their ids; of one that is not there its id."""
        found: dict[str, tuple[str, str]] = {}
        for name in works:
            number = self.memory.bank.number(name) if self.remembers else None
            if number is None:
                found[name] = (name, "This model does not remember the work.")
            else:
                work = self.memory.bank.work(number)
                found[name] = (work.credit, work.licence)
        return found

    def work_pixels(self, work: str, token: CancelToken | None = None) -> Pixels | None:
        """A work drawn from its own tokens at the coarsest level, uint8 [H, W, 3]; None if unknown.

        Raises:
            Cancelled: The token was cancelled.
        """
        number = self.memory.bank.number(work) if self.remembers else None
        tokens = None if number is None else self.memory.bank.tokens(number, 0)
        if number is None or tokens is None:
            return None
        colours, shares = self.memory.bank.palette(number)
        rows, columns = tokens.shape
        condition = condition_vector(
            np.zeros(ATTRIBUTE_COUNT),
            np.zeros(SEMANTIC_DIM),
            srgb8_to_oklab(colours),
            shares,
            frame_vector(1.0, 0.5, 0.5, columns / rows),
            0.0,
        )
        return self.decode_codes(self._tables.codebook[tokens], condition[None], token)
