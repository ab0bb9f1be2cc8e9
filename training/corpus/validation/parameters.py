"""How the measures of a corpus follow the parameters that its constructed pictures kept.

Nothing is drawn: a family's pictures differ in everything at once (palette, surface, layout), so
these correlations are lower than those of `trials`; they show what is left in real pictures.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import spearmanr

from artdesk.core.attributes import ATTRIBUTES
from training.corpus.metadata import Row

Parameters = Mapping[str, object]
Read = Callable[[Parameters], float | None]

LEAST = 20
_SCHEMES = {"monochrome": 0.0, "analogous": 1.0, "triadic": 3.0, "tetradic": 3.0}
_STRAIGHT, _ROUND = ("wedge", "stripes"), ("discs", "pebble", "wave")


@dataclass(frozen=True, slots=True)
class Expectation:
    """A parameter that ought to go with an attribute.

    Attributes:
        attribute: Name of the attribute.
        family: Name of the family; every family when empty.
        parameter: What the number is, in plain words.
        read: The number of one picture's parameters, rising with the attribute; None where the
            picture has none.
    """

    attribute: str
    family: str
    parameter: str
    read: Read


@dataclass(frozen=True, slots=True)
class Correlation:
    """How an attribute goes with a parameter that ought to set it.

    Attributes:
        kept: The parameter.
        pictures: How many pictures have it.
        spearman: Rank correlation, -1 to 1.
    """

    kept: Expectation
    pictures: int
    spearman: float


def correlations(rows: Sequence[Row], expected: Sequence[Expectation] = ()) -> list[Correlation]:
    """Rank correlations over the rows of corpora; parameters with too few pictures are left out.

    Args:
        rows: Measured rows.
        expected: Parameters to look at; `EXPECTED` when empty.
    """
    found = []
    for part in expected or EXPECTED:
        index = ATTRIBUTES.index(part.attribute)
        pairs = []
        for row in rows:
            if row.raw is None or row.source != "constructed":
                continue
            if part.family and row.family != part.family:
                continue
            value = part.read(row.parameters)
            if value is not None:
                pairs.append((value, float(row.raw[index])))
        values = np.array(pairs).reshape(-1, 2)
        if len(values) >= LEAST and np.ptp(values, axis=0).all():
            found.append(Correlation(part, len(values), float(spearmanr(*values.T).statistic)))
    return found


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _own(name: str, sign: float = 1.0) -> Read:
    """A number among the parameters of a family, or its opposite."""

    def read(parameters: Parameters) -> float | None:
        value = _number(parameters.get(name))
        return None if value is None else sign * value

    return read


def _palette(parameters: Parameters) -> Parameters:
    palette = parameters.get("palette")
    return palette if isinstance(palette, dict) else {}


def _key(parameters: Parameters) -> float | None:
    keys = {"dark": 0.0, "middle": 1.0, "light": 2.0}
    return keys.get(str(_palette(parameters).get("key")))


def _vividness(parameters: Parameters) -> float | None:
    return _number(_palette(parameters).get("vividness"))


def _scheme(parameters: Parameters) -> float | None:
    return _SCHEMES.get(str(_palette(parameters).get("scheme")))


def _nearness(angle: float) -> Read:
    """How near the hue of a palette of few hues is to an angle, -1 to 1."""

    def read(parameters: Parameters) -> float | None:
        palette = _palette(parameters)
        hue = _number(palette.get("hue"))
        if hue is None or palette.get("scheme") not in ("monochrome", "analogous"):
            return None
        return math.cos(math.radians(hue - angle))

    return read


def _relief(parameters: Parameters) -> float | None:
    rough = parameters.get("surface") in ("impasto", "paper", "brushed", "canvas")
    return _number(parameters.get("surface_strength")) if rough else None


def _oblique(name: str) -> Read:
    """How far an angle in radians is from upright and level, 0 to 1."""

    def read(parameters: Parameters) -> float | None:
        angle = _number(parameters.get(name))
        return None if angle is None else abs(math.sin(2.0 * angle))

    return read


def _straight(parameters: Parameters) -> float | None:
    kind = parameters.get("kind")
    return 1.0 if kind in _STRAIGHT else 0.0 if kind in _ROUND else None


EXPECTED: Sequence[Expectation] = (
    Expectation(
        "warmth", "", "hue of the palette near orange (one or neighbouring hues)", _nearness(55)
    ),
    Expectation("brightness", "", "key of the palette: dark, middle, light", _key),
    Expectation("vividness", "", "vividness of the palette", _vividness),
    Expectation("colourfulness", "", "one hue, neighbours, three or four hues", _scheme),
    Expectation("texture", "", "strength of a rough surface", _relief),
    Expectation("texture", "drips", "grain", _own("grain")),
    Expectation("texture", "ink_wash", "dryness of the brush", _own("dryness")),
    Expectation("busyness", "de_stijl", "cuts", _own("cuts")),
    Expectation("busyness", "stained_glass", "panes", _own("panes")),
    Expectation("busyness", "circle_packing", "discs", _own("discs")),
    Expectation("busyness", "op_art", "narrow pitch", _own("pitch", -1.0)),
    Expectation("busyness", "halftone", "narrow pitch", _own("pitch", -1.0)),
    Expectation("busyness", "truchet", "small tiles", _own("tile", -1.0)),
    Expectation("busyness", "rayonist", "rays", _own("rays")),
    Expectation("busyness", "drips", "skeins", _own("skeins")),
    Expectation("busyness", "wallpaper", "short period", _own("period", -1.0)),
    Expectation("density", "flow_ribbons", "little empty space", _own("void", -1.0)),
    Expectation("density", "metaballs", "balls", _own("balls")),
    Expectation("density", "drips", "skeins", _own("skeins")),
    Expectation("boldness", "de_stijl", "width of lines", _own("line_width")),
    Expectation("boldness", "circle_packing", "largest disc", _own("largest")),
    Expectation("boldness", "truchet", "large tiles", _own("tile")),
    Expectation("boldness", "suprematist", "mass of the main form", _own("mass")),
    Expectation("sharpness", "colour_field", "little softness of edges", _own("softness", -1.0)),
    Expectation("sharpness", "squeegee", "little smear", _own("smear", -1.0)),
    Expectation("sharpness", "watercolour", "little wetness", _own("wetness", -1.0)),
    Expectation("verticality", "squeegee", "pulled upwards, not across", _own("upright")),
    Expectation("dynamism", "de_stijl", "lozenge", _own("lozenge")),
    Expectation("dynamism", "suprematist", "slant of the axis", _oblique("axis")),
    Expectation("angularity", "hard_edge", "wedges and stripes, not discs and waves", _straight),
    Expectation("red", "", "hue of the palette near red (one or neighbouring hues)", _nearness(25)),
    Expectation("yellow", "", "hue of the palette near yellow (the same)", _nearness(100)),
    Expectation("green", "", "hue of the palette near green (the same)", _nearness(142)),
    Expectation("turquoise", "", "hue of the palette near turquoise (the same)", _nearness(194)),
    Expectation("blue", "", "hue of the palette near blue (the same)", _nearness(252)),
    Expectation("purple", "", "hue of the palette near purple (the same)", _nearness(310)),
)
