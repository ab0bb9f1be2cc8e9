"""Krippendorff's alpha: how far people agree beyond what chance alone would make them.

Formulas: Klaus Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011 (University of
Pennsylvania, Annenberg School; section D, any metric and missing values). Alpha is 1 where all
agree, 0 where values might as well have been dealt at random, below 0 where people contradict
each other. Krippendorff calls 0.8 reliable and 0.667 the least for tentative conclusions.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Difference = Callable[[Floats, Floats], Floats]


def nominal(first: Floats, second: Floats) -> Floats:
    """Squared difference of names: 0 for the same, 1 for others (formula 5 of the paper)."""
    return np.asarray(first != second, dtype=np.float64)


def interval(first: Floats, second: Floats) -> Floats:
    """Squared difference of numbers on a scale with even steps."""
    return np.asarray((first - second) ** 2, dtype=np.float64)


def alpha(values: Sequence[Sequence[float | None]], difference: Difference) -> float | None:
    """Krippendorff's alpha.

    Args:
        values: For each person the value given to each picture, None where there is none. Names
            are told by numbers.
        difference: `nominal` or `interval`.

    Returns:
        Alpha, or None when it is undefined: no picture was judged by two people, or all values
        are the same, so that chance would agree as well.

    Raises:
        ValueError: The people have lists of different lengths.
    """
    if len({len(row) for row in values}) > 1:
        raise ValueError("every person needs one value or None for each picture")
    table = np.array(
        [[np.nan if value is None else value for value in row] for row in values], dtype=np.float64
    )
    if table.size == 0:
        return None
    # Only values that can be paired with another person's count.
    judged = (~np.isnan(table)).sum(axis=0)
    table, judged = table[:, judged >= 2], judged[judged >= 2]
    scale, codes = np.unique(table[~np.isnan(table)], return_inverse=True)
    if len(scale) < 2:
        return None
    numbers = np.full(table.shape, -1, dtype=np.intp)
    numbers[~np.isnan(table)] = codes
    # n_uc: how many people gave picture u the value c.
    counts = np.stack([(numbers == code).sum(axis=0) for code in range(len(scale))], axis=1)
    gaps = difference(scale[:, None], scale[None, :])
    # Coincidences o_ck: within each picture every pair of people, weighted by 1 / (m_u - 1).
    pairs = np.einsum("uc,uk,u->ck", counts, counts, 1.0 / (judged - 1))
    np.fill_diagonal(pairs, 0.0)  # equal values differ by nothing
    totals = counts.sum(axis=0)
    observed = float((pairs * gaps).sum())
    expected = float((np.outer(totals, totals) * gaps).sum()) / (float(totals.sum()) - 1.0)
    return 1.0 - observed / expected
