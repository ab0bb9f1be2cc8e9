"""A draft that nobody asked for: random words, colours, composition and controls."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from artdesk.core.attributes import AXES, HUES
from artdesk.core.recipe import Word
from artdesk.studio.controls import CONTROLS
from artdesk.studio.draft import SEEDS, Draft

FEWEST, MOST = 2, 4
PLAIN = tuple(pole for axis in AXES for pole in (axis.negative, axis.positive)) + HUES
"""Words that surely do something; the first of a surprise is one of them."""


def surprise(draft: Draft, known: Sequence[str], below: Callable[[int], int]) -> Draft:
    """Everything new but for what is locked.

    Locked colours, locked controls, a locked seed, painted cells and a locked sketch stay; the
    size, the number of pictures and the avoided words stay too.

    Args:
        draft: What there is.
        known: Words that the model knows.
        below: Returns a whole number from 0 up to, but not including, its argument.
    """
    avoided = {word.text for word in draft.avoid}
    words: dict[str, Word] = {}
    pools = (PLAIN, *(tuple(known) or PLAIN for _ in range(FEWEST + below(MOST - FEWEST + 1) - 1)))
    for pool in pools:
        text = pool[below(len(pool))]
        if text not in avoided:
            words[text] = Word(text=text)
    values = {
        control.field: control.throw(below)
        for control in CONTROLS
        if control.field not in draft.locked_controls and not control.fine
    }
    seed = draft.seed if draft.seed_locked else below(SEEDS)
    fresh = replace(draft, words=tuple(words.values()), sampling=replace(draft.sampling, **values))
    return fresh.with_seed(seed)
