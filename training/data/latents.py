"""Continuous latents of all works in some orientations, cached as memory-mapped files."""

import hashlib
import pathlib
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
from training.data.tokens import View

SIDE = 256
# Paintings are few, so they are seen in more orientations.
PAINTING_TURNS, CONSTRUCTED_TURNS = (0, 1, 4, 6), (0, 5)


@dataclass(frozen=True, slots=True)
class LatentView(View):
    """One encoded picture with what the encoder said before the nearest code was taken.

    Attributes:
        latents: Unit latents float16 [h, w, code_dim].
    """

    latents: NDArray[np.float16]


def _plan(library: Library) -> list[tuple[int, int, int, int]]:
    """(work, orientation, height, width) in cells after turning."""
    rows: list[tuple[int, int, int, int]] = []
    for index, labelled in enumerate(library.labelled):
        height, width = labelled.work.pixels.shape[:2]
        cells = SIDE // CELL
        tall, wide = (min(2 * cells, round(cells * s / min(height, width))) for s in (height, width))
        turns = PAINTING_TURNS if labelled.work.source_value < 0 else CONSTRUCTED_TURNS
        rows.extend((index, turn, *((wide, tall) if turn & 1 else (tall, wide))) for turn in turns)
    return rows


@torch.no_grad()
def latent_views(library: Library, tokenizer: Tokenizer, cache: pathlib.Path) -> list[LatentView]:
    """Encode every work, or open the cache of an earlier call with the same encoder.

    Args:
        library: The works.
        tokenizer: Trained tokenizer.
        cache: Folder of the cache files.
    """
    plan, dim = _plan(library), tokenizer.config.code_dim
    identity = hashlib.sha256(repr(plan).encode())
    identity.update("".join(labelled.work.work_id for labelled in library.labelled).encode())
    for value in (*tokenizer.encoder.state_dict().values(), tokenizer.quantizer.codebook):
        identity.update(value.float().numpy().tobytes())
    path = cache / f"latents-{identity.hexdigest()[:16]}.f16"
    numbers = dim + 3 + 1
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        tokenizer = tokenizer.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        with atomic.atomic_path(path) as temporary, temporary.open("wb") as out:
            for index, turn, rows, columns in track(plan, "Encoding pictures"):
                work = library.labelled[index].work
                size = (rows, columns) if turn & 1 else (columns, rows)
                whole = Crop(0.0, 0.0, 1.0, 1.0)
                pixels = resample(work, whole, (size[0] * CELL, size[1] * CELL), turn)
                image = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1.0
                with half():
                    latents = tokenizer.latents(image)
                flat = latents.permute(0, 2, 3, 1).reshape(-1, dim)
                ids = tokenizer.quantizer.nearest(flat).numpy()
                oklab = srgb8_to_oklab(pixels).reshape(rows, CELL, columns, CELL, 3)
                colours = oklab.mean(axis=(1, 3)).reshape(-1, 3)
                # Ids up to 2048 are whole in float16, so one file holds everything of a cell.
                joined = np.concatenate([flat.numpy(), colours, ids[:, None]], axis=1)
                out.write(joined.astype(np.float16).tobytes())
    data = np.memmap(path, dtype=np.float16, mode="r").reshape(-1, numbers)
    views, start = [], 0
    for index, turn, rows, columns in plan:
        part = data[start : start + rows * columns].reshape(rows, columns, numbers)
        views.append(
            LatentView(
                work=index,
                orientation=turn,
                tokens=part[..., -1].astype(np.uint16),
                colours=part[..., dim : dim + 3],
                latents=part[..., :dim],
            )
        )
        start += rows * columns
    return views
