"""What a few adjectives would say of a picture, as the networks are told it."""

import pathlib

import numpy as np
from numpy.typing import NDArray

from artdesk.core.attributes import SEMANTIC_DIM
from artdesk.engine.words.table import SCALE, combine_vectors
from training.data.labels import emphasis, spoken_attributes

FloatArray = NDArray[np.float64]

# Share of training pictures whose words come without a semantic vector: sliders and the
# attribute head may speak alone.
ATTRIBUTES_ONLY = 0.3
MOST_WORDS = 4
LEAST_AGREEMENT = 0.25
SHARPNESS = 8.0


class CaptionWriter:
    """Chooses known adjectives that agree with a picture and combines their vectors.

    Args:
        vectors: float64 [W, 93] word vectors (29 attributes, 64 semantic), or None when no word
            table exists yet; then only attributes are spoken.
    """

    def __init__(self, vectors: FloatArray | None) -> None:
        self.vectors = vectors
        if vectors is not None:
            attributes = vectors[:, :-SEMANTIC_DIM]
            self.directions = attributes / np.maximum(
                np.linalg.norm(attributes, axis=1, keepdims=True), 1e-6
            )

    def describe(
        self, attributes: FloatArray, random: np.random.Generator
    ) -> tuple[FloatArray, FloatArray]:
        """Describe a picture with one to four words.

        Args:
            attributes: Measured attributes float64 [29], -1..1.
            random: Source of chance.

        Returns:
            Attributes float64 [29] and semantic vector float64 [64] (unit length or zero).
        """
        cares = emphasis(random)
        if self.vectors is None or random.random() < ATTRIBUTES_ONLY:
            return spoken_attributes(attributes, random, cares), np.zeros(SEMANTIC_DIM)
        marked = np.sign(attributes) * np.maximum(np.abs(attributes) - 0.1, 0.0)
        products = self.directions * marked * cares
        # A contradicted pole counts double: "warm and bright" is wrong for a dark warm picture.
        score = products.sum(axis=1) + np.minimum(products, 0.0).sum(axis=1)
        fitting = np.flatnonzero(score > LEAST_AGREEMENT)
        if len(fitting) == 0:
            return spoken_attributes(attributes, random, cares), np.zeros(SEMANTIC_DIM)
        noisy = SHARPNESS * score[fitting] + random.gumbel(size=len(fitting))
        count = int(random.integers(1, MOST_WORDS + 1))
        chosen = fitting[np.argsort(-noisy)[:count]]
        return combine_vectors(self.vectors[chosen], random.uniform(0.6, 1.4, size=len(chosen)))


def load_caption_writer(weights: pathlib.Path) -> CaptionWriter:
    """Caption writer over the word table of a weights folder (`words.npz`); attributes alone without it."""
    table = weights / "words.npz"
    if not table.exists():
        return CaptionWriter(None)
    vectors = np.load(table, allow_pickle=False)["vectors"]
    return CaptionWriter(vectors.astype(np.float64) / SCALE)
