"""Prompts with choices: "calm|stormy, {warm,cold} blue" stands for four prompts.

Curly brackets hold choices between commas, wherever they stand; a bar separates choices of one
word of the list. Every group is an axis; the last one changes fastest.
"""

import itertools
import re
from dataclasses import dataclass

from artdesk.core.errors import RecipeError

MAX_COMBINATIONS = 1000

_GROUP = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the prompts.

    Attributes:
        labels: What was chosen on each axis, in the order of the prompt.
        prompt: The prompt without choices.
    """

    labels: tuple[str, ...]
    prompt: str


def expand(template: str) -> tuple[Choice, ...]:
    """All prompts that a prompt with choices stands for; one if it holds none.

    Raises:
        RecipeError: A bracket is not closed or nested, a choice is empty, or there are more than
            `MAX_COMBINATIONS` prompts.
    """
    if "{" in _GROUP.sub("", template) or "}" in _GROUP.sub("", template):
        raise RecipeError(
            "The prompt has a curly bracket without its partner: write choices like {warm,cold}."
        )
    pieces: list[tuple[str, ...]] = []  # texts that stand, and the choices between them
    axes: list[int] = []
    for number, part in enumerate(_outside_commas(template)):
        if number:
            pieces.append((", ",))
        alternatives = part.split("|") if "|" in _GROUP.sub("", part) else [part]
        if len(alternatives) > 1:
            if _GROUP.search(part):
                raise RecipeError(
                    "A bar and curly brackets stand in one word of the prompt: use either "
                    "warm|cold or {warm,cold}."
                )
            _add_axis(pieces, axes, alternatives)
            continue
        at = 0
        for group in _GROUP.finditer(part):
            pieces.append((part[at : group.start()],))
            _add_axis(pieces, axes, re.split(r"[,|]", group[1]))
            at = group.end()
        pieces.append((part[at:],))
    count = 1
    for axis in axes:
        count *= len(pieces[axis])
        if count > MAX_COMBINATIONS:
            raise RecipeError(
                f"The choices of the prompt give more than {MAX_COMBINATIONS:,} pictures: leave "
                "some out."
            )
    return tuple(
        Choice(
            labels=tuple(chosen[axis] for axis in axes),
            prompt=" ".join("".join(chosen).split()),
        )
        for chosen in itertools.product(*pieces)
    )


def _outside_commas(template: str) -> list[str]:
    """The parts between commas that stand in no bracket."""
    covered = _GROUP.sub(lambda group: group[0].replace(",", "\0"), template)
    return [part.strip().replace("\0", ",") for part in covered.split(",")]


def _add_axis(pieces: list[tuple[str, ...]], axes: list[int], choices: list[str]) -> None:
    trimmed = tuple(choice.strip() for choice in choices)
    if not all(trimmed) or len(trimmed) < 2:
        raise RecipeError(
            "The prompt offers a choice with nothing in it: write at least two words, like "
            "{warm,cold}."
        )
    if len(set(trimmed)) < len(trimmed):
        raise RecipeError("The prompt offers the same choice twice: remove one of them.")
    axes.append(len(pieces))
    pieces.append(trimmed)
