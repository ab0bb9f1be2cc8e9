"""Where each cell of a picture comes from: a place in a remembered work, or the prior.

Stored as three planes of bytes. Rows and columns are written as differences to the cell's own
row and column: over a quoted patch these stay the same, so they pack to almost nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artdesk.core import packed, recipe_json
from artdesk.core.errors import RecipeError
from artdesk.core.memory_recipe import check_work

INVENTED = 0
"""Number of the cells that come from no work."""
MAX_WORKS = 255

OriginCells = NDArray[np.uint16]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Origin:
    """Where each cell of a picture comes from.

    Attributes:
        works: Ids of the works, at most 255, each once.
        cells: uint16 [h, w, 3]: number of the work (1 is the first, 0 is invented), and row and
            column of the token in that work at the level of detail of this picture; 0 where the
            cell is invented.
    """

    works: tuple[str, ...]
    cells: OriginCells

    def __post_init__(self) -> None:
        if type(self.works) is not tuple or len(self.works) > MAX_WORKS:
            raise RecipeError(f"A picture names more than {MAX_WORKS} works: use another copy.")
        for work in self.works:
            check_work("A work of the picture", work)
        if len(set(self.works)) != len(self.works):
            raise RecipeError("A picture names a work twice: use another copy.")
        if self.cells.ndim != 3 or self.cells.shape[2] != 3 or self.cells.dtype != np.uint16:
            raise RecipeError("The origin of the cells must be given as uint16 [h, w, 3].")
        if int(self.cells[..., 0].max(initial=0)) > len(self.works):
            raise RecipeError("A cell comes from a work that the picture does not name.")

    @classmethod
    def invented(cls, rows: int, columns: int) -> "Origin":
        """The origin of a picture that the networks drew alone."""
        return cls(works=(), cells=np.zeros((rows, columns, 3), dtype=np.uint16))

    def shares(self) -> dict[str, float]:
        """Share of the cells 0..1 that comes from each work, the largest first; 0 is left out."""
        numbers = self.cells[..., 0].reshape(-1)
        counts = np.bincount(numbers, minlength=len(self.works) + 1)[1:].tolist()
        pairs = sorted(zip(self.works, counts, strict=True), key=lambda pair: (-pair[1], pair[0]))
        return {work: count / numbers.size for work, count in pairs if count}

    def to_data(self) -> dict[str, Any]:
        """As plain JSON."""
        rows, columns = self.cells.shape[:2]
        shifts = self.cells[..., 1:] - _places(rows, columns)  # wraps around, and back on reading
        planes = (
            self.cells[..., 0].astype(np.uint8).tobytes(),
            np.moveaxis(np.where(self.cells[..., :1] > 0, shifts, 0), -1, 0)
            .astype("<u2")
            .tobytes(),
        )
        return {
            "works": list(self.works),
            "columns": columns,
            "rows": rows,
            "cells": packed.pack(b"".join(planes)),
        }

    @classmethod
    def from_data(cls, data: object, rows: int, columns: int) -> "Origin":
        """Read what `to_data` made for a grid of this size; RecipeError when invalid."""
        values: Mapping[str, Any] = recipe_json.check_keys(
            "origin", data, {"works", "columns", "rows", "cells"}
        )
        if (values["columns"], values["rows"]) != (columns, rows):
            raise RecipeError("The origin of the cells does not fit the picture.")
        works = values["works"]
        if not isinstance(works, list) or not all(isinstance(work, str) for work in works):
            raise RecipeError("The works of the picture are no list of names.")
        size = rows * columns
        raw = packed.unpack("The origin of the cells", values["cells"], 5 * size)
        numbers = np.frombuffer(raw[:size], dtype=np.uint8).reshape(rows, columns, 1)
        shifts = np.frombuffer(raw[size:], dtype="<u2").reshape(2, rows, columns)
        places = np.moveaxis(shifts, 0, -1).astype(np.uint16) + _places(rows, columns)
        cells = np.concatenate([numbers.astype(np.uint16), np.where(numbers > 0, places, 0)], -1)
        return cls(works=tuple(works), cells=np.ascontiguousarray(cells, dtype=np.uint16))


def _places(rows: int, columns: int) -> NDArray[np.uint16]:
    """Row and column of each cell, uint16 [h, w, 2]."""
    return np.moveaxis(np.indices((rows, columns), dtype=np.uint16), 0, -1)
