"""The draft: what the artist is setting up right now, as one frozen value.

A draft holds a recipe's parts plus what only the window knows (batch, locks, which cells of the
sketch were painted by hand). Every edit makes a new draft, so undo keeps whole drafts and the
worker can be handed a recipe without copying.
"""

import json
from dataclasses import dataclass, field, replace
from typing import Self

from artdesk.core import recipe_json, strict_json
from artdesk.core.errors import RecipeError
from artdesk.core.new_recipe import new_recipe
from artdesk.core.recipe import Canvas, Edit, Memory, Recipe, Sampling, Sketch, Swatch, Word
from artdesk.core.sketch_layout import sketch_shape
from artdesk.studio.controls import CONTROLS

SWATCHES = 5
MAX_BATCH = 64
SEEDS = 2**32
MAX_TEXT = 1024 * 1024
"""Longest text of a draft in characters: the longest recipe is half of it."""
_FIELDS = {"recipe", "places", "held", "painted", "batch", "seed_locked", "locked_controls"}
_EMPTY: tuple[Swatch | None, ...] = (None,) * SWATCHES


def grid_size(canvas: Canvas) -> tuple[int, int]:
    """Columns and rows of the sketch grid: 8 cells on the longer side, square cells."""
    rows, columns = sketch_shape(canvas.width, canvas.height)
    return columns, rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the window shows and the next picture will be made from.

    `swatches` always has five places; a place that is None is the model's choice. `held`
    names the places whose colour is not locked and stays only while the seed does, because a
    neighbour was locked while it was shown. `painted` holds the indices of the sketch cells that
    the artist painted: unlocking the sketch frees every other cell.
    """

    words: tuple[Word, ...] = ()
    avoid: tuple[Word, ...] = ()
    swatches: tuple[Swatch | None, ...] = _EMPTY
    held: frozenset[int] = frozenset()
    sketch: Sketch | None = None
    painted: frozenset[int] = frozenset()
    canvas: Canvas = field(default_factory=Canvas)
    sampling: Sampling = field(default_factory=Sampling)
    seed: int = 0
    batch: int = 1
    seed_locked: bool = False
    locked_controls: frozenset[str] = frozenset()
    memory: Memory | None = None
    edit: Edit | None = None

    def __post_init__(self) -> None:
        if len(self.swatches) != SWATCHES:
            raise RecipeError(f"A draft has {SWATCHES} palette places, not {len(self.swatches)}.")
        if type(self.batch) is not int or not 1 <= self.batch <= MAX_BATCH:
            raise RecipeError(
                f"The number of pictures has to be a whole number from 1 to {MAX_BATCH}; "
                f"it is {self.batch!r}."
            )

    def recipe(self) -> Recipe:
        """The recipe of the next picture."""
        kept = tuple(swatch for swatch in self.swatches if swatch is not None)
        return Recipe(
            words=self.words,
            avoid=self.avoid,
            palette=kept or None,
            sketch=self.sketch,
            canvas=self.canvas,
            sampling=self.sampling,
            seed=self.seed,
            memory=self.memory,
            edit=self.edit,
        )

    @property
    def sketch_locked(self) -> bool:
        """Whether every cell of the sketch is fixed."""
        return self.sketch is not None and None not in self.sketch.cells

    def with_recipe(self, recipe: Recipe) -> Self:
        """This draft with everything that `recipe` says; locks and batch stay."""
        palette = recipe.palette or ()
        painted = frozenset[int]()
        if recipe.sketch is not None and None in recipe.sketch.cells:
            painted = frozenset(
                index for index, cell in enumerate(recipe.sketch.cells) if cell is not None
            )
        return replace(
            self,
            words=recipe.words,
            avoid=recipe.avoid,
            swatches=tuple(palette) + (None,) * (SWATCHES - len(palette)),
            held=frozenset(),
            sketch=recipe.sketch,
            painted=painted,
            canvas=recipe.canvas,
            sampling=recipe.sampling,
            seed=recipe.seed,
            memory=recipe.memory,
            edit=recipe.edit,
        )

    def with_words(self, recipe: Recipe) -> Self:
        """This draft with the words and avoided words of `recipe` only."""
        return replace(self, words=recipe.words, avoid=recipe.avoid)

    def member(self, number: int) -> Recipe:
        """The recipe of picture 0, 1, 2 ... of a batch; only the first has the held colours."""
        recipe = self.recipe().member(number)
        if recipe.seed == self.seed:
            return recipe
        return replace(recipe, palette=self.with_seed(recipe.seed).recipe().palette)

    def with_seed(self, seed: int) -> Self:
        """This draft with another seed.

        It is a picture of its own, so it edits no earlier one, and colours that were only held
        are free again.
        """
        swatches, held = self.swatches, self.held
        if seed != self.seed:
            swatches = tuple(None if i in held else swatch for i, swatch in enumerate(swatches))
            held = frozenset()
        return replace(self, seed=seed, swatches=swatches, held=held, edit=None)

    def with_canvas(self, canvas: Canvas) -> Self:
        """This draft on another canvas; the sketch is carried over to the new grid."""
        columns, rows = grid_size(canvas)
        sketch, painted = self.sketch, self.painted
        if sketch is not None and (sketch.columns, sketch.rows) != (columns, rows):
            sources = [
                (row * sketch.rows // rows) * sketch.columns + column * sketch.columns // columns
                for row in range(rows)
                for column in range(columns)
            ]
            painted = frozenset(
                index for index, source in enumerate(sources) if source in self.painted
            )
            sketch = Sketch(
                columns=columns,
                rows=rows,
                cells=tuple(sketch.cells[source] for source in sources),
            )
        edit = self.edit if canvas == self.canvas else None  # its tokens fill one size only
        return replace(self, canvas=canvas, sketch=sketch, painted=painted, edit=edit)

    def with_painted(self, index: int, colour: str, shown: Sketch | None) -> Self:
        """This draft with one sketch cell painted; every other cell stays as it is shown.

        Args:
            index: The cell.
            colour: Its colour, "#rrggbb".
            shown: What the model drew last; None, or a sketch of another grid, fixes nothing.
        """
        columns, rows = grid_size(self.canvas)
        cells: list[str | None] = [None] * (columns * rows)
        if self.sketch is not None:
            cells = list(self.sketch.cells)
        if shown is not None and (shown.columns, shown.rows) == (columns, rows):
            cells = [own or other for own, other in zip(cells, shown.cells, strict=True)]
        cells[index] = colour
        return self._with_cells(columns, rows, cells, self.painted | {index})

    def with_erased(self, index: int) -> Self:
        """This draft with one sketch cell left to the model; cells that are fixed stay so."""
        if self.sketch is None:
            return self
        cells = list(self.sketch.cells)
        cells[index] = None
        columns, rows = self.sketch.columns, self.sketch.rows
        return self._with_cells(columns, rows, cells, self.painted - {index})

    def with_sketch(self, sketch: Sketch | None, *, painted: frozenset[int] | None = None) -> Self:
        """This draft with a whole sketch put in place, or none at all."""
        if sketch is None:
            return replace(self, sketch=None, painted=frozenset())
        return replace(self, sketch=sketch, painted=self.painted if painted is None else painted)

    def with_sketch_unlocked(self) -> Self:
        """This draft with every cell freed that the artist did not paint."""
        if self.sketch is None:
            return self
        if len(self.painted) == len(self.sketch.cells):
            return self.with_sketch(None)
        cells = [
            cell if index in self.painted else None for index, cell in enumerate(self.sketch.cells)
        ]
        return self._with_cells(self.sketch.columns, self.sketch.rows, cells, self.painted)

    def _with_cells(
        self, columns: int, rows: int, cells: list[str | None], painted: frozenset[int]
    ) -> Self:
        if all(cell is None for cell in cells):
            return replace(self, sketch=None, painted=frozenset())
        sketch = Sketch(columns=columns, rows=rows, cells=tuple(cells))
        return replace(self, sketch=sketch, painted=painted)

    def to_json(self) -> str:
        """The draft as canonical JSON text, for the session file."""
        content = {
            "recipe": json.loads(self.recipe().to_json()),
            "places": [index for index, swatch in enumerate(self.swatches) if swatch is not None],
            "held": sorted(self.held),
            "painted": sorted(self.painted),
            "batch": self.batch,
            "seed_locked": self.seed_locked,
            "locked_controls": sorted(self.locked_controls),
        }
        return json.dumps(content, sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The draft written by `to_json`.

        Raises:
            RecipeError: the text is not a draft.
        """
        try:
            content = strict_json.load(text, MAX_TEXT)
            if unknown := content.keys() - _FIELDS:
                raise ValueError(f"unknown fields {sorted(unknown)}")
            recipe = recipe_json.recipe_from_data(content["recipe"])
            places = _numbers(content["places"], SWATCHES)
            swatches: list[Swatch | None] = [None] * SWATCHES
            for place, swatch in zip(places, recipe.palette or (), strict=True):
                swatches[place] = swatch
            held = frozenset(
                _numbers(content.get("held", []), SWATCHES)
            )  # drafts of before lack it
            names = {control.field for control in CONTROLS}
            cells = len(recipe.sketch.cells) if recipe.sketch is not None else 0
            if type(content["seed_locked"]) is not bool:
                raise TypeError("seed_locked")
            return replace(
                cls().with_recipe(recipe),
                swatches=tuple(swatches),
                held=held & frozenset(places),
                painted=frozenset(_numbers(content["painted"], max(cells, 1)))
                if cells
                else frozenset(),
                batch=content["batch"],
                seed_locked=content["seed_locked"],
                locked_controls=frozenset(content["locked_controls"]) & names,
            )
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise RecipeError("The saved draft cannot be read; a fresh one is used.") from error


def _numbers(values: object, end: int) -> list[int]:
    """A list of different whole numbers from 0 below `end`; ValueError when it is another."""
    if not isinstance(values, list) or any(
        type(value) is not int or not 0 <= value < end for value in values
    ):
        raise ValueError("no list of places")
    if len(set(values)) != len(values):
        raise ValueError("a place is named twice")
    return values


FIRST_DRAFT = Draft(words=(Word(text="calm"), Word(text="geometric"), Word(text="warm")), seed=7)
"""What the window shows before anybody has worked in it."""

FIRST_MEMORY = FIRST_DRAFT.with_recipe(
    replace(new_recipe(remembers=True), words=FIRST_DRAFT.words, seed=FIRST_DRAFT.seed)
)
"""The same where the model remembers works: that is what it does best."""
