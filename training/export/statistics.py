"""What an export needs to know of the corpora: token maps, code colours and palettes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from artdesk.core.attributes import ATTRIBUTE_COUNT
from artdesk.core.colour import oklab_to_srgb8, srgb8_to_oklab
from artdesk.core.condition import frame_vector
from models.autoencoder import Tokenizer
from models.config import DOWNSAMPLING as CELL
from training.data.captions import CaptionWriter
from training.data.library import LabelledWork, Library, draw_conditions
from training.data.pictures import Crop, Work, resample

PALETTES = 2048
_GREY = (0.6, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Maps:
    """Pictures of one size with their tokens and what the networks are told of them.

    Attributes:
        pixels: uint8 [n, H, W, 3].
        tokens: int64 [n, H/8, W/8].
        condition: float64 [n, 119]; words, palette or all are left out of some, as in training.
    """

    pixels: NDArray[np.uint8]
    tokens: NDArray[np.int64]
    condition: NDArray[np.float64]


def images(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Pictures uint8 [n, H, W, 3] as the networks take them: float32 [n, 3, H, W] in -1..1."""
    return np.ascontiguousarray(np.moveaxis(pixels.astype(np.float32) / 127.5 - 1.0, -1, 1))


def largest_crop(work: Work, width: int, height: int) -> Crop:
    """The largest central part of a work with the aspect width / height."""
    rows, columns = work.pixels.shape[:2]
    scale = min(columns / width, rows / height)
    crop_width, crop_height = scale * width / columns, scale * height / rows
    return Crop((1 - crop_width) / 2, (1 - crop_height) / 2, crop_width, crop_height)


@torch.no_grad()
def token_maps(
    library: Library,
    tokenizer: Tokenizer,
    captions: CaptionWriter,
    size: tuple[int, int],
    count: int,
    seed: int,
) -> Maps:
    """Encode the central parts of works drawn from a library.

    Args:
        library: Pictures; paintings and constructed ones come in the shares of the training.
        tokenizer: The float tokenizer.
        captions: Chooses the words of the conditions.
        size: Width and height in pixels, multiples of 8.
        count: How many pictures.
        seed: Seed of all choices.
    """
    random = np.random.default_rng(seed)
    width, height = size
    picked = [library.labelled[library.pick(random)] for _ in range(count)]
    pixels = np.stack(
        [resample(labelled.work, largest_crop(labelled.work, *size), size) for labelled in picked]
    )
    frames = np.tile(frame_vector(1.0, 0.5, 0.5, width / height), (count, 1))
    condition = draw_conditions(picked, [0] * count, frames, captions, random)
    tokenizer.eval()
    tokens = [tokenizer.encode(torch.from_numpy(images(part[None]))).numpy() for part in pixels]
    return Maps(pixels, np.concatenate(tokens), condition)


def code_statistics(
    maps: Sequence[Maps], size: int
) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """How often each code occurs, and the mean colour of the cells that carry it.

    Args:
        maps: Encoded pictures.
        size: Number of codes.

    Returns:
        Frequencies float64 [size] (one is added to each count, so that none is zero; they sum to
        1), and sRGB colours uint8 [size, 3], averaged in Oklab. A code that never occurs is mid
        grey.
    """
    counts = np.zeros(size)
    sums = np.zeros((size, 3))
    for part in maps:
        count, rows, columns = part.tokens.shape
        oklab = srgb8_to_oklab(part.pixels).reshape(count, rows, CELL, columns, CELL, 3)
        cells = oklab.mean(axis=(2, 4)).reshape(-1, 3)
        np.add.at(sums, part.tokens.reshape(-1), cells)
        counts += np.bincount(part.tokens.reshape(-1), minlength=size)
    sums[counts == 0] = _GREY
    colours = sums / np.maximum(counts, 1.0)[:, None]
    return (counts + 1.0) / (counts + 1.0).sum(), oklab_to_srgb8(colours)


def palette_table(labelled: Sequence[LabelledWork]) -> dict[str, NDArray[Any]]:
    """The palettes that the app draws from when the artist gives none.

    Args:
        labelled: Training pictures; at most `PALETTES` of them are taken, evenly.

    Returns:
        `palettes` uint8 [N, 5, 3] by falling share, `palette_shares` float32 [N, 5] and
        `palette_attributes` float32 [N, 29].
    """
    places = np.linspace(0, len(labelled) - 1, min(len(labelled), PALETTES)).astype(int)
    chosen = [labelled[place] for place in places]
    palettes = np.stack([part.palette for part in chosen])
    shares = np.stack([part.shares for part in chosen])
    order = np.argsort(-shares, axis=1, kind="stable")
    nothing = np.zeros(ATTRIBUTE_COUNT)
    attributes = [nothing if part.attributes is None else part.attributes for part in chosen]
    return {
        "palettes": oklab_to_srgb8(np.take_along_axis(palettes, order[..., None], axis=1)),
        "palette_shares": np.take_along_axis(shares, order, axis=1).astype(np.float32),
        "palette_attributes": np.stack(attributes).astype(np.float32),
    }
