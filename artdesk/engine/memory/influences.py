"""Which works a picture is painted from: one gives the composition, some the touch.

A work's score is what the words ask of its measured attributes, less how far its colours are from
the composition, plus noise of the seed. The noise belongs to the work and not to its place in a
list, so that adding or banning a work leaves the others where they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from artdesk.core import seed as seeds
from artdesk.core.attributes import ATTRIBUTES, AXES
from artdesk.engine.detail.draw import gumbel
from artdesk.engine.memory.bank import WorkBank
from artdesk.engine.memory.colours import ONE, Colours, IntArray, averaged, distance
from artdesk.engine.words.palette import COLOUR_ATTRIBUTES

UNIT = 1 << 16
"""One nat in scores, as in the noise."""

AGREEMENT_NATS = 12
"""What full agreement with the words adds to a score, against none."""

COLOUR_NATS = 60
"""What one unit of Oklab between a work's colours and the composition costs."""

STYLE_NATS = 8
"""What full unlikeness in form to the works chosen before costs: patches then fit together."""

KIND_NATS = 4
"""What it costs to mix paintings and constructed works in one picture."""

PAINTED_NATS = 2
"""What speaks for paintings over constructed works, which are three times as many."""

LIKING_NATS = 4
LIKING = {"sharpness": 40, "contrast": 25, "boldness": 25, "colourfulness": 20, "busyness": -15}
"""What works are liked for where words say nothing of it, in hundredths of `LIKING_NATS`.

Large clear forms stay forms when they are quilted and partly drawn anew; fine, even texture turns
to mud. Chosen by eye on sheets of 16 seeds without words.
"""

SHORTLIST = 96
_ONE = 127
_BLOCKS = 4
_IS_COLOUR = np.isin(ATTRIBUTES, COLOUR_ATTRIBUTES)
_IS_FORM = ~_IS_COLOUR & (np.arange(len(ATTRIBUTES)) < len(AXES))


@dataclass(frozen=True, slots=True)
class Request:
    """What the choice of works depends on, and nothing else.

    Attributes:
        wishes: int64 [29], what words ask for and avoided words speak against, -127..127.
        constructed_milli: Painterly (-1000) to constructed (1000).
        seed: The recipe's seed.
        allowed: bool [works], the named collections without the banned works.
    """

    wishes: IntArray
    constructed_milli: int
    seed: int
    allowed: NDArray[np.bool_]


def wishes_of(attributes: NDArray[np.float64], avoided: NDArray[np.float64]) -> IntArray:
    """Attributes float64 [29] of words and of avoided words as whole numbers, -127..127."""
    return np.rint(np.clip(attributes - avoided, -1.0, 1.0) * _ONE).astype(np.int64)


def colour_loudness(wishes: IntArray) -> int:
    """How much words speak of colour, 0..1000; 0 where they speak of form alone."""
    loud = np.abs(wishes)
    total = int(loud.sum())
    if not total:
        return 0
    return int(loud[_IS_COLOUR].sum()) * 1000 // total * int(loud.max()) // _ONE


def composition_work(bank: WorkBank, request: Request, palette: Colours | None) -> int | None:
    """The work that gives the composition, or None when none is allowed.

    Args:
        bank: All works.
        request: What is asked for.
        palette: The artist's colours int16 [n, 3]; a work that has contrasts like theirs is
            easier to recolour.
    """
    if not request.allowed.any():
        return None
    score = _score(bank, request, "composition", _spoken(request.wishes, palette is not None))
    if palette is not None:
        score -= COLOUR_NATS // 2 * UNIT // ONE * _palette_gap(bank.palettes, palette)
    return _best(score, request.allowed)


def touch_works(
    bank: WorkBank,
    request: Request,
    cells: Colours,
    named: Sequence[int],
    count: int,
    without: int | None,
) -> tuple[int, ...]:
    """The works that give the touch; the named ones first.

    Args:
        bank: All works.
        request: What is asked for.
        cells: The composition, int16 [rows, columns, 3].
        named: Numbers of works of the artist's choice.
        count: How many works in all; more are a superset of fewer.
        without: The work of the composition: quilted from itself it would only be copied.
    """
    allowed = request.allowed.copy()
    if without is not None and allowed.sum() > 1:
        allowed[without] = False
    chosen = list(dict.fromkeys(named))[:count]
    score = _score(bank, request, "touch", request.wishes)
    blocks = averaged(cells, _BLOCKS, _BLOCKS).reshape(-1, 3)
    score -= COLOUR_NATS * UNIT // ONE * _palette_gap(bank.palettes, blocks)
    if without is not None and not chosen:
        score -= KIND_NATS * UNIT * (bank.constructed != bank.constructed[without])
    shortlist = np.flatnonzero(allowed)
    if len(shortlist) > SHORTLIST:
        unique = score[shortlist] * len(score) - shortlist
        best = np.argpartition(-unique, SHORTLIST - 1)[:SHORTLIST]
        shortlist = np.sort(shortlist[best])
    exact = score[shortlist] - COLOUR_NATS * UNIT // ONE * _patch_gap(bank, shortlist, cells)
    open_ = ~np.isin(shortlist, chosen)
    while len(chosen) < count and open_.any():
        fitting = exact - _unlike(bank, shortlist, chosen)
        number = int(np.where(open_, fitting, np.iinfo(np.int64).min).argmax())
        chosen.append(int(shortlist[number]))
        open_[number] = False
    return tuple(chosen)


def nearest_work(bank: WorkBank, request: Request) -> int | None:
    """The allowed work that suits the words best, without chance."""
    if not request.allowed.any():
        return None
    return _best(_agreement(bank, request.wishes), request.allowed)


def _best(score: IntArray, allowed: NDArray[np.bool_]) -> int:
    return int(np.where(allowed, score, np.iinfo(np.int64).min).argmax())


def _spoken(wishes: IntArray, recoloured: bool) -> IntArray:
    """What matters for a composition: with a palette of the artist its colours do not."""
    return np.where(_IS_COLOUR, 0, wishes) if recoloured else wishes


def _score(bank: WorkBank, request: Request, purpose: str, wishes: IntArray) -> IntArray:
    random = seeds.raw(request.seed, purpose, 0, 1)[0, :1]
    noise = gumbel(random, bank.keys[None])[0]
    kind = np.where(bank.constructed, 1, -1) * request.constructed_milli * KIND_NATS
    kind -= np.where(bank.constructed, PAINTED_NATS * 1000, 0)
    liking = _liking(bank, request.wishes)
    return np.asarray(noise + _agreement(bank, wishes) + liking + kind * UNIT // 1000)


def _liking(bank: WorkBank, wishes: IntArray) -> IntArray:
    """What speaks for works apart from words: less of it the more words say."""
    values = np.zeros(len(ATTRIBUTES), dtype=np.int64)
    for name, value in LIKING.items():
        place = ATTRIBUTES.index(name)
        values[place] = 0 if wishes[place] else value
    quiet = 2 * _ONE - int(np.abs(wishes).max(initial=0))
    scale = LIKING_NATS * UNIT * quiet // (2 * _ONE)
    return np.asarray((bank.attributes @ values) * scale // (_ONE * 100))


def _agreement(bank: WorkBank, wishes: IntArray) -> IntArray:
    """Mean agreement of the works with the words, weighted by how loud each word is."""
    total = int(np.abs(wishes).sum())
    if not total:
        return np.zeros(len(bank), dtype=np.int64)
    loudest = int(np.abs(wishes).max())
    agreement = (bank.attributes @ wishes) * (AGREEMENT_NATS * UNIT // _ONE) // total
    return np.asarray(agreement * loudest // _ONE)


def _palette_gap(palettes: Colours, wanted: Colours) -> IntArray:
    """Mean distance of wanted colours [n, 3] to the nearest of each palette [works, 5, 3]."""
    gaps = distance(palettes[:, :, None], wanted)
    return np.asarray(gaps.min(axis=1).sum(axis=1) // len(wanted))


def _patch_gap(bank: WorkBank, works: IntArray, cells: Colours) -> IntArray:
    """Mean distance of the composition's blocks to the nearest patch of each work.

    A block is a quarter of the canvas's side with the mean colours of its own quarters, so that
    a work must have the borders between colours and not only the colours.
    """
    wanted = averaged(cells, 2 * _BLOCKS, 2 * _BLOCKS).astype(np.int64)
    wanted = _paired(wanted[::2, ::2], wanted[::2, 1::2], wanted[1::2, ::2], wanted[1::2, 1::2])
    gaps = np.empty(len(works), dtype=np.int64)
    for place, number in enumerate(works):
        own = bank.cells(int(number)).astype(np.int64)
        rows, columns = max(2, own.shape[0] // 2), max(2, own.shape[1] // 2)
        own = averaged(own, rows, columns).astype(np.int64)
        patches = _paired(own[:-1, :-1], own[:-1, 1:], own[1:, :-1], own[1:, 1:])
        # |a - b|^2 = |a|^2 - 2 a b + |b|^2 in whole numbers below 2**53: exact in float64.
        squares = (
            np.square(patches).sum(axis=1)[:, None]
            - 2 * (patches.astype(np.float64) @ wanted.T.astype(np.float64)).astype(np.int64)
            + np.square(wanted).sum(axis=1)
        )
        gaps[place] = np.sqrt(squares.min(axis=0) // 4).astype(np.int64).sum() // len(wanted)
    return gaps


def _paired(*parts: IntArray) -> IntArray:
    return np.concatenate([part.reshape(-1, 3) for part in parts], axis=1)


def _unlike(bank: WorkBank, works: IntArray, chosen: Sequence[int]) -> IntArray:
    """What unlikeness to the chosen works costs: another touch, or another kind of work."""
    if not chosen:
        return np.zeros(len(works), dtype=np.int64)
    form = bank.attributes[:, _IS_FORM]
    gap = np.abs(form[works][:, None] - form[list(chosen)]).mean(axis=2).max(axis=1)
    cost = gap.astype(np.int64) * (STYLE_NATS * UNIT // _ONE)
    other = bank.constructed[works] != bank.constructed[chosen[0]]
    return np.asarray(cost + KIND_NATS * UNIT * other)
