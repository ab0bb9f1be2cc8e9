"""Training of the flow over latents; judged by the pictures that it draws on real sketches."""

import math
import pathlib
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.autoencoder import Tokenizer
from models.config import DetailConfig
from models.detail import DetailPrior
from models.flow import FlowPrior, follow
from training.data.captions import CaptionWriter
from training.data.drawn import redrawn
from training.data.latents import latent_views
from training.data.library import Library
from training.device import choose, half
from training.fit import loop
from training.fit.detail import load_tokenizer
from training.fit.latents import LatentBatch, LatentWindows, held_out_sketches
from training.fit.settings import Settings
from training.fit.weights import load_config, load_weights, save_weights

Drawer = Callable[[LatentBatch], Tensor]
"""Gives tokens int64 [B, h, w] for a batch of sketches."""
Figures = Callable[[Drawer], dict[str, float]]
"""Measures what a prior draws on held-out sketches."""
MakeReferee = Callable[[Sequence[LatentBatch], Library, Tokenizer], Figures]
"""Makes the judge of some held-out sketches, training works and a tokenizer."""

# How the masked prior is compared: the best constant temperature for real sketches.
MASKED_STEPS, MASKED_TEMPERATURE = 12, 0.95


def flow_loss(model: FlowPrior, sample: LatentBatch) -> Tensor:
    """Mean squared error of the velocity over masked cells, at logit-normal times."""
    latents, codes = model.standardise(sample.latents), model.standardise(sample.codes)
    noise = torch.randn_like(latents)
    time = torch.randn(len(latents), device=latents.device).sigmoid()
    path = time[:, None, None, None]
    noised = (1.0 - path) * noise + path * latents
    known = codes * (1.0 - sample.mask)
    with half(latents.device):
        velocity = model(noised, known, sample.mask, sample.sketch, sample.condition, time)
    error = (velocity.float() - (latents - noise)).square() * sample.mask
    mean: Tensor = error.sum() / (sample.mask.sum() * latents.shape[1])
    return mean


@torch.no_grad()
def drawn_tokens(model: FlowPrior, tokenizer: Tokenizer, sample: LatentBatch, seed: int) -> Tensor:
    """Tokens int64 [B, h, w]: masked cells drawn, all others as known."""
    model.eval()
    noise = torch.randn(sample.latents.shape, generator=torch.Generator().manual_seed(seed))
    codes = model.standardise(sample.codes)
    with half(codes.device):
        found = follow(model, codes, sample.mask, sample.sketch, sample.condition, noise)
    unit = functional.normalize(model.restore(found), dim=1).permute(0, 2, 3, 1)
    shape = unit.shape[:3]
    return tokenizer.quantizer.nearest(unit.reshape(-1, unit.shape[-1])).reshape(shape)


def masked_tokens(prior: DetailPrior, sample: LatentBatch, seed: int) -> Tensor:
    """Tokens int64 [B, h, w] that the masked prior draws on the same sketches."""
    torch.manual_seed(seed)
    tokens = torch.zeros(sample.mask[:, 0].shape, dtype=torch.int64)
    shares = torch.ones(len(tokens))
    return redrawn(
        prior,
        tokens,
        sample.sketch,
        sample.condition,
        shares,
        steps=MASKED_STEPS,
        temperature=MASKED_TEMPERATURE,
    )


def train_flow(
    corpora: Sequence[pathlib.Path],
    run: pathlib.Path,
    weights: pathlib.Path,
    out: pathlib.Path,
    minutes: float,
    captions: CaptionWriter,
    make_referee: MakeReferee,
    seed: int = 0,
    settings: Settings | None = None,
) -> None:
    """Train the flow until its budget is spent; resumes from `run`.

    Args:
        corpora: Corpus folders.
        run: Folder of the checkpoint and the latents' cache.
        weights: Folder with the tokenizer, and with the masked prior that it is compared with.
        out: Folder that receives `flow.safetensors` and `flow.json`.
        minutes: Length of the whole plan, earlier runs included.
        captions: Chooses words.
        make_referee: Makes the judge of the finished training.
        seed: Seed of initial weights and draws.
        settings: Sizes and rates; the defaults when not given.
    """
    everything = settings or Settings()
    plan, place = everything.flow, choose(everything.device)
    torch.manual_seed(seed)
    tokenizer = load_tokenizer(weights)
    codebook = tokenizer.quantizer.codebook
    colours = np.load(weights / "sketch_colours.npz", allow_pickle=False)["sketch_colours"]
    library = Library(corpora, "train")
    held = Library(corpora, "validation", library.labels)
    views = latent_views(library, tokenizer, run / "latents")
    held_views = latent_views(held, tokenizer, run / "latents")
    # Latents are the tokenizer's, whatever a configuration says of them.
    model = FlowPrior(replace(plan.network, code_dim=codebook.shape[1]))
    windows = LatentWindows(library, views, captions, colours, codebook, seed)
    first = torch.cat([windows.latents(codebook.numpy()).latents for _ in range(8)])
    model.mean.copy_(first.mean(dim=(0, 2, 3), keepdim=True))
    model.deviation.copy_(first.std(dim=(0, 2, 3), keepdim=True))
    model = model.to(place)
    model = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = torch.optim.AdamW(
        model.parameters(), plan.rate, betas=(0.9, 0.96), weight_decay=0.03
    )
    state = loop.Run(run / "flow.pt", model, optimizer, minutes)
    windows.random = np.random.default_rng(seed + state.step)
    samples = held_out_sketches(held, held_views, colours, codebook.numpy(), plan.judged)

    def publish() -> None:
        copy = state.averaged()
        figures = make_referee(samples, library, tokenizer)
        found = figures(lambda sample: drawn_tokens(copy, tokenizer, sample, seed=1))
        course.report.say(f"held-out sketches {found}, step {state.step}")
        save_weights(out, "flow", copy, {**found, "step": state.step})
        if (weights / "detail.safetensors").exists():
            prior = DetailPrior(DetailConfig.from_json(load_config(weights, "detail")))
            load_weights(weights, "detail", prior)
            found = figures(lambda sample: masked_tokens(prior.eval(), sample, seed=1))
            course.report.say(f"the masked prior on the same sketches {found}")

    def batch() -> LatentBatch:
        return windows.latents(codebook.numpy(), plan.batch)

    # Its judgement takes minutes, so it is published once, at the end.
    course = loop.Course("flow", state, batch, publish, math.inf, place)
    for sample in course:
        progress = state.budget.progress
        model.train()
        if progress >= plan.freeze_norm_from:
            loop.freeze_norms(model)
        loss = flow_loss(model, sample)
        state.learn(loss, loop.cosine_rate(progress, plan.rate, warm=0.02))
        course.report.update(state.step, loss=float(loss.detach()))
