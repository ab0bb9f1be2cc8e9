"""A small WordPiece tokenizer and a few words with targets, for tests of the word encoder."""

from typing import Any

import numpy as np

from artdesk.core.attributes import ATTRIBUTE_COUNT
from training.words import material, semantic

DOCUMENT: dict[str, Any] = {
    "version": "1.0",
    "truncation": None,
    "padding": None,
    "added_tokens": [
        {"id": n, "special": True, "content": piece, "single_word": False, "lstrip": False,
         "rstrip": False, "normalized": False}
        for n, piece in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    ],
    "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                   "strip_accents": None, "lowercase": True},
    "pre_tokenizer": {"type": "BertPreTokenizer"},
    "post_processor": {
        "type": "TemplateProcessing",
        "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                   {"Sequence": {"id": "A", "type_id": 0}},
                   {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
        "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]},
                           "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}},
    },
    "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
    "model": {
        "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
        "max_input_chars_per_word": 100,
        "vocab": {piece: n for n, piece in enumerate(
            ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdeglmnorsuw", *(
                f"##{letter}" for letter in "abcdeglmnorsuw"),
             "warm", "cool", "tax", "##er", "##ness", "colour"])},
    },
}  # fmt: skip


def tiny_material() -> material.Material:
    words = ["warm", "cool", "bright", "dark", "luminous", "serene"]
    attributes = np.zeros((6, ATTRIBUTE_COUNT), np.float32)
    attributes[:, 0] = (1.0, -1.0, 0.0, 0.0, 0.0, 0.0)
    attributes[:, 1] = (0.0, 0.0, 1.0, -1.0, 0.8, 0.0)
    random = np.random.default_rng(1)
    return material.Material(
        texts=words,
        semantic=semantic.unit_rows(random.normal(size=(6, 64)).astype(np.float32)),
        attributes=attributes,
        weights=np.ones(6, np.float32),
        shares=np.full(6, 1 / 6),
        pairs=np.array([[0, 1], [2, 3]]),
        held_out=[],
        hidden=["gloomy"],
        nonsense=semantic.unit_rows(random.normal(size=(1, 64)).astype(np.float32))[0],
    )
