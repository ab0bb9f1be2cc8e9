"""The condition vector: what words, palette, frame and source say to the networks.

Training and the app build it with this one function, so that the networks see the same numbers
in both. All values stay roughly within -1..1.
"""

import numpy as np
from numpy.typing import NDArray

from artdesk.core.attributes import ATTRIBUTES, SEMANTIC_DIM

FloatArray = NDArray[np.float64]

PALETTE_COLOURS = 5
ATTRIBUTE_DIM = len(ATTRIBUTES)

_PALETTE_DIM = PALETTE_COLOURS * 4
ATTRIBUTE_SLICE = slice(0, ATTRIBUTE_DIM)
SEMANTIC_SLICE = slice(ATTRIBUTE_DIM, ATTRIBUTE_DIM + SEMANTIC_DIM)
PALETTE_SLICE = slice(SEMANTIC_SLICE.stop, SEMANTIC_SLICE.stop + _PALETTE_DIM)
PALETTE_GIVEN = PALETTE_SLICE.stop
FRAME_SLICE = slice(PALETTE_GIVEN + 1, PALETTE_GIVEN + 5)
SOURCE = FRAME_SLICE.stop
CONDITION_DIM = SOURCE + 1


def scale_oklab(oklab: FloatArray) -> FloatArray:
    """Bring Oklab colours [..., 3] (L 0..1, a and b about -0.3..0.3) to about -1..1."""
    return np.asarray(
        (np.asarray(oklab, dtype=np.float64) - (0.5, 0.0, 0.0)) * (2.0, 4.0, 4.0), dtype=np.float64
    )


def frame_vector(
    zoom: FloatArray | float,
    centre_x: FloatArray | float,
    centre_y: FloatArray | float,
    aspect: FloatArray | float,
) -> FloatArray:
    """Describe which part of an imagined full picture is shown.

    Args:
        zoom: Share of the full picture's shorter side that is shown, 0..1 (1 = all of it).
        centre_x: Horizontal centre of the frame in the full picture, 0..1.
        centre_y: Vertical centre of the frame in the full picture, 0..1.
        aspect: Width divided by height of the frame.

    Returns:
        float64 [..., 4].
    """
    parts = np.broadcast_arrays(
        np.log2(np.asarray(zoom, dtype=np.float64)),
        2.0 * np.asarray(centre_x, dtype=np.float64) - 1.0,
        2.0 * np.asarray(centre_y, dtype=np.float64) - 1.0,
        np.log2(np.asarray(aspect, dtype=np.float64)),
    )
    return np.stack(parts, axis=-1)


def condition_vector(
    attributes: FloatArray,
    semantic: FloatArray,
    palette: FloatArray | None,
    shares: FloatArray | None,
    frame: FloatArray,
    source: FloatArray | float,
) -> FloatArray:
    """Assemble condition vectors.

    Args:
        attributes: float64 [..., 29], -1..1, 0 = says nothing.
        semantic: float64 [..., 64], unit length or 0.
        palette: Oklab colours float64 [..., 5, 3], or None when no palette is given.
        shares: float64 [..., 5], share of each colour, sums to 1; None with no palette.
        frame: float64 [..., 4] of `frame_vector`.
        source: -1 painting, 1 constructed, 0 says nothing; shape [...].

    Returns:
        float64 [..., CONDITION_DIM]. Palette colours are ordered by falling share.
    """
    batch = np.broadcast_shapes(
        attributes.shape[:-1], semantic.shape[:-1], frame.shape[:-1], np.shape(source)
    )
    vector = np.zeros((*batch, CONDITION_DIM), dtype=np.float64)
    vector[..., ATTRIBUTE_SLICE] = attributes
    vector[..., SEMANTIC_SLICE] = semantic
    vector[..., FRAME_SLICE] = frame
    vector[..., SOURCE] = source
    if palette is not None and shares is not None:
        order = np.argsort(-shares, axis=-1, kind="stable")
        colours = np.take_along_axis(scale_oklab(palette), order[..., None], axis=-2)
        ordered = np.take_along_axis(shares, order, axis=-1)
        packed = np.concatenate([colours, 2.0 * ordered[..., None]], axis=-1)
        vector[..., PALETTE_SLICE] = packed.reshape(*packed.shape[:-2], _PALETTE_DIM)
        vector[..., PALETTE_GIVEN] = 1.0
    return vector
