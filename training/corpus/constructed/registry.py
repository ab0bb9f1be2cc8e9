"""The list of families and the one way to draw a picture of one of them."""

import functools
import importlib
import pkgutil
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from artdesk.core.errors import ArtDeskError
from training.corpus.constructed import families
from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.palette import Palette, harmony, measured
from training.corpus.constructed.surface import finish

Parameters = dict[str, object]
Draw = Callable[[Canvas, np.random.Generator, Palette], Parameters]

# Width : height of the pictures and how often each occurs.
ASPECTS = (1.0, 4 / 5, 3 / 4, 2 / 3, 5 / 4, 4 / 3, 3 / 2)
_ASPECT_WEIGHTS = (0.3, 0.12, 0.13, 0.1, 0.12, 0.13, 0.1)


class ConstructionError(ArtDeskError):
    """A constructed picture was asked for in a way that cannot be met."""


@dataclass(frozen=True, slots=True)
class Family:
    """One way of making pictures.

    Attributes:
        name: Short name, also the name of its module.
        draw: Draws on a canvas and returns the parameters it chose.
        surfaces: Surfaces that suit it, with weights.
    """

    name: str
    draw: Draw
    surfaces: Mapping[str, float]


@functools.cache
def all_families() -> dict[str, Family]:
    """Return every family by name, in alphabetical order.

    A family is a module of the package `families` with a function ``draw`` and a mapping
    ``SURFACES``.
    """
    found = {}
    for module in sorted(pkgutil.iter_modules(families.__path__), key=lambda entry: entry.name):
        loaded = importlib.import_module(f"{families.__name__}.{module.name}")
        found[module.name] = Family(module.name, loaded.draw, loaded.SURFACES)
    return found


def check_family(name: str) -> None:
    """Raise ConstructionError, which names the families there are, if this is none of them."""
    known = all_families()
    if name not in known:
        raise ConstructionError(f"There is no family '{name}'. Choose one of: {', '.join(known)}.")


def render(
    family: str,
    seed: int,
    size: int = 512,
    palettes: NDArray[np.uint8] | None = None,
) -> tuple[NDArray[np.uint8], Parameters]:
    """Draw one picture.

    Args:
        family: Name of the family.
        seed: Decides everything but the size.
        size: Pixels of the shorter side, 16..4096.
        palettes: uint8 [n, 5, 3], measured palettes (`palette.read_measured`); half of the
            pictures use one if given, otherwise all use harmony schemes.

    Returns:
        The picture uint8 [height, width, 3] in sRGB, and the parameters that made it.

    Raises:
        ConstructionError: Unknown family, or a size out of range.
    """
    check_family(family)
    if not 16 <= size <= 4096:
        raise ConstructionError(f"The size is {size} pixels. Choose a size from 16 to 4096.")
    # Separate streams: a change to how one part uses chance leaves the other parts as they were.
    layout_rng, palette_rng, draw_rng, texture_rng, surface_rng = (
        np.random.Generator(np.random.PCG64(child))
        for child in np.random.SeedSequence([seed, zlib.crc32(family.encode())]).spawn(5)
    )
    aspect = float(layout_rng.choice(ASPECTS, p=_ASPECT_WEIGHTS))
    use_measured = layout_rng.random() < 0.5
    if palettes is not None and use_measured:
        palette = measured(palette_rng, palettes)
    else:
        palette = harmony(palette_rng)
    canvas = Canvas(size, aspect, texture_rng)
    chosen = all_families()[family]
    composition = chosen.draw(canvas, draw_rng, palette)
    names = list(chosen.surfaces)
    weights = np.array([chosen.surfaces[name] for name in names], dtype=np.float64)
    surface = str(surface_rng.choice(names, p=weights / weights.sum()))
    strength = float(surface_rng.uniform(0.35, 1.0))
    finish(canvas, surface_rng, surface, strength)
    parameters: Parameters = {
        "family": family,
        "seed": seed,
        "aspect": round(aspect, 4),
        "palette": palette.label,
        "surface": surface,
        "surface_strength": round(strength, 3),
        **composition,
    }
    return canvas.pixels(), parameters
