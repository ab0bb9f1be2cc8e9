"""Training of the detail prior: masked tokens under words, palette and sketch."""

import math
import pathlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from artdesk.core.colour import srgb8_to_oklab
from artdesk.core.condition import frame_vector, scale_oklab
from artdesk.core.sketch_layout import cell_means, enlarge_sketch, sketch_shape
from models.autoencoder import Tokenizer
from models.config import TokenizerConfig
from models.detail import DetailPrior
from training.data.captions import CaptionWriter
from training.data.library import Library, draw_conditions
from training.data.tokens import View, by_work, token_views
from training.device import choose, half
from training.fit import loop
from training.fit.settings import Settings
from training.fit.sketch import nearest
from training.fit.weights import load_config, load_weights, save_weights

WINDOW = 32
"""Tokens on a side of the usual grid."""
WINDOWS = ((WINDOW, WINDOW),) * 6 + ((24, 32), (32, 24), (32, 40), (40, 32))
NO_SKETCH = 0.05
RECTANGLE = 0.15
RANDOM_VISIBLE = 0.03
NEAR_VISIBLE = 0.07
LABEL_SMOOTHING = 0.05
VISIBLE_WEIGHT = 0.1
BUCKETS = ((0.2, 0.5), (0.5, 0.8), (0.8, 1.0))


@dataclass(frozen=True, slots=True)
class DetailBatch:
    """One batch.

    Attributes:
        tokens: int64 [B, h, w], what is to be found.
        shown: int64 [B, h, w], with masked and corrupted cells.
        mask: bool [B, h, w], true where masked.
        sketch: float32 [B, 4, h, w].
        condition: float32 [B, 120].
    """

    tokens: Tensor
    shown: Tensor
    mask: Tensor
    sketch: Tensor
    condition: Tensor


class Windows:
    """Draws windows of token maps with masks and conditions.

    Args:
        library: Pictures.
        views: Their token maps.
        captions: Chooses words.
        colours: Sketch table uint8 [192, 3].
        codebook: float32 [codes, dimension].
        seed: Seed of the draws.
    """

    def __init__(
        self,
        library: Library,
        views: Sequence[View],
        captions: CaptionWriter,
        colours: NDArray[np.uint8],
        codebook: Tensor,
        seed: int,
    ) -> None:
        self.library, self.captions = library, captions
        self.views = by_work(views, len(library.labelled))
        # Small square pictures hold no oblong window, and asking for one would never end.
        sizes = {view.tokens.shape for view in views}
        self.shapes = [
            (rows, columns)
            for rows, columns in WINDOWS
            if any(height >= rows and width >= columns for height, width in sizes)
        ]
        self.table = srgb8_to_oklab(colours)
        self.codes = len(codebook)
        self.near = (codebook @ codebook.t()).topk(9, dim=1).indices[:, 1:].numpy()
        self.random = np.random.default_rng(seed)

    def _window(self, rows: int, columns: int) -> tuple[View, int, int]:
        while True:
            views = self.views[self.library.pick(self.random)]
            view = views[self.random.integers(len(views))]
            height, width = view.tokens.shape
            if height >= rows and width >= columns:
                top = int(self.random.integers(height - rows + 1))
                left = int(self.random.integers(width - columns + 1))
                return view, top, left

    def _mask(self, rows: int, columns: int, share: float) -> NDArray[np.bool_]:
        if self.random.random() < RECTANGLE:
            tall = max(1, round(rows * math.sqrt(share)))
            wide = max(1, min(columns, round(share * rows * columns / tall)))
            top = int(self.random.integers(rows - tall + 1))
            left = int(self.random.integers(columns - wide + 1))
            mask = np.zeros((rows, columns), dtype=bool)
            mask[top : top + tall, left : left + wide] = True
            return mask
        wanted = max(1, round(share * rows * columns))
        ranks = self.random.permutation(rows * columns).reshape(rows, columns)
        return np.asarray(ranks < wanted)

    def batch(
        self, count: int, shares: tuple[float, float] | None = None, square: bool = False
    ) -> DetailBatch:
        """Draw a batch; all windows of a batch have one shape.

        Args:
            count: Number of windows.
            shares: Range of the masked share; by default cos(pi u / 2) (MaskGIT's schedule).
            square: Whether to draw 32x32 windows without corruption, for evaluation.
        """
        random = self.random
        rows, columns = (
            (WINDOW, WINDOW) if square else self.shapes[random.integers(len(self.shapes))]
        )
        tokens = np.empty((count, rows, columns), dtype=np.int64)
        mask = np.empty((count, rows, columns), dtype=bool)
        sketch = np.zeros((count, 4, rows, columns))
        frames, masked = np.empty((count, 4)), np.empty((count, 1))
        picked, orientations = [], []
        for row in range(count):
            view, top, left = self._window(rows, columns)
            tokens[row] = view.tokens[top : top + rows, left : left + columns]
            height, width = view.tokens.shape
            zoom = min(rows, columns) / min(height, width)
            centre = ((left + columns / 2) / width, (top + rows / 2) / height)
            frames[row] = frame_vector(min(1.0, zoom), *centre, columns / rows)
            if square or random.random() >= NO_SKETCH:
                part = view.colours[top : top + rows, left : left + columns].astype(np.float64)
                cells = cell_means(part, *sketch_shape(columns, rows))
                snapped = self.table[nearest(cells, self.table)]
                sketch[row] = enlarge_sketch(scale_oklab(snapped), rows, columns)
            share = random.uniform(*shares) if shares else math.cos(math.pi / 2 * random.random())
            mask[row] = self._mask(rows, columns, share)
            masked[row] = mask[row].mean()
            picked.append(self.library.labelled[view.work])
            orientations.append(view.orientation)
        condition = draw_conditions(picked, orientations, frames, self.captions, random)
        shown = tokens.copy()
        if not square:
            chance = random.random(tokens.shape)
            near = self.near[tokens, random.integers(8, size=tokens.shape)]
            shown = np.where(chance < NEAR_VISIBLE, near, shown)
            other = random.integers(self.codes, size=tokens.shape)
            shown = np.where(chance > 1.0 - RANDOM_VISIBLE, other, shown)
        shown[mask] = self.codes
        return DetailBatch(
            tokens=torch.from_numpy(tokens),
            shown=torch.from_numpy(shown),
            mask=torch.from_numpy(mask),
            sketch=torch.from_numpy(sketch.astype(np.float32)),
            condition=torch.from_numpy(
                np.concatenate([condition, masked], axis=1).astype(np.float32)
            ),
        )


@torch.no_grad()
def cross_entropy(model: DetailPrior, samples: Sequence[DetailBatch]) -> float:
    """Mean cross-entropy in nats over the masked cells of some batches."""
    model.eval()
    total, count = 0.0, 0
    for sample in samples:
        logits = model(sample.shown, sample.sketch, sample.condition)
        loss = functional.cross_entropy(logits, sample.tokens, reduction="none")
        total += float(loss[sample.mask].sum())
        count += int(sample.mask.sum())
    return total / count


def load_tokenizer(weights: pathlib.Path) -> Tokenizer:
    """The trained tokenizer of a weights folder, in evaluation mode."""
    tokenizer = Tokenizer(TokenizerConfig.from_json(load_config(weights, "tokenizer")))
    load_weights(weights, "tokenizer", tokenizer)
    return tokenizer.eval()


def train_detail_prior(
    corpora: Sequence[pathlib.Path],
    run: pathlib.Path,
    weights: pathlib.Path,
    minutes: float,
    captions: CaptionWriter,
    seed: int = 0,
    settings: Settings | None = None,
) -> None:
    """Train the detail prior until its budget is spent; resumes from `run`.

    Args:
        corpora: Corpus folders.
        run: Folder of the checkpoint and the token cache.
        weights: Folder with the tokenizer; receives `detail.safetensors` and `detail.json`.
        minutes: Length of the whole plan, earlier runs included.
        captions: Chooses words.
        seed: Seed of initial weights and draws.
        settings: Sizes and rates; the defaults when not given.
    """
    everything = settings or Settings()
    plan, place = everything.detail, choose(everything.device)
    torch.manual_seed(seed)
    tokenizer = load_tokenizer(weights)
    codebook = tokenizer.quantizer.codebook
    colours = np.load(weights / "sketch_colours.npz", allow_pickle=False)["sketch_colours"]
    library = Library(corpora, "train")
    held = Library(corpora, "validation", library.labels)
    views = token_views(library, tokenizer, run / "tokens")
    held_views = token_views(held, tokenizer, run / "tokens")
    # Codes are the tokenizer's, whatever a configuration says of them.
    codes, dimension = codebook.shape
    model = DetailPrior(replace(plan.network, codebook_size=codes, code_dim=dimension))
    model.codebook[:-1] = codebook
    model = model.to(place)
    model = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = torch.optim.AdamW(
        model.parameters(), plan.rate, betas=(0.9, 0.96), weight_decay=0.03
    )
    state = loop.Run(run / "detail.pt", model, optimizer, minutes, {"continued": 0})
    if state.go_on_from(weights, "detail"):
        model.codebook[:-1] = codebook
        state.restart_average()
        state.marks["continued"] = 1
    peak = plan.further_rate if state.marks["continued"] else plan.rate
    windows = Windows(library, views, captions, colours, codebook, seed + state.step)
    checks = Windows(held, held_views, captions, colours, codebook, 1)
    held_samples = {
        bucket: [checks.batch(8, bucket, square=True) for _ in range(4)] for bucket in BUCKETS
    }

    def publish() -> None:
        copy = state.averaged()
        found = {
            f"cross_entropy_{low:.0%}_{high:.0%}": cross_entropy(copy, held_samples[low, high])
            for low, high in BUCKETS
        }
        course.report.say(f"held-out {found}, step {state.step}")
        save_weights(weights, "detail", copy, {**found, "step": state.step})

    def batch() -> DetailBatch:
        return windows.batch(plan.batch)

    course = loop.Course("detail prior", state, batch, publish, plan.publish_minutes, place)
    for sample in course:
        model.train()
        if state.budget.progress >= plan.freeze_norm_from:
            loop.freeze_norms(model)
        with half(place):
            logits = model(sample.shown, sample.sketch, sample.condition)
        losses = functional.cross_entropy(
            logits.float(), sample.tokens, reduction="none", label_smoothing=LABEL_SMOOTHING
        )
        masked = losses[sample.mask].mean()
        loss = masked
        if not bool(sample.mask.all()):
            loss = masked + VISIBLE_WEIGHT * losses[~sample.mask].mean()
        state.learn(loss, loop.cosine_rate(state.budget.progress, peak, warm=0.02))
        course.report.update(state.step, masked=float(masked.detach()))
