"""Training of the flow over latents; judged by the pictures that it draws on real sketches."""

import pathlib
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.autoencoder import Tokenizer
from models.config import DetailConfig, FlowConfig
from models.detail import DetailPrior
from models.flow import FlowPrior, follow
from training.data.captions import CaptionWriter
from training.data.drawn import redrawn
from training.data.latents import latent_views
from training.data.library import Library
from training.device import half
from training.fit import loop
from training.fit.detail import load_tokenizer
from training.fit.latents import LatentBatch, LatentWindows, held_out_sketches
from training.fit.weights import load_config, load_weights, save_weights

Drawer = Callable[[LatentBatch], Tensor]
"""Gives tokens int64 [B, h, w] for a batch of sketches."""
Figures = Callable[[Drawer], dict[str, float]]
"""Measures what a prior draws on held-out sketches."""
MakeReferee = Callable[[Sequence[LatentBatch], Library, Tokenizer], Figures]
"""Makes the judge of some held-out sketches, training works and a tokenizer."""

PEAK_RATE = 1e-3
FREEZE_NORM_FROM = 0.85
JUDGED = 64
# How the masked prior is compared: the best constant temperature for real sketches.
MASKED_STEPS, MASKED_TEMPERATURE = 12, 0.95


def flow_loss(model: FlowPrior, sample: LatentBatch) -> Tensor:
    """Mean squared error of the velocity over masked cells, at logit-normal times."""
    latents, codes = model.standardise(sample.latents), model.standardise(sample.codes)
    noise = torch.randn_like(latents)
    time = torch.randn(len(latents)).sigmoid()
    path = time[:, None, None, None]
    noised = (1.0 - path) * noise + path * latents
    known = codes * (1.0 - sample.mask)
    with half():
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
    """
    torch.manual_seed(seed)
    tokenizer = load_tokenizer(weights)
    codebook = tokenizer.quantizer.codebook
    colours = np.load(weights / "sketch_colours.npz", allow_pickle=False)["sketch_colours"]
    library = Library(corpora, "train")
    held = Library(corpora, "validation", library.labels)
    views = latent_views(library, tokenizer, run / "latents")
    held_views = latent_views(held, tokenizer, run / "latents")
    model = FlowPrior(FlowConfig())
    windows = LatentWindows(library, views, captions, colours, codebook, seed)
    first = torch.cat([windows.latents(codebook.numpy()).latents for _ in range(8)])
    model.mean.copy_(first.mean(dim=(0, 2, 3), keepdim=True))
    model.deviation.copy_(first.std(dim=(0, 2, 3), keepdim=True))
    model = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = torch.optim.AdamW(
        model.parameters(), PEAK_RATE, betas=(0.9, 0.96), weight_decay=0.03
    )
    state = loop.Run(run / "flow.pt", model, optimizer, minutes)
    windows.random = np.random.default_rng(seed + state.step)
    samples = held_out_sketches(held, held_views, colours, codebook.numpy(), JUDGED)
    budget, stop = state.budget, loop.Stop()
    batches = loop.prefetch(lambda: windows.latents(codebook.numpy()))

    def publish(figures: Figures) -> None:
        copy = FlowPrior(model.config)
        copy.load_state_dict(state.average.state)
        found = figures(lambda sample: drawn_tokens(copy, tokenizer, sample, seed=1))
        report.say(f"held-out sketches {found}, step {state.step}")
        save_weights(out, "flow", copy, {**found, "step": state.step})

    with loop.Report("flow", budget) as report:
        while budget.progress < 1.0 and not stop.wanted:
            sample = next(batches)
            model.train()
            if budget.progress >= FREEZE_NORM_FROM:
                loop.freeze_norms(model)
            loss = flow_loss(model, sample)
            state.learn(loss, loop.cosine_rate(budget.progress, PEAK_RATE, warm=0.02))
            report.update(state.step, loss=float(loss.detach()))
            if state.due:
                state.save()
        state.save()
        figures = make_referee(samples, library, tokenizer)
        publish(figures)
        if (weights / "detail.safetensors").exists():
            prior = DetailPrior(DetailConfig.from_json(load_config(weights, "detail")))
            load_weights(weights, "detail", prior)
            found = figures(lambda sample: masked_tokens(prior.eval(), sample, seed=1))
            report.say(f"the masked prior on the same sketches {found}")
