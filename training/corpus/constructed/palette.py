"""Palettes for constructed pictures: harmony schemes in Oklch, or palettes measured on paintings.

A palette is ordered by importance (ground first, then the dominant colour, then the others down
to the accents), because a composition needs to know which colour may be large.
Harmony angles: J. Itten, The Art of Color (1961). Colour space: B. Ottosson, "A perceptual color
space for image processing" (2020). Proportions: Goethe's rule of extension as given by Itten.
"""

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from artdesk.core.colour import oklab_to_srgb8, srgb8_to_oklab
from artdesk.core.errors import PictureError
from artdesk.engine.measures.palette import main_colours

Lab = NDArray[np.float64]

# Offsets in degrees of the hues of each scheme from its first hue.
SCHEMES: dict[str, tuple[float, ...]] = {
    "monochrome": (0.0,),
    "analogous": (0.0, 28.0, -28.0, 52.0),
    "complementary": (0.0, 180.0, 20.0),
    "split": (0.0, 150.0, 210.0),
    "triadic": (0.0, 120.0, 240.0),
    "tetradic": (0.0, 90.0, 180.0, 270.0),
    "accented": (0.0, 24.0, 175.0),
    "primaries": (29.0, 95.0, 264.0),
}
_SCHEME_WEIGHTS = (0.08, 0.2, 0.15, 0.14, 0.11, 0.08, 0.12, 0.12)
# Hue angles painters start from more often than chance: reds, ochres, greens, blues, violets.
_ANCHORS = (25.0, 45.0, 70.0, 90.0, 135.0, 200.0, 245.0, 262.0, 300.0, 350.0)


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one picture.

    Attributes:
        ground: Oklab float64 [3], the colour of the empty canvas.
        colours: Oklab float64 [n, 3], n >= 4, dominant first.
        dark: Oklab float64 [3], darkest colour, slightly tinted.
        light: Oklab float64 [3], lightest colour, slightly tinted.
        label: What made it: scheme or "measured", key (light, middle, dark), hue, chroma.
    """

    ground: Lab
    colours: Lab
    dark: Lab
    light: Lab
    label: dict[str, object]

    def pick(self, index: int) -> Lab:
        """Return colour ``index``, counted round and round."""
        return np.asarray(self.colours[index % len(self.colours)])

    def contrasting(self, against: Lab) -> Lab:
        """Return whichever of dark and light stands out more from ``against``."""
        far_dark = abs(self.dark[0] - against[0])
        return self.dark if far_dark > abs(self.light[0] - against[0]) else self.light

    def ranked(self, against: Lab) -> Lab:
        """Return the colours [n, 3] ordered from most to least distinct from ``against``."""
        distance = np.linalg.norm((self.colours - against) * (1.0, 1.6, 1.6), axis=1)
        return self.colours[np.argsort(-distance, kind="stable")]

    def by_lightness(self) -> Lab:
        """Return all colours, ground, dark and light included, from dark to light [n + 3, 3]."""
        every = np.vstack([self.colours, self.ground, self.dark, self.light])
        return every[np.argsort(every[:, 0], kind="stable")]


def oklch(lightness: float, chroma: float, hue: float) -> Lab:
    """Return the Oklab colour of a lightness 0..1, chroma and hue in degrees, inside sRGB.

    A colour outside sRGB loses chroma, never lightness or hue, until it fits.
    """
    lightness = min(max(lightness, 0.0), 1.0)
    across, up = math.cos(math.radians(hue)), math.sin(math.radians(hue))
    least, most = 0.0, chroma
    for _ in range(12):
        red, green, blue = _linear(lightness, chroma * across, chroma * up)
        if min(red, green, blue) >= -0.002 and max(red, green, blue) <= 1.002:
            if chroma == most:
                break
            least = chroma
        else:
            most = chroma
        chroma = (least + most) / 2.0
    return np.array([lightness, chroma * across, chroma * up])


def to_rgb(colour: Lab) -> tuple[float, float, float]:
    """Return one Oklab colour as sRGB numbers 0..1 (quicker than the array conversion)."""
    lightness, a, b = colour.tolist()
    red, green, blue = _linear(lightness, a, b)
    return _encode(red), _encode(green), _encode(blue)


def _linear(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    """Return linear sRGB of one Oklab colour; numbers outside 0..1 are outside sRGB."""
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _encode(value: float) -> float:
    """Return a linear number through the sRGB curve, clipped (IEC 61966-2-1)."""
    value = min(max(value, 0.0), 1.0)
    return value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def adjust(colour: Lab, lightness: float = 0.0, chroma: float = 1.0, hue: float = 0.0) -> Lab:
    """Return ``colour`` with lightness added, chroma multiplied and hue turned by degrees."""
    level, a, b = colour.tolist()
    angle = math.degrees(math.atan2(b, a))
    return oklch(level + lightness, math.hypot(a, b) * chroma, angle + hue)


def mix(first: Lab, second: Lab, share: float) -> Lab:
    """Return the Oklab mixture holding ``share`` of the second colour."""
    return np.asarray(first * (1.0 - share) + second * share)


def harmony(rng: np.random.Generator) -> Palette:
    """Draw a palette from a harmony scheme."""
    scheme = str(rng.choice(list(SCHEMES), p=_SCHEME_WEIGHTS))
    anchor = float(rng.choice(_ANCHORS)) + float(rng.normal(0.0, 9.0))
    key = str(rng.choice(["light", "middle", "dark"], p=[0.5, 0.26, 0.24]))
    vividness = float(rng.beta(2.2, 1.6))
    if scheme == "primaries":
        anchor = float(rng.normal(0.0, 6.0))
        vividness = max(vividness, 0.6)
    hues = [anchor + offset + float(rng.normal(0.0, 5.0)) for offset in SCHEMES[scheme]]

    ground_lightness = {
        "light": rng.uniform(0.88, 0.965),
        "middle": rng.uniform(0.55, 0.82),
        "dark": rng.uniform(0.2, 0.38),
    }[key]
    ground_chroma = rng.uniform(0.005, 0.045) if rng.random() < 0.7 else rng.uniform(0.06, 0.14)
    ground = oklch(ground_lightness, ground_chroma, float(rng.choice(hues)) + rng.normal(0, 15))

    # Lightness levels are spread over the range and kept away from the ground, so that forms
    # separate by value and not by hue alone; one colour may stay close to it as a quiet partner.
    count = int(rng.integers(5, 8))
    levels = np.linspace(0.3, 0.88, count) + rng.normal(0.0, 0.03, count)
    near = np.abs(levels - ground_lightness) < 0.13
    away = np.where(levels < ground_lightness, -0.14, 0.14)
    levels = np.clip(np.where(near, levels + away, levels), 0.2, 0.95)
    levels = rng.permutation(levels)
    colours = []
    for index, level in enumerate(levels):
        hue = hues[index % len(hues)] + float(rng.normal(0.0, 6.0)) * (index >= len(hues))
        # Yellow is only itself when light and blue only when deep; lean to where hues are strong.
        home = 0.66 + 0.2 * np.cos(np.radians(hue - 100.0))
        lightness = 0.65 * float(level) + 0.35 * float(home)
        chroma = 0.05 + 0.19 * vividness * float(rng.uniform(0.7, 1.15))
        if index >= 3 and rng.random() < 0.35:
            chroma *= 0.3
        colours.append(oklch(lightness, chroma, hue))
    tint = float(rng.choice(hues))
    return Palette(
        ground=ground,
        colours=np.array(colours),
        dark=oklch(rng.uniform(0.15, 0.25), rng.uniform(0.0, 0.035), tint),
        light=oklch(rng.uniform(0.94, 0.985), rng.uniform(0.0, 0.025), tint + 30.0),
        label={
            "scheme": scheme,
            "key": key,
            "hue": round(anchor % 360.0, 1),
            "vividness": round(vividness, 3),
        },
    )


def measured(rng: np.random.Generator, rows: NDArray[np.uint8]) -> Palette:
    """Draw one of the measured palettes.

    Args:
        rng: Source of chance.
        rows: uint8 sRGB [palettes, colours, 3], the largest share first, at least five colours.
    """
    chosen = int(rng.integers(len(rows)))
    lab = srgb8_to_oklab(rows[chosen])
    ground_index = 0 if rng.random() < 0.7 else int(np.argmax(lab[:, 0]))
    ground = lab[ground_index]
    others = np.delete(lab, ground_index, axis=0)
    others = np.array([adjust(colour, chroma=float(rng.uniform(1.0, 1.25))) for colour in others])
    distance = np.linalg.norm((others - ground) * (1.0, 1.6, 1.6), axis=1)
    others = others[np.argsort(-distance + rng.normal(0.0, 0.04, len(others)), kind="stable")]
    darkest = lab[int(np.argmin(lab[:, 0]))]
    lightest = lab[int(np.argmax(lab[:, 0]))]
    key = "light" if ground[0] > 0.8 else "dark" if ground[0] < 0.42 else "middle"
    return Palette(
        ground=ground,
        colours=others,
        dark=adjust(darkest, lightness=min(0.0, 0.22 - float(darkest[0])), chroma=0.8),
        light=adjust(lightest, lightness=max(0.0, 0.93 - float(lightest[0])), chroma=0.6),
        label={"scheme": "measured", "key": key, "row": chosen},
    )


def read_measured(path: Path) -> NDArray[np.uint8]:
    """Read measured palettes from a CSV with columns colour1 .. colour5 (``#rrggbb``).

    Returns:
        uint8 [palettes, 5, 3], sRGB, the largest share first.

    Raises:
        PictureError: The file is missing or a row of it cannot be read.
    """
    rows = []
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            for record in csv.DictReader(stream):
                codes = [record[f"colour{index}"].removeprefix("#") for index in range(1, 6)]
                rows.append([list(bytes.fromhex(code)) for code in codes])
        table = np.array(rows, dtype=np.uint8)
    except (OSError, KeyError, ValueError, AttributeError) as error:
        raise PictureError(
            f"{path} cannot be read as a table of palettes: make it again with 'corpus palettes'."
        ) from error
    if table.ndim != 3 or table.shape[2] != 3:
        raise PictureError(f"{path} holds no palettes: make it again with 'corpus palettes'.")
    return table


def measure_palettes(pictures: list[Path]) -> str:
    """Measure the five main colours of each picture.

    Args:
        pictures: Picture files.

    Returns:
        The text of a CSV that `read_measured` reads, one row a picture, largest share first.
    """
    lines = ["file,colour1,colour2,colour3,colour4,colour5"]
    for picture in pictures:
        with Image.open(picture) as opened:
            rgb = opened.convert("RGB")
        colours, shares = main_colours(np.asarray(rgb)[None])
        ranked = oklab_to_srgb8(colours[0][np.argsort(-shares[0], kind="stable")])
        lines.append(",".join([picture.name, *("#" + bytes(row).hex() for row in ranked)]))
    return "\n".join(lines) + "\n"
