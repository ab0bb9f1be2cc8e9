"""What a tokenizer makes of held-out paintings: fidelity, colours, and pictures to judge."""

import pathlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from artdesk.core.colour import srgb8_to_oklab
from artdesk.core.errors import SettingError
from training.data.labels import Labels
from training.data.pictures import load_corpora
from training.export.parity import psnr
from training.fit.detail import load_tokenizer
from training.fit.tokenizer import validation_batch

Pixels = NDArray[np.uint8]

COUNT, BATCH = 240, 4


@dataclass(frozen=True, slots=True)
class Decoded:
    """Held-out paintings and their reconstructions.

    Attributes:
        originals: uint8 [n, 256, 256, 3].
        pictures: The same from their tokens.
        psnr: Mean in dB.
        shift: Mean distance in Oklab of the pictures' mean colours: whether hues are kept.
    """

    originals: Pixels
    pictures: Pixels
    psnr: float
    shift: float


@torch.no_grad()
def decoded(corpora: Sequence[pathlib.Path], weights: pathlib.Path) -> Decoded:
    """Take held-out paintings through the tokens of float weights.

    Args:
        corpora: Corpus folders.
        weights: Folder with `tokenizer.safetensors`.
    """
    labels = Labels.of(load_corpora(corpora, "train"))
    works = [*load_corpora(corpora, "validation"), *load_corpora(corpora, "test")]
    sample = validation_batch(works, labels, count=COUNT)
    tokenizer = load_tokenizer(weights)
    parts = []
    for start in range(0, len(sample.image), BATCH):
        part = slice(start, start + BATCH)
        tokens = tokenizer.encode(sample.image[part])
        picture = tokenizer.decode(tokens, sample.condition[part])
        parts.append(picture.clamp(-1.0, 1.0).add(1.0).mul(127.5).round().byte())
    pictures = torch.cat(parts).permute(0, 2, 3, 1).numpy()
    originals = sample.image.add(1.0).mul(127.5).round().byte().permute(0, 2, 3, 1).numpy()
    pairs = zip(originals, pictures, strict=True)
    means = [srgb8_to_oklab(part).mean(axis=(1, 2)) for part in (originals, pictures)]
    return Decoded(
        originals=originals,
        pictures=pictures,
        psnr=float(np.mean([psnr(*pair, 255.0) for pair in pairs])),
        shift=float(np.linalg.norm(means[0] - means[1], axis=1).mean()),
    )


@torch.no_grad()
def comparison(
    corpora: Sequence[pathlib.Path],
    weights: Sequence[pathlib.Path],
    side: int = 512,
    cut: int = 256,
    count: int = 8,
) -> list[Tensor]:
    """Cuts of large held-out paintings at full size, to be looked at.

    Args:
        corpora: Corpus folders.
        weights: Folders with `tokenizer.safetensors`, one row for each.
        side: Pixels of a side of the picture that is encoded.
        cut: Pixels of a side of the central part that is shown.
        count: Paintings at most.

    Returns:
        Rows float32 [n, 3, cut, cut] in -1..1: the paintings, then each tokenizer's.

    Raises:
        SettingError: No held-out painting is large enough.
    """
    labels = Labels.of(load_corpora(corpora, "train"))
    works = [*load_corpora(corpora, "validation"), *load_corpora(corpora, "test")]
    works = [work for work in works if min(work.pixels.shape[:2]) >= side]
    if not works:
        raise SettingError(
            f"The corpora hold no held-out picture of {side} px; import larger pictures."
        )
    sample = validation_batch(works, labels, side, count)
    start = (side - cut) // 2
    place = slice(start, start + cut)
    rows = [sample.image[..., place, place]]
    for folder in weights:
        tokenizer = load_tokenizer(folder)
        parts = []
        for row in range(len(sample.image)):
            part = slice(row, row + 1)
            tokens = tokenizer.encode(sample.image[part])
            parts.append(tokenizer.decode(tokens, sample.condition[part]).clamp(-1.0, 1.0))
        rows.append(torch.cat(parts)[..., place, place])
    return rows
