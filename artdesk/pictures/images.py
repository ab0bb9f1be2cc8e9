"""Pictures of anybody as pixels: the one place that opens images, within bounds.

A file is read whole and within a limit, its size in pixels is known before it is decoded, and a large
picture is made small before anything else is done with it.
"""

import io
import struct
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from artdesk.core.errors import PictureError
from artdesk.core.reading import NoFileError, TooLargeError, read_file

READ = ("PNG", "JPEG", "WEBP")
"""What pictures of ArtDesk and drawings are read from; more only where pictures are remembered."""
MAX_PIXELS = 64_000_000
MAX_FILE_BYTES = 256 * 1024 * 1024

FAULTS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    OverflowError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""What Pillow raises for files that are damaged in some way."""


def open_image(
    path: Path, longest: int = 2048, formats: Sequence[str] = READ
) -> NDArray[np.uint8]:
    """Open any PNG, JPEG or WebP, upright, on white, at most `longest` pixels a side.

    Returns:
        uint8 [H, W, 3].

    Raises:
        PictureError: It is no picture of these formats, damaged or too large.
    """
    with opened(path, formats) as image:
        try:
            image.draft("RGB", (longest, longest))
            # Made small in its own few bytes a pixel; everything after that is small as well.
            small = _shrunk(image, longest)
            return rgb(ImageOps.exif_transpose(small))
        except FAULTS as error:
            raise PictureError(
                f"{path.name} is cut off or damaged: use another copy of the picture."
            ) from error


def open_any_image(path: Path, longest: int = 2048) -> NDArray[np.uint8]:
    """As `open_image`, of TIFF, BMP and GIF too; of a moving picture its first frame."""
    return open_image(path, longest, ("PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF"))


def resize(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Resample uint8 [H, W, 3] to the given size in pixels."""
    image = Image.fromarray(pixels).resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(image, dtype=np.uint8)


@contextmanager
def opened(path: Path, formats: Sequence[str] = READ) -> Iterator[Image.Image]:
    """The one call of `Image.open`; pixels are not yet read."""
    try:
        data = read_file(path, MAX_FILE_BYTES)
    except FileNotFoundError as error:
        raise PictureError(f"There is no file {path}: check the name.") from error
    except IsADirectoryError as error:
        raise PictureError(f"{path} is a folder: choose a picture file in it.") from error
    except NoFileError as error:
        raise PictureError(f"{path} is a device, not a file: choose a picture file.") from error
    except TooLargeError as error:
        raise PictureError(f"{path.name} is larger than 256 MB: choose a smaller one.") from error
    except OSError as error:
        raise PictureError(f"{path} cannot be read: check that you may open it.") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=tuple(formats))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(path) from error
    except FAULTS as error:
        raise PictureError(
            f"{path.name} is no PNG, JPEG or WebP picture, or it is damaged: choose another file."
            if formats is READ
            else f"{path.name} is no picture of a known kind, or it is damaged: leave it out."
        ) from error
    with image:
        if image.width * image.height > MAX_PIXELS:
            raise _too_large(path)
        yield image


def _too_large(path: Path) -> PictureError:
    return PictureError(
        f"{path.name} has more than {MAX_PIXELS // 1_000_000} million pixels: choose a smaller one."
    )


def _shrunk(image: Image.Image, longest: int) -> Image.Image:
    """A picture of any mode with at most `longest` pixels a side; its EXIF entries stay."""
    if max(image.size) <= longest:
        return image
    if image.mode in ("P", "PA", "1"):
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    elif image.mode.startswith("I"):
        image = image.convert("F")
    image.thumbnail((longest, longest), Image.Resampling.BOX)
    return image


def rgb(image: Image.Image) -> NDArray[np.uint8]:
    """Read the pixels of `image` as uint8 [H, W, 3], transparent ones on white."""
    image.load()
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        grey = np.asarray(image, dtype=np.float64)
        high = 65535.0 if grey.max(initial=0.0) > 255.0 else 255.0
        flat = np.clip(np.rint(grey / high * 255.0), 0, 255).astype(np.uint8)
        return np.repeat(flat[..., None], 3, axis=2)
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        with_alpha = image.convert("RGBA")
        ground = Image.new("RGBA", with_alpha.size, (255, 255, 255, 255))
        image = Image.alpha_composite(ground, with_alpha)
    return np.array(image.convert("RGB"), dtype=np.uint8)


