"""Everything that determines a picture, as frozen values; the engine is given nothing else.

A recipe is checked when it is made, so any `Recipe` object is a valid one. Sliders are integers
(thousandths, percent) so that a recipe means the same on every machine. `recipe_json` reads and
writes the text form.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field, fields

from artdesk.core import strict_json
from artdesk.core.attributes import WORD_DIM
from artdesk.core.errors import RecipeError

MAX_WORDS = 24
MAX_WORD_LENGTH = 40
MAX_SEED = 2**32 - 1
MIN_SIDE = 64
MAX_SIDE = 1024
SIDE_STEP = 8
MAX_SWATCHES = 5
SKETCH_SIDE = 8

_HEX = re.compile(r"#[0-9a-f]{6}")


def check_whole(name: str, value: object, low: int, high: int, step: int = 1) -> None:
    """Refuse anything but an int (bool is none) in low..high that is a multiple of `step`.

    Raises:
        RecipeError: Names the field, the value and the range.
    """
    kind = "a whole number" if step == 1 else f"a multiple of {step}"
    if type(value) is not int or not low <= value <= high or value % step:
        # Python refuses to write out integers of thousands of digits.
        huge = type(value) is int and abs(value) >= 10**20
        shown = "a huge number" if huge else f"{value!r:.24}"
        raise RecipeError(f"{name} is {shown}: it must be {kind} from {low} to {high}.")


def _check_colour(name: str, value: object) -> None:
    if not isinstance(value, str) or _HEX.fullmatch(value) is None:
        raise RecipeError(
            f"{name} is {repr(value)[:24]}: a colour is written like #2a6f97 in lower case."
        )


def _check_instances(name: str, values: object, kind: type, most: int, least: int = 0) -> None:
    if type(values) is not tuple or not all(type(value) is kind for value in values):
        raise RecipeError(f"{name} must be a list of {kind.__name__.lower()} entries.")
    if not least <= len(values) <= most:
        raise RecipeError(f"{name} has {len(values)} entries: use {least} to {most}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word with its weight in percent (10..200).

    `vector` is base64 of int8 [93] and is set only for words that the bundle's table lacks, so
    that the picture can be made again without the text model.
    """

    text: str
    weight_percent: int = 100
    vector: str | None = None

    def __post_init__(self) -> None:
        text = self.text
        if (
            not isinstance(text, str)
            or not 1 <= len(text) <= MAX_WORD_LENGTH
            or not text.isprintable()
            or text != text.strip()
        ):
            raise RecipeError(
                f"word is {repr(text)[:48]}: it must be readable text of 1 to "
                f"{MAX_WORD_LENGTH} characters."
            )
        check_whole(f"weight_percent of “{text}”", self.weight_percent, 10, 200)
        if self.vector is not None:
            self._check_vector(self.vector)

    def _check_vector(self, vector: object) -> None:
        try:
            if not isinstance(vector, str) or len(vector) > 4 * WORD_DIM:
                raise ValueError
            data = base64.b64decode(vector.encode("ascii"), validate=True)
            if len(data) != WORD_DIM or base64.b64encode(data).decode("ascii") != vector:
                raise ValueError
        except (ValueError, binascii.Error) as error:
            raise RecipeError(
                f"The stored meaning of “{self.text}” is damaged: remove the word and add it again."
            ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Swatch:
    """A palette colour "#rrggbb" and its share of the picture in thousandths."""

    colour: str
    share_milli: int = 200

    def __post_init__(self) -> None:
        _check_colour("colour", self.colour)
        check_whole("share_milli", self.share_milli, 1, 1000)


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
                _check_colour(f"sketch cell {number + 1}", cell)

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
        top_k: Codes considered for each cell, 0 is all of them.
        top_p_milli: Probability mass considered for each cell.
        diversity_milli: Favours rare (+) or common (-) codes.
        palette_size: Codes that one picture may use.
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
    """All that determines a picture, given a bundle."""

    words: tuple[Word, ...] = ()
    avoid: tuple[Word, ...] = ()
    palette: tuple[Swatch, ...] | None = None
    sketch: Sketch | None = None
    canvas: Canvas = field(default_factory=Canvas)
    sampling: Sampling = field(default_factory=Sampling)
    seed: int = 0

    def __post_init__(self) -> None:
        _check_instances("words", self.words, Word, MAX_WORDS)
        _check_instances("avoid", self.avoid, Word, MAX_WORDS)
        if self.palette is not None:
            _check_instances("palette", self.palette, Swatch, MAX_SWATCHES, least=1)
        if self.sketch is not None and type(self.sketch) is not Sketch:
            raise RecipeError("sketch must be a sketch or nothing.")
        if type(self.canvas) is not Canvas or type(self.sampling) is not Sampling:
            raise RecipeError("canvas and sampling must be given as such.")
        check_whole("seed", self.seed, 0, MAX_SEED)

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
