"""Adversarial finish of the decoder: paint and canvas that no distance of pixels asks for.

The encoder and the codebook stay as they are, so tokens keep their meaning: stored pictures and
remembered works stay valid. Half of the batches are real pictures to be reconstructed; the other
half are token maps as the product draws them, which only have to look real and keep their colours.

Sources: Sauer et al. 2021 (critic on projected features), Esser et al. 2021 (VQGAN: weight of the
adversarial loss from the gradients at the last layer), Heitz et al. 2021 (sliced Wasserstein).
"""

import pathlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from models.autoencoder import Tokenizer
from models.config import DetailConfig
from models.critic import Critic, critic_loss, deceiving_loss
from models.detail import DetailPrior
from training.data.drawn import DrawnMaps, drawn_maps
from training.data.labels import Labels
from training.data.pictures import load_corpora
from training.device import choose, half
from training.fit import loop
from training.fit.detail import load_tokenizer
from training.fit.losses import (
    FeatureDistance,
    colour_loss,
    feature_distance,
    gradient_loss,
    sliced_wasserstein,
    unit,
)
from training.fit.settings import Settings
from training.fit.tokenizer import CropBatch, Crops, evaluate, validation_batch
from training.fit.weights import load_config, load_weights, save_weights

# Of the ratio of gradient norms at the last layer. Drawn batches have no fidelity to weigh against
# the critic: with 0.8 in both kinds it outweighed everything (after 1,500 steps 2 dB were lost and
# flat areas embossed), and 0.5 and 0.25 still wove a mesh into flat areas.
ADVERSARIAL, ADVERSARIAL_DRAWN = 0.25, 0.1
MOST_WEIGHT = 0.5
RATIO_EVERY = 4
MOST_SHIFT = 8
BRIGHTNESS = 0.15
PICTURES = 16


Judge = Callable[[Tensor], dict[str, float]]
"""Figures of pictures float32 [n, 3, 256, 256] in -1..1."""


class Finish(nn.Module):
    """What the finish trains: the decoder with its condition network, and the critic."""

    def __init__(self, tokenizer: Tokenizer, critic: Critic) -> None:
        super().__init__()
        self.decoder = tokenizer.decoder
        self.condition = tokenizer.condition
        self.critic = critic

    def forward(self, codes: Tensor, condition: Tensor) -> Tensor:
        """Pictures float32 [B, 3, 8h, 8w] of codes [B, code_dim, h, w]."""
        with half(codes.device):
            output = self.decoder(codes, self.condition(condition))
        result: Tensor = output.float()
        return result


def augmented(pictures: Sequence[Tensor]) -> list[Tensor]:
    """Shift and brighten pictures at random, alike in all lists, so that pairs stay pairs.

    A critic that sees few pictures learns them by heart; small changes of both sides hinder that
    and teach the decoder nothing that is not in the pictures (Zhao et al. 2020, DiffAugment).

    Args:
        pictures: Lists of float32 [B, 3, H, W] of one shape.

    Returns:
        The same with sides shorter by `MOST_SHIFT`.
    """
    count, _, height, width = pictures[0].shape
    tall, wide = height - MOST_SHIFT, width - MOST_SHIFT
    places = torch.randint(MOST_SHIFT + 1, (count, 2)).tolist()
    light = (torch.rand(count, 1, 1, 1) * 2.0 - 1.0).to(pictures[0].device) * BRIGHTNESS
    return [
        torch.stack([part[row, :, y : y + tall, x : x + wide] for row, (y, x) in enumerate(places)])
        + light
        for part in pictures
    ]


def reconstruction_loss(
    output: Tensor, image: Tensor, found: Sequence[Tensor], wanted: Sequence[Tensor]
) -> tuple[Tensor, Tensor]:
    """Loss of a reconstruction without the critic's part, and its perceptual distance.

    Args:
        output: Pictures float32 [B, 3, H, W].
        image: What they should be.
        found: Feature maps of the output, augmented.
        wanted: The same of the image.
    """
    units, targets = [unit(part) for part in found], [unit(part) for part in wanted]
    perceptual = feature_distance(units, targets)
    loss = (
        0.3 * (output - image).abs().mean()
        + colour_loss(output, image)
        + 0.2 * gradient_loss(output, image)
        + 0.5 * perceptual
        + 0.5 * sliced_wasserstein(units, targets)
    )
    return loss, perceptual.detach()


def last_layer_ratio(output: Tensor, last: Tensor, first: Tensor, second: Tensor) -> float:
    """Norm of one gradient at the last layer divided by that of another (Esser et al. 2021).

    Args:
        output: The decoder's output, with its graph.
        last: Weights of the last layer.
        first: Gradient of a loss with respect to the output.
        second: The same of another loss.
    """
    norms = [
        torch.autograd.grad(output, last, gradient, retain_graph=True)[0].norm()
        for gradient in (first, second)
    ]
    return float(norms[0] / (norms[1] + 1e-6))


@dataclass(slots=True)
class Figures:
    """Values of the last steps, for the report."""

    values: dict[str, float]

    def note(self, **values: float) -> None:
        """Keep values as a moving average over about twenty steps."""
        for name, value in values.items():
            self.values[name] = value + 0.95 * (self.values.get(name, value) - value)


def _pictures(crops: Crops) -> Iterator[tuple[Tensor, Tensor]]:
    while True:
        sample = crops.batch(256, PICTURES)
        yield sample.image, sample.condition


def _drawn(
    weights: pathlib.Path, tokenizer: Tokenizer, crops: Crops, count: int, cache: pathlib.Path
) -> DrawnMaps:
    prior = DetailPrior(DetailConfig.from_json(load_config(weights, "detail")))
    load_weights(weights, "detail", prior)
    with np.load(weights / "sketch_colours.npz", allow_pickle=False) as found:
        colours = found["sketch_colours"]
    return drawn_maps(_pictures(crops), tokenizer, prior, colours, count, cache)


def finish_decoder(
    corpora: Sequence[pathlib.Path],
    run: pathlib.Path,
    weights: pathlib.Path,
    out: pathlib.Path,
    minutes: float,
    judge: Judge,
    seed: int = 0,
    settings: Settings | None = None,
) -> None:
    """Finish the decoder until its budget of minutes is spent; resumes from `run`.

    Args:
        corpora: Corpus folders.
        run: Folder of the checkpoint.
        weights: Folder with the trained tokenizer and detail prior; only read.
        out: Folder that receives `tokenizer.safetensors` and `tokenizer.json`.
        minutes: Length of the whole plan, earlier runs included.
        judge: Figures of held-out reconstructions, to watch the training by.
        seed: Seed of the critic's weights and of all draws.
        settings: Stages and rates; the defaults when not given.
    """
    everything = settings or Settings()
    plan, place = everything.decoder, choose(everything.device)
    torch.manual_seed(seed)
    works = load_corpora(corpora, "train")
    labels = Labels.of(works)
    held = validation_batch(load_corpora(corpora, "validation"), labels)
    shipped = load_tokenizer(weights).requires_grad_(False)
    tokenizer = load_tokenizer(weights)
    features = FeatureDistance().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    with torch.no_grad():
        wanted = features.raw(held.image[:24, :, :128, :128])
    critic = Critic([part.shape[1] for part in wanted])
    critic.set_scales(wanted)
    model = Finish(tokenizer, critic)
    for part in (model, shipped):
        part.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    model = model.to(place)
    optimizer = torch.optim.AdamW(
        model.parameters(), plan.rate, betas=(0.5, 0.95), weight_decay=0.0
    )
    # The weight of the critic for drawn batches, in thousandths, comes from real batches.
    state = loop.Run(run / "decoder.pt", model, optimizer, minutes, {"weight_milli": 0})
    state.average.decay = plan.average_decay
    crops = Crops(works, labels, seed=seed + state.step)
    others = Crops(works, labels, seed=seed + 1)
    maps = _drawn(weights, shipped, others, plan.drawn_maps, run / "drawn.npz")
    # Maps are drawn and pictures judged on the CPU, steps are taken where the settings say.
    shipped, features = shipped.to(place), features.to(place)
    figures = Figures({})
    chance = np.random.default_rng(seed + state.step)
    last = model.decoder.head.weight

    def critic_weight() -> float:
        return plan.critic_share(state.step) * (state.marks["weight_milli"] or 0) / 1000.0

    def codes_of(tokens: Tensor) -> Tensor:
        return shipped.quantizer.lookup(tokens).permute(0, 3, 1, 2)

    def step_on(sample: CropBatch, *, drawn: bool) -> Tensor:
        """One batch: the loss whose gradients teach decoder and critic at once."""
        if drawn:
            cells, count = sample.image.shape[-1] // 8, len(sample.image)
            tokens, condition = (part.to(place) for part in maps.windows(chance, cells, count))
            with torch.no_grad(), half(place):
                target = shipped.decode(tokens, condition).float()
        else:
            condition, target = sample.condition, sample.image
            with torch.no_grad(), half(place):
                tokens = shipped.encode(sample.image)
        output = model(codes_of(tokens), condition)
        leaf = output.detach().requires_grad_()
        seen, real = augmented([leaf, sample.image])
        found = features.raw(seen)
        with torch.no_grad():
            wanted = features.raw(real)
        if drawn:
            # Colours over cells as large as a token, which the shipped decoder knows; and as much
            # of its pixels as holds the forms without forbidding paint.
            loss = colour_loss(leaf, target) + 0.3 * (leaf - target).abs().mean()
        else:
            loss, perceptual = reconstruction_loss(leaf, target, found, wanted)
            error = float((leaf.detach() - target).square().mean()) / 4.0
            figures.note(perceptual=float(perceptual), psnr=-10.0 * np.log10(error))
        with half(place):
            scores = critic(found)
        deceiving = deceiving_loss(scores)
        wish = torch.autograd.grad(loss, leaf, retain_graph=True)[0]
        push = torch.autograd.grad(deceiving, leaf, retain_graph=True)[0]
        if not drawn and state.step % RATIO_EVERY == 0:
            ratio = ADVERSARIAL * last_layer_ratio(output, last, wish, push)
            milli = 1000.0 * min(MOST_WEIGHT, ratio)
            before = state.marks["weight_milli"] or milli
            state.marks["weight_milli"] = round(before + 0.05 * (milli - before))
            figures.note(ratio=ratio)
        both = [torch.cat([a, b.detach()]) for a, b in zip(wanted, found, strict=True)]
        with half(place):
            opinions = [scores.chunk(2) for scores in critic(both)]
        judged = critic_loss([a for a, _ in opinions], [b for _, b in opinions])
        figures.note(critic=float(judged.detach()), deceiving=float(deceiving.detach()))
        # The product with a constant has exactly this gradient; the critic's loss touches only
        # the critic, so one backward pass and one optimizer serve both players.
        share = ADVERSARIAL_DRAWN / ADVERSARIAL if drawn else 1.0
        gradient = wish + share * critic_weight() * push
        total: Tensor = (output * gradient).sum() + judged
        return total

    def publish() -> None:
        copy = load_tokenizer(weights)
        finished = state.averaged()
        copy.decoder, copy.condition = finished.decoder, finished.condition
        psnr, used, images = evaluate(copy, held)
        found = {"psnr": psnr, "codes_used": used, **judge(images)}
        course.report.say(
            f"held-out {', '.join(f'{k} {v:.4g}' for k, v in found.items())}, step {state.step}"
        )
        loop.save_sheet(run / "decoder.png", held.image[:10], images[:10])
        save_weights(out, "tokenizer", copy, {**found, "finish_steps": state.step})

    def batch() -> CropBatch:
        return crops.batch(*plan.stage(state.budget.progress))

    course = loop.Course("decoder", state, batch, publish, plan.publish_minutes, place)
    course.report.say(f"before: {judge(held.image)} in the pictures themselves")
    publish()
    for sample in course:
        # Norms stay as exported; in the critic, spectral norm follows its weights.
        model.eval()
        critic.train()
        loss = step_on(sample, drawn=state.step % 2 == 1)
        state.learn(loss, plan.rate_at(state.budget.progress))
        weight, size = critic_weight(), sample.image.shape[-1]
        course.report.update(state.step, **figures.values, weight=weight, size=size)
