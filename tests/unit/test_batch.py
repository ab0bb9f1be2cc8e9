"""Batches: all combinations, nothing twice, nothing lost, whatever stops them."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from artdesk.cli.main import main
from artdesk.core.recipe import Canvas, Recipe, Word
from artdesk.pictures import files as pictures

Run = Callable[..., tuple[int, str, str]]
ROOT = Path(__file__).resolve().parents[2]
SMALL = ("--size", "64", "--steps", "2")


@pytest.fixture
def run(toy_bundle_folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> tuple[int, str, str]:
        bundle = ["--bundle", str(toy_bundle_folder)]
        status = main(["batch", *map(str, arguments), *bundle])
        output = capsys.readouterr()
        return status, output.out, output.err

    return call


def test_every_combination_is_drawn_with_its_settings(run: Run, tmp_path: Path) -> None:
    arguments = ("warm|cool, {red,blue}", "--seeds", "3-4", "--vary", "guidance=1,3")
    status, output, _ = run(*arguments, *SMALL, "--out", tmp_path, "--sheet")
    assert status == 0
    names = sorted(path.name for path in tmp_path.glob("0*.png"))
    assert len(names) == 2 * 2 * 2 * 2
    recipes = [pictures.read_record(tmp_path / name).recipe for name in names]
    said = {(tuple(w.text for w in r.words), r.sampling.guidance_milli, r.seed) for r in recipes}
    assert len(said) == 16
    assert recipes[0].words[0].text == "warm"
    assert [recipe.seed for recipe in recipes[:2]] == [3, 4]
    assert recipes[2].sampling.guidance_milli == 3000
    assert (tmp_path / "batch-sheet.png").is_file()
    assert output.splitlines()[-1] == str(tmp_path / "batch-sheet.png")


def test_a_picture_of_a_batch_is_that_of_generate(
    run: Run, tmp_path: Path, toy_bundle_folder: Path
) -> None:
    run("red", "--seeds", "5", *SMALL, "--out", tmp_path / "batch")
    single = tmp_path / "single"
    command = ["generate", "red", "--seed", "5", *SMALL, "--out", str(single)]
    assert main([*command, "--bundle", str(toy_bundle_folder)]) == 0
    (first,), (second,) = (tmp_path / "batch").glob("*.png"), single.glob("*.png")
    assert first.read_bytes() == second.read_bytes()


def test_the_same_command_draws_nothing_twice(run: Run, tmp_path: Path) -> None:
    arguments = ("red|blue", "--seeds", "1-3", *SMALL, "--out", tmp_path)
    run(*arguments)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    lost = sorted(before)[2]
    lost.unlink()
    status, output, notes = run(*arguments)
    assert (status, output.split()) == (0, [str(lost)])
    assert "1 of 6 pictures were missing" in notes
    after = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert {path for path in before if after[path] != before[path]} == {lost}


def test_a_folder_of_another_batch_is_refused(run: Run, tmp_path: Path) -> None:
    run("red", "--seeds", "1", *SMALL, "--out", tmp_path)
    status, output, error = run("blue", "--seeds", "1", *SMALL, "--out", tmp_path)
    assert (status, output) == (1, "")
    assert "another batch" in error
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["{red"], "curly bracket"),
        (["red", "--vary", "guidance"], "varies nothing"),
        (["red", "--vary", "wildness=1"], "varies nothing"),
        (["red", "--vary", "guidance=1,nine"], "not a number"),
        (["red", "--seeds", "9-3"], "out of range"),
        (["red", "--seeds", "all"], "are no seeds"),
        (["red|bl@e"], "not part of a word"),
    ],
)
def test_wrong_usage(run: Run, tmp_path: Path, arguments: list[str], part: str) -> None:
    status, _, error = run(*arguments, "--out", tmp_path)
    assert status == 2
    assert part in error
    assert not list(tmp_path.iterdir())


def test_too_many_pictures_are_refused_before_the_first(run: Run, tmp_path: Path) -> None:
    many = ("red|blue", "--seeds", "1-600", "--out", tmp_path)
    status, _, error = run(*many)
    assert status == 1
    assert "1,200 pictures" in error


def test_a_watched_folder_is_drawn_and_bad_files_are_told_once(run: Run, tmp_path: Path) -> None:
    inbox, out = tmp_path / "in", tmp_path / "out"
    inbox.mkdir()
    recipe = Recipe(words=(Word(text="red"),), canvas=Canvas(width=64, height=64), seed=2)
    (inbox / "one.json").write_text(recipe.to_json())
    (inbox / "two.json").write_text("[" * 20_000)
    (inbox / "notes.txt").write_text("not for us")
    status, output, notes = run("--watch", inbox, "--until-empty", "--out", out)
    assert status == 0
    (made,) = out.iterdir()
    assert output.split() == [str(made)]
    assert pictures.read_record(made).recipe.seed == 2
    assert notes.count("recipe") == 1
    again = run("--watch", inbox, "--until-empty", "--out", out)
    assert again[1] == ""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_killed_at_any_moment_it_goes_on(
    tmp_path: Path, toy_bundle_folder: Path, own_home: Path
) -> None:
    moments = random.Random(7)
    command = [sys.executable, "-m", "artdesk", "batch", "red|blue|warm", "--seeds", "1-6"]
    command += [*SMALL, "--out", str(tmp_path / "out"), "--bundle", str(toy_bundle_folder)]
    environment = {**os.environ, "ARTDESK_HOME": str(own_home)}
    seen: dict[str, int] = {}
    for _ in range(6):
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert process.stdout is not None
        for _ in range(moments.randint(1, 3)):  # that many pictures, then a little more
            if not process.stdout.readline():
                break
        time.sleep(moments.random() * 0.05)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        now = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "out").glob("0*.png")}
        assert {name: now.get(name) for name in seen} == seen  # none lost, none drawn again
        seen = now
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in (tmp_path / "out").glob("*.png"))
    assert len(names) == 18
    for name in names:
        record = pictures.read_record(tmp_path / "out" / name)
        assert json.loads(record.recipe.to_json())["seed"] in range(1, 7)
