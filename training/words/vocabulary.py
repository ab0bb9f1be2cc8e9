"""The student's WordPiece vocabulary: MiniLM's, cut down to the pieces that adjectives need."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from artdesk.core.errors import WordsError

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
LONGEST = 32
"""Longest input in pieces, [CLS] and [SEP] included."""


def read_tokenizer(path: Path) -> dict[str, Any]:
    """Read a tokenizer.json of the WordPiece kind.

    Raises:
        WordsError: the file is missing, no JSON, or of another kind.
    """
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        kind = document["model"]["type"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WordsError(f"The tokenizer {path} cannot be read; give a tokenizer.json.") from error
    if kind != "WordPiece":
        raise WordsError(f"The tokenizer {path} is of the kind {kind}; give one of kind WordPiece.")
    return document


def prune(document: dict[str, Any], texts: Iterable[str], size: int) -> list[str]:
    """Choose the pieces to keep.

    All single characters of the Latin alphabet stay, so any English word can be spelt; then the
    pieces that most of `texts` use; the rest is filled from the front of the old vocabulary,
    which BERT lists by frequency. A text whose pieces were cut is spelt with shorter ones.

    Args:
        document: the full tokenizer.json.
        texts: words and phrases that the student will read.
        size: number of pieces to keep; more only if special pieces and characters are more.

    Returns:
        Pieces in the order of their old numbers, the special ones first.
    """
    old: dict[str, int] = document["model"]["vocab"]
    tokenizer = plain_tokenizer(document)
    keep = set(SPECIAL)
    used: Counter[str] = Counter()
    for encoding in tokenizer.encode_batch(sorted(set(texts)), add_special_tokens=False):
        used.update(encoding.tokens)
    for piece in old:
        bare = piece.removeprefix("##")
        if len(bare) == 1 and bare.isascii():
            keep.add(piece)
    by_use = sorted(used, key=lambda piece: (-used[piece], old[piece]))
    by_frequency = sorted(old, key=lambda piece: old[piece])
    for piece in by_use:
        if len(keep) >= size:
            break
        keep.add(piece)
    for piece in by_frequency:
        if len(keep) >= size:
            break
        if piece.isascii() and piece.isalpha():
            keep.add(piece)
    return [*SPECIAL, *(piece for piece in by_frequency if piece in keep and piece not in SPECIAL)]


def rebuild(document: dict[str, Any], pieces: Sequence[str]) -> str:
    """Write the tokenizer.json of the kept pieces.

    Args:
        document: the full tokenizer.json.
        pieces: kept pieces; their place is their new number.

    Returns:
        JSON text that `tokenizers.Tokenizer.from_str` reads: cut at 32 pieces, no padding.
    """
    number = {piece: place for place, piece in enumerate(pieces)}
    new: dict[str, Any] = json.loads(json.dumps(document))
    new["model"]["vocab"] = number
    new["truncation"] = {
        "direction": "Right",
        "max_length": LONGEST,
        "strategy": "LongestFirst",
        "stride": 0,
    }
    new["padding"] = None
    new["added_tokens"] = [
        {**token, "id": number[token["content"]]}
        for token in document["added_tokens"]
        if token["content"] in number
    ]
    for name, token in new["post_processor"]["special_tokens"].items():
        token["ids"] = [number[name]]
    return json.dumps(new, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def plain_tokenizer(document: dict[str, Any]) -> Tokenizer:
    """The full tokenizer without padding or cutting."""
    tokenizer = Tokenizer.from_str(json.dumps(document))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer
