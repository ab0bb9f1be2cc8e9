"""Held-out pictures through the int8 graphs of a bundle: what comes back, what was expected."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import structural_similarity

from artdesk.bundle.reader import Bundle
from artdesk.core.condition import frame_vector
from artdesk.core.recipe import Canvas, Recipe, Sampling
from artdesk.engine.detail.run import DetailRun
from artdesk.engine.pipeline import Engine
from artdesk.engine.session import GraphSession
from artdesk.engine.tables import BundleTables
from artdesk.engine.words.palette import palette_from_image
from artdesk.pictures.record import PictureRecord
from training.data.captions import CaptionWriter
from training.data.library import LabelledWork, Library, draw_conditions
from training.data.pictures import Work, resample
from training.data.sketches import sketch_channels
from training.export.parity import cross_entropy, psnr
from training.export.statistics import images, largest_crop

Pixels = NDArray[np.uint8]
Advance = Callable[[], None]
"""Told after every picture: moves a progress bar, or does nothing."""

BUCKETS = ((0.2, 0.5), (0.5, 0.8), (0.8, 1.0))
PAINTERLY = Sampling(constructed_milli=-1000)
_UNITS = 64.0  # the engine's logits count 1/64 nat
_PEAK = 255.0


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Held-out pictures as squares.

    Attributes:
        labelled: The works.
        pixels: uint8 [n, side, side, 3], the largest central squares.
        tokens: int64 [n, side / 8, side / 8], as the bundle's encoder chooses them.
    """

    labelled: Sequence[LabelledWork]
    pixels: Pixels
    tokens: NDArray[np.int64]

    @property
    def side(self) -> int:
        """Pixels of a side."""
        return int(self.pixels.shape[1])


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """How well pictures come back from their tokens.

    Attributes:
        psnr: Mean peak signal-to-noise ratio in dB.
        psnr_lowest: That of the worst picture.
        ssim: Mean structural similarity (Wang et al. 2004, Gaussian window of 1.5 pixels).
        delta_e: Mean colour difference CIEDE2000 (Sharma et al. 2005); 1 is just visible.
        codes_used: Share of the codebook that the pictures use together.
        pictures: uint8 [n, side, side, 3].
    """

    psnr: float
    psnr_lowest: float
    ssim: float
    delta_e: float
    codes_used: float
    pictures: Pixels


def choose(library: Library, side: int, count: int) -> list[LabelledWork]:
    """The first `count` paintings whose shorter side has `side` pixels; smaller ones in need."""
    paintings = [library.labelled[index] for index in library.paintings] or list(library.labelled)
    large = [labelled for labelled in paintings if min(labelled.work.pixels.shape[:2]) >= side]
    return (large or paintings)[:count]


def encode(
    bundle: Bundle, works: Sequence[Work], side: int, threads: int, advance: Advance
) -> tuple[Pixels, NDArray[np.int64]]:
    """Cut the squares of works and encode them with the bundle's encoder.

    Returns:
        Squares uint8 [n, side, side, 3] and tokens int64 [n, side / 8, side / 8].
    """
    codebook = BundleTables.of(bundle).codebook
    encoder = GraphSession(bundle.file("encoder.onnx"), threads, "encoder")
    pixels = np.empty((len(works), side, side, 3), dtype=np.uint8)
    tokens = np.empty((len(works), side // 8, side // 8), dtype=np.int64)
    for number, work in enumerate(works):
        pixels[number] = resample(work, largest_crop(work, side, side), (side, side))
        (latents,) = encoder.run({"image": images(pixels[number][None])})
        tokens[number] = np.einsum("dhw,kd->hwk", latents[0], codebook).argmax(axis=-1)
        advance()
    return pixels, tokens


def look(
    bundle: Bundle, labelled: Sequence[LabelledWork], side: int, threads: int, advance: Advance
) -> HeldOut:
    """Cut the squares of held-out works and encode them."""
    return HeldOut(
        labelled, *encode(bundle, [part.work for part in labelled], side, threads, advance)
    )


def reconstruct(engine: Engine, held: HeldOut, advance: Advance) -> Reconstruction:
    """Decode the tokens as the app does for a stored picture with its own palette, no words."""
    back = np.empty_like(held.pixels)
    ratios, similarities, differences = [], [], []
    for number in range(len(held.pixels)):
        original = held.pixels[number]
        canvas = Canvas(width=held.side, height=held.side)
        palette = palette_from_image(original)
        record = PictureRecord(
            recipe=Recipe(palette=palette, canvas=canvas, sampling=PAINTERLY),
            sketch=engine.sketch_from_image(original, canvas),
            palette=palette,
            tokens=held.tokens[number].astype(np.uint16),
            bundle_hash=engine.bundle.hash,
            bundle_name=engine.bundle.manifest.name,
        )
        back[number] = engine.decode(record)
        ratios.append(psnr(original, back[number], _PEAK))
        similarities.append(ssim(original, back[number]))
        differences.append(delta_e(original, back[number]))
        advance()
    codes = len(BundleTables.of(engine.bundle).codebook)
    return Reconstruction(
        psnr=float(np.mean(ratios)),
        psnr_lowest=float(np.min(ratios)),
        ssim=float(np.mean(similarities)),
        delta_e=float(np.mean(differences)),
        codes_used=len(np.unique(held.tokens)) / codes,
        pictures=back,
    )


def ssim(first: Pixels, second: Pixels) -> float:
    """Structural similarity of two pictures uint8 [H, W, 3], mean over the channels."""
    return float(
        structural_similarity(  # type: ignore[no-untyped-call]
            first,
            second,
            channel_axis=-1,
            data_range=_PEAK,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
        )
    )


def delta_e(first: Pixels, second: Pixels) -> float:
    """Mean colour difference CIEDE2000 of two pictures uint8 [H, W, 3]."""
    laboratory = [rgb2lab(part) for part in (first, second)]
    return float(deltaE_ciede2000(*laboratory).mean())  # type: ignore[no-untyped-call]


def prior_cross_entropy(
    bundle: Bundle,
    held: HeldOut,
    captions: CaptionWriter,
    threads: int,
    advance: Advance,
    seed: int = 1,
) -> dict[str, float]:
    """Cross-entropy of the detail prior in nats by the masked share, and that of code frequencies.

    The features come from the bundle's graph, the logits from its integer head. Words, palette
    and source are told or left out by chance, as in training; the sketch is always given.

    Args:
        bundle: The bundle.
        held: Held-out pictures.
        captions: Chooses words of the bundle.
        threads: Threads of the network.
        advance: Told after every picture.
        seed: Seed of masks and conditions.

    Returns:
        "20% to 50%" and so on: mean over masked cells; "marginal": what knowing only how common
        each code is would reach.
    """
    tables = BundleTables.of(bundle)
    frequency = bundle.arrays("tables.npz")["code_frequency"].astype(np.float64)
    session = GraphSession(bundle.file("detail.onnx"), threads, "detail")
    random = np.random.default_rng(seed)
    frames = np.tile(frame_vector(1.0, 0.5, 0.5, 1.0), (len(held.labelled), 1))
    orientations = [0] * len(held.labelled)
    sums: dict[tuple[float, float], list[tuple[float, int]]] = {bucket: [] for bucket in BUCKETS}
    conditions = {
        bucket: draw_conditions(held.labelled, orientations, frames, captions, random)
        for bucket in BUCKETS
    }
    for number in range(len(held.labelled)):
        sketch = sketch_channels(held.pixels[number], tables.sketch_colours)[0].astype(np.float64)
        tokens = held.tokens[number]
        for bucket in BUCKETS:
            count = max(1, round(random.uniform(*bucket) * tokens.size))
            positions = np.sort(random.permutation(tokens.size)[:count])
            shown = tokens.astype(np.int32)
            shown.reshape(-1)[positions] = tables.codes.size
            condition = conditions[bucket][number][None]
            run = DetailRun(session, tables, condition, sketch, None)
            logits, _ = run(shown, positions, False)
            loss = cross_entropy(logits / _UNITS, tokens.reshape(-1)[positions])
            sums[bucket].append((loss, count))
        advance()
    found = {f"{low:.0%} to {high:.0%}": _weighted(sums[low, high]) for low, high in BUCKETS}
    common = np.maximum(frequency[held.tokens], 1e-9)
    return {**found, "marginal": float(-np.log(common).mean())}


def _weighted(parts: Sequence[tuple[float, int]]) -> float:
    return sum(loss * count for loss, count in parts) / sum(count for _, count in parts)


def bundle_caption_writer(bundle: Bundle) -> CaptionWriter:
    """Caption writer over the bundle's own word table."""
    return CaptionWriter(bundle.arrays("words.npz")["vectors"].astype(np.float64) / 127.0)
