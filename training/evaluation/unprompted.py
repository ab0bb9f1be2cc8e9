"""Quality of a bundle's pictures without words: likeness, surface, geometry, and copying."""

import pathlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artdesk.bundle.reader import Bundle
from training.data.pictures import Work, load_corpora
from training.evaluation.copying import block_index, verbatim_share
from training.evaluation.held_out import encode
from training.evaluation.likeness import Judge
from training.evaluation.quality import (
    LEAST_PICTURES,
    REFERENCE_COUNT,
    Figures,
    Reference,
    copy_ratio,
    figures,
    square,
)
from training.progress import Begin

Pixels = NDArray[np.uint8]
Tokens = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Unprompted:
    """What was found.

    Attributes:
        drawn: Figures of the pictures.
        real: The same of held-out paintings; None when there are too few.
        copy_ratio: Distance to the nearest training painting, relative to that of held-out ones.
        verbatim: Share of 4x4 token blocks that stand so in a training painting.
        verbatim_real: The same for held-out paintings.
    """

    drawn: Figures
    real: Figures | None
    copy_ratio: float
    verbatim: float
    verbatim_real: float

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


def unprompted(
    bundle: Bundle,
    pictures: Sequence[Pixels],
    tokens: Sequence[Tokens],
    corpora: Sequence[pathlib.Path],
    known: int,
    threads: int,
    task: Begin,
) -> Unprompted | None:
    """Compare pictures with the paintings of some corpora.

    Args:
        bundle: The bundle that drew them; its encoder gives the tokens of paintings.
        pictures: uint8 [h, w, 3] each, without words.
        tokens: Their token maps.
        corpora: Corpus folders.
        known: At most so many training paintings are searched for copies.
        threads: Threads of the encoder.
        task: Begins progress bars.

    Returns:
        The figures; None when there are too few pictures or paintings to measure anything.
    """
    works = [work for work in load_corpora(corpora, "train") if work.source_value < 0]
    works = [works[i] for i in np.random.default_rng(0).permutation(len(works))]
    held = [
        work
        for split in ("validation", "test")
        for work in load_corpora(corpora, split)
        if work.source_value < 0
    ]
    if min(len(pictures), len(works)) < LEAST_PICTURES or not held:
        return None
    searched = works[:known]
    advance = task("Looking for copies", len(searched) + len(held))
    side = pictures[0].shape[0]

    def maps(part: Sequence[Work]) -> list[Tokens]:
        return list(encode(bundle, part, side, threads, advance)[1])

    # Mirrored works are remembered too, and a mirrored map has other tokens; a network that
    # quotes one is found by the distance of pictures, which knows all orientations.
    index = block_index(maps(searched))
    judge = Judge()
    reference = Reference.of([square(work.pixels) for work in works[:REFERENCE_COUNT]], judge)
    squares, real = [square(part) for part in pictures], [square(work.pixels) for work in held]
    return Unprompted(
        drawn=figures(squares, reference, judge),
        real=figures(real, reference, judge) if len(real) >= LEAST_PICTURES else None,
        copy_ratio=copy_ratio(squares, real, [work.pixels for work in searched]),
        verbatim=verbatim_share(tokens, index),
        verbatim_real=verbatim_share(maps(held), index),
    )
