"""Load everything that was trained from the folder of float weights."""

import json
import pathlib
from dataclasses import fields
from typing import TypeVar

import numpy as np
from safetensors import SafetensorError
from tokenizers import Tokenizer as PieceTokenizer
from torch import nn

from artdesk.core.errors import SettingError
from models.config import DetailConfig, SketchConfig
from models.detail import DetailPrior
from models.sketch import SketchPrior
from models.words import WordEncoder, WordEncoderConfig
from training.assemble import Networks
from training.detail_prior import load_tokenizer
from training.weights import load_config, load_weights

PIECES = "text-tokenizer.json"
MEASURED_WORDS = 64
Module = TypeVar("Module", bound=nn.Module)


def load_networks(weights: pathlib.Path) -> Networks:
    """Load all networks, in evaluation mode.

    Args:
        weights: Folder with `tokenizer`, `sketch`, `detail` and `text` as safetensors and json,
            `sketch_colours.npz`, and the word files.

    Raises:
        SettingError: A file is missing or does not fit its network.
    """
    try:
        return _load(weights)
    except FileNotFoundError as error:
        raise SettingError(
            f"{error.filename} is missing; train that part first, or name another folder with "
            "--weights."
        ) from error
    except (ValueError, KeyError, TypeError, SafetensorError) as error:
        raise SettingError(f"The weights in {weights} cannot be used: {error}") from error


def _load(weights: pathlib.Path) -> Networks:
    def filled(name: str, model: Module) -> Module:
        load_weights(weights, name, model)
        return model.eval()

    detail = DetailPrior(DetailConfig.from_json(load_config(weights, "detail")))
    sketch = SketchPrior(SketchConfig.from_json(load_config(weights, "sketch")))
    raw = json.loads(load_config(weights, "text"))
    known = {field.name for field in fields(WordEncoderConfig)}
    text = WordEncoder(WordEncoderConfig(**{k: v for k, v in raw.items() if k in known}))
    pieces = PieceTokenizer.from_str((weights / PIECES).read_text(encoding="utf-8"))
    files = {name: (weights / name).read_bytes() for name in ("words.npz", "words.json")}
    words = [entry["word"] for entry in json.loads(files["words.json"])]
    step = max(1, len(words) // MEASURED_WORDS)
    return Networks(
        tokenizer=load_tokenizer(weights),
        sketch=filled("sketch", sketch),
        sketch_colours=np.load(weights / "sketch_colours.npz", allow_pickle=False)[
            "sketch_colours"
        ],
        detail=filled("detail", detail),
        text=filled("text", text),
        text_files={**files, "tokenizer.json": (weights / PIECES).read_bytes()},
        text_ids=[pieces.encode(word).ids for word in words[::step]],
    )
