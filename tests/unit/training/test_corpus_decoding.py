"""Picture files of every kind become the same sRGB pixels, or a plain reason."""

import io
import struct
import sys
import types
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from tests.corpus_pictures import jpeg, painting
from training.corpus.decoding import RejectedError, decode

PICTURE = painting(1)
PIXELS = np.asarray(PICTURE, dtype=np.int16)


def _saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def _distance(data: bytes) -> float:
    pixels, _ = decode(data)
    return float(np.abs(pixels.astype(np.int16) - PIXELS).mean())


@pytest.mark.parametrize(
    ("kind", "options", "limit"),
    [
        ("PNG", {}, 0),
        ("BMP", {}, 0),
        ("TIFF", {}, 0),
        ("TIFF", {"compression": "tiff_lzw"}, 0),
        ("WEBP", {"lossless": True}, 0),
        ("WEBP", {"quality": 90}, 10),
        ("JPEG", {"quality": 95}, 10),
        ("JPEG", {"quality": 95, "progressive": True}, 10),
        ("GIF", {}, 12),
    ],
)
def test_formats(kind: str, options: dict[str, object], limit: float) -> None:
    assert _distance(_saved(PICTURE, kind, **options)) <= limit


def test_palette_and_cmyk_and_grey() -> None:
    assert _distance(_saved(PICTURE.quantize(256), "PNG")) < 8
    assert _distance(_saved(PICTURE.convert("CMYK"), "JPEG", quality=95)) < 8
    pixels, _ = decode(_saved(PICTURE.convert("L"), "PNG"))
    assert (pixels[..., 0] == np.asarray(PICTURE.convert("L"))).all()
    assert (pixels[..., 0] == pixels[..., 2]).all()


def test_transparency_lies_over_white() -> None:
    clear = PICTURE.convert("RGBA")
    clear.putalpha(Image.fromarray(np.tile(np.r_[np.zeros(100), np.full(100, 255)], (160, 1))
                                   .astype(np.uint8)))  # fmt: skip
    pixels, plain = decode(_saved(clear, "PNG"))
    assert (pixels[:, :100] == 255).all()
    assert (pixels[:, 100:] == PIXELS[:, 100:]).all()
    assert not plain
    palette = PICTURE.quantize(16)
    palette.info["transparency"] = 3
    pixels, _ = decode(_saved(palette, "PNG", transparency=3))
    assert (pixels[np.asarray(palette) == 3] == 255).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation(orientation: int) -> None:
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    stored = PICTURE.transpose(turns[orientation]) if orientation in turns else PICTURE
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = _saved(stored, "JPEG", quality=95, exif=exif)
    assert _distance(data) < 10
    assert decode(data)[1] == (orientation == 1)


def _png16(values: np.ndarray, colour: bool) -> bytes:
    """A 16-bit PNG written by hand, since Pillow writes only grey ones."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(
        ">IIBBBBB", values.shape[1], values.shape[0], 16, 2 if colour else 0, 0, 0, 0
    )
    lines = b"".join(b"\0" + line.astype(">u2").tobytes() for line in values)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines))
            + chunk(b"IEND", b""))  # fmt: skip


def test_sixteen_bits() -> None:
    assert _distance(_png16(PIXELS.astype(np.uint32) * 257, colour=True)) <= 1
    grey = np.asarray(PICTURE.convert("L"))
    pixels, _ = decode(_png16(grey.astype(np.uint32) * 257, colour=False))
    assert np.abs(pixels[..., 0].astype(int) - grey).max() <= 1
    pixels, _ = decode(_saved(Image.fromarray(grey.astype(np.float32) / 255.0), "TIFF"))
    assert np.abs(pixels[..., 0].astype(int) - grey).max() <= 1


def test_a_colour_profile_is_applied() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert _distance(_saved(PICTURE, "PNG", icc_profile=lab)) < 1
    # Swapping two primaries in the profile must swap them in the picture.
    swapped = bytearray(lab)
    red, green = lab.index(b"rXYZ"), lab.index(b"gXYZ")
    swapped[red + 4 : red + 12], swapped[green + 4 : green + 12] = (
        lab[green + 4 : green + 12], lab[red + 4 : red + 12],
    )  # fmt: skip
    turned = Image.fromarray(np.asarray(PICTURE)[..., [1, 0, 2]])
    assert _distance(_saved(turned, "PNG", icc_profile=bytes(swapped))) < 4
    assert _distance(_saved(PICTURE, "PNG", icc_profile=b"no profile at all")) == 0


def test_large_pictures_are_scaled_down() -> None:
    pixels, plain = decode(jpeg(painting(2).resize((3000, 1500))))
    assert pixels.shape == (1024, 2048, 3)
    assert not plain


GOOD = jpeg(PICTURE)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not a picture"),
        (b"<html>not here</html>", "not a picture"),
        (GOOD[: len(GOOD) // 2], "damaged"),
        (_saved(PICTURE, "PNG")[:2000], "damaged"),
        (jpeg(painting(3, (90, 200))), "too small: 90 x 200"),
        (jpeg(Image.new("RGB", (200, 200), "#808080")), "blank"),
    ],
)
def test_bad_files_are_rejected_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(RejectedError, match=reason):
        decode(data)


def test_a_bomb_is_rejected_before_it_is_unpacked() -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99))
    with pytest.raises(RejectedError, match="too large"):
        decode(data)


def test_random_damage_never_raises_anything_else() -> None:
    rng = np.random.default_rng(0)
    for kind in ("JPEG", "PNG", "WEBP", "TIFF", "GIF"):
        good = _saved(PICTURE, kind)
        for _ in range(12):
            bad = bytearray(good)
            for place in rng.integers(0, len(bad), 20):
                bad[place] = int(rng.integers(0, 256))
            try:
                pixels, _ = decode(bytes(bad))
            except RejectedError:
                continue
            assert pixels.dtype == np.uint8
            assert pixels.shape[2] == 3


def test_heic_is_read_where_its_library_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library is played by a module that registers a format of its own under that name."""
    library = types.ModuleType("pillow_heif")
    data = b"ftypheic" + _saved(PICTURE, "PNG")

    class Heif(PngImagePlugin.PngImageFile):
        format = "HEIF"

        def _open(self) -> None:
            self.fp = io.BytesIO(self.fp.read()[8:])
            super()._open()

    def register_heif_opener() -> None:
        Image.register_open("HEIF", Heif, lambda start: start.startswith(b"ftypheic"))

    library.register_heif_opener = register_heif_opener  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(RejectedError, match="not a picture"):
        decode(data)
    monkeypatch.setitem(sys.modules, "pillow_heif", library)
    try:
        assert _distance(data) == 0
        assert not decode(data)[1]
    finally:
        Image.OPEN.pop("HEIF", None)
        Image.ID.remove("HEIF")


def test_a_file_of_several_pictures_gives_the_first() -> None:
    other = painting(7)
    data = _saved(PICTURE, "GIF", save_all=True, append_images=[other])
    assert _distance(data) < 12
