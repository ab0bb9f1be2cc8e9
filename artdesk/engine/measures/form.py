"""Measures of a picture's forms: edges, their directions and bends, masses and symmetry."""

from dataclasses import dataclass

import numpy as np

from artdesk.engine.measures.filters import Floats, blur, box, central, ramp, squares, window


@dataclass(frozen=True, slots=True)
class _Views:
    """The small copy of a picture in the forms that several attributes share.

    Attributes:
        oklab: float64 [h, w, 3].
        soft: float64 [h, w, 3], Oklab blurred by 2 pixels: forms without their surface.
        slope: float64 [h, w], length of the Oklab gradient per pixel, lightly smoothed.
        coherence: float64 [h, w], 0 (no direction) to 1 (one direction) near each pixel.
        double_cos: float64 [h, w], cosine of twice the local direction of the gradient.
        double_sin: float64 [h, w], sine of the same.
    """

    oklab: Floats
    soft: Floats
    slope: Floats
    coherence: Floats
    double_cos: Floats
    double_sin: Floats


def form_axes(oklab: Floats) -> dict[str, float]:
    """Axes that depend on shapes, edges and their places."""
    views = _views(oklab)
    slope = views.slope
    lightness = views.oklab[..., 0]
    form_slope = np.sqrt(squares(central(views.soft, 0)) + squares(central(views.soft, 1)))
    clean = slope * views.coherence
    # Double-angle statistics: weak pictures are pulled to 0 by a share of edge-free frame.
    weight = float(clean.sum()) + 0.002 * slope.size
    upright = float((clean * views.double_cos).sum()) / weight
    # Oblique lines read as movement (Arnheim 1954): sine squared of twice the angle.
    oblique = float((clean * views.double_sin**2).sum()) / weight
    straight, round_ = _bend_shares(views)
    coarse_spread = _spread(blur(views.soft, 4.6))
    return {
        # Share of pixels on the edge of a form (edge density, Mack and Oliva 2004).
        "busyness": float(ramp(form_slope, 0.011, 0.029).mean()),
        "geometry": _straightness(views) + 0.5 * _calm_share(views.oklab),
        "sharpness": 1.0 - _blur_effect(lightness),
        "texture": _texture_energy(lightness),
        "symmetry": _mirror_symmetry(views.soft),
        "dynamism": oblique,
        # Strong contrast of large masses against what is left in small ones.
        "boldness": coarse_spread * coarse_spread / (_spread(views.oklab) + 0.02),
        "density": 1.0 - _ground_share(views.soft),
        "verticality": upright,
        "angularity": straight - round_,
    }


def _views(oklab: Floats) -> _Views:
    smooth = blur(oklab, 1.0)
    slopes_y = central(smooth, 0)
    slopes_x = central(smooth, 1)
    square_x, square_y = squares(slopes_x), squares(slopes_y)
    # Structure tensor of colour: the tensors of the channels are added (Di Zenzo 1986).
    xx = blur(square_x, 2.0)
    yy = blur(square_y, 2.0)
    xy = blur(np.einsum("ijc,ijc->ij", slopes_x, slopes_y), 2.0)
    difference = np.hypot(xx - yy, 2.0 * xy)
    # The small constant makes an empty place directionless instead of dividing noise by noise.
    coherence = difference / (xx + yy + 2e-5)
    safe = np.maximum(difference, 1e-12)
    return _Views(
        oklab=oklab,
        soft=blur(oklab, 2.0),
        slope=np.sqrt(square_x + square_y),
        coherence=coherence,
        double_cos=(xx - yy) / safe,
        double_sin=2.0 * xy / safe,
    )


def _straightness(views: _Views) -> float:
    """Share of edge strength that lies where edges share one clear direction, 0 to 1.

    Coherence after Bigun and Granlund 1987, raised so that only clean lines and borders count.
    """
    return float((views.slope * views.coherence**3).sum() / (views.slope.sum() + 1e-9))


def _calm_share(oklab: Floats) -> float:
    """Share of pixels that differ from their surroundings by less than the eye notices, 0 to 1."""
    residual = np.abs(oklab - blur(oklab, 1.5)).max(axis=2)
    return float((1.0 - ramp(residual, 0.004, 0.014)).mean())


def _bend_shares(views: _Views) -> tuple[float, float]:
    """How much of the clean edges is straight, and how much bends evenly.

    The curvature of an edge is how fast its direction turns along it (level-set curvature, in
    1 per pixel at the long side of 128), from the smoothed double-angle field.

    Returns:
        Shares of edge strength, both 0 to 1: straight (radius above 60 px), round (5 to 40 px).
    """
    cosine, sine = views.double_cos, views.double_sin
    # Unit vector along the edge: perpendicular to the gradient's direction.
    angle = 0.5 * np.arctan2(sine, cosine)
    along_x, along_y = -np.sin(angle), np.cos(angle)
    turn_cos = along_x * central(cosine, 1) + along_y * central(cosine, 0)
    turn_sin = along_x * central(sine, 1) + along_y * central(sine, 0)
    bend = 0.5 * np.hypot(turn_cos, turn_sin)
    weight = views.slope * views.coherence**4
    total = float(weight.sum()) + 0.0005 * weight.size
    straight = float((weight * (1.0 - ramp(bend, 0.008, 0.022))).sum()) / total
    even = float((weight * window(bend, 0.015, 0.03, 0.15, 0.25)).sum()) / total
    return straight, even


def _blur_effect(lightness: Floats) -> float:
    """Blur as people see it, 0 (sharp) to 1 (Crete, Dolmiere, Ladret and Nicolas 2007).

    Blurring an already blurred picture changes its neighbouring differences little. The formula
    takes the worse of both directions; here they are added up, since stripes have hardly any edges
    along them and that direction would say that they are blurred.
    """
    kept, total = 1e-6, 1e-6
    for axis in (0, 1):
        before = np.abs(np.diff(lightness, axis=axis))
        after = np.abs(np.diff(box(lightness, 4, axis), axis=axis))
        kept += float(np.minimum(before, after).sum())
        total += float(before.sum())
    return kept / total


def _texture_energy(lightness: Floats) -> float:
    """Mean log energy of the finest detail (texture energy, Laws 1980) against the next coarser.

    The logarithm makes wide places count more than a few strong edges; the constants are about the
    noise that JPEG leaves in a flat place. The coarser band is taken off so that many small forms
    (busy) and a rough surface (textured) are told apart.
    """
    near = blur(lightness, 0.8)
    fine = np.sqrt(blur((lightness - near) ** 2, 2.0))
    middle = np.sqrt(blur((near - blur(near, 2.3)) ** 2, 2.0))
    return float(np.log(fine + 0.003).mean() - 0.75 * np.log(middle + 0.006).mean())


def _mirror_symmetry(soft: Floats) -> float:
    """Likeness to the left-right or the top-bottom mirror picture, -1 to 1 (whichever is more)."""
    spread = float(squares(soft - soft.mean(axis=(0, 1))).sum()) + 1e-3
    best = -1.0
    for axis in (0, 1):
        gap = float(squares(soft - np.flip(soft, axis=axis)).sum())
        best = max(best, 1.0 - 0.5 * gap / spread)
    return best


def _ground_share(soft: Floats) -> float:
    """Share of the frame that is background: near the most common colour, 0 to 1."""
    bins = np.clip(soft * np.array([16.0, 24.0, 24.0]) + 12.0, 0, 31).astype(np.int64)
    codes = (bins[..., 0] * 32 + bins[..., 1]) * 32 + bins[..., 2]
    mode = np.bincount(codes.ravel()).argmax()
    ground = soft[codes == mode].mean(axis=0)
    distance = np.sqrt(squares(soft - ground))
    return float(1.0 - ramp(distance, 0.05, 0.12).mean())


def _spread(oklab: Floats) -> float:
    """Standard deviation of colour in Oklab, all channels together."""
    return float(np.sqrt(oklab.var(axis=(0, 1)).sum()))
