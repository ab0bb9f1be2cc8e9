"""Borders are cut off, frames and pages of text refused, and painted grounds left alone."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.corpus_pictures import jpeg, painting
from training.corpus import metadata
from training.corpus.borders import check_page, find_border, without_border
from training.corpus.decoding import RejectedError
from training.corpus.importing import import_folder

WORK = painting(4, (400, 320))


def _matted(margin: tuple[int, int, int, int], colour: str = "#f4f2ec") -> Image.Image:
    """The work on a mat: left, top, right and bottom in pixels."""
    left, top, right, bottom = margin
    size = (WORK.width + left + right, WORK.height + top + bottom)
    mat = Image.new("RGB", size, colour)
    mat.paste(WORK, (left, top))
    return mat


def _framed() -> Image.Image:
    """A moulding from dark to gilt and back on all four sides, mitred."""
    picture = Image.new("RGB", (WORK.width + 60, WORK.height + 60))
    pen = ImageDraw.Draw(picture)
    for depth in range(30):
        shine = int(90 + 120 * np.sin(np.pi * depth / 29))
        pen.rectangle(
            (depth, depth, picture.width - 1 - depth, picture.height - 1 - depth),
            outline=(shine, int(shine * 0.8), int(shine * 0.4)),
        )
    picture.paste(WORK, (30, 30))
    return picture


def _page() -> Image.Image:
    """Lines of little strokes on paper, as a scanned page looks."""
    rng = np.random.default_rng(0)
    page = Image.new("RGB", (480, 640), "#f3efe4")
    pen = ImageDraw.Draw(page)
    for line in range(60, 580, 22):
        place = 50.0
        while place < 420:
            for _ in range(int(rng.integers(2, 9))):
                high = int(rng.integers(5, 10))
                pen.rectangle((place, line + 10 - high, place + 2, line + 10), fill="#1c1a18")
                pen.rectangle((place, line + 8, place + 5, line + 10), fill="#1c1a18")
                place += 7
            place += 6
    return page


def _pixels(picture: Image.Image) -> np.ndarray:
    """Through a JPEG, as photographs come."""
    with Image.open(io.BytesIO(jpeg(picture))) as read:
        return np.asarray(read.convert("RGB"))


@pytest.mark.parametrize("margin", [(30, 30, 30, 30), (12, 40, 14, 20), (6, 6, 6, 6)])
@pytest.mark.parametrize("colour", ["#f4f2ec", "#181818", "#ffffff"])
def test_a_mat_is_cut_off_and_that_is_said(margin: tuple[int, int, int, int], colour: str) -> None:
    pixels, note = without_border(_pixels(_matted(margin, colour)))
    assert note.startswith("border cut off: ")
    assert abs(pixels.shape[1] - 400) <= 6
    assert abs(pixels.shape[0] - 320) <= 6
    # What is left reaches the work on every side.
    small = np.asarray(Image.fromarray(pixels).resize((40, 32), Image.Resampling.BOX), np.int16)
    work = np.asarray(WORK.resize((40, 32), Image.Resampling.BOX), np.int16)
    assert np.abs(small - work).mean() < 12


def _malevich() -> Image.Image:
    picture = Image.new("RGB", (300, 300), "#ece8dd")
    ImageDraw.Draw(picture).rectangle((60, 60, 240, 240), fill="#101010")
    return picture


def _suprematist() -> Image.Image:
    picture = Image.new("RGB", (300, 360), "#f2eee2")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((90, 60, 210, 180), fill="#151515")
    pen.polygon([(60, 220), (230, 210), (236, 260), (64, 274)], fill="#c22a2a")
    pen.line((40, 320, 260, 300), fill="#151515", width=4)
    return picture


def _grid() -> Image.Image:
    picture = Image.new("RGB", (300, 300), "#f0f0ea")
    for place in (90, 210):
        picture.paste("#101010", (place, 0, place + 8, 300))
        picture.paste("#101010", (0, place, 300, place + 8))
    picture.paste("#d02020", (98, 98, 210, 210))
    return picture


def _tondo() -> Image.Image:
    picture = Image.new("RGB", (320, 320), "white")
    disc = Image.new("L", (320, 320), 0)
    ImageDraw.Draw(disc).ellipse((10, 10, 310, 310), fill=255)
    picture.paste(painting(5, (320, 320)), mask=disc)
    return picture


def _homage() -> Image.Image:
    """Squares in squares: the coloured outer one is the painting, not a border."""
    picture = Image.new("RGB", (300, 300), "#d9a020")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((40, 60, 260, 280), fill="#e06a20")
    pen.rectangle((90, 120, 210, 240), fill="#b02a20")
    return picture


@pytest.mark.parametrize("draw", [_malevich, _suprematist, _grid, _tondo, _homage, lambda: WORK])
def test_what_was_painted_stays(draw) -> None:
    pixels = _pixels(draw())
    kept, note = without_border(pixels)
    assert note == ""
    assert kept is pixels
    check_page(pixels)


def test_a_frame_is_refused() -> None:
    border = find_border(_pixels(_framed()))
    assert border is not None
    assert not border.plain
    with pytest.raises(RejectedError, match="frame or border"):
        without_border(_pixels(_framed()))


def test_a_small_picture_on_a_large_mat_is_refused() -> None:
    wide = _matted((160, 130, 160, 130))
    with pytest.raises(RejectedError, match="frame or border: only"):
        without_border(_pixels(wide))


def test_a_page_of_text_is_refused_and_drawings_are_not() -> None:
    with pytest.raises(RejectedError, match="text page: "):
        check_page(_pixels(_page()))
    drawing = Image.new("RGB", (480, 640), "#f3efe4")
    pen = ImageDraw.Draw(drawing)
    rng = np.random.default_rng(1)
    for _ in range(160):
        x, y = rng.uniform(40, 440), rng.uniform(40, 600)
        pen.line((x, y, x + rng.normal(0, 40), y + rng.normal(0, 40)), fill="#1c1a18", width=2)
    check_page(_pixels(drawing))
    # Short strokes in rows, but of many colours: a painting.
    coloured = np.asarray(_page()).copy()
    coloured[:, :240][coloured[:, :240].sum(axis=2) < 300] = (190, 30, 30)
    check_page(coloured)


def test_an_import_cuts_refuses_and_tells(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    for name, picture in {"mat": _matted((30, 30, 30, 30)), "frame": _framed(), "page": _page(),
                          "good": painting(9)}.items():  # fmt: skip
        (source / f"{name}.jpg").write_bytes(jpeg(picture))
    corpus = tmp_path / "out"
    result = import_folder(source, corpus, "CC0-1.0")
    rows = {row.file_name: row for row in metadata.read(corpus)}
    assert set(rows) == {"pictures/mat.png", "pictures/good.jpg"}
    assert str(rows["pictures/mat.png"].parameters["done"]).startswith("border cut off")
    assert "done" not in rows["pictures/good.jpg"].parameters
    assert (rows["pictures/mat.png"].width, rows["pictures/mat.png"].height) < (410, 330)
    reasons = dict(result.rejected)
    assert reasons["frame.jpg"].startswith("frame or border")
    assert reasons["page.jpg"].startswith("text page")
    # Another folder later: what was left out before stays on the list.
    more = tmp_path / "more"
    more.mkdir()
    (more / "grey.png").write_bytes(b"nothing")
    (more / "new.jpg").write_bytes(jpeg(painting(11)))
    import_folder(more, corpus, "CC0-1.0")
    with (corpus / "rejected.csv").open(newline="") as file:
        assert {line["file"] for line in csv.DictReader(file)} == {
            "frame.jpg", "page.jpg", "grey.png",
        }  # fmt: skip
    assert import_folder(source, corpus, "CC0-1.0").added == 0
