"""`artdesk edit` on real files of the toy bundle."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from artdesk.bundle.reader import open_bundle
from artdesk.bundle.writer import write_bundle
from artdesk.cli.main import main
from artdesk.pictures import files as pictures

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, toy_bundle_folder: Path
) -> Run:
    monkeypatch.setenv("ARTDESK_BUNDLE", str(toy_bundle_folder))

    def call(*arguments: object) -> tuple[int, str, str]:
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return status, captured.out, captured.err

    return call


@pytest.fixture
def picture(run: Run, tmp_path: Path) -> Path:
    status, out, _ = run(
        *("generate", "calm, blue", "--seed", 7, "--out", tmp_path / "made"),
        *("--size", "128x96", "--steps", "3", "--threads", "1"),
    )
    assert status == 0
    return Path(out.strip())


def test_a_region_is_drawn_again_and_again_from_its_own_file(
    run: Run, picture: Path, tmp_path: Path
) -> None:
    out = tmp_path / "b.png"
    status, said, _ = run(
        *("edit", picture, "--region", "0,0,32,24; 100,80,28,200", "--seed", 3, "-o", out),
        *("--strength", 0.8, "--words", "red, zigzaggy", "--threads", 1),
    )
    assert (status, said.strip()) == (0, str(out))
    old, new = pictures.open_picture(picture), pictures.open_picture(out)
    changed = old.tokens != new.tokens
    may = np.zeros((12, 16), np.bool_)
    may[0:3, 0:4] = True
    may[10:12, 12:16] = True
    assert changed.any()
    assert not changed[~may].any()
    assert run("render", out, "--resample", "--threads", 2, "-o", tmp_path / "c.png")[0] == 0
    again = pictures.open_picture(tmp_path / "c.png")
    np.testing.assert_array_equal(again.tokens, new.tokens)
    np.testing.assert_array_equal(again.pixels, new.pixels)
    _, text, _ = run("info", out)
    assert "20 of 192 cells may change" in text
    assert "0.8, 16 cells" in text
    assert "red, zigzaggy" in text
    assert json.loads(run("info", out, "--json")[1])["recipe"]["edit"]["seed"] == 3


@pytest.mark.parametrize("size", [(128, 96), (16, 12)])
def test_a_mask_picture_says_where(
    run: Run, picture: Path, tmp_path: Path, size: tuple[int, int]
) -> None:
    grey = Image.new("L", size, 0)
    grey.paste(255, (0, 0, size[0] // 2, size[1] // 2))
    grey.save(tmp_path / "mask.png")
    status, said, _ = run(
        *("edit", picture, "--mask", tmp_path / "mask.png", "--seed", 1),
        *("-o", tmp_path / "b.png", "--json"),
    )
    assert status == 0
    entry = json.loads(said)["pictures"][0]
    assert entry["seed"] == 1
    old, new = pictures.read_record(picture), pictures.read_record(tmp_path / "b.png")
    changed = old.tokens != new.tokens
    assert entry["changed_tokens"] == changed.sum() > 0
    assert not changed[6:].any()
    assert not changed[:, 8:].any()


def test_tries_have_seeds_in_a_row(run: Run, picture: Path, tmp_path: Path) -> None:
    status, said, _ = run(
        *("edit", picture, "--region", "0,0,64,64", "--seed", 4, "--tries", 2),
        *("-o", tmp_path / "try.png"),
    )
    assert status == 0
    assert [Path(line).name for line in said.split()] == ["try-4.png", "try-5.png"]
    one, two = (pictures.read_record(tmp_path / f"try-{n}.png").tokens for n in (4, 5))
    assert (one != two).any()


def test_nothing_varied_is_the_picture_itself(run: Run, picture: Path, tmp_path: Path) -> None:
    for number, part in enumerate(("detail", "composition")):
        out = tmp_path / f"{number}.png"
        assert run("edit", picture, "--vary", 0, "--part", part, "-o", out)[0] == 0
        new, old = pictures.open_picture(out), pictures.open_picture(picture)
        np.testing.assert_array_equal(new.pixels, old.pixels)
        again = ["edit", picture, "--vary", 1, "--part", part, "--seed", 1, "-o", out]
        code, _, err = run(*again)
        assert code == 1
        assert "is there already: choose another name or add --overwrite" in err
        assert run(*again, "--overwrite")[0] == 0
        assert (pictures.open_picture(out).tokens != old.tokens).any()


def test_more_canvas_and_tiles_reproduce(run: Run, picture: Path, tmp_path: Path) -> None:
    for number, how in enumerate((["--extend", "64,0,0,32"], ["--seamless", "both"])):
        out, again = tmp_path / f"{number}.png", tmp_path / f"{number}b.png"
        assert run("edit", picture, *how, "--seed", 1, "-o", out)[0] == 0
        assert run("render", out, "--resample", "--threads", 2, "-o", again)[0] == 0
        new = pictures.open_picture(out)
        np.testing.assert_array_equal(pictures.open_picture(again).pixels, new.pixels)
    assert pictures.open_picture(tmp_path / "0.png").pixels.shape == (128, 192, 3)
    assert "joins across and down" in run("info", tmp_path / "1.png")[1]


def test_explaining_and_swapping(run: Run, picture: Path, tmp_path: Path) -> None:
    grey = tmp_path / "map.png"
    status, said, _ = run("explain", picture, "--cell", "127,95", "--map", grey, "--json")
    assert status == 0
    data = json.loads(said)
    assert [word["text"] for word in data["words"]] == ["calm", "blue"]
    assert len(data["least_sure"]) == 5
    assert pictures.open_image(grey).shape == (96, 128, 3)
    assert "Least sure" in run("explain", picture)[1]
    codes = [entry["code"] for entry in data["cell"]["alternatives"]]
    rank = next(n for n, code in enumerate(codes, start=1) if code != data["cell"]["code"])
    out = tmp_path / "b.png"
    assert run("edit", picture, "--swap", f"127,95,{rank}", "-o", out)[0] == 0
    old, new = pictures.read_record(picture), pictures.read_record(out)
    assert (old.tokens != new.tokens).sum() == 1
    assert new.tokens[11, 15] == codes[rank - 1]
    code, _, err = run("explain", picture, "--cell", "128,0")
    assert code == 1
    assert "lies outside the picture of 128 by 96" in err


def test_recolouring_and_painting_over(run: Run, picture: Path, tmp_path: Path) -> None:
    out = tmp_path / "red.png"
    assert run("edit", picture, "--recolour", "#a01010,#f0e0d0", "-o", out)[0] == 0
    old, new = pictures.open_picture(picture), pictures.open_picture(out)
    np.testing.assert_array_equal(new.tokens, old.tokens)
    assert (new.pixels != old.pixels).any()
    assert "#a01010" in run("info", out)[1]
    plain = tmp_path / "photo.png"
    Image.fromarray(old.pixels).save(plain)
    command = ["generate", "red", "--from", plain, "--size", "96x64", "--steps", 3, "--seed", 1]
    for strength, folder in ((0, "none"), (0.4, "some")):
        status = run(*command, "--strength", strength, "--count", 2, "--out", tmp_path / folder)[0]
        assert status == 0
    none = [pictures.read_record(file).tokens for file in sorted((tmp_path / "none").iterdir())]
    some = [pictures.read_record(file).tokens for file in sorted((tmp_path / "some").iterdir())]
    np.testing.assert_array_equal(none[0], none[1])
    assert all(0 < (tokens != none[0]).sum() <= 39 for tokens in some)
    assert (some[0] != some[1]).any()
    code, _, err = run("generate", "red", "--strength", 1, "--out", tmp_path / "c")
    assert code == 1
    assert "--strength belongs to --from" in err


def test_crossing(run: Run, picture: Path, tmp_path: Path) -> None:
    run("generate", "red", "--seed", 2, "--out", tmp_path, "--size", "64", "--steps", 3)
    out = tmp_path / "b.png"
    command = ["cross", "--composition", picture, "--palette", tmp_path / "red-2.png"]
    assert run(*command, "--seed", 1, "-o", out)[0] == 0
    new = pictures.read_record(out)
    assert new.palette == pictures.read_record(tmp_path / "red-2.png").palette
    assert new.recipe.canvas.width == 128
    assert "is there already" in run(*command, "-o", out)[2]


WRONG = {
    "border": (["--extend", "8,8"], 2, "write left,top,right,bottom"),
    "odd border": (["--extend", "0,0,12,0"], 1, "use multiples of 8"),
    "tile": (["--seamless", "round"], 2, "invalid choice"),
    "no cell": (["--swap", "1,2"], 2, "write x,y,rank"),
    "rank": (["--swap", "1,2,9"], 2, "out of range"),
    "cell outside": (["--swap", "128,2,1"], 1, "There is no cell 16,0"),
    "words of a tile": (["--seamless", "both", "--words", "red"], 1, "leave it out"),
    "neither": ([], 2, "required"),
    "both": (["--region", "0,0,8,8", "--vary", "1"], 2, "not allowed with"),
    "no region": (["--region", "0,0,8"], 2, "write x,y,width,height in pixels"),
    "no area": (["--region", "0,0,0,8"], 2, "has no area"),
    "negative": (["--region", "-8,0,8,8"], 2, "expected one argument"),
    "outside": (["--region", "128,0,8,8"], 1, "lies outside the picture of 128 by 96"),
    "strength": (["--region", "0,0,8,8", "--strength", "1.1"], 2, "out of range"),
    "strength of a variation": (["--vary", "1", "--strength", "1"], 1, "leave it out"),
    "part of a region": (["--region", "0,0,8,8", "--part", "detail"], 1, "leave it out"),
    "words": (["--region", "0,0,8,8", "--words", ""], 2, "prompt is empty"),
    "unreadable mask": (["--mask", "missing.png"], 1, "missing.png"),
    "seed": (["--vary", "1", "--seed", "-1"], 2, "out of range"),
}


@pytest.mark.parametrize(("arguments", "status", "message"), WRONG.values(), ids=WRONG.keys())
def test_wrong_usage(
    run: Run, picture: Path, tmp_path: Path, arguments: list[str], status: int, message: str
) -> None:
    out = tmp_path / "b.png"
    code, said, err = run("edit", picture, *arguments, "-o", out)
    assert (code, said) == (status, "")
    assert message in err
    assert err.count("\n") == 1, err
    assert not out.exists()


@pytest.mark.parametrize(
    ("size", "shade", "message"),
    [((100, 96), 255, "has 100 by 96 pixels: it needs 128 by 96"), ((128, 96), 9, "is dark")],
)
def test_masks_that_do_not_fit(
    run: Run, picture: Path, tmp_path: Path, size: tuple[int, int], shade: int, message: str
) -> None:
    Image.new("L", size, shade).save(tmp_path / "mask.png")
    code, _, err = run("edit", picture, "--mask", tmp_path / "mask.png", "-o", tmp_path / "b.png")
    assert code == 1
    assert message in err


def test_the_picture_itself_is_not_overwritten(run: Run, picture: Path) -> None:
    before = picture.read_bytes()
    code, _, err = run("edit", picture, "--vary", 1, "-o", picture, "--overwrite")
    assert code == 1
    assert "is the picture itself: choose another name" in err
    assert picture.read_bytes() == before


def test_pictures_of_another_model_need_a_word(
    run: Run, picture: Path, tmp_path: Path, toy_bundle_folder: Path
) -> None:
    toy = open_bundle(toy_bundle_folder)
    models = toy.manifest.models
    write_bundle(tmp_path / "other", toy.data, name="Other", licence="CC0-1.0", models=models)
    command = ["edit", picture, "--vary", 1, "--bundle", tmp_path / "other"]
    code, _, err = run(*command, "-o", tmp_path / "b.png")
    assert code == 1
    assert "was made with the model “Toy”" in err
    assert "name its model with --bundle" in err
    code, _, err = run(*command, "--other-model", "-o", tmp_path / "b.png")
    assert code == 0
    assert err.startswith("Note: ")
