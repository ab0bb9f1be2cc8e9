"""Token maps of all works in several orientations and sizes, cached as memory-mapped files."""

import hashlib
import json
import pathlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from artdesk.core import atomic
from artdesk.core.colour import srgb8_to_oklab
from models.autoencoder import Tokenizer
from models.config import DOWNSAMPLING as CELL
from training.device import half
from training.progress import track
from training.data.library import Library
from training.data.pictures import Crop, resample

FINE_SIDE = 384
# Shorter side in pixels and orientations 0..7 that are encoded: paintings are few, so they are
# seen in more orientations and also larger.
PAINTING_VIEWS = ((256, (0, 1, 4, 6)), (FINE_SIDE, (0, 4)))
CONSTRUCTED_VIEWS = ((256, (0, 5)),)


@dataclass(frozen=True, slots=True)
class View:
    """One encoded picture.

    Attributes:
        work: Index into the library.
        orientation: 0..7.
        tokens: uint16 [h, w].
        colours: Oklab float16 [h, w, 3], mean colour of each cell.
    """

    work: int
    orientation: int
    tokens: NDArray[np.uint16]
    colours: NDArray[np.float16]


def _plan(library: Library) -> list[tuple[int, int, int, int, int]]:
    """(work, orientation, height, width) in cells before turning, and the shorter side."""
    rows: list[tuple[int, int, int, int, int]] = []
    for index, labelled in enumerate(library.labelled):
        height, width = labelled.work.pixels.shape[:2]
        short = min(height, width)
        painting = labelled.work.source_value < 0
        for side, orientations in PAINTING_VIEWS if painting else CONSTRUCTED_VIEWS:
            if side == FINE_SIDE and short < 0.85 * side:
                continue
            cells = side // CELL
            tall = min(2 * cells, round(cells * height / short))
            wide = min(2 * cells, round(cells * width / short))
            rows.extend((index, turn, tall, wide, side) for turn in orientations)
    return rows


@torch.no_grad()
def token_views(library: Library, tokenizer: Tokenizer, cache: pathlib.Path) -> list[View]:
    """Encode every work, or open the cache of an earlier call with the same tokenizer.

    Args:
        library: The works.
        tokenizer: Trained tokenizer.
        cache: Folder of the cache files.
    """
    plan = _plan(library)
    identity = hashlib.sha256(json.dumps(plan).encode())
    identity.update("".join(labelled.work.work_id for labelled in library.labelled).encode())
    for value in tokenizer.state_dict().values():
        identity.update(value.float().numpy().tobytes())
    stem = identity.hexdigest()[:16]
    cache.mkdir(parents=True, exist_ok=True)
    tokens_file, colours_file = cache / f"tokens-{stem}.u16", cache / f"colours-{stem}.f16"
    if not colours_file.exists():
        tokenizer = tokenizer.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        with (
            atomic.atomic_path(colours_file) as new_colours,
            atomic.atomic_path(tokens_file) as new_tokens,
            new_tokens.open("wb") as tokens_out,
            new_colours.open("wb") as colours_out,
        ):
            for index, turn, tall, wide, _ in track(plan, "Encoding pictures"):
                work = library.labelled[index].work
                size = (wide * CELL, tall * CELL)
                pixels = resample(work, Crop(0.0, 0.0, 1.0, 1.0), size, turn)
                # A copy: the array of a picture is not writable, which torch warns of.
                image = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1.0
                image = image.contiguous(memory_format=torch.channels_last)
                with half():
                    tokens = tokenizer.encode(image)[0].numpy().astype(np.uint16)
                rows, columns = tokens.shape
                oklab = srgb8_to_oklab(pixels).reshape(rows, CELL, columns, CELL, 3)
                tokens_out.write(tokens.tobytes())
                colours_out.write(oklab.mean(axis=(1, 3)).astype(np.float16).tobytes())
    flat = np.memmap(tokens_file, dtype=np.uint16, mode="r")
    flat_colours = np.memmap(colours_file, dtype=np.float16, mode="r")
    views, offset = [], 0
    for index, turn, tall, wide, _ in plan:
        rows, columns = (wide, tall) if turn & 1 else (tall, wide)
        end = offset + rows * columns
        views.append(
            View(
                index,
                turn,
                flat[offset:end].reshape(rows, columns),
                flat_colours[3 * offset : 3 * end].reshape(rows, columns, 3),
            )
        )
        offset = end
    return views


def by_work(views: Sequence[View], works: int) -> list[list[View]]:
    """Group views by work."""
    groups: list[list[View]] = [[] for _ in range(works)]
    for view in views:
        groups[view.work].append(view)
    return groups
