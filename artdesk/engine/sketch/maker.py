"""The sketch of a recipe; sliders of the detail alone find it in the cache."""

from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from artdesk.core.errors import RecipeError
from artdesk.core.recipe import Canvas, Recipe, Sketch, Swatch
from artdesk.core.sketch_layout import sketch_shape
from artdesk.engine.sketch.draw import SketchRequest, draw_sketch, fit_cells
from artdesk.engine.sketch.network import SketchNetwork
from artdesk.engine.tables import BundleTables

_KEPT = 64


class SketchMaker:
    """Draws what the artist leaves open of a composition.

    Args:
        network: The sketch prior.
        tables: Of the same bundle.
    """

    def __init__(self, network: SketchNetwork, tables: BundleTables) -> None:
        self._network = network
        self._tables = tables
        self._kept: OrderedDict[tuple[object, ...], Sketch] = OrderedDict()

    def make(
        self,
        recipe: Recipe,
        conditions: NDArray[np.float64],
        palette: Sequence[Swatch],
        check: Callable[[], None],
    ) -> Sketch:
        """The whole sketch of a recipe.

        Args:
            recipe: Canvas, sketch, seed and controls are read from it.
            conditions: float64 [2, 119], wanted and unguided.
            palette: The palette in use.
            check: Called before every cell; raises to leave.
        """
        rows, columns = sketch_shape(recipe.canvas.width, recipe.canvas.height)
        fixed: tuple[str | None, ...] = (None,) * (rows * columns)
        if recipe.sketch is not None:
            fixed = fit_cells(recipe.sketch, rows, columns)
        if None not in fixed:
            return Sketch(columns=columns, rows=rows, cells=fixed)
        sampling = recipe.sampling
        request = SketchRequest(
            conditions=conditions,
            fixed=fixed,
            rows=rows,
            columns=columns,
            seed=recipe.seed,
            temperature_milli=sampling.composition_temperature_milli,
            guidance_milli=sampling.guidance_milli,
            palette=tuple(swatch.colour for swatch in palette),
            shares_milli=tuple(swatch.share_milli for swatch in recipe.palette or ()),
            palette_strength_milli=sampling.palette_strength_milli,
        )
        found = self._kept.get(request.key)
        if found is None:
            exp_table = self._tables.codes.exp_table
            colours = self._tables.sketch_colours
            found = draw_sketch(self._network, colours, exp_table, request, check)
            self._kept[request.key] = found
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(request.key)
        return found


def grid_shape(canvas: Canvas, cell: int) -> tuple[int, int]:
    """Rows and columns of the token grid; RecipeError when the canvas has broken cells."""
    if canvas.width % cell or canvas.height % cell:
        raise RecipeError(
            f"The model draws cells of {cell} pixels, which do not fill "
            f"{canvas.width} by {canvas.height}: use multiples of {cell}."
        )
    return canvas.height // cell, canvas.width // cell
