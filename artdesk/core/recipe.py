"""Everything that determines a picture, as frozen values; the engine is given nothing else.

A recipe is checked when it is made, so any `Recipe` object is a valid one. Sliders are integers
(thousandths, percent) so that a recipe means the same on every machine. `recipe_json` reads and
writes the text form.
"""

import hashlib
from dataclasses import dataclass, field, fields, replace

from artdesk.core import strict_json
from artdesk.core.edit_recipe import Edit
from artdesk.core.errors import RecipeError
from artdesk.core.memory_recipe import Memory
from artdesk.core.recipe_parts import (
    MAX_SEED,
    MAX_SWATCHES,
    MAX_WORD_LENGTH,
    MAX_WORDS,
    Swatch,
    Word,
    check_colour,
    check_instances,
    check_whole,
)

__all__ = [
    "MAX_SEED",
    "MAX_SIDE",
    "MAX_SWATCHES",
    "MAX_WORDS",
    "MAX_WORD_LENGTH",
    "MIN_SIDE",
    "SAMPLING_RANGES",
    "SIDE_STEP",
    "SKETCH_SIDE",
    "Canvas",
    "Edit",
    "Memory",
    "Recipe",
    "Sampling",
    "Sketch",
    "Swatch",
    "Word",
]

MIN_SIDE = 64
MAX_SIDE = 2048
"""A grid of 256 cells, as many columns as `seed.raw` gives each cell its own number for."""
SIDE_STEP = 8
"""Sizes come in steps of this many pixels; a model may ask for larger ones."""
SKETCH_SIDE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """The composition: row-major cells "#rrggbb"; None is left to the model."""

    columns: int
    rows: int
    cells: tuple[str | None, ...]

    def __post_init__(self) -> None:
        check_whole("columns", self.columns, 1, SKETCH_SIDE)
        check_whole("rows", self.rows, 1, SKETCH_SIDE)
        if type(self.cells) is not tuple or len(self.cells) != self.columns * self.rows:
            raise RecipeError(
                f"The sketch needs {self.columns * self.rows} cells ({self.columns} by "
                f"{self.rows}): give exactly as many."
            )
        for number, cell in enumerate(self.cells):
            if cell is not None:
                check_colour(f"sketch cell {number + 1}", cell)

    @property
    def complete(self) -> bool:
        """Whether every cell has a colour."""
        return None not in self.cells


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """Size in pixels."""

    width: int = 256
    height: int = 256

    def __post_init__(self) -> None:
        check_whole("width", self.width, MIN_SIDE, MAX_SIDE, SIDE_STEP)
        check_whole("height", self.height, MIN_SIDE, MAX_SIDE, SIDE_STEP)


SAMPLING_RANGES: dict[str, tuple[int, int]] = {
    "steps": (1, 64),
    "temperature_milli": (100, 2000),
    "composition_temperature_milli": (100, 2000),
    "guidance_milli": (0, 8000),
    "top_k": (0, 512),
    "top_p_milli": (10, 1000),
    "diversity_milli": (-1000, 1000),
    "palette_size": (16, 512),
    "jitter_milli": (0, 1000),
    "refine_milli": (0, 500),
    "palette_strength_milli": (0, 2000),
    "constructed_milli": (-1000, 1000),
    "zoom_milli": (300, 1000),
}
"""Lowest and highest value of each sampling control; windows and commands read it too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """The sampling controls.

    Attributes:
        steps: Passes of the detail model.
        temperature_milli: Wildness of the detail at the last step; it starts lower.
        composition_temperature_milli: Wildness of the sketch, above all of its large forms.
        guidance_milli: How strictly words and palette are obeyed; 1000 and less is plain.
        top_k: Codes considered for each cell; 0 is all of them.
        top_p_milli: Probability mass considered for each cell.
        diversity_milli: Favours rare (+) or common (-) codes.
        palette_size: Codes that one picture may use; the highest value is all of them.
        jitter_milli: Share of codes swapped for a near one after the draw.
        refine_milli: Share of the picture drawn once more at the end.
        palette_strength_milli: How strongly the palette bends the sketch.
        constructed_milli: Painterly (-) to constructed (+).
        zoom_milli: Share of an imagined full picture that is shown.
    """

    steps: int = 10
    temperature_milli: int = 850
    composition_temperature_milli: int = 1000
    guidance_milli: int = 3000
    top_k: int = 0
    top_p_milli: int = 950
    diversity_milli: int = 0
    palette_size: int = 512
    jitter_milli: int = 0
    refine_milli: int = 400
    palette_strength_milli: int = 1000
    constructed_milli: int = 0
    zoom_milli: int = 1000

    def __post_init__(self) -> None:
        for entry in fields(self):
            low, high = SAMPLING_RANGES[entry.name]
            check_whole(entry.name, getattr(self, entry.name), low, high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """All that determines a picture, given a bundle.

    Attributes:
        words: What the picture should be.
        avoid: What it should not be.
        palette: Colours of the artist; None is the model's choice.
        sketch: Colours of the composition; None is the model's choice.
        canvas: Size.
        sampling: The sampling controls.
        seed: Everything random comes from it.
        memory: How remembered works take part; None leaves the networks alone.
        edit: What is kept of an earlier picture; None draws all anew.
    """

    words: tuple[Word, ...] = ()
    avoid: tuple[Word, ...] = ()
    palette: tuple[Swatch, ...] | None = None
    sketch: Sketch | None = None
    canvas: Canvas = field(default_factory=Canvas)
    sampling: Sampling = field(default_factory=Sampling)
    seed: int = 0
    memory: Memory | None = None
    edit: Edit | None = None

    def __post_init__(self) -> None:
        check_instances("words", self.words, Word, MAX_WORDS)
        check_instances("avoid", self.avoid, Word, MAX_WORDS)
        if self.palette is not None:
            check_instances("palette", self.palette, Swatch, MAX_SWATCHES, least=1)
        if self.sketch is not None and type(self.sketch) is not Sketch:
            raise RecipeError("sketch must be a sketch or nothing.")
        if type(self.canvas) is not Canvas or type(self.sampling) is not Sampling:
            raise RecipeError("canvas and sampling must be given as such.")
        check_whole("seed", self.seed, 0, MAX_SEED)
        if self.memory is not None and type(self.memory) is not Memory:
            raise RecipeError("memory must be a memory or nothing.")
        if self.edit is not None:
            self._check_edit(self.edit)

    def _check_edit(self, edit: object) -> None:
        if type(edit) is not Edit:
            raise RecipeError("edit must be an edit or nothing.")
        width, height = self.canvas.width, self.canvas.height
        if width % edit.columns or width * edit.rows != height * edit.columns:
            raise RecipeError(
                f"The edited picture has {edit.columns} by {edit.rows} cells, which do not fill "
                f"{width} by {height} pixels: use the size of the picture that is edited."
            )

    def member(self, number: int) -> "Recipe":
        """The recipe of picture 0, 1, 2 ... of a batch: the next seed, of the edit if it is one."""
        if self.edit is None:
            return replace(self, seed=(self.seed + number) % (MAX_SEED + 1))
        edit = replace(self.edit, seed=(self.edit.seed + number) % (MAX_SEED + 1))
        return replace(self, edit=edit)

    def to_json(self) -> str:
        """The canonical text: all fields, sorted keys, no spaces."""
        from artdesk.core import recipe_json  # here because it imports this module

        return strict_json.dump(recipe_json.recipe_to_data(self))

    @classmethod
    def from_json(cls, text: str) -> "Recipe":
        """Read the text form.

        Raises:
            RecipeTooNew: A later ArtDesk wrote it.
            RecipeError: Anything else is wrong with it.
        """
        from artdesk.core import recipe_json

        return recipe_json.recipe_from_data(recipe_json.load(text))

    def digest(self) -> str:
        """SHA-256 of the canonical text, in hex."""
        return hashlib.sha256(self.to_json().encode("utf-8")).hexdigest()
