"""Invention: which cells of a laid out picture the detail prior paints anew."""

import numpy as np
from numpy.typing import NDArray

from artdesk.core import seed as seeds
from artdesk.engine.detail import halton
from artdesk.engine.memory.colours import ONE, Colours, IntArray, distance

LINE = ONE // 6
"""Colour difference to a neighbour from which a cell counts in full as a line or a strong edge."""

GUARD = 4
"""Side of the blocks of cells that are never kept whole."""

_LINE_DELAY = 800  # thousandths of the whole order by which a full line is redrawn later


def redrawing_order(tokens: NDArray[np.int32], code_colours: Colours, seed: int) -> IntArray:
    """All cells in the order in which more and more invention takes them.

    They are scattered, so that what is kept guides what is drawn, and lines come late: the
    network draws surfaces better than straight lines.

    Args:
        tokens: int32 [h, w], the picture as laid out.
        code_colours: int16 [K, 3], mean colour of each code in 1/4096 of Oklab.
        seed: The recipe's seed.

    Returns:
        int64 [h * w], flat positions.
    """
    rows, columns = tokens.shape
    rank = np.empty(rows * columns, dtype=np.int64)
    rank[halton.order(rows, columns, seed)] = np.arange(rows * columns)
    strength = np.minimum(edge_strength(code_colours[tokens]), LINE).reshape(-1)
    delay = strength * _LINE_DELAY // LINE
    late = rank * 1000 + delay * (rows * columns)
    return np.lexsort((rank, np.where(guard_cells((rows, columns), seed).reshape(-1), -1, late)))


def guard_cells(shape: tuple[int, int], seed: int) -> NDArray[np.bool_]:
    """The copy guard: one cell of every block of 4 x 4, bool [h, w].

    They are drawn anew before all others, lines or not, so that from an invention of a sixteenth
    on no block of 4 x 4 cells anywhere is kept as it stands in a work.
    """
    down, across = seeds.raw(seed, "guard", 0, 1, 2)[0].tolist()
    rows, columns = (np.arange(length) % GUARD for length in shape)
    return np.asarray((rows == down % GUARD)[:, None] & (columns == across % GUARD))


def invented_cells(
    order: IntArray, invention_milli: int, shape: tuple[int, int]
) -> NDArray[np.bool_]:
    """The cells that are drawn anew, bool [h, w]; more invention takes the same ones and more."""
    mask = np.zeros(len(order), dtype=np.bool_)
    mask[order[: len(order) * invention_milli // 1000]] = True
    return mask.reshape(shape)


def edge_strength(colours: Colours) -> IntArray:
    """The largest difference of each cell to its four neighbours, int64 [h, w] in 1/4096."""
    strength = np.zeros(colours.shape[:2], dtype=np.int64)
    down = distance(colours[1:], colours[:-1])
    across = distance(colours[:, 1:], colours[:, :-1])
    for part, gap in (
        (strength[1:], down),
        (strength[:-1], down),
        (strength[:, 1:], across),
        (strength[:, :-1], across),
    ):
        np.maximum(part, gap, out=part)
    return strength
