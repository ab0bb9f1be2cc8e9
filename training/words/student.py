"""Build, train and store the student: the steps between the material and the tests."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from tokenizers import Tokenizer

from artdesk.core import atomic
from artdesk.core.errors import WordsError
from models.words import WordEncoder, WordEncoderConfig
from training.fit.weights import load_config
from training.words import distil, targets, vocabulary
from training.words.material import Batches, Material
from training.words.teacher import Teacher

NAME = "text"
TOKENIZER_FILE = "text_tokenizer.json"
_SCALE = ".scale"
BASIS_FILE = "text_basis.safetensors"
_VOCABULARY = 9_000


@dataclass(frozen=True, slots=True)
class Student:
    """A trained word encoder with its tokenizer."""

    model: WordEncoder
    tokenizer: Tokenizer

    @torch.inference_mode()
    def read(self, texts: list[str]) -> npt.NDArray[np.float32]:
        """Word vectors float32 [len(texts), 93]: attributes, then the semantic part."""
        output: npt.NDArray[np.float32] = distil.read_texts(
            self.model, self.tokenizer, texts
        ).numpy()
        return output


def identity(labels: Mapping[str, npt.NDArray[np.float32]], seed: int, steps: int) -> str:
    """A short name of what a training depends on; other inputs give another name."""
    sizes = WordEncoderConfig(vocabulary=_VOCABULARY).to_json()
    digest = hashlib.sha256(f"{targets.METHOD} {seed} {steps} {sizes}".encode())
    for word in sorted(labels):
        digest.update(word.encode())
        digest.update(labels[word].tobytes())
    return digest.hexdigest()[:16]


def train_student(
    material: Material,
    teacher: Teacher,
    teacher_folder: Path,
    plan: distil.DistillationPlan,
    seed: int,
) -> tuple[Student, bool]:
    """Train a student, or go on with one.

    Returns:
        The student, and whether the plan was finished.
    """
    document = vocabulary.read_tokenizer(teacher_folder / "tokenizer.json")
    pieces = vocabulary.prune(document, material.texts, _VOCABULARY)
    tokenizer = Tokenizer.from_str(vocabulary.rebuild(document, pieces))
    torch.manual_seed(seed)
    model = WordEncoder(WordEncoderConfig(vocabulary=len(pieces)))
    old = document["model"]["vocab"]
    distil.start_embeddings(model, teacher.token_embeddings()[[old[piece] for piece in pieces]])
    finished = distil.train(model, tokenizer, Batches(material, seed), plan)
    if finished:
        round_weights(model)
    return Student(model, tokenizer), finished


def save_student(folder: Path, student: Student, metrics: dict[str, Any]) -> None:
    """Write text.safetensors, text.json and text_tokenizer.json.

    Matrices are kept as int8 with a float16 scale for each row: the bundle holds them as int8
    too, and the folder of weights must stay small.
    """
    tensors: dict[str, torch.Tensor] = {}
    for name, value in student.model.state_dict().items():
        if value.dtype.is_floating_point and value.ndim == 2:
            tensors[name], tensors[name + _SCALE] = _packed(value)
        elif value.dtype.is_floating_point:
            tensors[name] = value.to(torch.float16)
    config = json.loads(student.model.config.to_json())
    text = json.dumps({"config": config, "metrics": metrics}, indent=1)
    atomic.write_bytes(folder / f"{NAME}.safetensors", save(tensors))
    atomic.write_text(folder / f"{NAME}.json", text + "\n")
    atomic.write_text(folder / TOKENIZER_FILE, student.tokenizer.to_str())


@torch.no_grad()
def round_weights(model: WordEncoder) -> None:
    """Round the matrices as they will be stored, so that tests see what is kept."""
    for value in model.parameters():
        if value.ndim == 2:
            numbers, scale = _packed(value)
            value.copy_(numbers.float() * scale.float())


def _packed(value: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """A matrix as int8 [rows, columns] and float16 [rows, 1]."""
    # The scale is rounded up by a hair, so that its float16 form never clips the largest entry.
    scale = (value.abs().amax(dim=1, keepdim=True) * (1.001 / 127.0)).clamp(min=1e-7)
    scale = scale.to(torch.float16)
    numbers = torch.round(value / scale.float()).clamp(-127, 127).to(torch.int8)
    return numbers, scale


def load_student(folder: Path) -> Student:
    """Read a stored student.

    Raises:
        WordsError: a file is missing or does not fit.
    """
    try:
        config = WordEncoderConfig.from_json(load_config(folder, NAME))
        model = WordEncoder(config)
        stored = load((folder / f"{NAME}.safetensors").read_bytes())
        model.load_state_dict(
            {
                name: value.float() * stored[name + _SCALE].float()
                if value.dtype == torch.int8
                else value.float()
                for name, value in stored.items()
                if not name.endswith(_SCALE)
            },
            strict=False,  # position numbers are no weights
        )
        text = (folder / TOKENIZER_FILE).read_text(encoding="utf-8")
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise WordsError(
            f"The word encoder in {folder} cannot be read; run `python -m training text`."
        ) from error
    return Student(model.eval(), Tokenizer.from_str(text))
