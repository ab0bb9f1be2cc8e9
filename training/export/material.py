"""What an export is made from beside networks: encoded pictures, and where weights come from."""

import json
import pathlib
from collections.abc import Sequence
from typing import Any

from artdesk.core.errors import SettingError
from training.data.captions import load_caption_writer
from training.data.library import Library
from training.export.assemble import Material
from training.export.statistics import Maps, token_maps
from training.fit.detail import load_tokenizer

SQUARE, WIDE = (256, 256), (384, 256)
NAMES = ("tokenizer", "sketch", "detail", "text")


def gather(
    corpora: Sequence[pathlib.Path], weights: pathlib.Path, pictures: int, seed: int
) -> Material:
    """Encode the pictures that calibrate and judge the export.

    Args:
        corpora: Corpus folders with training and validation pictures.
        weights: Folder of the float weights.
        pictures: Number of calibration pictures; half as many are held out for the judgement,
            four times as many count how common the codes are.
        seed: Seed of the choice.

    Raises:
        SettingError: The corpora hold no pictures of a split.
    """
    captions, tokenizer = load_caption_writer(weights), load_tokenizer(weights)
    library = Library(corpora, "train")
    held = Library(corpora, "validation", library.labels)
    for split, part in (("train", library), ("validation", held)):
        if not part.labelled:
            raise SettingError(
                f"The corpora hold no pictures of the split '{split}'; import more pictures."
            )

    def maps(source: Library, size: tuple[int, int], count: int, salt: int) -> Maps:
        return token_maps(source, tokenizer, captions, size, max(4, count), seed * 8 + salt)

    return Material(
        library=library,
        calibration=[maps(library, SQUARE, pictures, 1), maps(library, WIDE, pictures // 2, 2)],
        held_out=maps(held, SQUARE, pictures // 2, 3),
        common=[maps(library, SQUARE, 4 * pictures, 4)],
    )


def summary(
    weights: pathlib.Path, library: Library, names: Sequence[str] = NAMES
) -> dict[str, Any]:
    """How the weights came to be: what the training wrote beside them, and the pictures."""
    described: dict[str, Any] = {
        name: json.loads((weights / f"{name}.json").read_text(encoding="utf-8")).get("metrics", {})
        for name in names
    }
    described["pictures"] = {
        "paintings": len(library.paintings),
        "constructed": len(library.constructed),
    }
    return described
