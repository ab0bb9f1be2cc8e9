"""Random numbers with a name: one Philox stream for each (seed, purpose, step).

Only raw bits are used. numpy keeps the streams of its bit generators for good, while the
methods of `Generator` may change between versions and builds (numpy's compatibility policy),
so they never touch a picture. Philox 4x64: Salmon et al., "Parallel random numbers: as easy
as 1, 2, 3", 2011.
"""

import zlib

import numpy as np
from numpy.typing import NDArray


def stream(seed: int, purpose: str, step: int = 0) -> np.random.Philox:
    """The bit generator of one purpose at one step.

    Args:
        seed: 0 to 2**32 - 1.
        purpose: A fixed name such as "detail"; its CRC-32 is half of the key.
        step: 0 or more; streams of different steps never overlap.
    """
    key = np.array([seed, zlib.crc32(purpose.encode("utf-8"))], dtype=np.uint64)
    counter = np.array([0, 0, step, 0], dtype=np.uint64)
    return np.random.Philox(key=key, counter=counter)


def raw(seed: int, purpose: str, step: int, rows: int, width: int = 256) -> NDArray[np.uint32]:
    """Uniform 32-bit numbers for a grid.

    `width` stays the same whatever the canvas, so that position (y, x) reads the same number on
    every canvas: sliders and sizes then change a picture gradually.

    Returns:
        uint32 [rows, width].
    """
    numbers = stream(seed, purpose, step).random_raw(rows * width)
    high = np.asarray(numbers, dtype=np.uint64) >> np.uint64(32)
    return high.astype(np.uint32).reshape(rows, width)
