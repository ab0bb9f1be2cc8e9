"""Morphs: exact ends, nested and smooth in between, files that play."""

import itertools
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from artdesk.bundle.reader import Bundle
from artdesk.cli.main import main
from artdesk.core.errors import OutputError, PictureError
from artdesk.core.recipe import Canvas, Recipe, Sampling, Word
from artdesk.engine.operations.morph import Morph, eased, frames, mixed, shares
from artdesk.engine.pipeline import Engine, Picture
from artdesk.pictures import animation
from artdesk.pictures import files as pictures
from artdesk.pictures.animation import save_animation
from artdesk.pictures.record import PictureRecord

Run = Callable[..., tuple[int, str, str]]


def record(picture: Picture) -> PictureRecord:
    return PictureRecord(
        recipe=picture.recipe,
        sketch=picture.sketch,
        palette=picture.palette,
        tokens=picture.tokens,
        bundle_hash=picture.bundle_hash,
        bundle_name=picture.bundle_name,
        cell=picture.cell,
    )


@pytest.fixture(scope="module")
def engine(toy_bundle: Bundle) -> Engine:
    return Engine(toy_bundle, 1)


@pytest.fixture(scope="module")
def made(engine: Engine) -> list[Picture]:
    quick = Sampling(steps=2, refine_milli=0)
    return [
        engine.generate(
            Recipe(
                words=(Word(text=word),),
                canvas=Canvas(width=96, height=64),
                sampling=quick,
                seed=seed,
            )
        )
        for seed, word in enumerate(("red", "blue", "warm"))
    ]


def test_the_pictures_themselves_come_at_their_times(engine: Engine, made: list[Picture]) -> None:
    records = [record(picture) for picture in made]
    drawn = list(frames(engine, records, Morph(frames=3)))
    assert len(drawn) == 7
    for number, picture in zip((0, 3, 6), made, strict=True):
        np.testing.assert_array_equal(drawn[number], picture.pixels)
    assert all((a != b).any() for a, b in itertools.pairwise(drawn))


def test_a_loop_ends_where_it_began(engine: Engine, made: list[Picture]) -> None:
    records = [record(picture) for picture in made[:2]]
    drawn = list(frames(engine, records, Morph(frames=4, loop=True)))
    assert len(drawn) == 8
    np.testing.assert_array_equal(drawn[0], made[0].pixels)
    np.testing.assert_array_equal(drawn[4], made[1].pixels)
    # The step from the last frame to the first is like any other step, and no frame comes twice.
    steps = [np.abs(a.astype(int) - b).mean() for a, b in zip(drawn, drawn[1:] + drawn[:1])]  # noqa: B905
    assert 0 < steps[-1] < 2 * max(steps[:-1])


@given(
    time=st.floats(0, 1),
    later=st.floats(0, 1),
    softness=st.integers(0, 4000),
    seed=st.integers(0, 2**32 - 1),
)
def test_cells_only_ever_go_forward(time: float, later: float, softness: int, seed: int) -> None:
    time, later = sorted((time, later))
    early, late = (shares(6, 5, moment, softness, seed) for moment in (time, later))
    assert ((early >= 0) & (early <= late) & (late <= 1)).all()
    assert (shares(6, 5, 0.0, softness, seed) == 0).all()
    assert (shares(6, 5, 1.0, softness, seed) == 1).all()


def test_a_front_without_width_flips_a_share_of_cells() -> None:
    half = shares(8, 8, 0.5, 0, 3)
    assert set(np.unique(half)) == {0.0, 1.0}
    assert half.mean() == pytest.approx(0.5, abs=0.02)


@given(st.integers(0, 1000), st.integers(0, 2**16))
def test_blended_codes_have_unit_length_and_exact_ends(milli: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    first, second = (random.normal(size=(2, 3, 4, 8))).astype(np.float32)
    first /= np.linalg.norm(first, axis=-1, keepdims=True)
    second /= np.linalg.norm(second, axis=-1, keepdims=True)
    second[0, 0] = -first[0, 0]  # no middle
    share = np.full((3, 4), milli / 1000, dtype=np.float32)
    found = mixed(first, second, share)
    assert np.abs(np.linalg.norm(found, axis=-1) - 1).max() < 1e-5
    if milli in (0, 1000):
        np.testing.assert_array_equal(found, second if milli else first)


def test_easing_keeps_the_ends() -> None:
    for easing in ("linear", "smooth"):
        assert (eased(0.0, easing), eased(0.5, easing), eased(1.0, easing)) == (0.0, 0.5, 1.0)


def test_senseless_morphs_are_refused(engine: Engine, made: list[Picture]) -> None:
    first = record(made[0])
    with pytest.raises(PictureError, match="at least two"):
        next(frames(engine, [first], Morph()))
    other = engine.generate(Recipe(canvas=Canvas(width=64, height=64), sampling=Sampling(steps=1)))
    with pytest.raises(PictureError, match="96x64 and 64x64"):
        next(frames(engine, [first, record(other)], Morph()))


@pytest.fixture
def run(toy_bundle_folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> tuple[int, str, str]:
        bundle = ["--bundle", str(toy_bundle_folder)]
        status = main(["morph", *map(str, arguments), *bundle])
        output = capsys.readouterr()
        return status, output.out, output.err

    return call


@pytest.mark.parametrize("suffix", [".png", ".webp", ".gif"])
def test_moving_pictures_play(run: Run, tmp_path: Path, made: list[Picture], suffix: str) -> None:
    for number, picture in enumerate(made[:2]):
        pictures.save_picture(tmp_path / f"{number}.png", picture)
    out = tmp_path / f"morph{suffix}"
    status, output, error = run(
        tmp_path / "0.png", tmp_path / "1.png", "-o", out, "--frames", 3, "--fps", 10
    )
    assert (status, output.strip()) == (0, str(out)), error
    with Image.open(out) as image:
        assert getattr(image, "n_frames", 1) == 4
        assert image.size == (96, 64)
        assert image.info["loop"] == 0
        if suffix == ".png":
            np.testing.assert_array_equal(np.asarray(image.convert("RGB")), made[0].pixels)


def test_frames_as_files(run: Run, tmp_path: Path, made: list[Picture]) -> None:
    for number, picture in enumerate(made[:2]):
        pictures.save_picture(tmp_path / f"{number}.png", picture)
    arguments = (tmp_path / "0.png", tmp_path / "1.png", "-o", tmp_path / "out", "--frames", 2)
    assert run(*arguments)[0] == 0
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["frame-00001.png", "frame-00002.png", "frame-00003.png"]
    status, _, error = run(*arguments)
    assert status == 1
    assert "is there already" in error


def test_video_where_ffmpeg_is(
    tmp_path: Path, made: list[Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = [picture.pixels for picture in made]
    if shutil.which("ffmpeg") is not None:
        save_animation(tmp_path / "a.mp4", drawn, 12.0)
        assert (tmp_path / "a.mp4").read_bytes()[4:8] == b"ftyp"
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(OutputError, match="needs the program ffmpeg"):
        save_animation(tmp_path / "b.mp4", drawn, 12.0)
    failing = tmp_path / "ffmpeg"
    failing.write_text("#!/bin/sh\necho the reason >&2\nexit 3\n")
    failing.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda _: str(failing))
    with pytest.raises(OutputError, match="the reason"):
        save_animation(tmp_path / "b.mp4", drawn, 12.0)
    assert not (tmp_path / "b.mp4").exists()
    monkeypatch.setattr(animation, "_MAX_HELD_PIXELS", 2 * 96 * 64)
    with pytest.raises(OutputError, match="too much memory"):
        save_animation(tmp_path / "b.png", drawn, 12.0)
    assert not (tmp_path / "b.png").exists()
    with pytest.raises(OutputError, match="cannot write moving pictures"):
        save_animation(tmp_path / "b.avi", drawn, 12.0)
