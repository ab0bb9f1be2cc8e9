"""Load everything that was trained from the folder of float weights."""

import json
import pathlib
from typing import TypeVar

import numpy as np
from safetensors import SafetensorError
from torch import nn

from artdesk.core.errors import SettingError
from artdesk.engine.words.table import INFERRED_FILE
from models.config import DetailConfig, SketchConfig
from models.detail import DetailPrior
from models.sketch import SketchPrior
from training.export.assemble import Networks
from training.fit.detail import load_tokenizer
from training.fit.weights import load_config, load_weights
from training.words.student import TOKENIZER_FILE, load_student

MEASURED_WORDS = 64
Module = TypeVar("Module", bound=nn.Module)


def load_networks(weights: pathlib.Path) -> Networks:
    """Load all networks, in evaluation mode.

    Args:
        weights: Folder with `tokenizer`, `sketch`, `detail` and `text` as safetensors and json,
            `sketch_colours.npz`, `text_tokenizer.json`, `words.npz` and `words.json`;
            `inferred.npz` is taken along if it is there.

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
    student = load_student(weights)
    files = {name: (weights / name).read_bytes() for name in ("words.npz", "words.json")}
    if (weights / INFERRED_FILE).exists():
        files[INFERRED_FILE] = (weights / INFERRED_FILE).read_bytes()
    words = [entry["word"] for entry in json.loads(files["words.json"])]
    step = max(1, len(words) // MEASURED_WORDS)
    return Networks(
        tokenizer=load_tokenizer(weights),
        sketch=filled("sketch", sketch),
        sketch_colours=np.load(weights / "sketch_colours.npz", allow_pickle=False)[
            "sketch_colours"
        ],
        detail=filled("detail", detail),
        text=student.model,
        text_files={**files, "tokenizer.json": (weights / TOKENIZER_FILE).read_bytes()},
        text_ids=[student.tokenizer.encode(word).ids for word in words[::step]],
    )
