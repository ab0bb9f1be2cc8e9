"""Build, train and store the student: the steps between the material and the tests."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer

from artdesk.core import atomic
from artdesk.core.errors import WordsError
from models.words import WordEncoder, WordEncoderConfig
from training.text import distil, vocabulary
from training.text.material import Batches, Material
from training.text.teacher import Teacher
from training.weights import load_config, load_weights, save_weights

NAME = "text"
TOKENIZER_FILE = "text_tokenizer.json"
BASIS_FILE = "text_basis.safetensors"
_VOCABULARY = 11_000


@dataclass(frozen=True, slots=True)
class Student:
    """A trained word encoder with its tokenizer."""

    model: WordEncoder
    tokenizer: Tokenizer

    @torch.inference_mode()
    def read(self, texts: list[str]) -> npt.NDArray[np.float32]:
        """Word vectors float32 [len(texts), 93]: attributes, then meaning."""
        output: npt.NDArray[np.float32] = distil.read_texts(
            self.model, self.tokenizer, texts
        ).numpy()
        return output


def identity(labels: Mapping[str, npt.NDArray[np.float32]], seed: int, steps: int) -> str:
    """A short name of what a training depends on; other inputs give another name."""
    digest = hashlib.sha256(f"{seed} {steps}".encode())
    for word in sorted(labels):
        digest.update(word.encode())
        digest.update(labels[word].tobytes())
    return digest.hexdigest()[:16]


def train_student(
    material: Material, teacher: Teacher, teacher_folder: Path, plan: distil.Plan, seed: int
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
    return Student(model, tokenizer), finished


def save_student(folder: Path, student: Student, metrics: dict[str, Any]) -> None:
    """Write text.safetensors, text.json and text_tokenizer.json."""
    save_weights(folder, NAME, student.model, metrics)
    atomic.write_text(folder / TOKENIZER_FILE, student.tokenizer.to_str())


def load_student(folder: Path) -> Student:
    """Read a stored student.

    Raises:
        WordsError: a file is missing or does not fit.
    """
    try:
        config = WordEncoderConfig.from_json(load_config(folder, NAME))
        model = WordEncoder(config)
        load_weights(folder, NAME, model)
        text = (folder / TOKENIZER_FILE).read_text(encoding="utf-8")
    except (OSError, ValueError, KeyError) as error:
        raise WordsError(
            f"The word encoder in {folder} cannot be read; run `python -m training text`."
        ) from error
    return Student(model.eval(), Tokenizer.from_str(text))
