"""The sizes of a model that its files and recipes have to agree with."""

from dataclasses import dataclass, fields

from artdesk.core.errors import BundleError

_LIMITS: dict[str, tuple[int, int]] = {
    "downsampling": (2, 64),
    "codes": (2, 65535),  # one more, "masked", still has 16 bits
    "dimension": (1, 4096),
    "sketch_side": (1, 64),
    "sketch_levels": (1, 8),
    "window": (1, 256),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """The sizes of a model.

    Attributes:
        downsampling: Pixels on each side of a token's cell.
        codes: Codes of the codebook.
        dimension: Dimension of a code.
        sketch_side: Cells on the longer side of the colour sketch.
        sketch_levels: Levels of the sketch's pyramid.
        window: Tokens on a side of the grids that the detail prior was trained on.
    """

    downsampling: int
    codes: int
    dimension: int
    sketch_side: int
    sketch_levels: int
    window: int

    def __post_init__(self) -> None:
        for entry in fields(self):
            low, high = _LIMITS[entry.name]
            value = getattr(self, entry.name)
            if type(value) is not int or not low <= value <= high:
                raise BundleError(
                    f"The model bundle is damaged, its {entry.name} is not a whole number from "
                    f"{low} to {high}: install or export it again."
                )


FIRST = Architecture(
    downsampling=8, codes=512, dimension=8, sketch_side=8, sketch_levels=4, window=32
)
"""The only architecture there was when bundles and pictures of version 1 named none."""
