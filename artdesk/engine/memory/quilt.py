"""Quilting: a token map laid out from patches of remembered works.

Efros and Freeman, "Image quilting for texture synthesis and transfer", 2001, on codes instead of
pixels: patches whose colours suit the composition are laid over one another with the smallest
error at the overlap and cut along the best seam. Candidates that go on where a neighbouring patch
ends come from Ashikhmin, "Synthesizing natural textures", 2001; they keep whole forms together.
All costs are whole numbers, so a seed lays the same patches on every machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from artdesk.core import seed as seeds
from artdesk.engine.detail.draw import gumbel
from artdesk.engine.memory.colours import ONE, Colours, IntArray, root

INVENTED = -1
"""As the work of a cell: it comes from none."""

CANDIDATES = 200
"""Patches of the nearest colours that are compared at the overlap."""

COLOUR_WEIGHT = 8
"""What one unit of Oklab costs, against `OVERLAP_WEIGHT` for one of (1 - cosine) of the codes."""

OVERLAP_WEIGHT = 2
REPEAT_COST = ONE // 3
"""What it costs to lay a patch again whose cells were all used once."""

WEIGHT_COST = ONE // 2
"""What a patch of a work of weight 1 costs less than one of a work of weight 0."""

_NOISE = 160  # divides noise of 2**-16 nat: a temperature of 0.1 in the costs' unit of 1/4096


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A work to take patches from.

    Attributes:
        tokens: int64 [h, w].
        colours: int16 [h, w, 3], Oklab of each token in 1/4096.
        key: A number of the work that does not depend on its place in the list.
        weight_percent: 10..200.
    """

    tokens: IntArray
    colours: Colours
    key: int
    weight_percent: int = 100


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """A laid out token map.

    Attributes:
        tokens: int32 [h, w].
        origin: int16 [h, w, 3]: number of the source, row and column there.
    """

    tokens: NDArray[np.int32]
    origin: NDArray[np.int16]


def code_distances(codebook: NDArray[np.float32]) -> NDArray[np.int16]:
    """1 - cosine of all pairs of codes in 1/4096, int16 [K, K]; codes float32 [K, D]."""
    codes = codebook.astype(np.float64)
    lengths = np.zeros(len(codes))
    products = np.zeros((len(codes), len(codes)))
    for column in codes.T:  # one by one, so that every machine adds in the same order
        lengths += column * column
        products += column[:, None] * column
    norm = np.sqrt(lengths)
    norm[norm == 0.0] = 1.0
    return np.rint((1.0 - products / norm[:, None] / norm) * ONE).astype(np.int16)


class _Bank:
    """All patches of some sources, as flat arrays.

    Attributes:
        tokens: int64 [cells], the tokens of all sources in a row.
        places: int64 [patches, 3], source, row and column of each patch.
        first: int64 [patches], index of its first cell in `tokens`.
        features: int32 [patches, 12], mean colours of its quarters.
        bonus: int64 [patches], what the weight of its work takes from its cost.
        keys: int64 [patches], for its noise.
    """

    def __init__(self, sources: Sequence[Source], side: int) -> None:
        self.side = side
        self.tokens = np.concatenate([source.tokens.reshape(-1) for source in sources])
        self.widths = np.array([source.tokens.shape[1] for source in sources])
        sizes = [source.tokens.size for source in sources]
        self.starts = np.cumsum([0, *sizes[:-1]])
        within = np.arange(side)
        self.offsets = np.array(
            [(within[:, None] * width + within).reshape(-1) for width in self.widths]
        )
        self.grids = [
            tuple(length - side + 1 for length in source.tokens.shape) for source in sources
        ]
        self.patch_starts = np.cumsum([0, *(rows * columns for rows, columns in self.grids)])
        places, features, bonus, keys = [], [], [], []
        for number, (source, (rows, columns)) in enumerate(zip(sources, self.grids, strict=True)):
            row, column = (axis.reshape(-1) for axis in np.mgrid[:rows, :columns])
            places.append(np.stack([np.full(rows * columns, number), row, column], axis=1))
            features.append(quarters(source.colours, side).reshape(-1, 12))
            cost = (source.weight_percent - 100) * WEIGHT_COST // 100
            bonus.append(np.full(rows * columns, cost))
            keys.append(source.key + row * 4099 + column)
        self.places = np.concatenate(places)
        self.features = np.concatenate(features)
        self.bonus = np.concatenate(bonus)
        self.keys = np.concatenate(keys) & 0xFFFFFFFF
        self.first = (
            self.starts[self.places[:, 0]]
            + self.places[:, 1] * self.widths[self.places[:, 0]]
            + self.places[:, 2]
        )
        self.used = np.zeros(len(self.tokens), dtype=np.int64)

    def nearest(self, wanted: NDArray[np.int32], count: int) -> IntArray:
        """The patches of the nearest colours in the order of their numbers."""
        difference = self.features - wanted
        squares = np.einsum("pf,pf->p", difference, difference).astype(np.int64)
        count = min(count, len(squares))
        # The number of the patch breaks ties, so that the choice is the same everywhere.
        unique = squares * len(squares) + np.arange(len(squares))
        return np.sort(np.argpartition(unique, count - 1)[:count])

    def colour_distance(self, patches: IntArray, wanted: NDArray[np.int32]) -> IntArray:
        difference = (self.features[patches] - wanted).astype(np.int64)
        return root(np.einsum("pf,pf->p", difference, difference) // 4)

    def patch_at(self, source: int, row: int, column: int) -> int | None:
        """The patch that begins at a place of a source, or None."""
        rows, columns = self.grids[source]
        if 0 <= row < rows and 0 <= column < columns:
            return int(self.patch_starts[source]) + int(row * columns + column)
        return None

    def cells(self, patches: IntArray) -> IntArray:
        """Indices into `tokens` of all cells of patches, int64 [patches, side * side]."""
        return np.asarray(self.first[patches][:, None] + self.offsets[self.places[patches, 0]])


def quarters(colours: Colours, side: int) -> NDArray[np.int32]:
    """Mean colours of the quarters of the patch at every place.

    Args:
        colours: int16 [h, w, 3].
        side: Cells of a side of a patch, even.

    Returns:
        int32 [h - side + 1, w - side + 1, 12].
    """
    half = side // 2
    sums = np.zeros((colours.shape[0] + 1, colours.shape[1] + 1, 3), dtype=np.int32)
    sums[1:, 1:] = colours.astype(np.int32).cumsum(axis=0).cumsum(axis=1)
    boxes = sums[half:, half:] - sums[:-half, half:] - sums[half:, :-half] + sums[:-half, :-half]
    boxes = boxes // (half * half)
    rows, columns = colours.shape[0] - side + 1, colours.shape[1] - side + 1
    parts = [boxes[y : y + rows, x : x + columns] for y in (0, half) for x in (0, half)]
    return np.concatenate(parts, axis=-1).astype(np.int32)


def quilt(
    sources: Sequence[Source],
    wanted: Colours,
    side: int,
    seed: int,
    distances: NDArray[np.int16],
) -> Layout:
    """Lay out a token map.

    Args:
        sources: One or more works.
        wanted: int16 [h, w, 3], the colour that each cell should have, in 1/4096 of Oklab.
        side: Cells of a side of a patch; made smaller where the canvas or a work is.
        seed: The recipe's seed.
        distances: Of `code_distances`.
    """
    height, width = wanted.shape[:2]
    smallest = min(height, width, *(min(source.tokens.shape) for source in sources))
    side = max(1, min(side, smallest))
    side -= side % 2 if side > 1 else 0
    if side == 1:
        return _single_cells(sources, wanted)
    bank = _Bank(sources, side)
    return _Quilt(bank, quarters(wanted, side), (height, width), seed, distances).lay()


def _single_cells(sources: Sequence[Source], wanted: Colours) -> Layout:
    """Where not even a patch of 2 x 2 fits: the cell of the nearest colour."""
    colours = np.concatenate([source.colours.reshape(-1, 3) for source in sources])
    tokens = np.concatenate([source.tokens.reshape(-1) for source in sources])
    places = np.concatenate(
        [
            np.stack(
                [
                    np.full(s.tokens.size, n),
                    *(a.reshape(-1) for a in np.mgrid[: s.tokens.shape[0], : s.tokens.shape[1]]),
                ],
                axis=1,
            )
            for n, s in enumerate(sources)
        ]
    )
    gaps = wanted.reshape(-1, 1, 3).astype(np.int64) - colours
    best = np.square(gaps).sum(axis=-1).argmin(axis=1)
    shape = wanted.shape[:2]
    return Layout(
        tokens[best].reshape(shape).astype(np.int32),
        places[best].reshape(*shape, 3).astype(np.int16),
    )


class _Quilt:
    """A map being laid out."""

    def __init__(
        self,
        bank: _Bank,
        wanted: NDArray[np.int32],
        shape: tuple[int, int],
        seed: int,
        distances: NDArray[np.int16],
    ) -> None:
        self._bank = bank
        self._wanted = wanted
        self._shape = shape
        self._codes = len(distances)
        self._distances = np.ascontiguousarray(distances).reshape(-1)
        self._random = seeds.raw(seed, "quilt", 0, shape[0])
        self._tokens = np.zeros(shape, dtype=np.int64)
        self._origin = np.full((*shape, 3), INVENTED, dtype=np.int16)
        self._known = np.zeros(shape, dtype=np.bool_)

    def lay(self) -> Layout:
        """Lay patch after patch, row by row."""
        side = self._bank.side
        stride = side - max(1, 3 * side // 8)
        for y in _starts(self._shape[0], side, stride):
            for x in _starts(self._shape[1], side, stride):
                self._lay_patch(y, x)
        return Layout(self._tokens.astype(np.int32), self._origin)

    def _lay_patch(self, y: int, x: int) -> None:
        bank, side = self._bank, self._bank.side
        here = (slice(y, y + side), slice(x, x + side))
        wanted = self._wanted[y, x]
        patches = self._candidates(y, x, wanted)
        cells = bank.cells(patches)
        cost = COLOUR_WEIGHT * bank.colour_distance(patches, wanted) - bank.bonus[patches]
        known = self._known[here].reshape(-1)
        there = np.flatnonzero(known)
        if len(there):
            before = self._tokens[here].reshape(-1)[there] * self._codes
            error = self._distances[before + bank.tokens[cells[:, there]]]
            cost += OVERLAP_WEIGHT * error.sum(axis=1, dtype=np.int64) // len(there)
        free = np.flatnonzero(~known)
        cost += REPEAT_COST * bank.used[cells[:, free]].sum(axis=1) // max(1, len(free))
        noise = gumbel(self._random[y, x : x + 1], bank.keys[patches][None])[0]
        best = int((cost - noise // _NOISE).argmin())
        self._paste(here, int(patches[best]), cells[best], known.reshape(side, side))

    def _candidates(self, y: int, x: int, wanted: NDArray[np.int32]) -> IntArray:
        """Patches of the nearest colours, and those that go on where a neighbour ends."""
        bank, side = self._bank, self._bank.side
        going_on = []
        for down, across in ((1, 0), (side - 2, 0), (0, 1), (0, side - 2), (1, 1)):
            if self._known[y + down, x + across]:
                source, row, column = self._origin[y + down, x + across].tolist()
                patch = bank.patch_at(source, row - down, column - across)
                if patch is not None:
                    going_on.append(patch)
        near = bank.nearest(wanted, CANDIDATES)
        return np.union1d(near, going_on).astype(np.int64) if going_on else near

    def _paste(
        self,
        here: tuple[slice, slice],
        patch: int,
        cells: IntArray,
        known: NDArray[np.bool_],
    ) -> None:
        bank, side = self._bank, self._bank.side
        fresh = bank.tokens[cells].reshape(side, side)
        use = np.ones((side, side), dtype=np.bool_)
        if known.any():
            error = self._distances[self._tokens[here] * self._codes + fresh].astype(np.int64)
            left = _depth(known)
            above = _depth(known.T)
            if 0 < left < side:
                use &= _after_seam(error, left)
            if 0 < above < side:
                use &= _after_seam(error.T, above).T
            use |= ~known
        source, row, column = bank.places[patch].tolist()
        self._tokens[here][use] = fresh[use]
        within = np.moveaxis(np.mgrid[row : row + side, column : column + side], 0, -1)
        self._origin[here][..., 0][use] = source
        self._origin[here][..., 1:][use] = within[use]
        self._known[here] = True
        bank.used[cells[(~known).reshape(-1)]] += 1


def _starts(length: int, side: int, stride: int) -> list[int]:
    """Where patches begin along a side; the last one ends with it."""
    return [*range(0, length - side, stride), length - side]


def _depth(known: NDArray[np.bool_]) -> int:
    """How many columns from the left are known in every row."""
    return int(known.all(axis=0).cumprod().sum())


def _after_seam(error: IntArray, depth: int) -> NDArray[np.bool_]:
    """Where the new patch is used: from the path of the smallest error on.

    Args:
        error: int64 [side, side], cost of replacing each cell.
        depth: Columns from the left in which the path runs.

    Returns:
        bool [side, side].
    """
    side = len(error)
    path = error[:, :depth].copy()
    edge = np.iinfo(np.int64).max // 2
    for row in range(1, side):
        above = np.concatenate([[edge], path[row - 1], [edge]])
        path[row] += np.minimum(np.minimum(above[:-2], above[1:-1]), above[2:])
    use = np.ones((side, side), dtype=np.bool_)
    column = int(path[-1].argmin())
    columns = _COLUMNS[:depth]
    for row in range(side - 1, -1, -1):
        use[row, :depth] = columns >= column
        if row:
            low = max(0, column - 1)
            column = low + int(path[row - 1][low : column + 2].argmin())
    return use


_COLUMNS = np.arange(64)
