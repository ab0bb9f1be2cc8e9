"""Training of the sketch prior: large forms, drawn cell by cell from coarse to fine."""

import math
import pathlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from artdesk.core import atomic
from artdesk.core.colour import oklab_to_srgb8, srgb8_to_oklab
from artdesk.core.condition import frame_vector, scale_oklab
from artdesk.core.sketch_layout import Layout, cell_means, layout, sequence_features
from models.sketch import SketchPrior
from training.data.arrays import npz
from training.data.captions import CaptionWriter
from training.data.library import LabelledWork, Library, draw_conditions
from training.data.pictures import turn
from training.device import choose, half
from training.fit import loop
from training.fit.settings import Settings
from training.fit.weights import save_weights

FloatArray = NDArray[np.float64]

SHAPES = ((8, 8), (8, 8), (8, 8), (8, 6), (6, 8), (8, 5), (5, 8), (8, 7), (7, 8))
RECOLOUR = 0.25
KNOWN_FIRST = 0.2
NEAR_TARGETS = 0.15
NEAR_WIDTH = 0.025
COLOUR_NOISE = 0.02
SAMPLES_FOR_TABLE = 6000
# Pictures without large forms are rarer than in the corpus: a sketch is about large forms.
LEAST_CLARITY = 0.08


@dataclass(frozen=True, slots=True)
class SketchBatch:
    """One batch of sequences.

    Attributes:
        previous: int64 [B, N], colour of the cell before; 192 at the start.
        features: float32 [B, N, 68].
        condition: float32 [B, 119].
        target: int64 [B, N].
        level: int64 [B, N], level of each target.
    """

    previous: Tensor
    features: Tensor
    condition: Tensor
    target: Tensor
    level: Tensor


def recolour(oklab: FloatArray, random: np.random.Generator) -> FloatArray:
    """Turn all hues by one random angle and scale chroma and lightness a little."""
    angle = random.uniform(0.0, 2.0 * math.pi)
    turn_hue = np.array(
        [[1.0, 0.0, 0.0], [0.0, math.cos(angle), -math.sin(angle)],
         [0.0, math.sin(angle), math.cos(angle)]]
    )  # fmt: skip
    chroma = random.uniform(0.8, 1.2)
    out = oklab @ turn_hue.T * (1.0, chroma, chroma)
    out[..., 0] = np.clip(out[..., 0], 0.0, 1.0) ** random.uniform(0.8, 1.25)
    return np.asarray(out)


def form_clarity(oklab: FloatArray) -> float:
    """How much of a picture's colour variance over 8x8 cells is already there over 4x4 cells.

    Args:
        oklab: float64 [H, W, 3].

    Returns:
        0.25 for independent cells, near 1 for large forms; 0 for a picture of one colour.
    """
    fine = cell_means(oklab, 8, 8)
    variance = float(fine.var(axis=(0, 1)).sum())
    coarse = fine.reshape(4, 2, 4, 2, 3).mean(axis=(1, 3))
    return float(coarse.var(axis=(0, 1)).sum()) / variance if variance > 1e-6 else 0.0


def _pools(library: Library) -> list[tuple[NDArray[np.int64], FloatArray]]:
    """Paintings and constructed pictures, each with the chance of each picture."""
    pools = []
    for members in (library.paintings, library.constructed):
        if len(members):
            clarity = [
                form_clarity(library.labelled[i].thumbnail.astype(np.float64)) for i in members
            ]
            weights = np.clip((np.array(clarity) - 0.3) / 0.5, LEAST_CLARITY, 1.0)
            pools.append((members, weights / weights.sum()))
    return pools


def colour_table(library: Library, count: int, seed: int) -> NDArray[np.uint8]:
    """Choose the colours of the sketch table by k-means over cells of training pictures.

    Args:
        library: Training pictures.
        count: Number of colours.
        seed: Seed of the choice.

    Returns:
        uint8 [count, 3], sRGB. Vivid cells count more, so that accents keep their hue.
    """
    random = np.random.default_rng(seed)
    cells = []
    for _ in range(SAMPLES_FOR_TABLE):
        labelled = library.labelled[library.pick(random)]
        image = labelled.thumbnail.astype(np.float64)
        if random.random() < RECOLOUR:
            image = recolour(image, random)
        cells.append(cell_means(image, 8, 8).reshape(-1, 3)[random.integers(64, size=8)])
        cells.append(labelled.palette[random.integers(5, size=1)])
    points = np.concatenate(cells)
    weights = 0.03 + np.linalg.norm(points[:, 1:], axis=1)
    centres = points[random.choice(len(points), count, False, weights / weights.sum())]
    for _ in range(25):
        near = np.square(points[:, None] - centres[None]).sum(axis=-1).argmin(axis=1)
        total = np.bincount(near, weights, minlength=count)
        for channel in range(3):
            sums = np.bincount(near, weights * points[:, channel], minlength=count)
            means = sums / np.maximum(total, 1e-9)
            centres[:, channel] = np.where(total > 0, means, centres[:, channel])
    return oklab_to_srgb8(centres)


class Sequences:
    """Draws batches of sketch sequences.

    Args:
        library: Pictures.
        captions: Chooses words.
        colours: Sketch table uint8 [192, 3].
        seed: Seed of the draws.
    """

    def __init__(
        self, library: Library, captions: CaptionWriter, colours: NDArray[np.uint8], seed: int
    ) -> None:
        self.library, self.captions = library, captions
        self.oklab = srgb8_to_oklab(colours)
        self.random = np.random.default_rng(seed)
        self.pools = _pools(library)

    def _pick(self) -> LabelledWork:
        """A work; paintings and constructed pictures equally often, clear forms more often."""
        members, chances = self.pools[self.random.integers(len(self.pools))]
        index = int(self.random.choice(members, p=chances))
        return self.library.labelled[index]

    def _crop(
        self, labelled: LabelledWork, rows: int, columns: int
    ) -> tuple[FloatArray, int, FloatArray, tuple[FloatArray, FloatArray] | None]:
        random = self.random
        orientation = int(random.integers(8))
        image = turn(labelled.thumbnail, orientation).astype(np.float64)  # type: ignore[arg-type]
        height, width = image.shape[:2]
        aspect = columns / rows
        zoom = 1.0 if random.random() < 0.5 else random.uniform(0.6, 1.0)
        tall = min(height, width / aspect) * zoom
        wide = tall * aspect
        top, left = random.uniform(0, height - tall), random.uniform(0, width - wide)
        cut = image[int(top) : int(top + tall + 0.999), int(left) : int(left + wide + 0.999)]
        frame = frame_vector(zoom, (left + wide / 2) / width, (top + tall / 2) / height, aspect)
        if random.random() >= RECOLOUR:
            return cut, orientation, frame, None
        state = random.bit_generator.state
        cut = recolour(cut, random)
        random.bit_generator.state = state
        return cut, orientation, frame, (recolour(labelled.palette, random), labelled.shares)

    def _order(self, pyramid: Layout) -> NDArray[np.int64]:
        """Coarse to fine, at random inside a level; sometimes some fine cells come first."""
        key = pyramid.level + self.random.random(pyramid.cells)
        if self.random.random() < KNOWN_FIRST:
            finest = np.zeros(pyramid.cells, dtype=bool)
            finest[pyramid.finest] = True
            share = self.random.random()
            key[finest & (self.random.random(pyramid.cells) < share)] -= 10.0
        return np.argsort(key).astype(np.int64)

    def batch(self, count: int) -> SketchBatch:
        """Draw a batch; all sketches of a batch have one shape."""
        rows, columns = SHAPES[self.random.integers(len(SHAPES))]
        pyramid = layout(rows, columns)
        picked, orientations, recoloured = [], [], []
        frames = np.empty((count, 4))
        cells = np.empty((count, pyramid.cells, 3))
        order = np.empty((count, pyramid.cells), dtype=np.int64)
        for row in range(count):
            labelled = self._pick()
            image, orientation, frames[row], new = self._crop(labelled, rows, columns)
            cells[row] = np.concatenate(
                [cell_means(image, *shape).reshape(-1, 3) for shape in pyramid.shapes]
            )
            order[row] = self._order(pyramid)
            picked.append(labelled)
            orientations.append(orientation)
            recoloured.append(new)
        tokens = nearest(cells, self.oklab)
        shown = self.oklab[tokens] + self.random.normal(scale=COLOUR_NOISE, size=cells.shape)
        target = np.take_along_axis(tokens, order, axis=1)
        start = np.full((count, 1), len(self.oklab))
        condition = draw_conditions(
            picked, orientations, frames, self.captions, self.random, recoloured
        )
        features = sequence_features(pyramid, scale_oklab(shown), order)
        return SketchBatch(
            previous=torch.from_numpy(np.concatenate([start, target[:, :-1]], axis=1)),
            features=torch.from_numpy(features.astype(np.float32)),
            condition=torch.from_numpy(condition.astype(np.float32)),
            target=torch.from_numpy(target),
            level=torch.from_numpy(pyramid.level[order]),
        )


def nearest(oklab: FloatArray, table: FloatArray) -> NDArray[np.int64]:
    """Index int64 [...] of the table colour [K, 3] nearest to each Oklab colour [..., 3]."""
    flat = oklab.reshape(-1, 3)
    scores = flat @ table.T - 0.5 * np.square(table).sum(axis=1)
    return np.asarray(scores.argmax(axis=1).reshape(oklab.shape[:-1]), dtype=np.int64)


def _near_targets(colours: NDArray[np.uint8]) -> Tensor:
    """Soft targets float32 [K, K]: the colour itself, and a little of its close neighbours."""
    oklab = srgb8_to_oklab(colours)
    distance = np.square(oklab[:, None] - oklab[None]).sum(axis=-1)
    near = np.exp(-distance / (2.0 * NEAR_WIDTH**2))
    near /= near.sum(axis=1, keepdims=True)
    mixed = (1.0 - NEAR_TARGETS) * np.eye(len(oklab)) + NEAR_TARGETS * near
    return torch.from_numpy(mixed.astype(np.float32))


@torch.no_grad()
def evaluate(model: SketchPrior, samples: Sequence[SketchBatch]) -> dict[str, float]:
    """Mean cross-entropy in nats of each level, and of all cells, on fixed batches."""
    model.eval()
    losses, levels = [], []
    for sample in samples:
        logits = model(sample.previous, sample.features, sample.condition)
        flat, target = logits.flatten(0, 1), sample.target.flatten()
        losses.append(functional.cross_entropy(flat, target, reduction="none"))
        levels.append(sample.level.flatten())
    loss, level = torch.cat(losses), torch.cat(levels)
    found = {f"level{i}": float(loss[level == i].mean()) for i in range(4)}
    return {"cross_entropy": float(loss.mean()), **found}


def train_sketch_prior(
    corpora: Sequence[pathlib.Path],
    run: pathlib.Path,
    weights: pathlib.Path,
    minutes: float,
    captions: CaptionWriter,
    seed: int = 0,
    settings: Settings | None = None,
) -> None:
    """Train the sketch prior until its budget is spent; resumes from `run`.

    Args:
        corpora: Corpus folders.
        run: Folder of the checkpoint.
        weights: Folder that receives `sketch.safetensors`, `sketch.json`, `sketch_colours.npz`.
        minutes: Length of the whole plan, earlier runs included.
        captions: Chooses words.
        seed: Seed of initial weights and draws.
        settings: Sizes and rates; the defaults when not given.
    """
    everything = settings or Settings()
    plan, place = everything.sketch, choose(everything.device)
    torch.manual_seed(seed)
    library = Library(corpora, "train")
    held = Library(corpora, "validation", library.labels)
    config = plan.network
    table = weights / "sketch_colours.npz"
    if not table.exists():
        atomic.write_bytes(
            table, npz({"sketch_colours": colour_table(library, config.colours, seed)})
        )
    colours = np.load(table, allow_pickle=False)["sketch_colours"]
    model = SketchPrior(config).to(place)
    optimizer = torch.optim.AdamW(
        model.parameters(), plan.rate, betas=(0.9, 0.96), weight_decay=0.03
    )
    state = loop.Run(run / "sketch.pt", model, optimizer, minutes, {"continued": 0})
    if state.go_on_from(weights, "sketch"):
        state.marks["continued"] = 1
    peak = plan.further_rate if state.marks["continued"] else plan.rate
    soft = _near_targets(colours).to(place)
    sequences = Sequences(library, captions, colours, seed + state.step)
    checks = Sequences(held, captions, colours, 1)
    held_samples = [checks.batch(plan.batch) for _ in range(8)]

    def publish() -> None:
        copy = state.averaged()
        found = evaluate(copy, held_samples)
        course.report.say(f"held-out {found}, step {state.step}")
        save_weights(weights, "sketch", copy, {**found, "step": state.step})

    def batch() -> SketchBatch:
        return sequences.batch(plan.batch)

    course = loop.Course("sketch prior", state, batch, publish, plan.publish_minutes, place)
    for sample in course:
        model.train()
        with half(place):
            logits = model(sample.previous, sample.features, sample.condition)
        chances = functional.log_softmax(logits.float(), dim=-1)
        loss = -(soft[sample.target] * chances).sum(dim=-1).mean()
        state.learn(loss, loop.cosine_rate(state.budget.progress, peak, warm=0.03))
        course.report.update(state.step, loss=float(loss.detach()))
