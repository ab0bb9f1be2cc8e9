"""What the artist wants of the influences: pure changes of a recipe's memory."""

from dataclasses import dataclass, replace

from artdesk.core.errors import RecipeError
from artdesk.core.memory_recipe import MAX_BANNED, MAX_INFLUENCES, Composition, Influence, Memory

STEP_PERCENT = 30
LEAST_PERCENT, MOST_PERCENT = 10, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One work's part in a picture.

    Attributes:
        work: Its id.
        credit: Artist, title and year in one line.
        licence: Why it may be remembered.
        share: 0..1 of the picture's cells; 0 for a work that gave the composition alone.
        composed: Whether the large forms come from it.
    """

    work: str
    credit: str
    licence: str
    share: float
    composed: bool


def is_named(memory: Memory, work: str) -> bool:
    """Whether the artist keeps this work for the touch."""
    return any(influence.work == work for influence in memory.influences)


def with_touch(memory: Memory, work: str, weight_percent: int = 100) -> Memory:
    """Keep a work for the touch with a weight.

    Raises:
        RecipeError: All places are taken.
    """
    weight = max(LEAST_PERCENT, min(MOST_PERCENT, weight_percent))
    others = tuple(one for one in memory.influences if one.work != work)
    if len(others) >= MAX_INFLUENCES:
        raise RecipeError(
            f"A picture keeps at most {MAX_INFLUENCES} works for its touch: free one first."
        )
    influences = (*others, Influence(work=work, weight_percent=weight))
    return replace(
        memory,
        influences=influences,
        influence_count=max(memory.influence_count, len(influences)),
        banned=tuple(one for one in memory.banned if one != work),
    )


def without_touch(memory: Memory, work: str) -> Memory:
    """Leave a work to the choice of words, colours and seed again."""
    return replace(memory, influences=tuple(one for one in memory.influences if one.work != work))


def weighed(memory: Memory, work: str, steps: int) -> Memory:
    """More (positive steps) or less of a work; it is kept from then on."""
    now = next((one.weight_percent for one in memory.influences if one.work == work), 100)
    return with_touch(memory, work, now + steps * STEP_PERCENT)


def with_composition(memory: Memory, work: str | None) -> Memory:
    """Take the large forms from a work; None leaves the choice open."""
    return replace(
        memory,
        composition=Composition(work=work),
        banned=tuple(one for one in memory.banned if one != work),
    )


def imagined(memory: Memory) -> Memory:
    """Let the sketch prior compose."""
    return replace(memory, composition=Composition(source="imagined"))


def banned(memory: Memory, work: str) -> Memory:
    """Never use a work, neither for the touch nor for the composition.

    Raises:
        RecipeError: Very many are banned already.
    """
    if len(memory.banned) >= MAX_BANNED:
        raise RecipeError("Very many works are banned: allow some of them again first.")
    composition = memory.composition
    if composition.work == work:
        composition = Composition()
    return replace(
        without_touch(memory, work), composition=composition, banned=(*memory.banned, work)
    )


def allowed(memory: Memory) -> Memory:
    """Take every ban back."""
    return replace(memory, banned=())
