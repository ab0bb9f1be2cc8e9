"""Constructed pictures: the same from a seed at any size and in any shard, and never blank."""

import csv
import importlib
import json

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from artdesk.core.colour import oklab_to_srgb8, srgb8_to_oklab
from artdesk.core.errors import ArtDeskError, PictureError
from training.cli.corpus import app
from training.corpus.constructed import families
from training.corpus.constructed.brush import Brush
from training.corpus.constructed.build import construct, sheet
from training.corpus.constructed.canvas import Canvas
from training.corpus.constructed.painterly import PLAN_PIXELS, Medium, paint
from training.corpus.constructed.palette import (
    adjust,
    harmony,
    measure_palettes,
    oklch,
    read_measured,
    to_rgb,
)
from training.corpus.constructed.registry import ConstructionError, all_families, render
from training.corpus.splits import by_name

FAMILIES = list(all_families())


def reduced(pixels: np.ndarray, side: int = 16) -> np.ndarray:
    small = Image.fromarray(pixels).resize((side, side), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.float64)


def test_there_are_enough_families():
    assert len(FAMILIES) >= 44


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_names_its_published_source(family):
    module = importlib.import_module(f"{families.__name__}.{family}")
    assert "Source:" in (module.__doc__ or "")


@pytest.mark.parametrize("family", FAMILIES)
def test_same_seed_same_picture_and_same_composition_at_any_size(family):
    first, parameters = render(family, 5, 64)
    again, same = render(family, 5, 64)
    larger, also = render(family, 5, 160)
    assert first.dtype == np.uint8
    assert first.shape[2] == 3
    assert min(first.shape[:2]) == 64
    assert np.array_equal(first, again)
    assert parameters == same == also
    assert json.loads(json.dumps(parameters)) == parameters
    # Fine grain is lost in the smaller one; the composition is not.
    assert np.abs(reduced(first) - reduced(larger)).mean() < 8.0


@pytest.mark.parametrize("family", FAMILIES)
def test_seeds_give_different_pictures_that_are_not_blank(family):
    pictures = [render(family, seed, 32)[0] for seed in (1, 2)]
    assert all(picture.std() > 4.0 for picture in pictures)
    assert np.abs(reduced(pictures[0]) - reduced(pictures[1])).mean() > 2.0


def test_pictures_use_all_parts_of_the_range_of_sizes():
    tiny, _ = render("suprematist", 3, 16)
    big, _ = render("suprematist", 3, 1024)
    assert min(tiny.shape[:2]) == 16
    assert min(big.shape[:2]) == 1024


@pytest.mark.parametrize(
    ("family", "size"), [("watercolor", 64), ("", 64), ("cubist", 15), ("cubist", 4097)]
)
def test_a_senseless_request_is_refused_in_one_sentence(family, size):
    with pytest.raises(ConstructionError) as caught:
        render(family, 0, size)
    assert "\n" not in str(caught.value)


def test_shards_together_are_the_whole_job(tmp_path):
    whole = construct(7, 100, tmp_path / "whole", 32)
    for part in (1, 2, 3, 4):
        construct(7, 100, tmp_path / "parts", 32, (part, 4))
    assert len(whole) == 7
    for name in ["metadata.csv", *(row.file_name for row in whole)]:
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "parts" / name).read_bytes()


def test_a_stopped_job_goes_on_and_repairs_what_is_missing(tmp_path):
    rows = construct(4, 7, tmp_path, 32)
    lost, kept = (tmp_path / row.file_name for row in rows[:2])
    before, stamp = lost.read_bytes(), kept.stat().st_mtime_ns
    lost.unlink()
    construct(6, 7, tmp_path, 32)
    assert lost.read_bytes() == before
    assert kept.stat().st_mtime_ns == stamp
    with (tmp_path / "metadata.csv").open(newline="") as stream:
        table = list(csv.DictReader(stream))
    assert len(table) == 6
    assert {row["source"] for row in table} == {"constructed"}
    assert all(json.loads(row["parameters"])["family"] == row["family"] for row in table)


@pytest.mark.parametrize(
    ("count", "seed", "shard"), [(0, 0, (1, 1)), (3, -1, (1, 1)), (3, 0, (0, 2)), (3, 0, (3, 2))]
)
def test_a_senseless_job_is_refused(tmp_path, count, seed, shard):
    with pytest.raises(ConstructionError):
        construct(count, seed, tmp_path, 32, shard)
    assert not list(tmp_path.iterdir())


def test_only_the_families_asked_for_take_turns(tmp_path):
    rows = construct(4, 7, tmp_path, 32, families=("impasto", "ink_splash"))
    assert [row.family for row in rows] == ["ink_splash", "impasto"] * 2
    with pytest.raises(ConstructionError, match="no family 'oil'"):
        construct(1, 7, tmp_path, 32, families=("oil",))


def test_a_painting_covers_its_ground_and_keeps_the_drawing():
    # Strokes follow the drawing: averaged over an eighth of the picture its colours are there.
    canvas = Canvas(160, 1.0, np.random.default_rng(1))
    canvas.ground(np.array([1.0, 0.0, 0.0]))
    wanted = np.zeros((PLAN_PIXELS, PLAN_PIXELS, 3))
    wanted[:, : PLAN_PIXELS // 2] = (0.3, 0.08, 0.03)
    wanted[:, PLAN_PIXELS // 2 :] = (0.8, -0.03, 0.1)
    medium = Medium(sizes=(0.08, 0.04), jitter=(0.0, 0.0), coverage=1.6)
    count = paint(
        [canvas], np.random.default_rng(2), wanted, medium, Brush(np.random.default_rng(3), 0.0)
    )
    assert count > 100
    cells = srgb8_to_oklab(canvas.pixels()).reshape(8, 20, 8, 20, 3).mean((1, 3))
    away = np.abs(cells - wanted[14::28, 14::28])[:, [0, 1, 2, 5, 6, 7]]
    assert away.mean() < 0.03
    assert srgb8_to_oklab(canvas.pixels())[..., 0].max() < 0.95  # no bare ground


def test_splits_have_their_shares():
    splits = [by_name(f"constructed-cubist-{number:08d}") for number in range(4000)]
    assert splits.count("train") / 4000 == pytest.approx(0.9, abs=0.02)
    assert splits.count("test") / 4000 == pytest.approx(0.05, abs=0.015)


def test_sheet_has_a_row_for_each_family():
    one = sheet(columns=2, size=32, names=["weave"])
    three = sheet(columns=2, size=32, names=["cubist", "weave", "velocity"])
    row = (three.height - one.height) // 2
    assert row > 32
    assert three.width == one.width
    # The second row of three is the only row of one.
    assert three.crop((0, row, three.width, row + one.height)).tobytes() == one.tobytes()


def test_commands(tmp_path):
    run = CliRunner()
    done = run.invoke(
        app, ["construct", "--count", "2", "--seed", "1", "--size", "32", "--out", str(tmp_path)]
    )
    assert done.exit_code == 0, done.output
    assert len(list((tmp_path / "pictures").iterdir())) == 2
    table = tmp_path / "palettes.csv"
    assert (
        run.invoke(app, ["palettes", str(tmp_path / "pictures"), "--out", str(table)]).exit_code
        == 0
    )
    assert read_measured(table).shape == (2, 5, 3)
    wrong = run.invoke(app, ["construct", "--count", "2", "--out", str(tmp_path), "--shard", "5"])
    assert isinstance(wrong.exception, ArtDeskError)


def test_palettes_hold_colours_that_screens_can_show():
    for seed in range(40):
        palette = harmony(np.random.default_rng(seed))
        every = np.vstack([palette.colours, palette.ground, palette.dark, palette.light])
        shown = srgb8_to_oklab(oklab_to_srgb8(every))
        assert np.abs(shown - every).max() < 0.02
        assert palette.dark[0] < 0.3 < 0.9 < palette.light[0]
        assert len(palette.colours) >= 5


def test_a_colour_out_of_reach_loses_chroma_only():
    colour = oklch(0.9, 0.4, 264.0)
    assert colour[0] == pytest.approx(0.9)
    assert np.degrees(np.arctan2(colour[2], colour[1])) % 360 == pytest.approx(264.0)
    assert np.hypot(colour[1], colour[2]) < 0.1
    assert oklab_to_srgb8(colour) / 255 == pytest.approx(np.array(to_rgb(colour)), abs=0.003)
    assert adjust(colour, -2.0)[0] == 0.0


def test_measured_palettes_are_used_and_put_the_largest_share_first(tmp_path):
    picture = np.full((60, 60, 3), (200, 30, 40), dtype=np.uint8)
    picture[:20, :20] = (20, 40, 180)
    Image.fromarray(picture).save(tmp_path / "one.png")
    table = tmp_path / "palettes.csv"
    table.write_text(measure_palettes([tmp_path / "one.png"]))
    rows = read_measured(table)
    assert np.abs(rows[0, 0].astype(int) - (200, 30, 40)).max() < 4
    schemes = {render("hard_edge", seed, 16, rows)[1]["palette"]["scheme"] for seed in range(12)}
    assert "measured" in schemes
    assert len(schemes) > 1


@pytest.mark.parametrize("text", ["", "file,colour1\na,#fff\n", "file,colour1\n"])
def test_a_broken_table_of_palettes_is_refused(tmp_path, text):
    table = tmp_path / "palettes.csv"
    table.write_text(text)
    with pytest.raises(PictureError):
        read_measured(table)
    with pytest.raises(PictureError):
        read_measured(tmp_path / "none.csv")
