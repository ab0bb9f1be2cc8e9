"""Measures of a picture's colours: which there are and how much of each, not where."""

import numpy as np
import numpy.typing as npt
from PIL import Image

from artdesk.core.attributes import HUES
from artdesk.engine.measures.filters import Floats, hue_window, ramp, squares, window

# Hue regions of Oklab in degrees: where membership begins, is full, is full still, and ends.
# Neighbours overlap by one ramp. Read off the CSS colours of the same names.
_HUE_WINDOWS: dict[str, tuple[float, float, float, float]] = {
    "red": (2.0, 16.0, 34.0, 46.0),
    "orange": (36.0, 48.0, 70.0, 82.0),
    "yellow": (82.0, 95.0, 112.0, 122.0),
    "green": (112.0, 124.0, 158.0, 176.0),
    "turquoise": (164.0, 180.0, 208.0, 224.0),
    "blue": (212.0, 228.0, 274.0, 288.0),
    "purple": (280.0, 292.0, 326.0, 342.0),
    "pink": (326.0, 342.0, 366.0, 382.0),
}

# A share of the picture below this is counted as none: compression alone can make that much.
_HUE_FLOOR = 0.004


def colour_axes(rgb: npt.NDArray[np.uint8], oklab: Floats) -> dict[str, float]:
    """Axes that depend on colours and their shares, not on where they are."""
    lab = cielab(rgb)
    green_red, blue_yellow = lab[..., 1], lab[..., 2]
    chroma = np.hypot(green_red, blue_yellow)
    hue = np.arctan2(blue_yellow, green_red)
    # Ou, Luo, Woodcock and Wright 2004, "A study of colour emotion and colour preference", part I.
    warm = -0.5 + 0.02 * chroma**1.07 * np.cos(hue - np.radians(50.0))
    return {
        "warmth": float(warm.mean()),
        "brightness": float(oklab[..., 0].mean()),
        # Mean Oklab chroma; the root mean square lets a few vivid accents count.
        "vividness": float(np.sqrt(squares(oklab[..., 1:]).mean())),
        # Root mean square contrast (Peli 1990) of Oklab lightness.
        "contrast": float(oklab[..., 0].std()),
        "colourfulness": _colourfulness(rgb),
        "discord": -_harmony(rgb),
    }


def hue_shares(oklab: Floats) -> dict[str, float]:
    """Share of the picture that reads as each named colour, with soft borders, 0 to 1."""
    lightness = oklab[..., 0]
    chroma = np.hypot(oklab[..., 1], oklab[..., 2])
    hue = np.degrees(np.arctan2(oklab[..., 2], oklab[..., 1])) % 360.0
    # Dark colours reach less chroma: what counts is chroma against the lightness there is.
    coloured = ramp(chroma / (0.25 + 0.75 * lightness), 0.035, 0.075)
    neutral = 1.0 - coloured
    light = ramp(lightness, 0.84, 0.93)
    black = 1.0 - ramp(lightness, 0.22, 0.34)
    windows = {name: hue_window(hue, *edges) for name, edges in _HUE_WINDOWS.items()}
    visible = coloured * (1.0 - black)

    dark_warm = 1.0 - ramp(lightness, 0.56, 0.68)
    subdued = 1.0 - ramp(chroma, 0.14, 0.19)
    earth = hue_window(hue, 22.0, 36.0, 84.0, 100.0)
    brown = visible * earth * dark_warm * subdued
    pale_red = hue_window(hue, -6.0, 4.0, 30.0, 46.0) * ramp(lightness, 0.66, 0.78)
    shares = {name: visible * window for name, window in windows.items()}
    shares["brown"] = brown
    shares["pink"] = visible * np.maximum(windows["pink"], pale_red) * ramp(lightness, 0.45, 0.6)
    shares["red"] = shares["red"] * (1.0 - ramp(lightness, 0.7, 0.8))
    shares["purple"] = shares["purple"] + visible * windows["pink"] * (
        1.0 - ramp(lightness, 0.4, 0.55)
    )
    # Metallic gold: yellow to orange of middle lightness (CSS gold to goldenrod).
    shares["gold"] = (
        visible
        * hue_window(hue, 60.0, 72.0, 90.0, 100.0)
        * window(lightness, 0.56, 0.66, 0.86, 0.93)
        * ramp(chroma, 0.07, 0.11)
    )
    for name in ("orange", "yellow"):
        shares[name] = shares[name] * ramp(chroma, 0.06, 0.11) * (1.0 - dark_warm * subdued)
    shares["black"] = black * (1.0 - ramp(chroma, 0.06, 0.1))
    shares["white"] = light * (1.0 - ramp(chroma, 0.025, 0.05))
    shares["grey"] = neutral * (1.0 - black) * (1.0 - light)
    return {name: max(0.0, float(shares[name].mean()) - _HUE_FLOOR) for name in HUES}


def _colourfulness(rgb: npt.NDArray[np.uint8]) -> float:
    """Variety of colour in the opponent plane of Hasler and Suesstrunk 2003.

    Their measure adds the spread and the mean of red-green and yellow-blue; it rises for a vivid
    picture of one hue, which people call monochrome, and follows vividness at a rank correlation of
    0.91. Here the spread across the main direction of the plane counts in full, the spread along
    it (one hue against grey) and the mean by 0.3 and 0.1.

    Args:
        rgb: uint8 [h, w, 3].

    Returns:
        Colourfulness in 8-bit steps, 0 to about 130.
    """
    red, green, blue = np.moveaxis(rgb.astype(np.float64), 2, 0)
    red_green = red - green
    yellow_blue = 0.5 * (red + green) - blue
    (one, cross), (_, two) = np.cov(np.stack([red_green.ravel(), yellow_blue.ravel()]))
    middle, reach = 0.5 * (one + two), np.hypot(0.5 * (one - two), cross)
    across = np.sqrt(max(middle - reach, 0.0))
    along = np.sqrt(middle + reach)
    mean = np.hypot(red_green.mean(), yellow_blue.mean())
    return float(across + 0.3 * along + 0.1 * mean)


def _harmony(rgb: npt.NDArray[np.uint8]) -> float:
    """Mean harmony of the pairs of main colours by their differences (Ou and Luo 2006).

    Of the two-colour model the terms for the difference of hue and chroma and for that of lightness
    are kept. Its terms for the sum of lightnesses and for single hues are left out: brightness and
    the hues are attributes of their own, and with those terms discord says how bright and how far
    from blue a picture is rather than how its colours agree.

    Args:
        rgb: uint8 [h, w, 3].

    Returns:
        Harmony weighted by the areas of both colours, about -0.8 to 0.7.
    """
    quantised = Image.fromarray(rgb).reduce(2).quantize(8, Image.Quantize.MEDIANCUT)
    palette = quantised.getpalette() or []
    counts = np.bincount(np.asarray(quantised).ravel(), minlength=8)[:8].astype(np.float64)
    used = np.flatnonzero(counts)
    colours = np.array(palette + [0] * 24, dtype=np.uint8)[:24].reshape(8, 3)[used]
    if len(used) < 2:
        # One colour agrees with itself: the model's value for no difference.
        colours, counts, used = np.repeat(colours, 2, axis=0), np.ones(2), np.arange(2)
    lab = cielab(colours[None])[0]
    # The square root keeps small accents in the balance; they decide whether colours clash.
    areas = np.sqrt(counts[used])
    lightness = lab[:, 0]
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    one, two = np.triu_indices(len(lab), 1)
    chroma_gap = chroma[one] - chroma[two]
    plane_gap = ((lab[one, 1:] - lab[two, 1:]) ** 2).sum(axis=1)
    hue_gap = np.maximum(plane_gap - chroma_gap**2, 0.0)
    colour_gap = np.sqrt(hue_gap + (chroma_gap / 1.46) ** 2)
    by_chroma = 0.04 + 0.53 * np.tanh(0.8 - 0.045 * colour_gap)
    by_gap = 0.14 + 0.15 * np.tanh(-2.0 + 0.2 * np.abs(lightness[one] - lightness[two]))
    pairs = by_chroma + by_gap
    weights = areas[one] * areas[two]
    return float((pairs * weights).sum() / weights.sum())


def cielab(rgb: npt.NDArray[np.uint8]) -> Floats:
    """CIELAB (D65) of sRGB colours uint8 [..., 3]; IEC 61966-2-1 and CIE 15."""
    linear = _SRGB_LINEAR[rgb]
    xyz = linear @ _RGB_TO_XYZ.T
    cube = np.where(xyz > 216 / 24389, np.cbrt(xyz), xyz * (841 / 108) + 4 / 29)
    return np.stack(
        [
            116.0 * cube[..., 1] - 16.0,
            500.0 * (cube[..., 0] - cube[..., 1]),
            200.0 * (cube[..., 1] - cube[..., 2]),
        ],
        axis=-1,
    )


def _srgb_linear() -> Floats:
    level = np.arange(256) / 255.0
    return np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)


_SRGB_LINEAR = _srgb_linear()
# Rows already divided by the D65 white point.
_RGB_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
) / np.array([[0.95047], [1.0], [1.08883]])
