"""Why a cell is as it is: how sure the prior is, what else it would draw, what a word changes.

Each cell is asked for with most of the others in sight: the grid is masked in a few scattered
parts, one after the other, so that a picture takes as many runs of the network as there are parts.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from artdesk.core.cancel import CancelToken
from artdesk.core.edit_recipe import Edit, Grade
from artdesk.core.errors import RecipeError
from artdesk.core.recipe import Recipe
from artdesk.engine.detail import halton
from artdesk.engine.detail.draw import UNITS_PER_NAT
from artdesk.engine.operations.reroll import grade_of, tile_of
from artdesk.engine.pipeline import Engine
from artdesk.engine.plan import Plan
from artdesk.pictures.record import Describable, PictureRecord

FloatArray = NDArray[np.float64]

PARTS = 8
"""Seven eighths of the picture are in sight of each cell; more parts tell much the same."""
ALTERNATIVES = 8


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """What the prior thinks of a picture.

    Attributes:
        confidence: float64 [h, w], probability 0..1 of the code that is there.
        codes: uint16 [h, w, 8], the likeliest codes for each cell, best first.
        shares: float64 [h, w, 8], their probabilities.
    """

    confidence: FloatArray
    codes: NDArray[np.uint16]
    shares: FloatArray


def explained(
    engine: Engine, picture: PictureRecord, token: CancelToken | None = None
) -> Explanation:
    """Ask the prior for every cell of a picture; Cancelled when the token asks for it."""
    tokens = picture.tokens
    logits = _logits(engine, plan_of(engine, picture), tokens, token)
    weights = np.exp((logits - logits.max(axis=-1, keepdims=True)) / UNITS_PER_NAT)
    shares = weights / weights.sum(axis=-1, keepdims=True)
    best = np.argsort(-logits, axis=-1, kind="stable")[..., :ALTERNATIVES]
    there = tokens[..., None].astype(np.int64)
    return Explanation(
        confidence=np.take_along_axis(shares, there, -1)[..., 0],
        codes=best.astype(np.uint16),
        shares=np.take_along_axis(shares, best, -1),
    )


def effect_of_word(
    engine: Engine, picture: PictureRecord, number: int, token: CancelToken | None = None
) -> FloatArray:
    """How much a word speaks for each cell: what its code's log probability loses without it.

    Args:
        engine: The engine.
        picture: The picture.
        number: Which of the recipe's words, from 0.
        token: Stops the work.

    Returns:
        float64 [h, w] in nats; above 0 where the word asks for what is there.
    """
    words = picture.recipe.words
    if not 0 <= number < len(words):
        raise RecipeError(f"The picture has {len(words)} words: choose one of them.")
    told = plan_of(engine, picture)
    fewer = replace(picture.recipe, words=words[:number] + words[number + 1 :])
    silent = plan_of(engine, replace(picture, recipe=fewer))
    there = picture.tokens[..., None].astype(np.int64)
    found = []
    for plan in (told, silent):
        logits = _logits(engine, plan, picture.tokens, token) / UNITS_PER_NAT
        top = logits.max(axis=-1, keepdims=True)
        total = top + np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
        found.append(np.take_along_axis(logits - total, there, -1)[..., 0])
    return np.asarray(found[0] - found[1])


def swapped(picture: Describable, row: int, column: int, code: int) -> Recipe:
    """The recipe of a picture with another code in one cell, and nothing drawn again.

    Raises:
        RecipeError: There is no such cell.
    """
    rows, columns = picture.tokens.shape
    if not (0 <= row < rows and 0 <= column < columns):
        raise RecipeError(
            f"There is no cell {column},{row}: the picture has {columns} by {rows} of them."
        )
    tokens, mask = picture.tokens.copy(), np.zeros((rows, columns), dtype=np.bool_)
    tokens[row, column], mask[row, column] = code, True
    edit = Edit.of(
        tokens,
        mask,
        strength_milli=0,
        palette=picture.palette or None,
        tile=tile_of(picture),
        grade=grade_of(picture) or Grade.of(picture.tokens),
    )
    return replace(picture.recipe, sketch=picture.sketch, edit=edit)


def plan_of(engine: Engine, picture: PictureRecord) -> Plan:
    """What the networks were told of a stored picture, with the sketch and palette it has."""
    palette = picture.palette or None
    return engine.plan(replace(picture.recipe, sketch=picture.sketch, palette=palette, edit=None))


def _logits(
    engine: Engine, plan: Plan, tokens: NDArray[np.uint16], token: CancelToken | None
) -> NDArray[np.int64]:
    """Logits int64 [h, w, K] of every cell in 1/64 nat, each asked for while it is masked."""
    rows, columns = tokens.shape
    run = engine.prior(plan, token)
    order = halton.order(rows, columns, 0)
    parts = []
    for part in np.array_split(order, min(PARTS, len(order))):
        masked = tokens.reshape(-1).astype(np.int32)
        masked[part] = engine.codes_known
        parts.append(run(masked.reshape(rows, columns), part, False)[0])
    found = np.empty((rows * columns, parts[0].shape[1]), dtype=np.int64)
    found[order] = np.concatenate(parts)
    return found.reshape(rows, columns, -1)
