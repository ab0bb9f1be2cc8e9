"""The network that reads words which the table does not know. Loaded when first needed."""

import numpy as np
from numpy.typing import NDArray

from artdesk.core.attributes import WORD_DIM
from artdesk.engine.session import GraphSession
from artdesk.engine.words.pieces import WordPieces

MAX_PIECES = 32
"""Positions that the network knows."""
_INPUTS = ("input_ids", "attention_mask")


class TextEncoder:
    """Text to word vector.

    Args:
        model: Bytes of text.onnx.
        tokenizer: Bytes of tokenizer.json.
        threads: Threads of the network.
    """

    def __init__(self, model: bytes, tokenizer: bytes, threads: int = 1) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._threads = threads
        self._session: GraphSession | None = None

    def encode(self, text: str) -> NDArray[np.float64]:
        """The vector of a text, float64 [93]; BundleError when the network is damaged."""
        if self._session is None:
            # Here because most pictures need neither the vocabulary nor the network.
            self._pieces = WordPieces.read(self._tokenizer)
            self._session = GraphSession(self._model, self._threads, "text", _INPUTS)
        pieces = self._pieces.encode(text)
        if len(pieces) > MAX_PIECES:
            pieces = [*pieces[: MAX_PIECES - 1], pieces[-1]]
        ids = np.array([pieces], dtype=np.int64)
        vector = self._session.result(
            dict(zip(_INPUTS, (ids, np.ones_like(ids)), strict=True)), (1, WORD_DIM), "f"
        )
        return np.asarray(vector[0].astype(np.float64))
