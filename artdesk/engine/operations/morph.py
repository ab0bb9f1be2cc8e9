"""Morph: one picture turns into another, cell by cell, with a soft front.

Every cell has a rank in the order of a seed. As time goes on the front passes over the ranks; a
cell in the front is a blend of both codes on their sphere, before it is the first picture, behind
it the second. With a front of no width cells flip at once (token dissolve), with an endless one
all cells blend together. The ends are the pictures themselves, to the last bit.
"""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from artdesk.core import seed as seeds
from artdesk.core.cancel import CancelToken
from artdesk.core.errors import PictureError
from artdesk.engine.pipeline import Engine, Pixels
from artdesk.pictures.record import PictureRecord

FloatGrid = NDArray[np.float32]
Easing = Literal["linear", "smooth"]

MAX_FRAMES = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Morph:
    """How pictures turn into each other.

    Attributes:
        frames: Frames from one picture to the next, 1..`MAX_FRAMES`.
        softness_milli: Width of the front in thousandths of all cells, 0..4000.
        easing: "linear" moves evenly, "smooth" starts and stops slowly.
        loop: Whether the last picture turns into the first again; played round, no frame comes
            twice.
        seed: Decides the order of the cells.
    """

    frames: int = 24
    softness_milli: int = 600
    easing: Easing = "smooth"
    loop: bool = False
    seed: int = 0

    def moments(self, pictures: int) -> list[tuple[int, float]]:
        """Leg and time 0..1 of every frame of `pictures` pictures, in order."""
        legs = pictures if self.loop else pictures - 1
        found = [(leg, step / self.frames) for leg in range(legs) for step in range(self.frames)]
        return found if self.loop else [*found, (legs - 1, 1.0)]


def eased(time: float, easing: Easing) -> float:
    """Time 0..1 along the chosen curve; 0 and 1 stay (smoothstep)."""
    return time * time * (3.0 - 2.0 * time) if easing == "smooth" else time


def shares(rows: int, columns: int, time: float, softness_milli: int, seed: int) -> FloatGrid:
    """How far each cell has gone to the second picture.

    Args:
        rows: Of the token grid.
        columns: Of the token grid.
        time: 0..1.
        softness_milli: Width of the front in thousandths of all cells.
        seed: Decides the order.

    Returns:
        float32 [rows, columns], 0..1; never falling with time; all 0 at 0 and all 1 at 1.
    """
    ranks = _ranks(rows, columns, seed)
    width = max(softness_milli / 1000.0, 1e-9)
    passed = np.clip((time * (1.0 + width) - ranks) / width, 0.0, 1.0)
    if time >= 1.0:
        passed[:] = 1.0
    grid: FloatGrid = passed.reshape(rows, columns).astype(np.float32)
    return grid


@functools.lru_cache(maxsize=16)
def _ranks(rows: int, columns: int, seed: int) -> NDArray[np.float64]:
    """Rank of each cell in the order of a seed, float64 [rows * columns], 0..1; read-only.

    The order is that of a smooth field of noise, so the second picture spreads from some places
    like ink; cells far from each other that take turns would look like a screen over the picture.
    Value noise of three octaves (K. Perlin 1985) in whole numbers.
    """
    total = np.zeros((rows, columns), dtype=np.int64)
    longer = max(rows, columns)
    for octave, knots in enumerate((3, 6, 12)):  # hills a third, a sixth, a twelfth of the side
        heights = seeds.raw(seed, "morph", octave, knots + 2)[:, : knots + 2].astype(np.int64) >> 8
        y, x = (np.arange(length) * knots * 256 // longer for length in (rows, columns))
        (top, down), (left, across) = divmod(y, 256), divmod(x, 256)
        down, across = down[:, None], across[None]
        corner = heights[top[:, None], left[None]]
        right = heights[top[:, None], left[None] + 1]
        below = heights[top[:, None] + 1, left[None]]
        far = heights[top[:, None] + 1, left[None] + 1]
        upper = corner * (256 - across) + right * across
        lower = below * (256 - across) + far * across
        blended = upper * (256 - down) + lower * down
        total += np.right_shift(blended.astype(np.int64), octave)
    ranks = np.empty(rows * columns, dtype=np.float64)
    ranks[np.argsort(total.reshape(-1), kind="stable")] = np.arange(rows * columns) + 0.5
    ranks /= rows * columns
    ranks.setflags(write=False)
    return ranks


def mixed(first: FloatGrid, second: FloatGrid, share: FloatGrid) -> FloatGrid:
    """Blend codes on their sphere.

    Args:
        first: float32 [h, w, d], codes of unit length.
        second: The same of the other picture.
        share: float32 [h, w], 0..1, part of the second.

    Returns:
        float32 [h, w, d] of unit length, exactly the code where the share is 0 or 1. Opposite
        codes have no middle: there the nearer one is taken.
    """
    weight = share[..., None]
    straight = first * (np.float32(1.0) - weight) + second * weight
    length = np.sqrt(np.square(straight).sum(axis=-1, keepdims=True, dtype=np.float32))
    nearer = np.where(weight < 0.5, first, second)
    curved = np.where(length > 1e-3, straight / np.maximum(length, np.float32(1e-3)), nearer)
    exact = np.where(weight <= 0.0, first, np.where(weight >= 1.0, second, curved))
    return np.ascontiguousarray(exact, dtype=np.float32)


def frames(
    engine: Engine,
    pictures: Sequence[PictureRecord],
    morph: Morph,
    token: CancelToken | None = None,
) -> Iterator[Pixels]:
    """Draw the frames one after another, uint8 [H, W, 3] each; nothing is sampled.

    Raises:
        PictureError: Fewer than two pictures, different sizes, or tokens of another model.
        Cancelled: The token was cancelled.
    """
    if len(pictures) < 2:
        raise PictureError("A morph needs at least two pictures: add another.")
    first = pictures[0].recipe.canvas
    for other in pictures[1:]:
        canvas = other.recipe.canvas
        if canvas != first:
            raise PictureError(
                f"The pictures have different sizes ({first.width}x{first.height} and "
                f"{canvas.width}x{canvas.height}): make them the same size first."
            )
    keys = [(engine.codes(picture), engine.condition(picture)) for picture in pictures]
    rows, columns = pictures[0].tokens.shape
    for leg, time in morph.moments(len(keys)):
        (codes, condition), (next_codes, next_condition) = keys[leg], keys[(leg + 1) % len(keys)]
        moved = eased(time, morph.easing)
        share = shares(rows, columns, moved, morph.softness_milli, morph.seed)
        between = condition * (1.0 - moved) + next_condition * moved
        drawn = engine.decode_codes(mixed(codes, next_codes, share), between, token)
        ends = pictures[leg], pictures[(leg + 1) % len(keys)]
        before, after = (engine.decode(end, token, drawn).astype(np.float32) for end in ends)
        weight = np.float32(moved)
        yield np.rint(before * (1 - weight) + after * weight).astype(np.uint8)
