"""Which cells an edit draws anew, and the window in which the detail prior looks at them."""

import numpy as np
from numpy.typing import NDArray

from artdesk.core.edit_recipe import Edit
from artdesk.engine.detail import halton

_ALIGNED = 4
"""Windows begin at multiples of this: the network halves its grid twice."""


def redrawn(edit: Edit) -> NDArray[np.bool_]:
    """The cells that an edit draws anew, bool [rows, columns].

    They are the last share of the masked cells in the order of the edit's seed, so that the cells
    of a lower strength are among those of a higher one.
    """
    mask = edit.mask_grid()
    order = halton.order(edit.rows, edit.columns, edit.seed)
    order = order[mask.reshape(-1)[order]]
    count = (len(order) * edit.strength_milli + 500) // 1000
    chosen = np.zeros(mask.size, dtype=np.bool_)
    chosen[order[len(order) - count :]] = True
    return chosen.reshape(mask.shape)


def window(mask: NDArray[np.bool_], side: int) -> tuple[slice, slice]:
    """Rows and columns around the masked cells that the network is shown.

    Half a training window of context on each side, at least a whole one, as far as the grid goes.
    It depends on the mask and not on the strength, so that a slider changes a picture gradually.

    Args:
        mask: bool [h, w], at least one cell set.
        side: Tokens on a side of the grids that the network was trained on.
    """
    return (
        _span(np.flatnonzero(mask.any(axis=1)), mask.shape[0], side),
        _span(np.flatnonzero(mask.any(axis=0)), mask.shape[1], side),
    )


def _span(marked: NDArray[np.intp], size: int, side: int) -> slice:
    first, last = int(marked[0]) - side // 2, int(marked[-1]) + 1 + side // 2
    lacking = max(0, side - (min(last, size) - max(first, 0)))
    first = max(0, first - (lacking if last >= size else 0))
    last = min(size, last + (lacking if first <= 0 else 0))
    return slice(first // _ALIGNED * _ALIGNED, last)
