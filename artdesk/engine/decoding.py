"""From tokens to pixels: the decoder, and the colours that the finished picture is brought to."""

import hashlib

import numpy as np
from numpy.typing import NDArray

from artdesk.core.cancel import CancelToken
from artdesk.core.edit_recipe import Edit, Tile
from artdesk.core.recipe import Recipe
from artdesk.engine.detail.redraw import surrounded
from artdesk.engine.memory.colours import from_srgb8
from artdesk.engine.memory.recolour import graded
from artdesk.engine.memory.wanted import Colouring
from artdesk.engine.session import GraphSession
from artdesk.engine.tables import BundleTables
from artdesk.engine.words.conditions import Wishes, used_palette
from artdesk.engine.words.palette import palette_pixels
from artdesk.engine.words.table import WordTable

FloatArray = NDArray[np.float64]
Pixels = NDArray[np.uint8]


class PictureDecoder:
    """Makes pixels of tokens.

    Args:
        session: decoder.onnx.
        tables: Tables of the bundle.
        words: Its words.
        cell: Pixels on each side of a token's cell.
    """

    INPUTS = ("codes", "film")

    def __init__(
        self, session: GraphSession, tables: BundleTables, words: WordTable, cell: int
    ) -> None:
        self._session = session
        self._tables = tables
        self._words = words
        self._cell = cell
        self._measured: tuple[str, Pixels] | None = None

    def pixels(
        self,
        codes: NDArray[np.float32],
        condition: FloatArray,
        token: CancelToken | None = None,
        tile: Tile = "none",
    ) -> Pixels:
        """The pixels of any codes, before their colours are moved, uint8 [H, W, 3].

        Args:
            codes: float32 [h, w, d], unit length.
            condition: float64 [1, 119], as of `Engine.condition`.
            token: Stops the run.
            tile: Which edges join without a seam.
        """
        codes, down, across = surrounded(codes, tile)
        planes = np.ascontiguousarray(np.moveaxis(codes, -1, 0)[None])
        film = self._tables.decoder_film(condition)
        shape = (1, 3, *(self._cell * side for side in codes.shape[:2]))
        inputs = {"codes": planes, "film": film}
        image = self._session.result(inputs, shape, "f", token)
        pixels = np.rint((image[0].astype(np.float32) + 1.0) * 127.5)
        clipped = np.clip(pixels, 0, 255).astype(np.uint8)
        top, left = down * self._cell, across * self._cell
        height, width = clipped.shape[1:]
        inner = clipped[:, top : height - top, left : width - left]
        return np.ascontiguousarray(np.moveaxis(inner, 0, -1))

    def finished(
        self,
        tokens: NDArray[np.uint16],
        recipe: Recipe,
        condition: FloatArray,
        token: CancelToken | None = None,
        drawn: Pixels | None = None,
    ) -> Pixels:
        """The pixels of a picture, uint8 [H, W, 3].

        How the colours move is measured on the tokens before the first edit, so that they move
        the same way ever after and nothing outside an edited region changes.

        Args:
            tokens: uint16 [h, w].
            recipe: With the vectors of unknown words.
            condition: float64 [1, 119].
            token: Stops the run.
            drawn: Pixels of another moment of the picture; their colours move as its own do.
        """
        edit = recipe.edit
        tile: Tile = "none" if edit is None else edit.tile
        colouring = self._colouring(recipe)
        if drawn is not None and colouring is None and edit is None:
            return drawn
        still = self.pixels(self._tables.codebook[tokens], condition, token, tile)
        pixels = still if drawn is None else drawn
        if edit is None:
            return pixels if colouring is None else colouring.grade(pixels, still)
        grade = edit.grade
        own = None if grade is None else grade.palette
        moved = colouring is not None and colouring.grade_milli > 0
        if not moved and own is None:
            return pixels
        like = self._before(edit, condition, token)
        if colouring is not None and moved:
            pixels, like = colouring.grade(pixels, like), colouring.grade(like)
        if grade is not None and own is not None:
            shares = [swatch.share_milli for swatch in own]
            swatches = from_srgb8(palette_pixels(own))
            pixels = graded(pixels, swatches, shares, grade.strength_milli, like)
        return pixels

    def _before(self, edit: Edit, condition: FloatArray, token: CancelToken | None) -> Pixels:
        """The pixels on which colours are measured; the last ones are kept for the next try."""
        tokens = edit.measured_grid()
        key = hashlib.sha256(condition.tobytes() + tokens.tobytes()).hexdigest()
        if self._measured is None or self._measured[0] != key:
            self._measured = key, self.pixels(self._tables.codebook[tokens], condition, token)
        return self._measured[1]

    def _colouring(self, recipe: Recipe) -> Colouring | None:
        """How a recipe with a memory moves colours."""
        if recipe.memory is None:
            return None
        wishes = Wishes.of(self._words, recipe)
        palette = used_palette(wishes, self._tables.palettes, recipe)
        return Colouring.of(recipe, wishes, palette)
