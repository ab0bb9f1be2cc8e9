"""The artist's own collections, from the command line and below it."""

import dataclasses
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from artdesk.bundle.reader import Bundle
from artdesk.bundle.writer import write_bundle
from artdesk.cli.main import main
from artdesk.core.errors import BundleError, OutputError, PictureError, RecipeError
from artdesk.engine.pipeline import Engine
from artdesk.pictures.files import read_record
from artdesk.studio import own_collections


@pytest.fixture(scope="module")
def bundle_folder(remembering_bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("remembering") / "bundle"
    manifest = remembering_bundle.manifest
    write_bundle(
        folder,
        remembering_bundle.data,
        name=manifest.name,
        licence=manifest.licence,
        models=manifest.models,
        architecture=manifest.architecture,
        training=manifest.training,
        metrics=manifest.metrics,
    )
    return folder


@pytest.fixture
def engine(remembering_bundle: Bundle) -> Engine:
    return Engine(remembering_bundle, threads=1)


@pytest.fixture
def ink(tmp_path: Path) -> Path:
    """A folder as people have it: pictures of all kinds, some of them broken."""
    folder = tmp_path / "ink"
    (folder / "more").mkdir(parents=True)
    random = np.random.default_rng(3)

    def picture(side: int = 300) -> Image.Image:
        small = random.integers(256, size=(6, 6, 3)).astype(np.uint8)
        return Image.fromarray(small).resize((side, side), Image.Resampling.NEAREST)

    first = picture()
    first.save(folder / "one.png")
    first.save(folder / "more" / "the same.bmp")
    picture().convert("CMYK").save(folder / "cmyk.jpg", quality=95)
    picture().convert("I").point(lambda value: value * 256).convert("I;16").save(
        folder / "deep.tiff"
    )
    see_through = picture().convert("RGBA")
    see_through.putalpha(120)
    see_through.save(folder / "glass.webp", lossless=True)
    picture().save(folder / "moving.gif", save_all=True, append_images=[picture()])
    picture(8).save(folder / "tiny.png")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8 nothing")
    (folder / "notes.txt").write_text("no picture")
    return folder


def test_a_folder_becomes_a_style(
    bundle_folder: Path, ink: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = ["--bundle", str(bundle_folder), "--threads", "1"]
    assert main(["collection", "add", str(ink), "--name", "My ink", *bundle]) == 0
    said = capsys.readouterr()
    assert "5 pictures are remembered in “My ink”, 1 were there already." in said.out
    assert "broken.jpg is no picture of a known kind" in said.err
    assert "tiny.png has only 8 by 8 pixels" in said.err

    out = tmp_path / "out"
    drawn = ["--collection", "My ink", "--size", "128", "--steps", "1", "--seed", "1"]
    assert main(["generate", *drawn, "--invention", "0", "--out", str(out), *bundle]) == 0
    (path,) = out.iterdir()
    origin = read_record(path).origin
    assert origin is not None
    titles = ("one", "the-same", "cmyk", "deep", "glass", "moving")
    assert all(work.startswith(titles) for work in origin.works)
    capsys.readouterr()
    assert main(["info", str(path)]) == 0
    told = capsys.readouterr().out
    assert "Invented" in told
    assert origin.works[0] in told

    assert main(["collection", "list", *bundle]) == 0
    assert capsys.readouterr().out == "ArtDesk: 6 works\nMy ink: 5 works\n"
    assert main(["collection", "list", "My ink", "--json", *bundle]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {entry["source"] for entry in listed} == {"own"}
    shown = tmp_path / "shown.png"
    assert main(["collection", "show", listed[0]["id"], "-o", str(shown), *bundle]) == 0
    with Image.open(shown) as drawn_work:
        assert drawn_work.size == (256, 256)
    capsys.readouterr()
    assert main(["collection", "credits", "ArtDesk", *bundle]) == 0
    assert "Toy: Squares 0" in capsys.readouterr().out

    pack = tmp_path / "ink.artpack"
    assert main(["collection", "export", "My ink", str(pack), *bundle]) == 0
    assert main(["collection", "import", str(pack), *bundle]) == 1
    assert "“My ink” already" in capsys.readouterr().err
    assert main(["collection", "remove", "My ink", listed[0]["id"], *bundle]) == 0
    assert main(["collection", "remove", "My ink", *bundle]) == 0
    assert "4 works of “My ink” are forgotten" in capsys.readouterr().out
    assert main(["collection", "import", str(pack), *bundle]) == 0
    assert main(["collection", "list", *bundle]) == 0
    assert "My ink: 5 works" in capsys.readouterr().out


def test_memory_options_reach_the_recipe(
    bundle_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.fromarray(np.full((90, 60, 3), 200, np.uint8)).save(tmp_path / "photo.jpg")
    asked = [
        *("--touch", "work-1:1.5", "--touch", "work-2", "--ban", "work-0", "--influences", "2"),
        *("--composition", str(tmp_path / "photo.jpg"), "--fidelity", "16", "--quotation", "6"),
        *("--size", "128x64", "--steps", "1", "--seed", "4", "--bundle", str(bundle_folder)),
    ]
    assert main(["generate", *asked, "--out", str(tmp_path / "out")]) == 0
    (path,) = (tmp_path / "out").iterdir()
    memory = read_record(path).recipe.memory
    assert memory is not None
    assert [(one.work, one.weight_percent) for one in memory.influences] == [
        ("work-1", 150),
        ("work-2", 100),
    ]
    assert (memory.banned, memory.fidelity, memory.quotation) == (("work-0",), 16, 6)
    picture = memory.composition.picture
    assert picture is not None
    assert (picture.columns, picture.rows) == (16, 8)


def test_without_memory_the_networks_draw_alone(
    bundle_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = ["generate", "--no-memory", "--size", "64", "--steps", "1", "--bundle"]
    assert main([*plain, str(bundle_folder), "--out", str(tmp_path)]) == 0
    record = read_record(next(tmp_path.glob("*.png")))
    assert record.recipe.memory is None
    assert record.origin is None
    assert main([*plain, str(bundle_folder), "--invention", "0.5"]) == 1
    assert "--no-memory leaves no use" in capsys.readouterr().err


def test_the_same_picture_twice_is_remembered_once(engine: Engine, ink: Path) -> None:
    first = own_collections.add(engine, "Mine", [ink / "one.png"], 1)
    second = own_collections.add(engine, "Mine", [ink / "one.png", ink / "glass.webp"], 1)
    assert (len(first.works), len(second.works), second.known) == (1, 1, 1)
    assert engine.memory.bank.names == ("ArtDesk", "Mine")


def test_a_folder_without_pictures_is_said(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="no pictures there"):
        own_collections.add(engine, "Mine", [tmp_path])
    assert not own_collections.folder().exists()


@pytest.mark.parametrize("name", ["", " ", "ArtDesk", "a" * 61, "a\nb"])
def test_names_that_cannot_be_used(engine: Engine, ink: Path, name: str) -> None:
    with pytest.raises(RecipeError, match="cannot be called"):
        own_collections.add(engine, name, [ink])


def test_a_damaged_collection_is_set_aside_and_the_shipped_one_works(
    engine: Engine, ink: Path
) -> None:
    own_collections.add(engine, "Mine", [ink / "one.png"], 1)
    path = own_collections.path_of("Mine")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 255
    path.write_bytes(bytes(data))
    (problem,) = own_collections.attach(engine)
    assert "was moved to" in problem
    assert not path.exists()
    assert next(own_collections.folder().iterdir()).name.startswith(path.name)
    assert engine.memory.bank.names == ("ArtDesk",)


def test_a_pack_of_another_model_is_refused(engine: Engine, ink: Path, tmp_path: Path) -> None:
    own_collections.add(engine, "Mine", [ink / "one.png"], 1)
    old = own_collections.find("Mine", engine.memory.tokenizer)
    foreign = dataclasses.replace(old, tokenizer="0" * 64)
    pack = tmp_path / "foreign.artpack"
    entries = [foreign.entry(0)]
    own_collections._write(pack, "Theirs", foreign.tokenizer, foreign.codes, entries)
    with pytest.raises(BundleError, match="made with another model"):
        own_collections.take(engine, pack)


def test_what_was_there_stays_when_adding_is_cut_off(
    engine: Engine, ink: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_collections.add(engine, "Mine", [ink / "one.png"], 1)
    before = own_collections.path_of("Mine").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(zipfile.ZipFile, "writestr", full)
        with pytest.raises(OutputError):
            own_collections.add(engine, "Mine", [ink / "glass.webp"], 1)
    assert own_collections.path_of("Mine").read_bytes() == before
