"""The commands, through the same `main` that the program calls, on the toy bundle."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from artdesk.bundle.reader import open_bundle
from artdesk.bundle.writer import write_bundle, write_pack
from artdesk.cli import generate as generate_command
from artdesk.cli.main import main
from artdesk.cli.sheet import contact_sheet
from artdesk.core import atomic
from artdesk.core.recipe import Canvas, Recipe, Sampling, Swatch, Word
from artdesk.engine.pipeline import Engine
from artdesk.engine.self_test import METRIC, fingerprint
from artdesk.pictures import files as pictures
from artdesk.pictures import images

Run = Callable[..., tuple[int, str, str]]
SMALL = ["--size", "64x72", "--steps", "3", "--threads", "1"]


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    toy_bundle_folder: Path,
) -> Run:
    """Run a command; gives its status, stdout and stderr."""
    monkeypatch.setenv("ARTDESK_BUNDLE", str(toy_bundle_folder))

    def call(*arguments: object) -> tuple[int, str, str]:
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return status, captured.out, captured.err

    return call


@pytest.fixture
def picture(run: Run, tmp_path: Path) -> Path:
    """A picture made by the command."""
    status, out, _ = run("generate", "calm, blue", "--seed", 7, "--out", tmp_path / "made", *SMALL)
    assert status == 0
    return Path(out.strip())


def refused(result: tuple[int, str, str], status: int, *parts: str) -> None:
    """The command said one plain sentence and nothing else."""
    code, out, err = result
    assert code == status, err
    assert out == ""
    assert err.count("\n") == 1, err
    assert err.startswith("artdesk")
    for part in parts:
        assert part in err, err


# generate


def test_same_command_same_bytes(run: Run, tmp_path: Path) -> None:
    command = ["generate", "calm, blue", "--seed", 7, "--count", 3, *SMALL]
    for folder in ("a", "b"):
        assert run(*command, "--out", tmp_path / folder)[0] == 0
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files == ["calm-blue-7.png", "calm-blue-8.png", "calm-blue-9.png"]
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    # Into the same folder again: the same bytes are already there, nothing is lost or doubled.
    assert run(*command, "--out", tmp_path / "a")[0] == 0
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == files


def test_batch_equals_single_pictures_on_any_threads(run: Run, tmp_path: Path) -> None:
    run("generate", "warm", "--seed", 5, "--count", 3, "--out", tmp_path / "a", *SMALL)
    run("generate", "warm", "--seed", 7, "--out", tmp_path / "b", *SMALL, "--threads", 2)
    one, other = tmp_path / "a" / "warm-7.png", tmp_path / "b" / "warm-7.png"
    assert one.read_bytes() == other.read_bytes()


def test_every_option_reaches_the_recipe(run: Run, tmp_path: Path) -> None:
    pixels = np.zeros((40, 40, 3), np.uint8)
    pixels[:, 20:] = (250, 0, 0)
    pictures.save_pixels(tmp_path / "halves.png", pixels)
    status, out, _ = run(
        *["generate", "calm, warm:1.4", "--avoid", "busy", "--palette", "#223344,#fff:0.4"],
        *["--sketch", tmp_path / "halves.png", "--size", "64x128", "--seed", 9],
        *["--steps", 2, "--temperature", 1.25, "--composition-temperature", 0.5],
        *["--guidance", 3, "--top-k", 40, "--top-p", 0.9, "--diversity", -0.5],
        *["--palette-size", 100, "--jitter", 0.1, "--refine", 0.2, "--palette-strength", 1.5],
        *["--constructed", 1, "--zoom", 0.5, "--threads", 1, "--out", tmp_path],
        *["--format", "webp", "--quality", 80, "--json", "--sheet", tmp_path / "sheet.jpg"],
    )
    assert status == 0
    data = json.loads(out)
    (made,) = data["pictures"]
    record = pictures.open_picture(Path(made["file"]))
    assert Path(made["file"]).suffix == ".webp"
    recipe = record.recipe
    assert made["recipe"] == recipe.digest()
    assert recipe.words == (Word(text="calm"), Word(text="warm", weight_percent=140))
    assert recipe.avoid == (Word(text="busy"),)
    assert recipe.palette is not None
    assert [(s.colour, s.share_milli) for s in recipe.palette] == [
        ("#223344", 500),
        ("#ffffff", 400),
    ]
    assert recipe.canvas == Canvas(width=64, height=128)
    assert recipe.seed == 9
    assert recipe.sampling == Sampling(
        steps=2,
        temperature_milli=1250,
        composition_temperature_milli=500,
        guidance_milli=3000,
        top_k=40,
        top_p_milli=900,
        diversity_milli=-500,
        palette_size=100,
        jitter_milli=100,
        refine_milli=200,
        palette_strength_milli=1500,
        constructed_milli=1000,
        zoom_milli=500,
    )
    assert recipe.sketch is not None
    assert recipe.sketch.cells[0] == "#000000"
    assert recipe.sketch.cells[-1] == "#fa0000"
    assert pictures.open_image(tmp_path / "sheet.jpg").shape[2] == 3
    assert data["words"][0]["attributes"] == {"busyness": -0.8, "dynamism": -0.7}


def test_sheet_and_palette_of_a_picture(run: Run, tmp_path: Path, picture: Path) -> None:
    out = tmp_path / "out"
    status, text, _ = run(
        "generate", "--count", 5, "--seed", 1, "--out", out, "--palette-from", picture,
        "--contact-sheet", *SMALL,
    )  # fmt: skip
    assert status == 0
    assert text.splitlines()[-1] == str(out / "contact-sheet.png")
    assert pictures.open_image(out / "contact-sheet.png").shape == (588, 816, 3)
    assert pictures.open_picture(out / "free-3.png").recipe.palette is not None


def test_without_a_seed_chance_chooses(run: Run, tmp_path: Path) -> None:
    seeds = {
        json.loads(run("generate", "--json", "--out", tmp_path, *SMALL)[1])["pictures"][0]["seed"]
        for _ in range(2)
    }
    assert len(seeds) == 2


def test_recipe_can_be_left_out(run: Run, tmp_path: Path) -> None:
    _, out, _ = run("generate", "calm", "--no-recipe", "--out", tmp_path, *SMALL)
    refused(run("info", out.strip()), 1, "has no ArtDesk recipe in it")


def test_pictures_folder_is_the_default(run: Run, own_home: Path) -> None:
    _, out, _ = run("generate", "calm", "--seed", 1, *SMALL)
    assert Path(out.strip()) == own_home / "pictures" / "calm-1.png"


def test_unknown_words_are_said(run: Run, tmp_path: Path) -> None:
    status, _, err = run("generate", "calm, xqzzt", "--out", tmp_path, *SMALL)
    assert status == 0
    assert "“xqzzt” is not a known word" in err


USAGE = {
    "empty": ([""], "The prompt is empty: write words such as"),
    "blank": ([" , ;\n"], "The prompt is empty"),
    "empty avoid": (["--avoid", ""], "--avoid: the prompt is empty"),
    "too long": (["calm " * 2000], "The prompt is 10,000 characters long: use at most 2,000"),
    "emoji": (["😀🎨"], "The character “😀” is not part of a word"),
    "digits": (["12345"], "“12345” has no letters"),
    "symbols": (["%$#"], "is not part of a word"),
    "zero byte": (["calm\0"], "U+0000"),
    "surrogate": (["calm\udcff"], "U+DCFF"),
    "bracket": (["(calm"], "that is not closed"),
    "weight": (["calm:9"], "The weight 9 of “calm” is out of range: use 0.1 to 2.0"),
    "weight text": (["calm:x"], "The weight “x” of “calm” is not a number"),
    "many words": ([",".join(f"word{n}" for n in range(30))], "has 30 words: use at most 24"),
    "size odd": (["--size", "250x256"], "--size: width is 250: it must be a multiple of 8 from 64"),
    "size large": (["--size", "256x2056"], "height is 2056: it must be a multiple of 8"),
    "size small": (["--size", "8"], "width is 8"),
    "size text": (["--size", "big"], "“big” is not a size: write it like 512x384"),
    "size negative": (["--size=-64x64"], "is not a size"),
    "size huge": (["--size", "9" * 50], "is not a size"),
    "steps": (["--steps", "65"], "--steps: 65 is out of range: use 1 to 64"),
    "steps text": (["--steps", "many"], "“many” is not a whole number: use 1 to 64"),
    "steps part": (["--steps", "1.5"], "“1.5” is not a whole number"),
    "steps huge": (["--steps", "9" * 5000], "is not a whole number"),
    "temperature": (["--temperature", "0"], "--temperature: 0 is out of range: use 0.1 to 2"),
    "temperature nan": (["--temperature", "nan"], "“nan” is not a number: use 0.1 to 2"),
    "temperature inf": (["--temperature", "inf"], "is not a number"),
    "temperature power": (["--temperature", "1e300"], "is not a number"),
    "guidance": (["--guidance", "8.1"], "8.1 is out of range: use 0 to 8"),
    "diversity": (["--diversity=-2"], "-2 is out of range: use -1 to 1"),
    "top-p": (["--top-p", "0"], "0 is out of range: use 0.01 to 1"),
    "top-k": (["--top-k", "513"], "513 is out of range: use 0 to 512"),
    "palette size": (["--palette-size", "3"], "use 16 to 512"),
    "seed": (["--seed", "-1"], "-1 is out of range: use 0 to 4294967295"),
    "seed large": (["--seed", "4294967296"], "use 0 to 4294967295"),
    "seed text": (["--seed", "lucky"], "“lucky” is not a whole number"),
    "seed digits": (["--seed", "٣"], "is not a whole number"),
    "count": (["--count", "0"], "0 is out of range: use 1 to 999"),
    "palette": (["--palette", "red"], "“red” is not a colour: write it like #2a6f97"),
    "palette empty": (["--palette", ""], "has 0 colours: use 1 to 5"),
    "palette six": (["--palette", "#000," * 6], "has 6 colours: use 1 to 5"),
    "palette share": (["--palette", "#000:7"], "7 is out of range: use 0.001 to 1"),
    "palette twice": (["--palette", "#000", "--palette-from", "a.png"], "not allowed with"),
    "format": (["--format", "gif"], "invalid choice: 'gif'"),
    "sheet": (["--sheet", "sheet.txt"], "is no picture file: end the name in .png"),
    "threads": (["--threads", "0"], "use 1 to 64"),
    "unknown option": (["--wild"], "nrecognized arguments: --wild"),
    "two prompts": (["calm", "blue"], "nrecognized arguments: blue"),
    "no value": (["--seed"], "expected one argument"),
}


@pytest.mark.parametrize(("arguments", "message"), USAGE.values(), ids=USAGE.keys())
def test_wrong_usage(run: Run, tmp_path: Path, arguments: list[str], message: str) -> None:
    refused(run("generate", "--out", tmp_path / "out", *arguments), 2, message)
    assert not (tmp_path / "out").exists()


def test_words_that_nobody_knows(run: Run, tmp_path: Path) -> None:
    refused(
        run("generate", "xqzzt, bbbrrr", "--out", tmp_path, *SMALL), 1,
        "The model does not know “xqzzt”, “bbbrrr”: use words such as calm",
    )  # fmt: skip
    assert not list(tmp_path.iterdir())


def test_seeds_that_run_out(run: Run, tmp_path: Path) -> None:
    refused(
        run("generate", "--seed", 2**32 - 2, "--count", 3, "--out", tmp_path), 1,
        "There are not 3 seeds from 4294967294 on: use a smaller seed",
    )  # fmt: skip


def test_output_folder_is_a_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        result = run("generate", "calm", "--out", folder, *SMALL)
        refused(result, 1, "choose another folder")
    assert (tmp_path / "file").read_text() == "mine"


def test_output_folder_may_not_be_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generate_command.os, "access", lambda *_: False)
    result = run("generate", "calm", "--out", tmp_path, *SMALL)
    refused(result, 1, f"You may not write into {tmp_path}: choose another folder with --out")


def test_sheet_without_a_folder(run: Run, tmp_path: Path) -> None:
    sheet = tmp_path / "none" / "sheet.png"
    result = run("generate", "calm", "--out", tmp_path / "out", "--sheet", sheet, *SMALL)
    refused(result, 1, "There is no folder", "for the sheet: make it or choose another")


def test_sheet_of_very_many() -> None:
    few, many = (
        contact_sheet([np.zeros((64, 128, 3), np.uint8)] * count, ["1"] * count)
        for count in (1, 999)
    )
    assert few.shape == (300, 280, 3)
    assert many.shape[0] * many.shape[1] < images.MAX_PIXELS


def test_disk_fills_up(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic.os, "write", full)
    result = run("generate", "calm", "--out", tmp_path, *SMALL)
    refused(result, 1, "the disk is full: free some space or choose another folder")
    assert not list(tmp_path.iterdir())


def test_pictures_to_read_that_are_none(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("hello")
    for option in ("--sketch", "--palette-from"):
        for name, message in (("text.png", "is no PNG"), ("none.png", "There is no file")):
            result = run("generate", option, tmp_path / name, "--out", tmp_path / "out", *SMALL)
            refused(result, 1, message)


# info and render


def test_info(run: Run, picture: Path) -> None:
    status, out, _ = run("info", picture)
    assert status == 0
    for part in ("calm, blue", "64x72", "8x9", "Toy"):
        assert part in out
    data = json.loads(run("info", picture, "--json")[1])
    assert data["format"] == "artdesk-picture"
    assert data["recipe"]["seed"] == 7


def test_colours_used_are_those_of_the_picture(run: Run, picture: Path, tmp_path: Path) -> None:
    stored = pictures.open_picture(picture)
    blue = (Swatch(colour="#0000ff", share_milli=80), Swatch(colour="#777777", share_milli=920))
    pixels = np.full_like(stored.pixels, 200)
    pixels[: len(pixels) // 4] = 0
    path = tmp_path / "grey.png"
    pictures.save_picture(path, replace(stored, palette=blue, pixels=pixels))
    lines = dict(line.split("  ", 1) for line in run("info", path)[1].splitlines())
    assert lines["Colours used"].strip() == "#c8c8c8:0.75, #000000:0.25"
    assert lines["Colours asked"].strip() == "#0000ff:0.08, #777777:0.92"
    path.write_bytes(path.read_bytes()[:-30])
    assert "cut off" in run("info", path)[1]


def test_info_needs_no_model(
    run: Run, picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARTDESK_BUNDLE", str(tmp_path / "none"))
    assert run("info", picture)[0] == 0


def test_info_of_a_bundle(run: Run, toy_bundle_folder: Path, tmp_path: Path) -> None:
    write_pack(open_bundle(toy_bundle_folder), tmp_path / "toy.artpack")
    for path in (toy_bundle_folder, tmp_path / "toy.artpack"):
        assert "decoder.onnx" in run("info", path)[1]
    data = json.loads(run("info", tmp_path / "toy.artpack", "--json")[1])
    assert data["hash"] == open_bundle(toy_bundle_folder).hash


def test_render_gives_the_same_file_both_ways(run: Run, picture: Path, tmp_path: Path) -> None:
    status, out, _ = run("render", picture, "-o", tmp_path / "a.png")
    assert (status, out) == (0, f"{tmp_path / 'a.png'}\n")
    assert (tmp_path / "a.png").read_bytes() == picture.read_bytes()
    status, out, _ = run("render", picture, "--resample", "-o", tmp_path / "b.png")
    assert status == 0
    assert "All 72 tokens agree with the stored ones." in out
    assert (tmp_path / "b.png").read_bytes() == picture.read_bytes()
    data = json.loads(run("render", picture, "--resample", "--json", "-o", tmp_path / "c.jpg")[1])
    assert data["different_tokens"] == 0


def test_nothing_is_overwritten_unasked(run: Run, picture: Path, tmp_path: Path) -> None:
    taken, sheet = tmp_path / "a.png", tmp_path / "sheet.png"
    for path in (taken, sheet):
        path.write_bytes(b"mine")
    refused(run("render", picture, "-o", taken), 1, "there already")
    small = ("generate", "calm", "--seed", 1, "--out", tmp_path / "out", *SMALL)
    refused(run(*small, "--sheet", sheet), 1, "there already")
    assert taken.read_bytes() == sheet.read_bytes() == b"mine"
    assert run("render", picture, "-o", taken, "--overwrite")[0] == 0
    assert taken.read_bytes() == picture.read_bytes()
    assert run(*small, "--sheet", sheet, "--overwrite")[0] == 0
    assert pictures.open_image(sheet).shape[2] == 3
    names = [Path(run(*small, "--sheet")[1].splitlines()[-1]).name for _ in range(2)]
    assert names == ["contact-sheet.png", "contact-sheet-2.png"]


def test_render_of_a_recipe(run: Run, picture: Path, tmp_path: Path) -> None:
    recipe = pictures.read_record(picture).recipe
    (tmp_path / "a.json").write_text(recipe.to_json(), encoding="utf-8")
    assert run("render", tmp_path / "a.json", "-o", tmp_path / "a.png")[0] == 0
    assert (tmp_path / "a.png").read_bytes() == picture.read_bytes()
    assert "calm, blue" in run("info", tmp_path / "a.json")[1]
    assert json.loads(run("info", tmp_path / "a.json", "--json")[1])["seed"] == 7


def test_render_of_a_jpeg(run: Run, tmp_path: Path) -> None:
    run("generate", "calm", "--seed", 3, "--format", "jpeg", "--out", tmp_path, *SMALL)
    status, out, _ = run("render", tmp_path / "calm-3.jpg", "--resample", "-o", tmp_path / "a.png")
    assert status == 0
    assert "agree" in out


def test_truncated_picture_is_made_again(run: Run, picture: Path, tmp_path: Path) -> None:
    whole = picture.read_bytes()
    cut = tmp_path / "cut.png"
    cut.write_bytes(whole[: len(whole) - 1500])
    assert run("render", cut, "-o", tmp_path / "a.png")[0] == 0
    assert (tmp_path / "a.png").read_bytes() == whole
    cut.write_bytes(whole[:200])
    refused(run("render", cut, "-o", tmp_path / "b.png"), 1, "cut.png")


def test_tokens_that_disagree_are_said(run: Run, picture: Path, tmp_path: Path) -> None:
    stored = pictures.open_picture(picture)
    stored.tokens[0, 0] ^= 1
    pictures.save_picture(tmp_path / "other.png", stored)
    status, out, err = run("render", tmp_path / "other.png", "--resample", "-o", tmp_path / "a.png")
    assert status == 1
    assert "1 of 72 tokens differ" in out
    assert "run “artdesk check”" in err


def test_picture_of_another_model(
    run: Run, picture: Path, tmp_path: Path, toy_bundle_folder: Path
) -> None:
    other = open_bundle(toy_bundle_folder)
    manifest = other.manifest
    write_bundle(
        tmp_path / "other", other.data, name="Other", licence="CC0-1.0", models=manifest.models
    )
    status, _, err = run(
        "render", picture, "--bundle", tmp_path / "other", "-o", tmp_path / "a.png"
    )
    assert status == 0
    assert "was made with the model “Toy”" in err
    assert "name its model with --bundle" in err


def png(path: Path, text: str | None) -> Path:
    info = PngImagePlugin.PngInfo()
    if text is not None:
        info.add_itxt("artdesk", text)
    Image.new("RGB", (64, 64)).save(path, pnginfo=info)
    return path


@pytest.mark.parametrize("command", ["info", "render"])
def test_bad_files(run: Run, tmp_path: Path, picture: Path, command: str) -> None:
    data = json.loads(run("info", picture, "--json")[1])
    newer = json.dumps(data | {"version": 3})
    recipe = Recipe().to_json()
    cases = [
        (png(tmp_path / "none.png", None), "has no ArtDesk recipe in it: choose"),
        (png(tmp_path / "bad.png", "{"), "recipe stored in bad.png is damaged: use another copy"),
        (png(tmp_path / "new.png", newer), "made by a newer ArtDesk (picture version 3"),
        (tmp_path / "missing.png", "There is no file"),
        (tmp_path / "missing.json", "There is no file"),
    ]
    for name, text, message in [
        ("text.png", b"hello", "is no PNG, JPEG or WebP"),
        ("empty.png", b"", "is no PNG, JPEG or WebP"),
        ("bad.json", b"{", "is damaged and cannot be read"),
        ("list.json", b"[]", "cannot be read"),
        ("bytes.json", b"\xff\xfe", "is no text: choose a recipe"),
        ("other.json", b'{"a": 1}', "This is not an ArtDesk recipe"),
        ("new.json", recipe.replace('"version":2', '"version":7').encode(), "newer ArtDesk"),
        ("steps.json", recipe.replace('"steps":10', '"steps":99').encode(), "steps is 99"),
        ("field.json", recipe.replace('"steps"', '"stops"').encode(), "lacks the field steps"),
    ]:
        (tmp_path / name).write_bytes(text)
        cases.append((tmp_path / name, message))
    for path, message in cases:
        more = ["-o", tmp_path / "out.png"] if command == "render" else []
        refused(run(command, path, *more), 1, message)
    assert not (tmp_path / "out.png").exists()


def test_render_usage(run: Run, picture: Path, tmp_path: Path) -> None:
    refused(run("render", picture), 2, "required: -o/--output")
    refused(run("render", picture, "-o", "a.tiff"), 2, "is no picture file")
    refused(run("render", picture, "-o", tmp_path / "no" / "a.png"), 1, "folder does not exist")
    refused(run("info"), 2, "required: FILE")
    refused(run("paint"), 2, "invalid choice: 'paint'")
    refused(run(), 2, "required: COMMAND")


# check and bench


def test_check(run: Run, tmp_path: Path, toy_bundle_folder: Path) -> None:
    status, out, _ = run("check")
    assert status == 0
    assert "whole and unaltered" in out
    bundle = open_bundle(toy_bundle_folder)
    known = fingerprint(Engine(bundle, 1))
    for metrics, code, text in [
        ({METRIC: known}, 0, "the same"),
        ({METRIC: {"tokens": "x"}}, 1, "DIFFERENT"),
        ({}, 0, "not recorded in the model"),
    ]:
        write_bundle(tmp_path / "b", bundle.data, name="Toy", licence="CC0-1.0", metrics=metrics)
        status, out, _ = run("check", "--bundle", tmp_path / "b")
        assert status == code
        assert out.strip().endswith(text)
    report = json.loads(run("check", "--json")[1])
    assert report["same_with_one_and_two_threads"] is True
    assert report["self_test"] == known


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda p: (p / "decoder.onnx").unlink(), "The model bundle lacks decoder.onnx"),
    "altered": (
        lambda p: (p / "sketch.npz").write_bytes(b"x" * (p / "sketch.npz").stat().st_size),
        "sketch.npz in the model bundle was altered or is damaged",
    ),
    "extra": (lambda p: (p / "more.onnx").write_bytes(b"x"), "holds the unknown file 'more.onnx'"),
    "manifest": (lambda p: (p / "manifest.json").unlink(), "has no manifest.json"),
    "nothing": (shutil.rmtree, "There is no model bundle at"),
}


@pytest.mark.parametrize(("fault", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_bad_bundles(
    run: Run,
    tmp_path: Path,
    toy_bundle_folder: Path,
    fault: Callable[[Path], object],
    message: str,
) -> None:
    folder = tmp_path / "bundle"
    shutil.copytree(toy_bundle_folder, folder)
    fault(folder)
    for command in (["check"], ["generate", "calm", "--out", tmp_path / "out"], ["bench"]):
        refused(run(*command, "--bundle", folder), 1, message)


def test_bundle_without_a_graph(run: Run, tmp_path: Path, toy_bundle_folder: Path) -> None:
    """Whole by its manifest, but not what the engine needs."""
    data = dict(open_bundle(toy_bundle_folder).data)
    for name, content in (("detail.onnx", None), ("detail.onnx", b"junk"), ("tables.npz", b"junk")):
        files = data | ({} if content is None else {name: content})
        if content is None:
            del files[name]
        write_bundle(tmp_path / "b", files, name="Toy", licence="CC0-1.0")
        refused(run("check", "--bundle", tmp_path / "b"), 1, name.split(".")[0])


def test_bench(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("artdesk.cli.bench.PROBE_ROUNDS", 1)
    monkeypatch.setattr("artdesk.cli.bench._recipe", lambda _engine, _side, seed: Recipe(
        words=(Word(text="calm"),), canvas=Canvas(width=64, height=64), seed=seed
    ))  # fmt: skip
    status, out, err = run("bench", "--rounds", 2, "--json", "--threads", 1)
    assert status == 0, err
    data = json.loads(out)
    names = [row["what"] for row in data["table"]]
    assert names[:4] == ["256x256", "live preview", "512x512", "1024x1024"]
    assert names[4:7] == ["2048x2048", "re-roll of a quarter", "cancel at 512x512"]
    assert {"engine ready", "first picture"} <= set(names)
    assert all(0 <= row["median"] <= row["p95"] for row in data["table"])
    assert data["machine"]["threads"] == 1
    probe = {"ready": 0.5, "first": 0.75, "memory": None}
    monkeypatch.setattr("artdesk.cli.bench._probe_child", lambda *_: probe)
    status, out, _ = run("bench", "--rounds", 1, "--threads", 1)
    assert "| 256x256 " in out
    assert "| first picture        |   0.750 s |" in out
    assert "memory" not in out


# the program as a whole


def program(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "artdesk", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload, no-any-return]


@pytest.fixture
def environment(toy_bundle_folder: Path, own_home: Path) -> dict[str, str]:
    return dict(os.environ, ARTDESK_BUNDLE=str(toy_bundle_folder), ARTDESK_HOME=str(own_home))


def test_program(environment: dict[str, str], tmp_path: Path) -> None:
    done = program("generate", "calm", "--seed", 1, "--out", tmp_path, *SMALL, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{tmp_path / 'calm-1.png'}\n"
    done = program("generate", "", env=environment)
    assert done.returncode == 2
    assert "The prompt is empty" in done.stderr
    done = program("generate", "--help", env=environment)
    assert done.returncode == 0
    assert "--composition-temperature" in done.stdout


def test_a_poor_console(environment: dict[str, str], tmp_path: Path) -> None:
    """A console that cannot show a letter is no reason to fail."""
    poor = environment | {"PYTHONIOENCODING": "ascii:strict", "PYTHONUTF8": "0"}
    done = program("generate", "calm, тёплый", "--out", tmp_path, *SMALL, env=poor)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    done = program("info", next(tmp_path.iterdir()), env=poor)
    assert done.returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_interrupt_keeps_what_is_finished(environment: dict[str, str], tmp_path: Path) -> None:
    command = ["generate", "calm", "--count", "999", "--seed", "1", "--out", str(tmp_path), *SMALL]
    with subprocess.Popen(
        [sys.executable, "-m", "artdesk", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.readline()
        child.send_signal(signal.SIGINT)
        err = child.communicate(timeout=60)[1]
    assert child.returncode == 130
    assert "Cancelled: " in err
    assert "Traceback" not in err
    finished = [path for path in tmp_path.iterdir() if path.suffix == ".png"]
    assert len(finished) >= 1
    for path in finished:
        pictures.open_picture(path)


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_reader_that_goes_away(environment: dict[str, str], tmp_path: Path) -> None:
    script = '"$0" -m artdesk generate --count 9 --out "$@" | head -1'
    done = subprocess.run(
        ["/bin/sh", "-c", script, sys.executable, tmp_path, *SMALL],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


@pytest.mark.expects_log("unexpected error on the command line")
def test_what_nobody_foresaw(run: Run, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(arguments: object) -> int:
        raise ZeroDivisionError("deep inside")

    monkeypatch.setattr("artdesk.cli.info.run", fail)
    refused(run("info", "a.png"), 1, "Something unexpected went wrong (ZeroDivisionError)", "log")
    assert "deep inside" in (own_home / "log" / "artdesk.log").read_text()
