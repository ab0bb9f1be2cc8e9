"""Regions and masks as one gives them to `artdesk edit`."""

import argparse
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from artdesk.core.errors import RecipeError
from artdesk.pictures import files as pictures
from artdesk.pictures.record import PictureRecord

Region = tuple[int, int, int, int]
_REGION = re.compile(r"\s*(\d{1,5})\s*,\s*(\d{1,5})\s*,\s*(\d{1,5})\s*,\s*(\d{1,5})\s*", re.ASCII)
_MARKED = 128


def regions(text: str) -> tuple[Region, ...]:
    """Read "x,y,width,height" in pixels, several of them with ";" between."""
    found = []
    for piece in text.split(";"):
        match = _REGION.fullmatch(piece)
        if match is None:
            raise argparse.ArgumentTypeError(
                f"“{piece[:30]}” is no region: write x,y,width,height in pixels, like 64,64,128,96"
            )
        x, y, width, height = (int(number) for number in match.groups())
        if not width or not height:
            raise argparse.ArgumentTypeError(f"the region “{piece.strip()}” has no area")
        found.append((x, y, width, height))
    return tuple(found)


def region_mask(record: PictureRecord, wanted: tuple[Region, ...]) -> NDArray[np.bool_]:
    """The cells that some regions touch, bool [h, w]; RecipeError when one lies outside."""
    mask = np.zeros(record.tokens.shape, dtype=np.bool_)
    canvas, cell = record.recipe.canvas, record.cell
    for x, y, width, height in wanted:
        if x >= canvas.width or y >= canvas.height:
            raise RecipeError(
                f"The region {x},{y},{width},{height} lies outside the picture of {canvas.width} "
                f"by {canvas.height} pixels: choose one within."
            )
        mask[y // cell : -(-(y + height) // cell), x // cell : -(-(x + width) // cell)] = True
    return mask


def picture_mask(record: PictureRecord, path: Path) -> NDArray[np.bool_]:
    """The cells in which a mask picture is bright anywhere, bool [h, w].

    Raises:
        RecipeError: It has neither the size of the picture nor of its grid of cells, or is dark.
        PictureError: It cannot be read.
    """
    pixels = pictures.open_image(path)
    rows, columns = record.tokens.shape
    canvas, cell = record.recipe.canvas, record.cell
    marked = pixels.max(axis=2) >= _MARKED
    if marked.shape == (canvas.height, canvas.width):
        marked = marked.reshape(rows, cell, columns, cell).any(axis=(1, 3))
    if marked.shape != (rows, columns):
        raise RecipeError(
            f"The mask {path.name} has {marked.shape[1]} by {marked.shape[0]} pixels: it needs "
            f"{canvas.width} by {canvas.height}, or {columns} by {rows} for one pixel a cell."
        )
    if not marked.any():
        raise RecipeError(f"The mask {path.name} is dark everywhere: paint white what may change.")
    return np.asarray(marked)
