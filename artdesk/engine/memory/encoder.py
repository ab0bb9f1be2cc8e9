"""Encode a picture into what a collection remembers of it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from artdesk.bundle.collection import (
    CELL_COLOUR_ONE,
    LEVELS,
    Work,
    WorkEntry,
    cell_shape,
    pack_tokens,
)
from artdesk.bundle.reader import Bundle
from artdesk.core.colour import hex_to_srgb8, srgb8_to_oklab
from artdesk.engine.measures.attributes import measure, percentiles
from artdesk.engine.session import GraphSession
from artdesk.engine.tables import BundleTables
from artdesk.engine.words.palette import palette_from_image

Pixels = NDArray[np.uint8]

ENLARGED = (3, 4)
"""A level is made from files with at least this share of its pixels; the first one always."""

LONGEST = 4
"""Pictures longer than this many of their shorter side are cut to it at both ends."""

_ONE = 127


class WorkEncoder:
    """The encoder of a bundle with the tables that describe a work.

    Args:
        bundle: A checked bundle.
        threads: Threads of the network.

    Raises:
        BundleError: The encoder or the tables cannot be used.

    Attributes:
        codes: Size of the codebook.
    """

    def __init__(self, bundle: Bundle, threads: int = 2) -> None:
        self._session = GraphSession(bundle.file("encoder.onnx"), threads, "encoder")
        tables = BundleTables.of(bundle)
        self._codebook = tables.codebook.T.copy()
        self._quantiles = tables.attribute_quantiles
        self.codes = len(tables.codebook)
        self._cell = bundle.manifest.architecture.downsampling

    def tokens(self, pixels: Pixels) -> NDArray[np.uint16]:
        """Tokens uint16 [h / cell, w / cell] of pixels uint8 [h, w, 3] of whole cells."""
        image = np.moveaxis(pixels.astype(np.float32) / 127.5 - 1.0, -1, 0)[None]
        grid = (len(self._codebook), *(side // self._cell for side in pixels.shape[:2]))
        inputs = {"image": np.ascontiguousarray(image)}
        latents = self._session.result(inputs, (1, *grid), "f")[0]
        # Codes have unit length, so the nearest one has the largest product.
        products = np.moveaxis(latents, 0, -1) @ self._codebook
        return np.asarray(products.argmax(axis=-1), dtype=np.uint16)

    def entry(
        self,
        pixels: Pixels,
        work: Work,
        levels: Sequence[int] = LEVELS,
        raw: NDArray[np.float64] | None = None,
    ) -> WorkEntry:
        """What is remembered of a picture.

        Args:
            pixels: uint8 [H, W, 3].
            work: Its credits; the shapes are filled in.
            levels: Pixels of the shorter side to encode at, coarse to fine; finer ones than the
                picture has are left out.
            raw: Measured attributes float64 [29] if they are known already.
        """
        pixels = _within_reach(pixels)
        shorter = min(pixels.shape[:2])
        maps: list[NDArray[np.uint16]] = []
        colours = np.zeros((0, 0, 3), np.int8)
        for level in levels:
            few, of = ENLARGED
            if maps and shorter * of < level * few:
                break
            sized = resized(pixels, level, self._cell)
            tokens = self.tokens(sized)
            if not maps:
                colours = cell_colours(sized, self._cell)
            maps.append(tokens)
        attributes = percentiles(measure(pixels) if raw is None else raw, self._quantiles)
        palette = palette_from_image(pixels)
        names = [swatch.colour for swatch in palette]
        shares = [swatch.share_milli for swatch in palette]
        missing = 5 - len(names)
        return WorkEntry(
            work=replace(work, shapes=tuple((m.shape[0], m.shape[1]) for m in maps)),
            attributes=np.rint(attributes * _ONE).astype(np.int8),
            palette=np.array([hex_to_srgb8(n) for n in [*names, *names[:1] * missing]], np.uint8),
            shares=np.array([*shares, *[0] * missing], np.uint16),
            colours=colours,
            blocks=tuple(pack_tokens(tokens) for tokens in maps),
        )


def resized(pixels: Pixels, shorter: int, cell: int) -> Pixels:
    """Resample pixels uint8 [H, W, 3] to cells of `cell` pixels, `shorter` on the shorter side."""
    height, width = pixels.shape[:2]
    scale = shorter / min(height, width)
    size = tuple(max(1, round(side * scale / cell)) * cell for side in (width, height))
    image = Image.fromarray(np.ascontiguousarray(pixels))
    return np.asarray(image.resize(size, Image.Resampling.LANCZOS), dtype=np.uint8)


def cell_colours(pixels: Pixels, cell: int) -> NDArray[np.int8]:
    """Colours of the cells of 2 x 2 tokens of pixels uint8 [H, W, 3], as in `WorkEntry`."""
    height, width = pixels.shape[:2]
    rows, columns = cell_shape((height // cell, width // cell))
    missing = (2 * rows * cell - height, 2 * columns * cell - width)
    whole = np.pad(pixels, ((0, missing[0]), (0, missing[1]), (0, 0)), mode="edge")
    oklab = srgb8_to_oklab(whole).reshape(rows, 2 * cell, columns, 2 * cell, 3).mean(axis=(1, 3))
    steps = np.rint((oklab - (0.5, 0.0, 0.0)) * CELL_COLOUR_ONE)
    return np.asarray(np.clip(steps, -127, 127), dtype=np.int8)


def _within_reach(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    tall, wide = min(height, LONGEST * width), min(width, LONGEST * height)
    top, left = (height - tall) // 2, (width - wide) // 2
    return pixels[top : top + tall, left : left + wide]
