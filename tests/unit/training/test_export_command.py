"""`python -m training export` from a folder of weights to a bundle that the engine draws with."""

from pathlib import Path

import numpy as np
import pytest

from artdesk.bundle.reader import open_bundle
from artdesk.core.errors import SettingError
from artdesk.core.recipe import Canvas, Recipe
from artdesk.engine.pipeline import Engine
from tests.toy import networks, save_networks, write_corpus
from training.cli.export import app
from training.data.library import Library
from training.fit.networks import load_networks


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a corpus and the weights of tiny networks."""
    folder = tmp_path_factory.mktemp("workshop")
    write_corpus(folder / "corpus", np.random.default_rng(1))
    library = Library([folder / "corpus"], "train")
    save_networks(folder / "weights", networks(library))
    return folder


def export(workshop: Path, *arguments: str) -> None:
    command = [str(workshop / "corpus"), "--out", str(workshop / "bundle"), *arguments]
    app(args=command, standalone_mode=False)


def test_weights_to_bundle(workshop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export(workshop, "--weights", str(workshop / "weights"), "--pictures", "8", "--name", "Small")
    shown = capsys.readouterr().out
    assert "decoder: dB against float" in shown
    assert "NO" not in shown
    bundle = open_bundle(workshop / "bundle")
    assert bundle.manifest.name == "Small"
    assert bundle.manifest.training["pictures"] == {"paintings": 4, "constructed": 4}
    picture = Engine(bundle).generate(Recipe(canvas=Canvas(width=72, height=64)))
    assert picture.pixels.shape == (64, 72, 3)
    assert picture.bundle_hash == bundle.hash


def test_missing_part_is_named(workshop: Path, tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    weights.mkdir()
    with pytest.raises(SettingError, match="is missing; train that part first"):
        load_networks(weights)
    with pytest.raises(SettingError, match="is missing"):
        export(workshop, "--weights", str(weights))


def test_folder_without_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"holds no metadata\.csv"):
        app(args=[str(tmp_path)], standalone_mode=False)


def test_damaged_weights_are_refused(workshop: Path, tmp_path: Path) -> None:
    for path in (workshop / "weights").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    damaged = tmp_path / "detail.safetensors"
    damaged.write_bytes(damaged.read_bytes()[:-40])
    with pytest.raises(SettingError, match="cannot be used"):
        load_networks(tmp_path)
