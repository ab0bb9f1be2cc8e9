"""`python -m training export` from a folder of weights to a bundle that the engine draws with."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from artdesk.bundle.reader import open_bundle
from artdesk.core.errors import SettingError
from artdesk.core.recipe import Canvas, Recipe
from artdesk.engine.pipeline import Engine
from tests.toy import networks, save_networks, write_corpus
from training.cli.export import app
from training.corpus.metadata import CorpusError
from training.data.library import Library
from training.export import decoder
from training.export.networks import load_networks
from training.fit.detail import load_tokenizer
from training.fit.weights import save_weights


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


def test_a_finished_decoder_replaces_its_own_parts_alone(
    workshop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Random networks lose more in int8 than trained ones.
    monkeypatch.setattr(decoder, "FINISHED_PSNR", 30.0)
    weights, out = workshop / "weights", tmp_path / "bundle"
    corpus = str(workshop / "corpus")
    given = ["--weights", str(weights), "--pictures", "8", "--out", str(out)]
    app(args=[corpus, *given], standalone_mode=False)
    old = open_bundle(out)
    finished = tmp_path / "finished"
    shutil.copytree(weights, finished)
    tokenizer = load_tokenizer(weights)
    with torch.no_grad():
        tokenizer.decoder.head.bias.add_(0.1)
        tokenizer.condition.last.bias.add_(0.05)
    save_weights(finished, "tokenizer", tokenizer, {"finish_steps": 7})
    command = [corpus, "--weights", str(finished), "--out", str(out), "--pictures", "8"]
    app(args=[*command, "--only", "decoder"], standalone_mode=False)
    new = open_bundle(out)
    changed = {name for name in old.data if old.data[name] != new.data[name]}
    assert set(new.data) == set(old.data)
    assert changed == {"decoder.onnx", "tables.npz"}
    before, after = old.arrays("tables.npz"), new.arrays("tables.npz")
    assert {name for name in before if not np.array_equal(before[name], after[name])} == {
        "decoder_film_b3"
    }
    assert new.manifest.training["tokenizer"] == {"finish_steps": 7}
    assert new.manifest.training["pictures"] == old.manifest.training["pictures"]
    recipe = Recipe(canvas=Canvas(width=72, height=64))
    pictures = [Engine(bundle).generate(recipe) for bundle in (old, new)]
    np.testing.assert_array_equal(pictures[0].tokens, pictures[1].tokens)
    assert not np.array_equal(pictures[0].pixels, pictures[1].pixels)


def test_a_decoder_of_another_codebook_is_refused(workshop: Path, tmp_path: Path) -> None:
    weights, out = workshop / "weights", tmp_path / "bundle"
    corpus = str(workshop / "corpus")
    given = ["--weights", str(weights), "--pictures", "8", "--out", str(out)]
    app(args=[corpus, *given], standalone_mode=False)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    other = tmp_path / "other"
    shutil.copytree(weights, other)
    tokenizer = load_tokenizer(weights)
    tokenizer.quantizer.codebook[3] = -tokenizer.quantizer.codebook[3]
    save_weights(other, "tokenizer", tokenizer, {})
    command = [corpus, "--weights", str(other), "--out", str(out), "--pictures", "8"]
    with pytest.raises(SettingError, match="codebook of these weights is not that of the bundle"):
        app(args=[*command, "--only", "decoder"], standalone_mode=False)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_missing_part_is_named(workshop: Path, tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    weights.mkdir()
    with pytest.raises(SettingError, match="is missing; train that part first"):
        load_networks(weights)
    with pytest.raises(SettingError, match="is missing"):
        export(workshop, "--weights", str(weights))


def test_folder_without_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"holds no metadata\.csv"):
        app(args=[str(tmp_path)], standalone_mode=False)


def test_damaged_weights_are_refused(workshop: Path, tmp_path: Path) -> None:
    for path in (workshop / "weights").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    damaged = tmp_path / "detail.safetensors"
    damaged.write_bytes(damaged.read_bytes()[:-40])
    with pytest.raises(SettingError, match="cannot be used"):
        load_networks(tmp_path)
