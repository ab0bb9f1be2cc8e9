"""Colours: sRGB bytes, Oklab and hex text.

Oklab: Björn Ottosson, "A perceptual color space for image processing", 2020
(https://bottosson.github.io/posts/oklab/). sRGB transfer curve: IEC 61966-2-1.
"""

import re

import numpy as np
from numpy.typing import NDArray

from artdesk.core.errors import RecipeError

_LINEAR_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LMS_TO_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_OKLAB_TO_LMS = np.array(
    [
        [1.0, 0.3963377774, 0.2158037573],
        [1.0, -0.1055613458, -0.0638541728],
        [1.0, -0.0894841775, -1.2914855480],
    ]
)
_LMS_TO_LINEAR = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)
_BYTES = np.arange(256) / 255.0
_BYTE_TO_LINEAR = np.where(_BYTES <= 0.04045, _BYTES / 12.92, ((_BYTES + 0.055) / 1.055) ** 2.4)

_HEX = re.compile(r"#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")


def srgb8_to_oklab(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Convert sRGB bytes to Oklab.

    Args:
        pixels: uint8 [..., 3].

    Returns:
        float64 [..., 3]: lightness 0..1, green-red a, blue-yellow b.
    """
    lms = _BYTE_TO_LINEAR[pixels] @ _LINEAR_TO_LMS.T
    return np.asarray(np.cbrt(lms) @ _LMS_TO_OKLAB.T, dtype=np.float64)


def oklab_to_srgb8(colours: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Convert Oklab float64 [..., 3] to sRGB uint8 [..., 3]; colours outside sRGB are clipped."""
    linear = np.clip(_oklab_to_linear(colours), 0.0, 1.0)
    encoded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(encoded * 255.0), dtype=np.uint8)


def oklab_in_srgb(colours: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether sRGB can show Oklab colours float64 [..., 3], bool [...]."""
    linear = _oklab_to_linear(colours)
    # The matrices are rounded: colours made of bytes come back off by less than this.
    return np.asarray((np.abs(linear - 0.5) <= 0.5 + 1e-5).all(axis=-1))


def _oklab_to_linear(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    lms = (np.asarray(colours, dtype=np.float64) @ _OKLAB_TO_LMS.T) ** 3
    return np.asarray(lms @ _LMS_TO_LINEAR.T)


def parse_hex(text: str) -> str:
    """Bring a colour typed by a person into the form "#rrggbb".

    Raises:
        RecipeError: `text` is not three or six hexadecimal digits.
    """
    match = _HEX.fullmatch(text.strip())
    if match is None:
        raise RecipeError(f"“{text[:20]}” is not a colour: write it like #2a6f97.")
    digits = match.group(1).lower()
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return "#" + digits


def hex_to_srgb8(text: str) -> tuple[int, int, int]:
    """The three bytes of "#rrggbb"; RecipeError as `parse_hex`."""
    value = int(parse_hex(text)[1:], 16)
    return value >> 16, value >> 8 & 255, value & 255


def srgb8_to_hex(red: int, green: int, blue: int) -> str:
    """Write three bytes as "#rrggbb"."""
    return f"#{int(red):02x}{int(green):02x}{int(blue):02x}"
