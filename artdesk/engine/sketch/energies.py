"""What words of form ask of a sketch, as energies between its cells.

The network hears such words but faintly: they are about how cells relate, not about any one cell.
Here each relation is an energy that a colour has with the cells that are known already, and that is
taken off the logits of the draw: the sketch becomes a Gibbs field (Geman and Geman 1984) around
what the network would draw. Everything is whole numbers, so every machine agrees.
"""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from artdesk.core.attributes import ATTRIBUTES
from artdesk.core.sketch_layout import Layout
from artdesk.engine.detail.draw import UNITS_PER_NAT, IntArray, scaled

FloatArray = NDArray[np.float64]

FAR = 1024
"""Distance of two colours that have nothing in common: fine enough that rounding cannot be seen,
small enough that sums over all cells stay far inside int64."""

NEAR = 0.12
"""Oklab distance at which two colours are half as far apart as colours can be: an eighth of the way
from black to white, so that shades of a colour attract each other and all the rest is "another"."""

NEAR_IN_HUE = 0.06
"""The same for discord, in the plane of hue and chroma: lighter and darker colours agree. Half as
wide, for chroma in sRGB ends near 0.32 where lightness ends at 1."""

NEAR_IN_FLAT_AREAS = 0.03
"""The same for geometry: only cells of one colour make a flat area with a clean border."""

NATS = {
    "symmetry": 8.0,  # of a cell and its mirror image only the later one feels it
    "verticality": 4.0,
    "dynamism": 4.0,
    "stillness": 2.0,
    "density": 3.0,  # at 4 one airy sketch in six was nearly empty
    "busyness": 3.0,
    "boldness": 4.0,
    "mass": 4.0,
    "geometry": 3.0,  # the detail draws clean edges no better for more (AUC 0.73 to 0.79)
    "discord": 5.0,  # AUC of sketches 0.61 without, 0.82 at 3 nats, 0.98 at 6
}
"""What an attribute that is wished for in full weighs at a guidance of 3.

3 to 4 nats turn a colour that the network finds 20 to 50 times likelier: the word is seen, and the
network still decides between colours that obey it. Figures are those of `training/LOG.md`; where
none stands none is on record: such a weight was set by eye.

`stillness` is the other pole of dynamism, `mass` what boldness asks of the finest level. These two,
dynamism and geometry work for one pole only: turned round, they would ask for chequered cells.
"""

# Guidance 1 means "as the network says", so nothing is added; from there the weight grows by half
# of the guidance, is whole at the default of 3 and ends at twice that.
_PLAIN_MILLI = 1000
_STRONGEST_MILLI = 2000
_FREE = -1


@dataclass(frozen=True, slots=True)
class Relation:
    """Cells that one cell is compared with for the sake of an attribute.

    Attributes:
        attribute: A key of `NATS`.
        sign: 1 where the attribute wants a colour like theirs, -1 where it wants another.
        cells: int64 [n], indices of cells of the pyramid.
    """

    attribute: str
    sign: int
    cells: IntArray


@functools.lru_cache(maxsize=64)
def relations(
    shapes: tuple[tuple[int, int], ...], rising: bool
) -> tuple[tuple[Relation, ...], ...]:
    """The relations of every cell of a pyramid.

    Args:
        shapes: Rows and columns of each level, coarse to fine.
        rising: Whether movement leads up to the right; a still picture has level layers then, and
            upright ones otherwise.

    Returns:
        One tuple for each cell, level after level, row by row.
    """
    found: list[tuple[Relation, ...]] = []
    start = coarser = 0
    for number, (rows, columns) in enumerate(shapes):
        grid = start + np.arange(rows * columns).reshape(rows, columns)
        for y in range(rows):
            for x in range(columns):
                if not number:
                    found.append(())  # one colour relates to nothing
                    continue
                above, across = shapes[number - 1]
                parent = coarser + (y * above // rows) * across + x * across // columns
                finest = number == len(shapes) - 1
                found.append(
                    tuple(
                        relation
                        for relation in _of_cell(grid, y, x, parent, coarser, finest, rising)
                        if len(relation.cells)
                    )
                )
        coarser, start = start, start + rows * columns
    return tuple(found)


def _of_cell(
    grid: IntArray, y: int, x: int, parent: int, coarser: int, finest: bool, rising: bool
) -> list[Relation]:
    def at(*steps: tuple[int, int]) -> IntArray:
        places = [(y + down, x + right) for down, right in steps]
        rows, columns = grid.shape
        inside = [grid[a, b] for a, b in places if 0 <= a < rows and 0 <= b < columns]
        return np.array(inside, dtype=np.int64)

    upright, level = at((-1, 0), (1, 0)), at((0, -1), (0, 1))
    diagonals = at((-1, 1), (1, -1)), at((-1, -1), (1, 1))
    along, against = diagonals if rising else diagonals[::-1]
    mirror = grid[y, grid.shape[1] - 1 - x]
    others = np.setdiff1d(grid, grid[y, x])
    result = [
        Relation("symmetry", 1, others[others == mirror]),
        Relation("verticality", 1, upright),
        Relation("verticality", -1, level),
        Relation("dynamism", 1, along),
        Relation("dynamism", -1, against),
        Relation("stillness", 1, level if rising else upright),
        Relation("discord", -1, others),
        # An airy picture keeps to its ground, which is the most common colour so far: a sum of
        # distances that level off is least at the mode, not at the mean.
        Relation("density", -1, np.arange(coarser, grid[0, 0])),
    ]
    if finest:
        # At coarser levels too, a minimal picture would lose its one form.
        result += [
            Relation("busyness", -1, np.concatenate([upright, level])),
            Relation("mass", 1, np.array([parent])),
            Relation("geometry", 1, np.concatenate([upright, level])),
        ]
    else:
        result.append(Relation("boldness", -1, others))
    return result


def colour_distances(oklab: FloatArray, near: float = NEAR) -> IntArray:
    """How far apart colours are: d**2 / (d**2 + near**2) (Geman and McClure 1985).

    Args:
        oklab: float64 [K, 3], plain Oklab.
        near: Distance d at which the result is half of FAR.

    Returns:
        int64 [K, K], 0 to FAR.
    """
    squares = np.square(oklab[:, None] - oklab[None]).sum(axis=-1)
    return np.asarray(np.rint(FAR * squares / (squares + near**2)), dtype=np.int64)


@functools.lru_cache(maxsize=4)
def _distances_for(table: bytes) -> dict[str, IntArray]:
    """The distances that each attribute looks at; the table is float64 [K, 3] as bytes."""
    oklab = np.frombuffer(table, dtype=np.float64).reshape(-1, 3)
    distances = dict.fromkeys(NATS, colour_distances(oklab))
    distances["discord"] = colour_distances(oklab * (0.0, 1.0, 1.0), NEAR_IN_HUE)
    distances["geometry"] = colour_distances(oklab, NEAR_IN_FLAT_AREAS)
    return distances


class SketchEnergies:
    """The energies of one sketch.

    Args:
        pyramid: Its layout.
        oklab: float64 [K, 3], the colour table in plain Oklab.
        wishes: float64 [29], -1..1, what the words ask for less what they avoid.
        guidance_milli: Guidance scale; at 1000 and less there are no energies.
        rising: As for `relations`.
    """

    def __init__(
        self,
        pyramid: Layout,
        oklab: FloatArray,
        wishes: FloatArray,
        guidance_milli: int,
        rising: bool,
    ) -> None:
        self._relations = relations(pyramid.shapes, rising)
        self._colours = len(oklab)
        milli = min(_STRONGEST_MILLI, max(0, guidance_milli - _PLAIN_MILLI) // 2)
        wanted = dict(zip(ATTRIBUTES, wishes, strict=True))
        wanted["stillness"] = max(0.0, -wanted["dynamism"])
        wanted["mass"] = max(0.0, wanted["boldness"])
        for name in ("dynamism", "geometry"):
            wanted[name] = max(0.0, wanted[name])
        self._units = {
            name: int(np.rint(wanted[name] * nats * UNITS_PER_NAT)) * milli // 1000
            for name, nats in NATS.items()
        }
        self.silent = not any(self._units.values())
        self._distances = _distances_for(oklab.tobytes())

    def energy(self, cell: int, indices: IntArray) -> IntArray:
        """Energy of every colour in one cell.

        Args:
            cell: Index of the cell.
            indices: int64 [N], the colour of each cell; -1 where none is known yet.

        Returns:
            int64 [K] in 1/64 nat, to be taken off the logits.
        """
        total = np.zeros(self._colours, dtype=np.int64)
        for relation in self._relations[cell]:
            units = self._units[relation.attribute]
            if not units:
                continue
            known = indices[relation.cells]
            known = known[known != _FREE]
            if len(known):
                apart = self._distances[relation.attribute][known].sum(axis=0)
                total += scaled(apart, relation.sign * units, FAR * len(known))
        return total
