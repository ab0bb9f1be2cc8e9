"""Picture files of every common kind as sRGB pixels, or a plain reason why not."""

import importlib
import io
import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

Pixels = npt.NDArray[np.uint8]

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF")
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif", ".heic", ".heif")
LEAST_SIDE = 96
MOST_PIXELS = 120_000_000
MOST_SIDE = 2048
# Standard deviation of lightness in 8-bit steps below which a picture shows nothing.
BLANK_SPREAD = 1.5


class RejectedError(Exception):
    """A file that is left out of the corpus; the text is the reason for the report."""


def decode(data: bytes) -> tuple[Pixels, bool]:
    """Decodes the first picture of a file.

    EXIF orientation and colour profile are applied, transparency is laid over white, 16-bit and
    floating values are brought to 8 bits, and more than 2,048 pixels a side are scaled down.

    Args:
        data: The whole file.

    Returns:
        uint8 [H, W, 3] sRGB, and whether the file can be kept as it is: an ordinary JPEG whose
        pixels needed none of that.

    Raises:
        RejectedError: The file cannot or should not be used.
    """
    try:
        with warnings.catch_warnings():
            # A bomb warning is a rejection here; other warnings about odd tags are not.
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_formats()) as picture:
                return _converted(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise RejectedError(f"too large: more than {MOST_PIXELS // 1_000_000} megapixels") from None
    except UnidentifiedImageError:
        raise RejectedError("not a picture of a known format") from None
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError, ImageCms.PyCMSError) as error:
        reason = str(error).strip().splitlines()
        raise RejectedError(f"damaged: {reason[0] if reason else 'unreadable'}") from None


def is_picture_name(path: Path) -> bool:
    """Whether a file's name promises a picture (others are not even listed as rejected)."""
    return path.suffix.lower() in SUFFIXES


def _formats() -> tuple[str, ...]:
    """Readable formats; HEIC only where its library is installed."""
    try:
        heif = importlib.import_module("pillow_heif")
    except ImportError:
        return FORMATS
    heif.register_heif_opener()
    return (*FORMATS, "HEIF")


def _converted(picture: Image.Image) -> tuple[Pixels, bool]:
    if picture.width * picture.height > MOST_PIXELS:
        raise RejectedError(f"too large: more than {MOST_PIXELS // 1_000_000} megapixels")
    if min(picture.size) < LEAST_SIDE:
        raise RejectedError(f"too small: {picture.width} x {picture.height} pixels")
    plain = picture.format == "JPEG" and picture.mode == "RGB" and max(picture.size) <= MOST_SIDE
    plain = plain and picture.getexif().get(0x0112, 1) == 1
    picture.load()
    profile = picture.info.get("icc_profile")
    turned = ImageOps.exif_transpose(picture)
    colour = _to_rgb(turned, profile)
    if profile and plain:
        # A profile that changes nothing (sRGB in most files) does not spoil the original.
        gap = np.abs(np.asarray(colour, np.int16) - np.asarray(turned, np.int16))
        plain = int(gap.max()) <= 3
    if max(colour.size) > MOST_SIDE:
        scale = MOST_SIDE / max(colour.size)
        size = (round(colour.width * scale), round(colour.height * scale))
        colour = colour.resize(size, Image.Resampling.LANCZOS)
    pixels = np.asarray(colour)
    if float(np.asarray(colour.convert("L")).std()) < BLANK_SPREAD and _colour_spread(pixels) < 3:
        raise RejectedError("blank: one colour all over")
    return pixels, plain


def _colour_spread(pixels: Pixels) -> float:
    return float(pixels.reshape(-1, 3).std(axis=0).max())


def _to_rgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Converts any mode of Pillow to sRGB, transparency over white."""
    picture = _eight_bits(picture)
    transparent = (
        picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info
    )
    alpha: Image.Image | None = None
    if transparent:
        full = picture.convert("RGBA")
        alpha = full.getchannel("A")
        picture = picture.convert("L") if picture.mode in ("LA", "La") else full.convert("RGB")
    elif picture.mode in ("P", "1"):
        picture = picture.convert("RGB")
    if profile:
        picture = _through_profile(picture, profile)
    colour = picture.convert("RGB")
    if alpha is None:
        return colour
    white = Image.new("RGB", colour.size, "white")
    white.paste(colour, mask=alpha)
    return white


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Brings 16-bit, 32-bit and floating grey to 8 bits; other modes pass."""
    if not picture.mode.startswith(("I", "F")):
        return picture
    values = np.asarray(picture, dtype=np.float64)
    if picture.mode == "F":
        scale = 255.0 if float(values.max(initial=0.0)) <= 1.0 else 1.0
    else:
        # "I" holds either 8- or 16-bit numbers in files that people have.
        scale = (
            1.0 if float(values.max(initial=0.0)) <= 255.0 and picture.mode == "I" else 1 / 257.0
        )
    return Image.fromarray(np.clip(np.rint(values * scale), 0, 255).astype(np.uint8))


def _through_profile(picture: Image.Image, profile: bytes) -> Image.Image:
    """Converts from an embedded profile; a profile that does not fit the picture is ignored."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        space = source.profile.xcolor_space.strip()
        fitting = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab": "LAB"}.get(space)
        if fitting is None or (picture.mode != fitting):
            return picture
        converted = ImageCms.profileToProfile(
            picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (OSError, ImageCms.PyCMSError):
        return picture
    return converted if converted is not None else picture
