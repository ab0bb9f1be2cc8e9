"""Brush strokes with bristles, drawn as textured ribbons.

After A. Hertzmann, "Painterly rendering with curved brush strokes of multiple sizes" (SIGGRAPH
1998), with the bristle mask laid along the stroke as in S. Strassmann, "Hairy brushes" (SIGGRAPH
1986).
"""

from collections.abc import Callable

import numpy as np
import skia
from numpy.typing import NDArray

from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.noise import lattice
from training.corpus.constructed.palette import Lab

_LENGTH, _BREADTH = 256, 64

Mask = Callable[[np.random.Generator, float], NDArray[np.uint8]]


class Brush:
    """A set of bristle masks; every stroke uses one of them."""

    def __init__(
        self,
        rng: np.random.Generator,
        dryness: float = 0.4,
        masks: int = 6,
        mask: Mask | None = None,
    ) -> None:
        """Make the masks.

        Args:
            rng: Source of chance.
            dryness: 0 = full, even paint; 1 = broken, streaky paint.
            masks: Number of different masks.
            mask: Makes one mask from chance and dryness; bristles if not given.
        """
        make = mask or bristles
        self._paints = []
        for _ in range(masks):
            image = skia.Image.fromarray(
                make(rng, dryness),
                skia.kRGBA_8888_ColorType,
                skia.kUnpremul_AlphaType,
            )
            sampling = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
            shader = image.makeShader(skia.TileMode.kClamp, skia.TileMode.kClamp, sampling)
            # One paint per mask, reused: this binding copies the whole image at every setShader.
            self._paints.append(skia.Paint(AntiAlias=True, Shader=shader))

    def stroke(
        self,
        canvas: Canvas,
        spine: NDArray[np.float64],
        width: float | NDArray[np.float64],
        colour: Lab,
        alpha: float = 1.0,
        mask: int = 0,
    ) -> None:
        """Draw one stroke.

        Args:
            canvas: Where to draw.
            spine: float64 [n, 2], the middle of the stroke, n >= 2.
            width: Full width in picture units, one number or one per point.
            colour: Oklab [3].
            alpha: Opacity 0..1.
            mask: Which bristle mask, counted round.
        """
        step = np.gradient(spine, axis=0)
        length = np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-9)
        normal = np.stack([-step[:, 1], step[:, 0]], axis=1) / length[:, None]
        half = (np.broadcast_to(width, len(spine)) / 2.0)[:, None] * normal
        sides = np.empty((2 * len(spine), 2))
        sides[0::2], sides[1::2] = spine + half, spine - half
        along = np.concatenate([[0.0], np.cumsum(length[:-1])])
        along = along / max(float(along[-1]), 1e-9) * _LENGTH
        texture = [skia.Point(float(u), v) for u in along.tolist() for v in (0.5, _BREADTH - 0.5)]
        vertices = skia.Vertices(
            skia.Vertices.kTriangleStrip_VertexMode,
            [skia.Point(x, y) for x, y in sides.tolist()],
            texture,
            [canvas.colour(colour, alpha).toColor()] * len(sides),
        )
        canvas.skia.drawVertices(
            vertices, self._paints[mask % len(self._paints)], skia.BlendMode.kModulate
        )


def coarse_bristles(rng: np.random.Generator, dryness: float) -> NDArray[np.uint8]:
    """Return a mask of a hog's-hair brush in thick paint: `bristles` three times as broad."""
    return bristles(rng, dryness, 3.0)


def bristles(rng: np.random.Generator, dryness: float, breadth: float = 1.0) -> NDArray[np.uint8]:
    """Return a bristle mask, uint8 [breadth, length, 4]: white paint, its cover.

    Args:
        rng: Source of chance.
        dryness: 0 = full, even paint; 1 = broken, streaky paint.
        breadth: Of the tracks that the hairs leave, 1 = a soft brush.
    """
    extent, pixels = (4.0, 1.0), (_LENGTH, _BREADTH)
    hairs = lattice(rng, extent, pixels, (2.4, 0.035 * breadth)) + 0.6 * lattice(
        rng, extent, pixels, (1.2, 0.12 * breadth)
    )
    x = np.linspace(0.0, 1.0, _LENGTH, dtype=np.float32)[None, :]
    y = np.linspace(-1.0, 1.0, _BREADTH, dtype=np.float32)[:, None]
    # Bristles set down and lift off at different moments, which frays both ends.
    fray = lattice(rng, extent, pixels, (9.0, 0.05)) * 0.05
    ends = np.clip((x + fray - 0.03) * 22.0, 0, 1) * np.clip((0.95 - x + 1.6 * fray) * 12.0, 0, 1)
    sides = np.clip((1.0 - np.abs(y) - 0.05) * 9.0, 0.0, 1.0)
    # Paint runs out along the stroke, and shows the ground between the hairs.
    cover = 1.0 + dryness * (1.1 * hairs - 0.4 - 1.5 * x**3)
    alpha = np.clip(cover, 0.0, 1.0) * ends * sides
    shade = np.clip(1.0 - 0.2 * np.clip(hairs, -1.0, 1.5) - 0.04, 0.0, 1.0)
    mask = np.empty((_BREADTH, _LENGTH, 4), dtype=np.uint8)
    mask[..., 3] = alpha * 255.0
    mask[..., :3] = (shade * 255.0)[..., None]
    return mask


def blade(rng: np.random.Generator, dryness: float) -> NDArray[np.uint8]:
    """Return the mark of a palette knife, uint8 [breadth, length, 4].

    Paint is pressed flat and smeared: broad streaks, straight sides with a bright ridge where the
    paint was pushed out, an abrupt start and a torn end.
    """
    extent, pixels = (4.0, 1.0), (_LENGTH, _BREADTH)
    smear = lattice(rng, extent, pixels, (5.0, 0.14)) + 0.5 * lattice(
        rng, extent, pixels, (3.0, 0.04)
    )
    torn = lattice(rng, extent, pixels, (0.25, 0.07))
    x = np.linspace(0.0, 1.0, _LENGTH, dtype=np.float32)[None, :]
    y = np.linspace(-1.0, 1.0, _BREADTH, dtype=np.float32)[:, None]
    ends = np.clip((x - 0.02) * 60.0, 0, 1) * np.clip((0.93 - x + 0.07 * torn) * 40.0, 0, 1)
    sides = np.clip((0.97 - np.abs(y) + 0.02 * torn) * 30.0, 0.0, 1.0)
    gaps = np.clip(1.0 + dryness * (1.6 * smear - 1.2 + 0.8 * torn - 0.8 * x), 0.0, 1.0)
    ridge = np.exp(-(((np.abs(y) - 0.9) / 0.06) ** 2)) + np.exp(-(((x - 0.9) / 0.025) ** 2))
    shade = np.clip(0.93 + 0.05 * smear + 0.07 * ridge, 0.0, 1.0)
    mask = np.empty((_BREADTH, _LENGTH, 4), dtype=np.uint8)
    mask[..., 3] = gaps * ends * sides * 255.0
    mask[..., :3] = (shade * 255.0)[..., None]
    return mask


def flat(rng: np.random.Generator, dryness: float) -> NDArray[np.uint8]:
    """Return the mark of a soft flat brush full of opaque paint, uint8 [breadth, length, 4].

    Nearly even: broad faint streaks, clean sides, and an end that frays with the dryness.
    """
    extent, pixels = (4.0, 1.0), (_LENGTH, _BREADTH)
    streaks = lattice(rng, extent, pixels, (3.5, 0.2)) + 0.4 * lattice(
        rng, extent, pixels, (1.5, 0.05)
    )
    fray = lattice(rng, extent, pixels, (6.0, 0.06)) * 0.06 * (0.3 + dryness)
    x = np.linspace(0.0, 1.0, _LENGTH, dtype=np.float32)[None, :]
    y = np.linspace(-1.0, 1.0, _BREADTH, dtype=np.float32)[:, None]
    ends = np.clip((x + fray - 0.02) * 40.0, 0, 1) * np.clip((0.97 - x + fray) * 30.0, 0, 1)
    sides = np.clip((0.98 - np.abs(y)) * 14.0, 0.0, 1.0)
    gaps = np.clip(1.0 + dryness * (streaks - 0.9 - x), 0.0, 1.0)
    mask = np.empty((_BREADTH, _LENGTH, 4), dtype=np.uint8)
    mask[..., 3] = gaps * ends * sides * 255.0
    mask[..., :3] = (np.clip(0.97 + 0.03 * streaks, 0.0, 1.0) * 255.0)[..., None]
    return mask
