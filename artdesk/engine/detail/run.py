"""The detail prior as the sampler sees it: integer logits of some positions of a token grid."""

import numpy as np
from numpy.typing import NDArray

from artdesk.core.cancel import CancelToken
from artdesk.engine.detail.draw import IntArray, to_units
from artdesk.engine.detail.sampler import TokenGrid
from artdesk.engine.session import GraphSession
from artdesk.engine.tables import BundleTables

FloatArray = NDArray[np.float64]

_GRID_STEP = 4
"""The network halves the grid twice, so its sides are multiples of this."""


class DetailRun:
    """Asks the network for one picture; callable as a `sampler.LogitsFunction`.

    Args:
        session: detail.onnx.
        tables: Tables of the bundle.
        conditions: float64 [2, 119]: what the artist wants, and the unguided branch.
        sketch: float64 [4, h, w] of `sketch_layout.enlarge_sketch`.
        token: Stops a run of the network.
    """

    INPUTS = ("tokens", "sketch", "film")
    """Names of the network's inputs."""

    def __init__(
        self,
        session: GraphSession,
        tables: BundleTables,
        conditions: FloatArray,
        sketch: FloatArray,
        token: CancelToken | None,
    ) -> None:
        self._session = session
        self._tables = tables
        self._conditions = conditions
        self._token = token
        rows, columns = sketch.shape[1:]
        self._padding = (-rows % _GRID_STEP, -columns % _GRID_STEP)
        below, right = self._padding
        padded = np.pad(sketch, ((0, 0), (0, below), (0, right)), mode="edge")
        self._sketch = np.repeat(padded[None].astype(np.float32), 2, axis=0)

    def __call__(
        self, tokens: TokenGrid, positions: IntArray, guided: bool
    ) -> tuple[IntArray, IntArray | None]:
        """Logits of `positions`, see `sampler.LogitsFunction`."""
        branches = 2 if guided else 1
        masked = self._tables.codes.size
        share = np.full((branches, 1), np.count_nonzero(tokens == masked) / tokens.size)
        film = self._tables.detail_film(np.hstack([self._conditions[:branches], share]))
        below, right = self._padding
        padded = np.pad(tokens.astype(np.int64), ((0, below), (0, right)), constant_values=masked)
        features = self._session.result(
            {
                "tokens": np.repeat(padded[None], branches, axis=0),
                "sketch": self._sketch[:branches],
                "film": film,
            },
            (branches, len(self._tables.head_weight), *padded.shape),
            "u1",
            self._token,
        )
        rows, columns = np.divmod(positions, tokens.shape[1])
        logits = [self._head(features[branch, :, rows, columns]) for branch in range(branches)]
        return logits[0], logits[1] if guided else None

    def _head(self, features: NDArray[np.uint8]) -> IntArray:
        """The last layer: uint8 [n, C] to logits int64 [n, K] in 1/64 nat.

        The product of whole numbers up to 2**24 is exact in float32, in whatever order it sums.
        """
        tables = self._tables
        products = features.astype(np.float32) @ tables.head_weight
        return to_units(products * tables.head_scale + tables.head_bias)
