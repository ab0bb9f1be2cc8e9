"""Training of the tokenizer (VQ-VAE)."""

import math
import pathlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from artdesk.core.attributes import SEMANTIC_DIM
from artdesk.core.condition import condition_vector, frame_vector
from artdesk.engine.measures.palette import main_colours
from models.autoencoder import Tokenizer
from models.quantizer import Quantizer
from training.data.augmentation import apply, draw_change, silenced
from training.data.labels import Labels, spoken_attributes
from training.data.pictures import Crop, Work, load_corpora, resample, turn_attributes
from training.device import choose, half
from training.fit import loop
from training.fit.losses import FeatureDistance, colour_loss, gradient_loss
from training.fit.settings import Settings
from training.fit.weights import save_weights

PAINTING_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class CropBatch:
    """One training batch: pictures float32 [B, 3, H, W] in -1..1, conditions [B, dim]."""

    image: Tensor
    condition: Tensor


class Crops:
    """Draws random crops with their conditions.

    Args:
        works: Training pictures.
        labels: Turns raw attributes into -1..1.
        seed: Seed of the draws.
    """

    def __init__(self, works: Sequence[Work], labels: Labels, seed: int) -> None:
        self.paintings = [work for work in works if work.source_value < 0]
        self.constructed = [work for work in works if work.source_value > 0]
        self.labels = labels
        self.random = np.random.default_rng(seed)

    def _pick(self) -> Work:
        painting = self.random.random() < PAINTING_SHARE
        chosen = self.paintings if painting and self.paintings else self.constructed
        chosen = chosen or self.paintings
        return chosen[self.random.integers(len(chosen))]

    def batch(self, size: int, count: int) -> CropBatch:
        """Draw `count` crops of `size` pixels squared."""
        pixels = np.empty((count, size, size, 3), np.uint8)
        attributes = np.zeros((count, len(self.labels.quantiles)))
        frames, sources = np.empty((count, 4)), np.empty(count)
        for row in range(count):
            work = self._pick()
            height, width = work.pixels.shape[:2]
            short = min(height, width)
            # The picture is imagined 224 to 448 pixels wide: the scales at which the app works.
            target = math.exp(self.random.uniform(math.log(224), math.log(448)))
            side = min(short, size * short / target)
            crop = Crop(
                left=self.random.uniform(0, 1 - side / width),
                top=self.random.uniform(0, 1 - side / height),
                width=side / width,
                height=side / height,
            )
            orientation = int(self.random.integers(8))
            change = draw_change(self.random)
            pixels[row] = apply(resample(work, crop, (size, size), orientation), change)
            if work.measured:
                known = silenced(self.labels.normalise(work.raw), change)
                spoken = spoken_attributes(known, self.random)
                attributes[row] = turn_attributes(spoken, orientation)
            frames[row] = frame_vector(side / short, 0.5, 0.5, 1.0)
            sources[row] = work.source_value
        palette, shares = main_colours(pixels)
        silent = self.random.random(count) < 0.3
        attributes[silent] = 0.0
        semantic = np.zeros((count, SEMANTIC_DIM))
        given = condition_vector(attributes, semantic, palette, shares, frames, sources)
        bare = condition_vector(attributes, semantic, None, None, frames, sources)
        drop = self.random.random(count)[:, None] < 0.15
        condition = np.where(drop, bare, given)
        image = torch.from_numpy(pixels).permute(0, 3, 1, 2).float().div_(127.5).sub_(1.0)
        return CropBatch(image.contiguous(memory_format=torch.channels_last), to_float(condition))


def to_float(array: NDArray[np.float64]) -> Tensor:
    """float32 tensor of a float64 array."""
    return torch.from_numpy(array.astype(np.float32))


def validation_batch(
    works: Sequence[Work], labels: Labels, size: int = 256, count: int = 48
) -> CropBatch:
    """Central crops of the first held-out paintings that are large enough, without words.

    Without such paintings, smaller ones or other works are taken.
    """
    paintings = [work for work in works if work.source_value < 0] or list(works)
    large = [work for work in paintings if min(work.pixels.shape[:2]) >= size] or paintings
    pixels = []
    for work in large[:count]:
        height, width = work.pixels.shape[:2]
        short = min(height, width)
        crop = Crop((width - short) / 2 / width, (height - short) / 2 / height, 0, 0)
        crop = Crop(crop.left, crop.top, short / width, short / height)
        pixels.append(resample(work, crop, (size, size)))
    stacked = np.stack(pixels)
    palette, shares = main_colours(stacked)
    condition = condition_vector(
        np.zeros((len(stacked), len(labels.quantiles))),
        np.zeros((len(stacked), SEMANTIC_DIM)),
        palette,
        shares,
        np.tile(frame_vector(1.0, 0.5, 0.5, 1.0), (len(stacked), 1)),
        -1.0,
    )
    image = torch.from_numpy(stacked).permute(0, 3, 1, 2).float().div_(127.5).sub_(1.0)
    return CropBatch(image, to_float(condition))


@torch.no_grad()
def evaluate(model: Tokenizer, sample: CropBatch) -> tuple[float, float, Tensor]:
    """Mean PSNR in dB, share of codes used, and reconstructions float32 [B, 3, H, W]."""
    model.eval()
    outputs, used = [], torch.zeros(model.quantizer.size, dtype=torch.bool)
    for start in range(0, len(sample.image), 8):
        part = slice(start, start + 8)
        with half():
            tokens = model.encode(sample.image[part])
        used[torch.unique(tokens)] = True
        with half():
            outputs.append(model.decode(tokens, sample.condition[part]).float().clamp(-1, 1))
    images = torch.cat(outputs)
    error = (images - sample.image).square().flatten(1).mean(dim=1) / 4.0
    psnr = float((-10.0 * torch.log10(error)).mean())
    return psnr, float(used.float().mean()), images


def train_tokenizer(
    corpora: Sequence[pathlib.Path],
    run: pathlib.Path,
    weights: pathlib.Path,
    minutes: float,
    seed: int = 0,
    settings: Settings | None = None,
) -> None:
    """Train the tokenizer until its budget of minutes is spent; resumes from `run`.

    Args:
        corpora: Corpus folders.
        run: Folder of the checkpoint.
        weights: Folder that receives `tokenizer.safetensors` and `tokenizer.json`.
        minutes: Length of the whole plan, earlier runs included.
        seed: Seed of initial weights and draws.
        settings: Sizes, rates and stages; the defaults when not given.
    """
    everything = settings or Settings()
    plan, place = everything.tokenizer, choose(everything.device)
    torch.manual_seed(seed)
    works = load_corpora(corpora, "train")
    labels = Labels.of(works)
    held = validation_batch(load_corpora(corpora, "validation"), labels)
    model = Tokenizer(plan.network).to(place)
    model = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = torch.optim.AdamW(
        model.parameters(), plan.rate, betas=(0.9, 0.95), weight_decay=0.01
    )
    # quantized_at: the step from which latents are replaced by codes, None before.
    state = loop.Run(run / "tokenizer.pt", model, optimizer, minutes, {"quantized_at": None})
    if state.go_on_from(weights, "tokenizer"):
        state.marks["quantized_at"] = -plan.blend_steps
    features = FeatureDistance().to(place, memory_format=torch.channels_last)  # type: ignore[call-overload]
    crops = Crops(works, labels, seed=seed + state.step)
    reservoir: list[Tensor] = []
    revived = 0

    def publish() -> None:
        copy = state.averaged()
        psnr, used, images = evaluate(copy, held)
        course.report.say(f"held-out PSNR {psnr:.2f} dB, codes used {used:.3f}, step {state.step}")
        loop.save_sheet(run / "tokenizer.png", held.image[:12], images[:12])
        metrics = {"psnr": psnr, "codes_used": used, "step": state.step}
        save_weights(weights, "tokenizer", copy, metrics)

    def batch() -> CropBatch:
        return crops.batch(*plan.stage(state.budget.progress))

    course = loop.Course("tokenizer", state, batch, publish, plan.publish_minutes, place)
    for sample in course:
        progress = state.budget.progress
        model.train()
        if progress >= plan.freeze_norm_from:
            loop.freeze_norms(model)
        with half(place):
            latents = model.encoder(sample.image)
        latents = functional.normalize(latents.float(), dim=1)
        flat = latents.permute(0, 2, 3, 1).reshape(-1, latents.shape[1])
        reservoir = [*reservoir[-23:], flat.detach()]
        if state.marks["quantized_at"] is None and progress >= plan.free_until:
            model.quantizer.start_from(torch.cat(reservoir))
            state.marks["quantized_at"] = state.step
        codes, commitment = latents, torch.zeros((), device=place)
        if state.marks["quantized_at"] is not None:
            blend = min(1.0, (state.step - state.marks["quantized_at"]) / plan.blend_steps)
            codes, commitment = _quantized(model.quantizer, latents, flat, blend)
            if state.step % plan.revive_every == 0 and progress < plan.revive_until:
                revived = model.quantizer.revive(torch.cat(reservoir))
        with half(place):
            output = model.decoder(codes, model.condition(sample.condition))
        output = output.float()
        # Depthwise convolutions gain nothing from bf16 on a CPU.
        perceptual = features(output, sample.image)
        loss = (
            (output - sample.image).abs().mean()
            + colour_loss(output, sample.image)
            + 0.5 * gradient_loss(output, sample.image)
            + 0.5 * perceptual
            + 0.25 * commitment
        )
        state.learn(loss, loop.cosine_rate(progress, plan.rate))
        error = float((output.detach() - sample.image).square().mean()) / 4.0
        course.report.update(
            state.step,
            loss=float(loss.detach()),
            psnr=-10.0 * math.log10(error),
            perceptual=float(perceptual.detach()),
            commitment=float(commitment.detach()),
            revived=revived,
            size=sample.image.shape[-1],
        )


def _quantized(
    quantizer: Quantizer, latents: Tensor, flat: Tensor, blend: float
) -> tuple[Tensor, Tensor]:
    """Replace latents by their codes (straight-through) and update the codebook.

    Args:
        quantizer: The codebook.
        latents: float32 [B, dim, h, w], unit length.
        flat: The same as [B * h * w, dim].
        blend: 0 keeps the latents, 1 takes the codes.

    Returns:
        Codes [B, dim, h, w] and the commitment loss.
    """
    ids = quantizer.nearest(flat.detach())
    chosen = quantizer.lookup(ids)
    commitment = (flat - chosen).square().sum(dim=-1).mean()
    mixed = flat + blend * (chosen - flat).detach()
    batch, dim, height, width = latents.shape
    codes = mixed.reshape(batch, height, width, dim).permute(0, 3, 1, 2)
    quantizer.update(flat.detach(), ids)
    return codes, commitment
