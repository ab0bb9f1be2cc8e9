"""The words and colours of a recipe, and the checks that all its parts share.

Each check raises a RecipeError whose text is one plain sentence.
"""

import base64
import binascii
import re
from dataclasses import dataclass

from artdesk.core.attributes import WORD_DIM
from artdesk.core.errors import RecipeError

MAX_WORDS = 24
MAX_WORD_LENGTH = 40
MAX_SEED = 2**32 - 1
MAX_SWATCHES = 5

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


def check_colour(name: str, value: object) -> None:
    """Refuse anything but a colour "#rrggbb" in lower case."""
    if not isinstance(value, str) or _HEX.fullmatch(value) is None:
        raise RecipeError(
            f"{name} is {repr(value)[:24]}: a colour is written like #2a6f97 in lower case."
        )


def check_instances(name: str, values: object, kind: type, most: int, least: int = 0) -> None:
    """Refuse anything but a tuple of `least` to `most` values of one class."""
    if type(values) is not tuple or not all(type(value) is kind for value in values):
        entry = "text" if kind is str else kind.__name__.lower()
        raise RecipeError(f"{name} must be a list of {entry} entries.")
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
        check_colour("colour", self.colour)
        check_whole("share_milli", self.share_milli, 1, 1000)
