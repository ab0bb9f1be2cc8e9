"""The semantic part of a word vector: 64 principal components of the teacher's vectors.

A word is put into a few templates, so that the sense it has for pictures weighs more than its
others. Each template's own mean is taken away, the rest is averaged, projected on 64 directions
and scaled to length 1. The directions are fitted once, on WordNet's adjectives, and kept with
the weights: vectors of different trainings stay comparable.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load, save

from artdesk.core import atomic
from artdesk.core.attributes import SEMANTIC_DIM
from artdesk.core.errors import WordsError
from training.words.teacher import Teacher, cached_encode

FloatArray = npt.NDArray[np.float32]

TEMPLATES = ("{}", "{} painting", "a {} abstract picture")


@dataclass(frozen=True, slots=True)
class Basis:
    """Where the semantic part is measured from.

    Attributes:
        means: float32 [templates, D], the mean teacher vector in each template.
        components: float32 [64, D], orthonormal rows, by falling variance.
    """

    means: FloatArray
    components: FloatArray

    def centred(self, encoded: FloatArray) -> FloatArray:
        """Average over the templates: float32 [templates, N, D] to [N, D]."""
        return np.asarray((encoded - self.means[:, None, :]).mean(axis=0), dtype=np.float32)

    def project(self, encoded: FloatArray) -> FloatArray:
        """Semantic unit vectors: float32 [templates, N, D] to [N, 64]."""
        return unit_rows(self.centred(encoded) @ self.components.T)


def unit_rows(rows: FloatArray) -> FloatArray:
    """Scale each row to length 1."""
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(length, 1e-9), dtype=np.float32)


def fit_basis(encoded: FloatArray) -> Basis:
    """Principal components of the template averages.

    Args:
        encoded: float32 [templates, N, D], teacher vectors of the same words in each template.
    """
    means = encoded.mean(axis=1)
    centred = (encoded - means[:, None, :]).mean(axis=0).astype(np.float64)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    components = vectors[:, ::-1][:, :SEMANTIC_DIM].T
    # An eigenvector has no sign of its own: fix it by the largest entry.
    largest = np.take_along_axis(components, np.abs(components).argmax(axis=1)[:, None], axis=1)
    components = components * np.sign(largest)
    # Rounded as it is stored, so that a fresh fit and a loaded one agree.
    return Basis(means.astype(np.float16).astype(np.float32), _half(components))


def save_basis(path: Path, basis: Basis) -> None:
    """Write the basis as float16 safetensors."""
    tensors = {
        # safetensors writes the memory as it lies, so the rows must lie one after the other.
        "means": np.ascontiguousarray(basis.means, dtype=np.float16),
        "components": np.ascontiguousarray(basis.components, dtype=np.float16),
    }
    atomic.write_bytes(path, save(tensors, {"templates": "|".join(TEMPLATES)}))


def load_basis(path: Path) -> Basis:
    """Read the basis.

    Raises:
        WordsError: the file is missing or damaged.
    """
    try:
        tensors = load(path.read_bytes())
        return Basis(tensors["means"].astype(np.float32), tensors["components"].astype(np.float32))
    except (OSError, KeyError, SafetensorError) as error:
        raise WordsError(
            f"The meaning basis {path} cannot be read; run `python -m training text`."
        ) from error


def encode_templates(
    teacher: Teacher,
    words: Sequence[str],
    cache: Path,
    advance: Callable[[int], None] | None = None,
) -> FloatArray:
    """Teacher vectors of words in every template: float32 [templates, N, D]."""
    return np.stack(
        [
            cached_encode(teacher, [template.format(word) for word in words], cache, advance)
            for template in TEMPLATES
        ]
    )


def _half(values: npt.NDArray[np.float64]) -> FloatArray:
    return values.astype(np.float16).astype(np.float32)
