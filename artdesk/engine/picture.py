"""What the engine gives back."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from artdesk.core.recipe import Recipe, Sketch, Swatch
from artdesk.pictures.origin import Origin

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A finished picture with all that its file tells.

    Attributes:
        recipe: The recipe with the vectors of unknown words filled in.
        sketch: The complete composition.
        palette: The palette in use.
        tokens: uint16 [h, w].
        pixels: uint8 [H, W, 3].
        bundle_hash: Identity of the model bundle.
        bundle_name: What people call it.
        cell: Pixels on each side of a token's cell.
        seconds: How long it took.
        origin: Where each cell comes from; None when nothing is remembered.
    """

    recipe: Recipe
    sketch: Sketch
    palette: tuple[Swatch, ...]
    tokens: NDArray[np.uint16]
    pixels: Pixels
    bundle_hash: str
    bundle_name: str
    cell: int
    seconds: float
    origin: Origin | None = None
