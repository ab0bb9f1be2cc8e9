"""What is kept of an earlier picture and what is drawn anew."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from artdesk.core import packed
from artdesk.core.errors import RecipeError
from artdesk.core.recipe_parts import (
    MAX_SEED,
    MAX_SWATCHES,
    MAX_WORDS,
    Swatch,
    Word,
    check_instances,
    check_whole,
)

Tile = Literal["none", "across", "down", "both"]

MAX_GRID = 256
"""Most cells on a side: as many as `seed.raw` has numbers for, 2048 pixels of 8."""
MAX_CODE = 65534
"""Largest code that a token may name, so that one more, meaning "masked", still has 16 bits."""


def _check_tokens(tokens: NDArray[np.uint16]) -> None:
    if int(tokens.max()) > MAX_CODE:
        raise RecipeError("The edited picture holds a code that no model has: use another.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """How the colours of the decoded picture are moved.

    Attributes:
        palette: Brings them here, after what the recipe itself does; None leaves it at that.
        strength_milli: How far, in thousandths.
        columns: Cells in a row of `tokens`.
        rows: Cells in a column of it.
        tokens: `packed` codes [rows, columns] of the picture on which the movement is measured:
            the one before the first edit, so that later edits move colours as the first did.
    """

    palette: tuple[Swatch, ...] | None = None
    strength_milli: int = 1000
    columns: int
    rows: int
    tokens: str

    def __post_init__(self) -> None:
        if self.palette is not None:
            check_instances("palette of the grade", self.palette, Swatch, MAX_SWATCHES, least=1)
        check_whole("strength_milli of the grade", self.strength_milli, 0, 2000)
        check_whole("columns of the grade", self.columns, 1, MAX_GRID)
        check_whole("rows of the grade", self.rows, 1, MAX_GRID)
        _check_tokens(self.token_grid())

    @classmethod
    def of(
        cls,
        tokens: NDArray[np.uint16],
        palette: tuple[Swatch, ...] | None = None,
        strength_milli: int = 1000,
    ) -> "Grade":
        """A grade that is measured on tokens uint16 [h, w]."""
        rows, columns = tokens.shape
        return cls(
            palette=palette,
            strength_milli=strength_milli,
            columns=columns,
            rows=rows,
            tokens=packed.pack_tokens(tokens),
        )

    def token_grid(self) -> NDArray[np.uint16]:
        """The codes on which the movement is measured, uint16 [rows, columns]."""
        return packed.unpack_tokens("The graded picture", self.tokens, self.rows, self.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """An earlier picture's tokens and which of them are drawn anew.

    Where the recipe's sketch has holes, those are drawn by the seed of the edit and the words of
    the region too; the colours around them are kept.

    Attributes:
        columns: Cells in a row, 1..256.
        rows: Cells in a column, 1..256.
        tokens: `packed` codes [rows, columns] of the earlier picture.
        mask: `packed` bits [rows, columns]; set where the picture may change.
        strength_milli: Share of the masked cells that is drawn anew, in thousandths: the last
            ones in the order of the edit's seed, so that more strength changes a superset.
        seed: Everything random of the edit comes from it.
        words: Words of the region instead of the recipe's; None keeps those.
        palette: The palette that the earlier picture used, so that nothing outside the mask
            changes with it; None has it worked out from the recipe.
        tile: Whether the left and right edges ("across"), the upper and lower ones ("down") or
            "both" join without a seam when the picture is repeated.
        grade: How colours of the decoded picture are moved; None leaves that to the recipe, and
            measures it on the earlier picture.
    """

    columns: int
    rows: int
    tokens: str
    mask: str
    strength_milli: int = 1000
    seed: int = 0
    words: tuple[Word, ...] | None = None
    palette: tuple[Swatch, ...] | None = None
    tile: Tile = "none"
    grade: Grade | None = None

    def __post_init__(self) -> None:
        check_whole("columns of the edit", self.columns, 1, MAX_GRID)
        check_whole("rows of the edit", self.rows, 1, MAX_GRID)
        check_whole("strength_milli", self.strength_milli, 0, 1000)
        check_whole("seed of the edit", self.seed, 0, MAX_SEED)
        if self.words is not None:
            check_instances("words of the edit", self.words, Word, MAX_WORDS)
        if self.palette is not None:
            check_instances("palette of the edit", self.palette, Swatch, MAX_SWATCHES, least=1)
        if self.tile not in get_args(Tile):
            raise RecipeError(
                f"The tile of the edit is {repr(self.tile)[:24]}: use one of "
                f"{', '.join(get_args(Tile))}."
            )
        if self.grade is not None and type(self.grade) is not Grade:
            raise RecipeError("The grade of an edit must be given as such.")
        _check_tokens(self.token_grid())
        if not self.mask_grid().any():
            raise RecipeError("The edit marks no cell: mark at least one to change.")

    @classmethod
    def of(
        cls,
        tokens: NDArray[np.uint16],
        mask: NDArray[np.bool_],
        *,
        strength_milli: int = 1000,
        seed: int = 0,
        words: tuple[Word, ...] | None = None,
        palette: tuple[Swatch, ...] | None = None,
        tile: Tile = "none",
        grade: Grade | None = None,
    ) -> "Edit":
        """An edit of tokens uint16 [h, w] where `mask` bool [h, w] is set.

        Raises:
            RecipeError: The mask has another shape, or a value is out of range.
        """
        if tokens.ndim != 2 or tokens.shape != mask.shape:
            raise RecipeError(
                f"The mask has {' by '.join(map(str, mask.shape[::-1]))} cells, the picture "
                f"{' by '.join(map(str, tokens.shape[::-1]))}: give a mask of the same size."
            )
        rows, columns = tokens.shape
        return cls(
            columns=columns,
            rows=rows,
            tokens=packed.pack_tokens(tokens),
            mask=packed.pack_mask(mask),
            strength_milli=strength_milli,
            seed=seed,
            words=words,
            palette=palette,
            tile=tile,
            grade=grade,
        )

    def token_grid(self) -> NDArray[np.uint16]:
        """The codes of the earlier picture, uint16 [rows, columns]."""
        return packed.unpack_tokens("The edited picture", self.tokens, self.rows, self.columns)

    def measured_grid(self) -> NDArray[np.uint16]:
        """The codes on which the movement of colours is measured."""
        return self.token_grid() if self.grade is None else self.grade.token_grid()

    def mask_grid(self) -> NDArray[np.bool_]:
        """Where the picture may change, bool [rows, columns]."""
        return packed.unpack_mask("The mask of the edit", self.mask, self.rows, self.columns)
