"""Train the student: the semantic part from the teacher, attributes from lexicon and WordNet.

Loss of a batch: 1 - cosine to the teacher's semantic vector; mean squared error between the
batch's own similarity matrices (Tung and Mori 2019, "Similarity-Preserving Knowledge
Distillation"); weighted squared error of the attributes; and for antonyms a margin on the axes
on which they differ, because the teacher puts "warm" beside "cold".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from torch.nn import functional as F

from artdesk.core.attributes import ATTRIBUTE_COUNT
from models.words import WordEncoder
from training.device import half
from training.fit.loop import (
    Report,
    Run,
    Stop,
    cosine_rate,
)
from training.words.material import Batches

_RATE = 1.2e-3
_PASSES = 6
_MARGIN = 0.8
_SPREAD, _NARROW_SPREAD = 0.02, 0.1
_SIMILARITY, _ATTRIBUTES, _ANTONYMS = 2.0, 12.0, 1.0


@dataclass(frozen=True, slots=True)
class DistillationPlan:
    """How long to train.

    Attributes:
        steps: steps of the whole plan.
        minutes: limit of time; the plan is then shortened, and still ends with a small rate.
        checkpoint: file for resuming; its name should change with the inputs.
    """

    steps: int
    minutes: float
    checkpoint: Path


def read_texts(model: WordEncoder, tokenizer: Tokenizer, texts: Sequence[str]) -> torch.Tensor:
    """The student's output for texts, float32 [len(texts), 93].

    Texts of like length share a forward pass, so that little computation goes into padding.
    """
    pieces = [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]
    order = sorted(range(len(pieces)), key=lambda i: len(pieces[i]))
    size = max(16, -(-len(order) // _PASSES)) if len(order) <= 512 else 128
    outputs = []
    for start in range(0, len(order), size):
        chosen = [pieces[i] for i in order[start : start + size]]
        ids = torch.zeros(len(chosen), len(chosen[-1]), dtype=torch.int64)
        mask = torch.zeros_like(ids)
        for row, numbers in enumerate(chosen):
            ids[row, : len(numbers)] = torch.tensor(numbers)
            mask[row, : len(numbers)] = 1
        outputs.append(model(ids, mask).float())
    place = torch.empty(len(order), dtype=torch.int64)
    place[torch.tensor(order)] = torch.arange(len(order))
    return torch.cat(outputs)[place]


def start_embeddings(model: WordEncoder, teacher: npt.NDArray[np.float32]) -> None:
    """Start the student's embeddings from the teacher's, reduced by principal components.

    Args:
        model: the student.
        teacher: float32 [vocabulary, D], the teacher's embeddings of the kept pieces.
    """
    centred = teacher - teacher.mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    reduced = centred @ directions[: model.config.embedding].T
    # After widening, the spread that DistilBERT's own initialisation gives to embeddings.
    wide = model.config.embedding == model.config.width
    spread = _SPREAD if wide else _NARROW_SPREAD
    reduced *= spread / reduced.std()
    with torch.no_grad():
        model.pieces.weight.copy_(torch.from_numpy(reduced.astype(np.float32)))
        if not wide:
            model.widening.weight.normal_(std=_SPREAD / spread * model.config.embedding**-0.5)


def train(
    model: WordEncoder, tokenizer: Tokenizer, batches: Batches, plan: DistillationPlan
) -> bool:
    """Train in place, from the checkpoint if there is one; the model ends with averaged weights.

    Returns:
        Whether the plan was finished (False: stopped by a signal, run again to go on).
    """
    optimiser = torch.optim.AdamW(_parameter_groups(model), lr=_RATE, betas=(0.9, 0.98))
    run = Run(plan.checkpoint, model, optimiser, plan.minutes)
    stop = Stop()
    model.train()
    finished = False
    with Report("text", run.budget) as report:
        while not stop.wanted:
            progress = max(run.step / plan.steps, run.budget.progress)
            if progress >= 1.0:
                finished = True
                break
            parts = batch_losses(model, tokenizer, batches, run.step)
            run.learn(torch.stack(list(parts.values())).sum(), cosine_rate(progress, _RATE))
            report.update(run.step, **{name: float(part.detach()) for name, part in parts.items()})
            if run.due:
                run.save()
    run.save()
    model.load_state_dict(run.average.state)
    model.eval()
    return finished


def batch_losses(
    model: WordEncoder, tokenizer: Tokenizer, batches: Batches, step: int
) -> dict[str, torch.Tensor]:
    """The weighted parts of the loss on the batch of a step."""
    batch = batches.draw(step)
    with half():
        output = read_texts(model, tokenizer, batch.texts)
    attributes, semantic = output[:, :ATTRIBUTE_COUNT], output[:, ATTRIBUTE_COUNT:]
    wanted = torch.from_numpy(batch.semantic)
    cosine = (1.0 - (semantic * wanted).sum(dim=1)).mean()
    similarity = F.mse_loss(semantic @ semantic.T, wanted @ wanted.T)
    targets = torch.from_numpy(batch.attributes)
    weights = torch.from_numpy(batch.weights)
    # Silent attributes are many: what a word does say counts more.
    emphasis = weights[:, None] * (0.5 + 2.0 * targets.abs())
    errors = (emphasis * (attributes - targets).square()).sum() / (weights.sum() * ATTRIBUTE_COUNT)
    # The last rows are antonym pairs, one after the other.
    first, second = attributes[batch.pairs_from :: 2], attributes[batch.pairs_from + 1 :: 2]
    sign = torch.from_numpy(batch.signs)
    apart = sign.abs() * F.relu(_MARGIN - torch.sign(sign) * (first - second))
    return {
        "cosine": cosine,
        "similarity": _SIMILARITY * similarity,
        "attributes": _ATTRIBUTES * errors,
        "antonyms": _ANTONYMS * apart.sum() / sign.abs().sum().clamp(min=1.0),
    }


def _parameter_groups(model: WordEncoder) -> list[dict[str, object]]:
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    plain = [p for p in model.parameters() if p.ndim < 2]
    return [
        {"params": decayed, "weight_decay": 0.01},
        {"params": plain, "weight_decay": 0.0},
    ]
