"""How remembered works take part in a picture: composition, touch, and how freely it is painted.

A work is named by its id in the collection that holds it. What the artist leaves open is chosen
by words, colours and seed.
"""

import re
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from artdesk.core import packed
from artdesk.core.errors import RecipeError
from artdesk.core.recipe_parts import check_instances, check_whole

CompositionSource = Literal["work", "imagined", "picture"]

MAX_PICTURE_CELLS = 64
MAX_INFLUENCES = 6
MAX_BANNED = 256
"""More than anybody clicks away, and few enough that a recipe stays small."""
MAX_COLLECTIONS = 32
MAX_COLLECTION_NAME = 80

MEMORY_RANGES: dict[str, tuple[int, int, int]] = {
    "influence_count": (1, MAX_INFLUENCES, 1),
    "invention_milli": (0, 1000, 1),
    "quotation": (4, 12, 2),
    "fidelity": (4, 64, 1),
}
"""Lowest and highest value and step of each control; windows and commands read it too."""

_WORK = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")


def check_work(name: str, value: object) -> None:
    """Refuse anything but the id of a work.

    Raises:
        RecipeError: Names the field and what an id looks like.
    """
    if not isinstance(value, str) or _WORK.fullmatch(value) is None:
        raise RecipeError(
            f"{name} is {repr(value)[:48]}: a work is named by 1 to 64 letters, digits and . _ : -"
        )


def _check_different(name: str, values: tuple[str, ...]) -> None:
    if len(set(values)) != len(values):
        double = next(value for value in values if values.count(value) > 1)
        raise RecipeError(f"{name} name “{double[:64]}” twice: remove one of them.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPicture:
    """Any picture as composition, averaged to at most 64 by 64 cells.

    Attributes:
        columns: Cells in a row, 1..64.
        rows: Cells in a column, 1..64.
        pixels: `packed` sRGB bytes [rows, columns, 3].
    """

    columns: int
    rows: int
    pixels: str

    def __post_init__(self) -> None:
        check_whole("columns of the composition", self.columns, 1, MAX_PICTURE_CELLS)
        check_whole("rows of the composition", self.rows, 1, MAX_PICTURE_CELLS)
        self._bytes()

    @classmethod
    def of(cls, cells: NDArray[np.uint8]) -> "CellPicture":
        """The value for cells uint8 [rows, columns, 3], sRGB."""
        rows, columns = cells.shape[:2]
        return cls(columns=columns, rows=rows, pixels=packed.pack(cells.tobytes()))

    def cells(self) -> NDArray[np.uint8]:
        """Colours of the cells, sRGB uint8 [rows, columns, 3]."""
        return np.frombuffer(self._bytes(), dtype=np.uint8).reshape(self.rows, self.columns, 3)

    def _bytes(self) -> bytes:
        name = "The picture used as composition"
        return packed.unpack(name, self.pixels, self.rows * self.columns * 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """Where the large forms come from.

    Attributes:
        source: A remembered "work", "imagined" by the sketch prior, or a "picture" of the artist.
        work: The work named by the artist; None is chosen by words, colours and seed.
        picture: The artist's picture; only with that source.
    """

    source: CompositionSource = "work"
    work: str | None = None
    picture: CellPicture | None = None

    def __post_init__(self) -> None:
        sources = get_args(CompositionSource)
        if self.source not in sources:
            raise RecipeError(
                f"The source of the composition is {repr(self.source)[:24]}: use one of "
                f"{', '.join(sources)}."
            )
        if self.work is not None:
            check_work("The work of the composition", self.work)
            if self.source != "work":
                raise RecipeError(
                    "A composition names a work but does not come from one: leave the work out."
                )
        if self.picture is not None and type(self.picture) is not CellPicture:
            raise RecipeError("The picture of a composition must be given as such.")
        if (self.source == "picture") != (self.picture is not None):
            raise RecipeError(
                "A composition from a picture needs the picture, and no other has one: add it or "
                "choose another source."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Influence:
    """A work whose touch the artist asks for, with its weight in percent (10..200)."""

    work: str
    weight_percent: int = 100

    def __post_init__(self) -> None:
        check_work("An influence", self.work)
        check_whole(f"weight_percent of “{self.work}”", self.weight_percent, 10, 200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """How remembered works take part in a picture.

    Attributes:
        composition: Where the large forms come from.
        influences: Works named by the artist for the touch; the others are chosen.
        influence_count: Works for the touch altogether; named ones are always among them.
        banned: Works that never take part.
        collections: Names of the collections to choose from; none means all.
        invention_milli: Share of the cells that the detail prior draws anew.
        quotation: Side in tokens of the patches that are quoted at the coarse level.
        fidelity: Cells on the longer side to which the composition is averaged.
    """

    composition: Composition = field(default_factory=Composition)
    influences: tuple[Influence, ...] = ()
    influence_count: int = 3
    banned: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    invention_milli: int = 400
    quotation: int = 10
    fidelity: int = 8

    def __post_init__(self) -> None:
        if type(self.composition) is not Composition:
            raise RecipeError("The composition must be given as such.")
        check_instances("influences", self.influences, Influence, MAX_INFLUENCES)
        check_instances("banned", self.banned, str, MAX_BANNED)
        check_instances("collections", self.collections, str, MAX_COLLECTIONS)
        for name, (low, high, step) in MEMORY_RANGES.items():
            check_whole(name, getattr(self, name), low, high, step)
        for work in self.banned:
            check_work("A banned work", work)
        for name in self.collections:
            if not 1 <= len(name.strip()) <= len(name) <= MAX_COLLECTION_NAME or (
                not name.isprintable()
            ):
                raise RecipeError(
                    f"A collection is called {repr(name)[:48]}: use readable text of 1 to "
                    f"{MAX_COLLECTION_NAME} characters."
                )
        named = tuple(influence.work for influence in self.influences)
        _check_different("The influences", named)
        _check_different("The banned works", self.banned)
        _check_different("The collections", self.collections)
        for asked in (*named, self.composition.work):
            if asked in self.banned:
                raise RecipeError(
                    f"“{asked}” is asked for and banned at once: allow it or choose another work."
                )
