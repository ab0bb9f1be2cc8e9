"""Picture files: what is stored comes back exactly, and bad files end in one plain sentence."""

import base64
import io
import json
import warnings
import zlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from artdesk.core import packed
from artdesk.core.errors import ArtDeskError, OutputError, PictureError, RecipeTooNew
from artdesk.core.recipe import Canvas, Edit, Recipe, Sketch, Swatch, Word
from artdesk.pictures import files as pictures
from artdesk.pictures.files import StoredPicture
from artdesk.pictures.origin import Origin
from artdesk.pictures.record import parameters_text, record_from_json, record_to_json


def make_picture(width: int = 64, height: int = 72, seed: int = 7) -> StoredPicture:
    random = np.random.default_rng(seed)
    return StoredPicture(
        recipe=Recipe(
            words=(Word(text="calm"), Word(text="naïve blue", weight_percent=140)),
            avoid=(Word(text="busy"),),
            palette=(Swatch(colour="#223344"),),
            canvas=Canvas(width=width, height=height),
            seed=seed,
        ),
        sketch=Sketch(columns=2, rows=1, cells=("#000000", "#ffffff")),
        palette=(Swatch(colour="#223344", share_milli=1000),),
        tokens=random.integers(0, 512, (height // 8, width // 8)).astype(np.uint16),
        bundle_hash="ab" * 32,
        bundle_name="Toy, model",
        pixels=random.integers(0, 256, (height, width, 3)).astype(np.uint8),
    )


def assert_same_record(a: StoredPicture, b: StoredPicture) -> None:
    assert a.recipe == b.recipe
    assert a.sketch == b.sketch
    assert a.palette == b.palette
    assert (a.bundle_hash, a.bundle_name) == (b.bundle_hash, b.bundle_name)
    np.testing.assert_array_equal(a.tokens, b.tokens)
    assert a.cell == b.cell
    assert (a.origin is None) == (b.origin is None)
    if a.origin is not None and b.origin is not None:
        assert a.origin.works == b.origin.works
        np.testing.assert_array_equal(a.origin.cells, b.origin.cells)


@pytest.mark.parametrize("suffix", [".png", ".PNG", ".jpg", ".jpeg", ".webp"])
def test_round_trip(tmp_path: Path, suffix: str) -> None:
    picture = make_picture()
    path = tmp_path / f"a{suffix}"
    pictures.save_picture(path, picture)
    back = pictures.open_picture(path)
    assert_same_record(picture, back)
    if suffix.lower() == ".png":
        np.testing.assert_array_equal(picture.pixels, back.pixels)
    assert back.pixels.shape == picture.pixels.shape


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_largest_picture_fits_every_format(tmp_path: Path, suffix: str) -> None:
    picture = make_picture(1024, 1024)
    path = tmp_path / f"a{suffix}"
    pictures.save_picture(path, picture)
    assert_same_record(picture, pictures.open_picture(path))


@pytest.mark.parametrize("suffix", [".png", ".webp"])
def test_pictures_of_2048_pixels_with_all_that_a_file_may_hold(tmp_path: Path, suffix: str) -> None:
    picture = make_picture(2048, 2048)
    everywhere = np.ones((256, 256), np.bool_)
    random = np.random.default_rng(1)
    cells = random.integers(1, 256, (256, 256, 3)).astype(np.uint16)
    picture = replace(
        picture,
        recipe=replace(picture.recipe, edit=Edit.of(picture.tokens, everywhere)),
        origin=Origin(works=tuple(f"{n:064}" for n in range(255)), cells=cells),
        pixels=np.zeros((2048, 2048, 3), np.uint8),
    )
    path = tmp_path / f"a{suffix}"
    pictures.save_picture(path, picture)
    assert_same_record(picture, pictures.open_picture(path))
    with pytest.raises(OutputError, match="too large for a JPEG file: save as PNG"):
        pictures.save_picture(tmp_path / "a.jpg", picture)


def test_origin_of_a_quoted_patch_packs_small_and_comes_back() -> None:
    origin = some_origin(256, 256)
    data = origin.to_data()
    assert len(data["cells"]) < 3000
    back = Origin.from_data(json.loads(json.dumps(data)), 256, 256)
    assert back.works == origin.works
    np.testing.assert_array_equal(back.cells, origin.cells)
    assert list(origin.shares()) == ["moma:7", "a"]
    assert origin.shares()["a"] == 24 / 65536
    assert Origin.invented(2, 3).shares() == {}


@pytest.mark.parametrize("name", ["picture.png", "picture.jpg", "picture.webp", "record.json"])
def test_pictures_of_version_1_open_as_they_are(name: str) -> None:
    path = Path(__file__).parents[1] / "data" / "pictures" / "v1" / name
    if path.suffix == ".json":
        record = record_from_json(path.read_text("utf-8"), name)
    else:
        record = pictures.read_record(path)
    old = make_picture()
    np.testing.assert_array_equal(record.tokens, old.tokens)
    assert (record.cell, record.origin, record.bundle_hash) == (8, None, old.bundle_hash)
    assert (record.recipe.words, record.recipe.seed) == (old.recipe.words, old.recipe.seed)
    assert (record.recipe.memory, record.recipe.edit) == (None, None)


def test_a_code_that_no_model_of_version_1_had_is_refused() -> None:
    path = Path(__file__).parents[1] / "data" / "pictures" / "v1" / "record.json"
    data = json.loads(path.read_text("utf-8"))
    data["tokens"]["base64"] = packed.pack_tokens(np.full((9, 8), 512))
    with pytest.raises(PictureError, match="is damaged"):
        record_from_json(json.dumps(data), "a.png")


def test_same_picture_same_bytes() -> None:
    assert pictures.encode_picture(".png", make_picture()) == pictures.encode_picture(
        ".png", make_picture()
    )


def test_parameters_are_what_other_tools_read(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    pictures.save_picture(path, make_picture())
    with Image.open(path) as image:
        text = image.info["parameters"]
    lines = text.split("\n")
    assert lines[0] == "calm, (naïve blue:1.4)"
    assert lines[1] == "Negative prompt: busy"
    assert lines[2].startswith("Steps: 10, Sampler: MaskToken, CFG scale: 3, Seed: 7, Size: 64x72")
    assert 'Model: "Toy, model"' in lines[2]


def test_parameters_without_words_start_with_the_pairs() -> None:
    picture = replace(make_picture(), recipe=Recipe(canvas=Canvas(width=64, height=72)))
    assert parameters_text(picture).startswith("Steps: 10")


def test_recipe_can_be_left_out(tmp_path: Path) -> None:
    for suffix in (".png", ".jpg", ".webp"):
        path = tmp_path / f"a{suffix}"
        pictures.save_picture(path, make_picture(), with_recipe=False)
        with pytest.raises(PictureError, match="has no ArtDesk recipe"):
            pictures.open_picture(path)


def test_unknown_format(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"\.gif"):
        pictures.save_picture(tmp_path / "a.gif", make_picture())
    assert not list(tmp_path.iterdir())


def test_save_new_overwrites_nothing(tmp_path: Path) -> None:
    first = pictures.save_new(tmp_path / "new", make_picture())
    assert first.name == "calm-naïve-blue-7.png"
    assert pictures.save_new(tmp_path / "new", make_picture()) == first
    changed = replace(make_picture(), bundle_name="Other")
    assert pictures.save_new(tmp_path / "new", changed).name == "calm-naïve-blue-7-2.png"
    assert pictures.next_name(tmp_path / "new", 7, ["calm", "naïve blue"]).name.endswith("-7-3.png")
    assert len(list((tmp_path / "new").iterdir())) == 2


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ([], "free-3.png"),
        (["../../etc/passwd"], "etc-passwd-3.png"),
        (["con"], "con-3.png"),
        (["a/b", "c:d", "."], "a-b-c-d-3.png"),
        (["x" * 200], "x" * 40 + "-3.png"),
    ],
)
def test_names_are_safe(tmp_path: Path, words: list[str], name: str) -> None:
    path = pictures.next_name(tmp_path, 3, words)
    assert path == tmp_path / name


def some_origin(rows: int = 9, columns: int = 8) -> Origin:
    cells = np.zeros((rows, columns, 3), np.uint16)
    cells[2:6, 1:7, 0] = 1
    cells[2:6, 1:7, 1:] = np.moveaxis(np.indices((4, 6)), 0, -1)  # up and left: wraps around
    cells[7:, :, 0] = 2
    cells[7:, :, 1:] = (65535, 300)
    return Origin(works=("a", "moma:7"), cells=cells)


ORIGIN = some_origin()


def png_with(text: str | None, path: Path) -> Path:
    info = PngImagePlugin.PngInfo()
    if text is not None:
        info.add_itxt("artdesk", text)
    Image.new("RGB", (8, 8)).save(path, pnginfo=info)
    return path


def changed_record(**changes: object) -> str:
    data = json.loads(record_to_json(make_picture()))
    for key, value in changes.items():
        if value is None:
            del data[key]
        else:
            data[key] = value
    return json.dumps(data)


def tokens(raw: bytes, columns: int = 8, rows: int = 9) -> dict[str, object]:
    return {"columns": columns, "rows": rows, "cell": 8, "base64": base64.b64encode(raw).decode()}


DAMAGED = {
    "no json": "calm",
    "no object": "[1]",
    "empty": "",
    "deep": "[" * 200_000,
    "missing": changed_record(tokens=None),
    "unknown": changed_record(more=1),
    "other format": changed_record(format="x"),
    "version text": changed_record(version="1"),
    "version true": changed_record(version=True),
    "recipe list": changed_record(recipe=[]),
    "recipe wrong": changed_record(recipe={"format": "artdesk-recipe", "version": 1}),
    "sketch with a hole": changed_record(sketch={"columns": 1, "rows": 1, "cells": [None]}),
    "palette text": changed_record(palette="red"),
    "palette too long": changed_record(palette=[{"colour": "#000000", "share_milli": 1}] * 6),
    "bundle": changed_record(bundle="abc"),
    "bundle name": changed_record(bundle_name="\n"),
    "grid size": changed_record(tokens=tokens(zlib.compress(bytes(2 * 72)), rows=8)),
    "not packed": changed_record(tokens=tokens(b"abc")),
    "no cell": changed_record(tokens={"columns": 8, "rows": 9, "base64": ""}),
    "cell size": changed_record(tokens=tokens(zlib.compress(bytes(2 * 72))) | {"cell": 4}),
    "cell nothing": changed_record(tokens=tokens(b"") | {"cell": 0, "columns": 0, "rows": 0}),
    "origin list": changed_record(origin=[]),
    "origin size": changed_record(origin=ORIGIN.to_data() | {"rows": 8}),
    "origin cut": changed_record(origin=ORIGIN.to_data() | {"cells": packed.pack(bytes(359))}),
    "origin bomb": changed_record(origin=ORIGIN.to_data() | {"cells": packed.pack(bytes(9**7))}),
    "origin without a work": changed_record(origin=ORIGIN.to_data() | {"works": ["a"]}),
    "origin twice": changed_record(origin=ORIGIN.to_data() | {"works": ["a", "a"]}),
    "origin name": changed_record(origin=ORIGIN.to_data() | {"works": ["a", "<img src=x>"]}),
    "origin number": changed_record(origin=ORIGIN.to_data() | {"works": ["a", 7]}),
    "too short": changed_record(tokens=tokens(zlib.compress(bytes(2 * 71)))),
    "too long": changed_record(tokens=tokens(zlib.compress(bytes(2 * 73)))),
    "bomb": changed_record(tokens=tokens(zlib.compress(bytes(10_000_000)))),
    "code range": changed_record(tokens=tokens(zlib.compress(b"\xff\xff" * 72))),
}


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED.keys())
def test_damaged_recipe(tmp_path: Path, text: str) -> None:
    with pytest.raises(PictureError, match=r"a\.png is damaged: use another copy"):
        pictures.open_picture(png_with(text, tmp_path / "a.png"))


def test_newer_recipe(tmp_path: Path) -> None:
    with pytest.raises(RecipeTooNew, match="newer ArtDesk"):
        pictures.open_picture(png_with(changed_record(version=3), tmp_path / "a.png"))
    recipe = json.loads(record_to_json(make_picture()))["recipe"] | {"version": 9}
    with pytest.raises(RecipeTooNew, match="newer ArtDesk"):
        pictures.open_picture(png_with(changed_record(recipe=recipe), tmp_path / "a.png"))


def test_picture_without_recipe(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="has no ArtDesk recipe in it: choose"):
        pictures.open_picture(png_with(None, tmp_path / "a.png"))


def test_truncated_picture_keeps_its_recipe(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    pictures.save_picture(path, make_picture())
    data = path.read_bytes()
    path.write_bytes(data[: len(data) - 2000])
    with pytest.raises(PictureError, match="cut off or damaged, but its recipe is whole"):
        pictures.open_picture(path)
    np.testing.assert_array_equal(pictures.read_record(path).tokens, make_picture().tokens)
    with pytest.raises(PictureError, match="cut off"):
        pictures.open_image(path)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_cut_anywhere(tmp_path: Path, suffix: str) -> None:
    """Wherever a file is cut, reading ends in an ArtDeskError or in the right recipe."""
    picture = make_picture()
    path = tmp_path / f"a{suffix}"
    data = pictures.encode_picture(suffix, picture)
    for length in [0, 1, 2, 8, 20, *range(30, len(data), 97)]:
        path.write_bytes(data[:length])
        with suppress(ArtDeskError):
            np.testing.assert_array_equal(pictures.read_record(path).tokens, picture.tokens)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_flipped_bytes(tmp_path: Path, suffix: str) -> None:
    """A changed byte never causes anything but an ArtDeskError."""
    random = np.random.default_rng(1)
    path = tmp_path / f"a{suffix}"
    data = pictures.encode_picture(suffix, make_picture())
    for _ in range(150):
        changed = bytearray(data)
        for position in random.integers(0, min(len(data), 3000), 3):
            changed[position] = int(random.integers(0, 256))
        path.write_bytes(changed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of odd EXIF
            for open_it in (pictures.open_picture, pictures.open_image):
                with suppress(ArtDeskError):
                    open_it(path)


def test_not_a_picture(tmp_path: Path) -> None:
    text = tmp_path / "a.png"
    text.write_text("hello")
    for open_it in (pictures.open_picture, pictures.open_image, pictures.read_record):
        with pytest.raises(PictureError, match="no PNG, JPEG or WebP"):
            open_it(text)
        with pytest.raises(PictureError, match="There is no file"):
            open_it(tmp_path / "none.png")
        with pytest.raises(PictureError, match="is a folder"):
            open_it(tmp_path)
    gif = tmp_path / "a.gif"
    Image.new("RGB", (8, 8)).save(gif)
    with pytest.raises(PictureError, match="no PNG, JPEG or WebP"):
        pictures.open_image(gif)


def test_bomb_is_refused_unread(tmp_path: Path) -> None:
    for side in (9_000, 12_000, 40_000):
        header = b"\x89PNG\r\n\x1a\n"
        ihdr = b"IHDR" + side.to_bytes(4, "big") * 2 + bytes([1, 0, 0, 0, 0])
        chunk = (13).to_bytes(4, "big") + ihdr + zlib.crc32(ihdr).to_bytes(4, "big")
        idat = b"IDAT" + zlib.compress(b"")
        chunk += (len(idat) - 4).to_bytes(4, "big") + idat + zlib.crc32(idat).to_bytes(4, "big")
        path = tmp_path / "a.png"
        path.write_bytes(header + chunk)
        with pytest.raises(PictureError, match="64 million pixels"):
            pictures.open_image(path)


def test_open_image_forms(tmp_path: Path) -> None:
    """Every mode becomes RGB; transparency becomes white; orientation is obeyed."""
    path = tmp_path / "a.png"
    Image.new("RGBA", (4, 2), (255, 0, 0, 0)).save(path)
    assert pictures.open_image(path).tolist() == [[[255, 255, 255]] * 4] * 2
    Image.fromarray(np.full((2, 4), 65535, np.uint16)).save(path)
    assert pictures.open_image(path).min() == 255
    palette = Image.new("P", (4, 2), 1)
    palette.putpalette([0, 0, 0, 10, 20, 30])
    palette.save(path, transparency=bytes([255, 255]))
    assert pictures.open_image(path)[0, 0].tolist() == [10, 20, 30]
    Image.new("L", (4, 2), 9).save(path)
    assert pictures.open_image(path).shape == (2, 4, 3)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (4, 2)).save(tmp_path / "a.jpg", exif=exif)
    assert pictures.open_image(tmp_path / "a.jpg").shape == (4, 2, 3)
    Image.new("RGB", (3000, 30)).save(path)
    assert pictures.open_image(path, 300).shape == (3, 300, 3)


def test_save_pixels(tmp_path: Path) -> None:
    pixels = make_picture().pixels
    pictures.save_pixels(tmp_path / "a.png", pixels)
    np.testing.assert_array_equal(pictures.open_image(tmp_path / "a.png"), pixels)
    assert pictures.resize(pixels, 16, 8).shape == (8, 16, 3)


def test_huge_text_chunk(tmp_path: Path) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_itxt("artdesk", "x" * 3_000_000, zip=True)
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "PNG", pnginfo=info)
    path = tmp_path / "a.png"
    path.write_bytes(buffer.getvalue())
    with pytest.raises(PictureError):
        pictures.open_picture(path)


def test_previews_are_not_saved(tmp_path: Path) -> None:
    preview = replace(make_picture(), tokens=np.zeros((4, 4), np.uint16))
    with pytest.raises(PictureError, match="only a preview: make the picture in full"):
        pictures.save_picture(tmp_path / "a.png", preview)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".jpg", ".webp"])
def test_every_flipped_bit_of_a_description_is_noticed(tmp_path: Path, suffix: str) -> None:
    picture = make_picture(64, 64)
    data = bytearray(pictures.encode_picture(suffix, picture, quality=30))
    first = data.find("calm".encode("utf-16-be"))
    last = data.rfind("ArtDesk CRC".encode("utf-16-be")) + 2 * len("ArtDesk CRC: 00000000")
    assert 0 < first < last
    path = tmp_path / f"a{suffix}"
    undetected = 0
    for bit in range(8 * first, 8 * last, 7):  # every bit of a byte has its turn
        data[bit // 8] ^= 1 << bit % 8
        path.write_bytes(data)
        try:
            found = pictures.read_record(path)
        except ArtDeskError:
            pass
        else:
            undetected += 1
            assert_same_record(picture, StoredPicture.of(found, picture.pixels))
        data[bit // 8] ^= 1 << bit % 8
    assert undetected < last - first  # the human-readable pairs may differ, the record never


@pytest.mark.parametrize("suffix", [".jpg", ".webp"])
def test_descriptions_without_a_checksum_still_open(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = make_picture()

    def first_version(record: StoredPicture) -> bytes:
        text = parameters_text(record, extra=record_to_json(record))
        return b"UNICODE\0" + text.encode("utf-16-be")

    monkeypatch.setattr(pictures, "_user_comment", first_version)
    pictures.save_picture(tmp_path / f"a{suffix}", picture)
    assert_same_record(picture, pictures.open_picture(tmp_path / f"a{suffix}"))
