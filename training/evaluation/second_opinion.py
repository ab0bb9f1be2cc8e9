"""The attributes measured a second time, by other formulas than those the networks learnt from.

Words are trained, steered and judged by `artdesk.engine.measures`. A model could please those
formulas without pleasing people, so these here share none of them: other colour spaces (HSV, CIE
LCh, YCbCr), other ways to see form (Hough lines, corners, compressed size, mirrored histograms of
gradients). They rank pictures; their units are their own.
"""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage
from skimage.color import rgb2hsv, rgb2lab
from skimage.feature import canny
from skimage.transform import probabilistic_hough_line

from artdesk.core.attributes import ATTRIBUTES

FloatArray = NDArray[np.float64]

SIDE = 192
"""Pixels on the longer side at which pictures are looked at."""

# Middle of each hue in degrees of HSV, its half width, and the range of its value (brightness).
_HUES = {
    "red": (355.0, 18.0, 0.35, 1.0),
    "orange": (27.0, 14.0, 0.65, 1.0),
    "yellow": (56.0, 12.0, 0.6, 1.0),
    "green": (115.0, 42.0, 0.15, 1.0),
    "turquoise": (178.0, 18.0, 0.25, 1.0),
    "blue": (222.0, 26.0, 0.15, 1.0),
    "purple": (275.0, 24.0, 0.15, 1.0),
    "pink": (330.0, 24.0, 0.6, 1.0),
    "brown": (24.0, 18.0, 0.12, 0.62),
    "gold": (44.0, 10.0, 0.45, 0.9),
}


def measure_again(pixels: NDArray[np.uint8]) -> FloatArray:
    """Measure a picture.

    Args:
        pixels: sRGB uint8 [H, W, 3].

    Returns:
        float64 [29] in the order of `ATTRIBUTES`; more means more of the positive pole.
    """
    image = Image.fromarray(pixels)
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    rgb = np.asarray(image, dtype=np.float64) / 255.0
    found = {**_colours(rgb), **_forms(rgb)}
    return np.array([found[name] for name in ATTRIBUTES], dtype=np.float64)


def _colours(rgb: FloatArray) -> dict[str, float]:
    hue, saturation, value = np.moveaxis(rgb2hsv(rgb), -1, 0)
    light, a, b = np.moveaxis(rgb2lab(rgb), -1, 0)
    chroma = np.hypot(a, b)
    red_green = rgb[..., 0] - rgb[..., 1]
    yellow_blue = 0.5 * (rgb[..., 0] + rgb[..., 1]) - rgb[..., 2]
    spread = np.hypot(red_green.std(), yellow_blue.std())
    found = {
        # Red against blue as photographers speak of warm and cold light.
        "warmth": float((rgb[..., 0] - rgb[..., 2]).mean()),
        "brightness": float((rgb @ (0.2126, 0.7152, 0.0722)).mean()),
        "vividness": float(np.quantile(saturation * value, 0.9)),
        "contrast": float(np.quantile(light, 0.95) - np.quantile(light, 0.05)),
        # Hasler and Suesstrunk 2003, as published.
        "colourfulness": float(spread + 0.3 * np.hypot(red_green.mean(), yellow_blue.mean())),
        "discord": _discord(np.degrees(np.arctan2(b, a)) % 360.0, chroma),
    }
    degrees = hue * 360.0
    coloured = np.clip(saturation / 0.3, 0.0, 1.0) * np.clip(chroma / 14.0, 0.0, 1.0)
    for name, (middle, width, low, high) in _HUES.items():
        away = np.abs((degrees - middle + 180.0) % 360.0 - 180.0)
        inside = np.clip(1.5 - away / width, 0.0, 1.0) * (value >= low) * (value <= high)
        if name == "pink":  # pale reds are pink as well
            pale = (np.abs((degrees + 175.0) % 360.0 - 180.0) < 25.0) & (saturation < 0.55)
            inside = np.maximum(inside, pale & (value > 0.75))
        found[name] = float((coloured * inside).mean())
    plain = 1.0 - np.clip((chroma - 8.0) / 10.0, 0.0, 1.0)
    found["black"] = float((light < 22.0).mean())
    found["white"] = float((plain * (light > 86.0)).mean())
    found["grey"] = float((plain * (light >= 28.0) * (light <= 80.0)).mean())
    return found


def _discord(hue: FloatArray, chroma: FloatArray) -> float:
    """How far strong hues lie from any one harmonic template, in weighted degrees.

    The V, L, X and I templates of Matsuda as used by D. Cohen-Or and others, "Color harmonization"
    (SIGGRAPH 2006): the best of all turns counts.
    """
    weight, edges = np.histogram(hue, 72, (0.0, 360.0), weights=chroma)
    if chroma.mean() < 2.0:
        return 0.0
    middles = (edges[:-1] + edges[1:]) / 2
    share = weight / weight.sum()
    best = np.inf
    for sectors in (((0.0, 94.0),), ((0.0, 18.0), (90.0, 80.0)), ((0.0, 94.0), (180.0, 94.0))):
        for turn in range(0, 360, 10):
            away = np.min(
                [
                    np.maximum(np.abs((middles - turn - at + 180) % 360 - 180) - width / 2, 0)
                    for at, width in sectors
                ],
                axis=0,
            )
            best = min(best, float((share * away).sum()))
    return best * float(chroma.mean())


def _forms(rgb: FloatArray) -> dict[str, float]:
    grey = rgb @ (0.299, 0.587, 0.114)
    down, across = ndimage.sobel(grey, axis=0), ndimage.sobel(grey, axis=1)
    strength = np.hypot(down, across) + 1e-9
    edges = canny(  # type: ignore[no-untyped-call]
        grey, sigma=1.6, low_threshold=0.04, high_threshold=0.12
    )
    length, short = (_straight(edges, side, gap) for side, gap in ((SIDE // 8, 2), (SIDE // 14, 1)))
    edge_count = float(edges.sum())
    fine = grey - ndimage.gaussian_filter(grey, 1.0)
    coarse = ndimage.gaussian_filter(grey, 1.0) - ndimage.gaussian_filter(grey, 4.0)
    angle = np.abs(np.degrees(np.arctan2(down, across)))
    slanted = np.abs(angle % 90.0 - 45.0) < 22.5
    upright = (angle < 30.0) | (angle > 150.0)
    level = np.abs(angle - 90.0) < 30.0
    broad = ndimage.gaussian_filter(grey, SIDE / 16.0)
    return {
        "busyness": _compressed(rgb),
        "geometry": length / (edge_count + 40.0),
        # Where there are edges, how steep are they compared with their height?
        "sharpness": float(
            np.quantile(strength, 0.98)
            / (np.quantile(ndimage.gaussian_gradient_magnitude(grey, 3.0), 0.98) + 1e-3)
        ),
        "texture": float(np.log(fine.std() + 1e-4) - 0.7 * np.log(coarse.std() + 1e-4)),
        "symmetry": max(_mirrored(grey, 0), _mirrored(grey, 1)),
        "dynamism": float(strength[slanted].sum() / strength.sum()),
        "boldness": float(broad.std() / ((grey - broad).std() + 1e-3)),
        "density": _filled(rgb),
        "verticality": float((strength[upright].sum() - strength[level].sum()) / strength.sum()),
        "angularity": short / (edge_count + 40.0),
    }


def _straight(edges: NDArray[np.bool_], least: int, gap: int) -> float:
    """Length of all straight pieces of `least` pixels and more along edges, in pixels.

    Probabilistic Hough transform (C. Galamhos, J. Matas and J. Kittler 1999).
    """
    lines = probabilistic_hough_line(  # type: ignore[no-untyped-call]
        edges, 8, least, gap, rng=0
    )
    return sum(float(np.hypot(x1 - x0, y1 - y0)) for (x0, y0), (x1, y1) in lines)


def _filled(rgb: FloatArray) -> float:
    """Share of small squares that hold something: an edge, or a colour unlike the border's."""
    lab = rgb2lab(rgb)
    frame = np.concatenate([lab[:4].reshape(-1, 3), lab[-4:].reshape(-1, 3)])
    away = np.linalg.norm(lab - np.median(frame, axis=0), axis=-1)
    active = ndimage.uniform_filter(
        ((ndimage.gaussian_gradient_magnitude(lab[..., 0], 1.0) > 4.0) | (away > 22.0)).astype(
            np.float64
        ),
        SIDE // 12,
    )
    return float((active > 0.08).mean())


def _mirrored(grey: FloatArray, axis: int) -> float:
    """Rank correlation of a smoothed picture with its mirror image along an axis."""
    smooth = ndimage.gaussian_filter(grey, 3.0)[::3, ::3]
    ranks = smooth.ravel().argsort().argsort()
    flipped = np.flip(smooth, axis).ravel().argsort().argsort()
    return float(np.corrcoef(ranks, flipped)[0, 1])


def _compressed(rgb: FloatArray) -> float:
    """Bytes of a JPEG of fixed quality for each pixel (P. Machado and A. Cardoso 1998)."""
    stream = io.BytesIO()
    shown = np.clip(rgb * 255.0 + 0.5, 0, 255).astype(np.uint8)
    Image.fromarray(shown).save(stream, "JPEG", quality=75)
    return len(stream.getvalue()) / rgb[..., 0].size
