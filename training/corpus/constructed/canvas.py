"""The canvas that every family draws on: picture units, Oklab colours, paint with a touch.

The short side of the picture is 1.0 and y runs down, so a composition is the same at 256 and at
4096 pixels. Drawing is done by Skia, antialiased.
"""

import functools
import math
import zlib

import numpy as np
import skia
from numpy.typing import NDArray

from training.corpus.constructed.noise import Field, fractal, lattice
from training.corpus.constructed.palette import Lab, to_rgb

# Side of the square paint texture in pixels, and what it covers in picture units.
_TEXTURE_PIXELS = 512
_TEXTURE_UNITS = 0.9
# Different textures of each kind; pictures share them, at different places and angles.
_VARIANTS = 5


class Canvas:
    """A picture being drawn.

    Attributes:
        width: Width in picture units.
        height: Height in picture units; the shorter of the two is 1.0.
        columns: Width in pixels.
        rows: Height in pixels.
        layered: True while a second family draws over a first: `ground` then does nothing.
    """

    def __init__(self, size: int, aspect: float, rng: np.random.Generator) -> None:
        """Create an empty canvas.

        Args:
            size: Pixels of the shorter side.
            aspect: Width divided by height.
            rng: Source of chance for the choice of paint texture only.
        """
        self.width, self.height = (aspect, 1.0) if aspect >= 1.0 else (1.0, 1.0 / aspect)
        self.columns, self.rows = round(size * self.width), round(size * self.height)
        self.scale = float(size)
        self.layered = False
        self._buffer = np.zeros((self.rows, self.columns, 4), dtype=np.uint8)
        self._buffer[..., 3] = 255
        information = skia.ImageInfo.Make(
            self.columns, self.rows, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType
        )
        self._surface = skia.Surface.MakeRasterDirect(information, self._buffer, self.columns * 4)
        self.skia = self._surface.getCanvas()
        self.skia.scale(self.scale, self.scale)
        self._variant = int(rng.integers(_VARIANTS))
        self._shift = rng.uniform(0.0, 1.0, 2).tolist()

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height in picture units."""
        return self.width, self.height

    @property
    def resolution(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.columns, self.rows

    def ground(self, colour: Lab, touch: float = 0.0, angle: float = 0.0) -> None:
        """Cover the whole canvas; with ``touch`` above zero the brush shows."""
        if self.layered:
            return
        everything = skia.Path.Rect(skia.Rect.MakeWH(self.width, self.height))
        self.fill(everything, colour, touch=touch, angle=angle)

    def fill(
        self,
        outline: skia.Path,
        colour: Lab,
        alpha: float = 1.0,
        touch: float = 0.0,
        angle: float = 0.0,
        blur: float = 0.0,
        to: Lab | None = None,
        texture: str = "brush",
    ) -> None:
        """Fill an outline.

        Args:
            outline: Path in picture units.
            colour: Oklab [3].
            alpha: Opacity 0..1.
            touch: 0..1, how strongly the paint texture shows inside the form.
            angle: Direction of the brush, and of the gradient, in radians.
            blur: Softness of the edge in picture units.
            to: Oklab [3], second colour of a gradient across the form.
            texture: "brush" (streaks), "grain" (speckle) or "cloud" (broad unevenness).
        """
        paint = skia.Paint(AntiAlias=True, Color4f=self.colour(colour, alpha))
        if to is not None:
            paint.setShader(self._gradient(outline, colour, to, angle))
            paint.setAlphaf(alpha)
        if blur > 0.0:
            paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
        self.skia.drawPath(outline, paint)
        if touch > 0.0:
            self._touch(outline, texture, min(touch * alpha, 1.0), angle, blur)

    def line(
        self,
        outline: skia.Path,
        colour: Lab,
        width: float,
        alpha: float = 1.0,
        round_ends: bool = False,
        blur: float = 0.0,
    ) -> None:
        """Draw along an outline with a line of constant width in picture units."""
        paint = skia.Paint(
            AntiAlias=True,
            Style=skia.Paint.kStroke_Style,
            StrokeWidth=width,
            Color4f=self.colour(colour, alpha),
            StrokeJoin=skia.Paint.kRound_Join if round_ends else skia.Paint.kMiter_Join,
            StrokeCap=skia.Paint.kRound_Cap if round_ends else skia.Paint.kButt_Cap,
        )
        if blur > 0.0:
            paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
        self.skia.drawPath(outline, paint)

    def shadow(
        self, outline: skia.Path, offset: tuple[float, float], blur: float, strength: float
    ) -> None:
        """Throw a soft shadow of an outline onto what is already there."""
        moved = skia.Path(outline)
        moved.offset(*offset)
        paint = skia.Paint(AntiAlias=True, Color4f=skia.Color4f(0.05, 0.04, 0.06, strength))
        paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
        self.skia.drawPath(moved, paint)

    def clip(self, outline: skia.Path) -> None:
        """Save the state and draw only inside ``outline`` until `restore`."""
        self.skia.save()
        self.skia.clipPath(outline, skia.ClipOp.kIntersect, True)

    def restore(self) -> None:
        """End the last `clip`."""
        self.skia.restore()

    def coordinates(self) -> tuple[Field, Field]:
        """Return x and y of every pixel centre in picture units, float32 [rows, columns]."""
        x = (np.arange(self.columns, dtype=np.float32) + 0.5) / np.float32(self.scale)
        y = (np.arange(self.rows, dtype=np.float32) + 0.5) / np.float32(self.scale)
        across, down = np.meshgrid(x, y)
        return across, down

    def noise(
        self,
        rng: np.random.Generator,
        cell: float,
        octaves: int = 4,
        gain: float = 0.5,
        stretch: float = 1.0,
    ) -> Field:
        """Return fractal noise over the canvas, about -1..1, float32 [rows, columns]."""
        return fractal(rng, self.extent, self.resolution, cell, octaves, gain, stretch)

    def image(self) -> NDArray[np.float32]:
        """Return a copy of the picture so far, float32 [rows, columns, 3], sRGB 0..1."""
        return self._buffer[..., :3].astype(np.float32) / np.float32(255.0)

    def put(self, image: NDArray[np.float32], alpha: Field | None = None) -> None:
        """Lay an image over the canvas.

        Args:
            image: float32 [rows, columns, 3], sRGB 0..1.
            alpha: float32 [rows, columns], opacity; everywhere opaque if not given.
        """
        if alpha is not None:
            image = self.image() * (1.0 - alpha[..., None]) + image * alpha[..., None]
        shown = np.clip(image * 255.0 + 0.5, 0.0, 255.0).astype(np.uint8)
        self._surface.notifyContentWillChange(skia.Surface.kRetain_ContentChangeMode)
        self._buffer[..., :3] = shown

    def pixels(self) -> NDArray[np.uint8]:
        """Return the finished picture, uint8 [rows, columns, 3]."""
        return self._buffer[..., :3].copy()

    @staticmethod
    def colour(colour: Lab, alpha: float = 1.0) -> skia.Color4f:
        """Return an Oklab colour as Skia takes it."""
        return skia.Color4f(*to_rgb(colour), min(max(alpha, 0.0), 1.0))

    def _gradient(self, outline: skia.Path, start: Lab, end: Lab, angle: float) -> skia.Shader:
        box = outline.getBounds()
        dx, dy = math.cos(angle), math.sin(angle)
        reach = (abs(dx) * box.width() + abs(dy) * box.height()) / 2.0
        cx, cy = box.centerX(), box.centerY()
        # Nine stops mixed in Oklab: Skia would mix sRGB numbers, which greys the middle.
        stops = [self.colour(start + (end - start) * t).toColor() for t in np.linspace(0, 1, 9)]
        return skia.GradientShader.MakeLinear(
            [
                skia.Point(cx - dx * reach, cy - dy * reach),
                skia.Point(cx + dx * reach, cy + dy * reach),
            ],
            stops,
        )

    def _touch(
        self, outline: skia.Path, texture: str, alpha: float, angle: float, blur: float
    ) -> None:
        """Lay a paint texture over a form, running in direction ``angle``."""
        paint = skia.Paint(_texture_paint(texture, self._variant))
        paint.setAlphaf(alpha)
        if blur > 0.0:
            paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
        box = outline.getBounds()
        # The position of the form shifts the texture, so that no two forms share their streaks.
        placed = skia.Matrix.Translate(
            box.centerX() + (box.centerX() * 7.3 + self._shift[0]) % 1.0,
            box.centerY() + (box.centerY() * 5.1 + self._shift[1]) % 1.0,
        )
        placed.preRotate(math.degrees(angle))
        back = skia.Matrix()
        placed.invert(back)
        moved = skia.Path()
        outline.transform(back, moved)
        self.skia.save()
        self.skia.concat(placed)
        self.skia.drawPath(moved, paint)
        self.skia.restore()


@functools.cache
def _texture_paint(name: str, variant: int) -> skia.Paint:
    """Return the paint that lays a texture; made once, as it costs more than a whole picture."""
    rng = np.random.default_rng([variant, zlib.crc32(name.encode())])
    image = skia.Image.fromarray(_texture(rng, name), colorType=skia.kRGBA_8888_ColorType)
    side = _TEXTURE_UNITS / _TEXTURE_PIXELS
    shader = image.makeShader(
        skia.TileMode.kMirror,
        skia.TileMode.kMirror,
        skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear),
        skia.Matrix.Scale(side, side),
    )
    return skia.Paint(AntiAlias=True, BlendMode=skia.BlendMode.kSoftLight, Shader=shader)


def _texture(rng: np.random.Generator, name: str) -> NDArray[np.uint8]:
    """Return a square grey paint texture, uint8 [n, n, 4], 128 = leaves the colour as it is."""
    square = (_TEXTURE_UNITS, _TEXTURE_UNITS)
    side = (_TEXTURE_PIXELS, _TEXTURE_PIXELS)
    if name == "brush":
        fine = lattice(rng, square, side, (0.12, 0.0045))
        medium = lattice(rng, square, side, (0.22, 0.012))
        broad = lattice(rng, square, side, (0.3, 0.07))
        grey = 0.6 * fine + 0.6 * medium + 0.8 * broad
    elif name == "grain":
        grey = 0.9 * lattice(rng, square, side, (0.004, 0.004))
        grey = grey + 0.6 * fractal(rng, square, side, 0.06, 3)
    else:
        grey = 1.3 * fractal(rng, square, side, 0.22, 5, 0.6)
    level = np.clip(128.0 + 52.0 * grey, 0.0, 255.0).astype(np.uint8)
    texture = np.full((*level.shape, 4), 255, dtype=np.uint8)
    texture[..., :3] = level[..., None]
    return texture
