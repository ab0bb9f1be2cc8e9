"""Configurations of trainings: what they change, what they refuse, and that all loops obey them."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import typer
from typer.testing import CliRunner

from artdesk.core.errors import SettingError
from tests.toy import write_corpus
from training.cli import decoder as decoder_command
from training.cli import prior as prior_command
from training.data.captions import CaptionWriter
from training.device import choose, moved
from training.fit import loop
from training.fit.detail import train_detail_prior
from training.fit.settings import DecoderSettings, Settings, read_settings
from training.fit.sketch import train_sketch_prior
from training.fit.tokenizer import train_tokenizer

TINY = """
[tokenizer]
stages = [[0.5, 32, 2], [1.0, 64, 2]]
rate = 2
free_until = 0.01
[tokenizer.network]
codebook_size = 16
code_dim = 4
encoder_channels = [8, 16]
decoder_channels = [16, 16, 16]
[sketch]
batch = 2
[sketch.network]
colours = 24
width = 16
layers = 1
[detail]
batch = 2
[detail.network]
learned_dim = 4
channels = [8, 8, 8]
blocks = [1, 1, 1]
"""


def _file(folder: Path, text: str) -> Path:
    path = folder / "training.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    found = read_settings(_file(tmp_path, TINY), "cpu")
    basis = Settings()
    assert found.device == "cpu"
    assert found.tokenizer.stages == ((0.5, 32, 2), (1.0, 64, 2))
    assert found.tokenizer.rate == 2.0
    assert found.tokenizer.network.encoder_channels == (8, 16)
    assert found.tokenizer.network.condition_dim == basis.tokenizer.network.condition_dim
    assert found.detail == replace(basis.detail, batch=2, network=found.detail.network)
    assert read_settings(None) == basis
    assert [found.tokenizer.stage(part) for part in (0.0, 0.5, 1.0)] == [(32, 2), (64, 2), (64, 2)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rate = 1", "'rate' is no setting"),
        ("[detail]\nbatches = 3", "'detail.batches' is no setting; known are batch, rate"),
        ("[detail]\nbatch = 'many'", "'detail.batch' must be like 16"),
        ("[detail]\nbatch = 1.5", "'detail.batch' must be like 16"),
        ("[detail]\nbatch = true", "'detail.batch' must be like 16"),
        ("[detail]\nrate = -0.1", "must be more than 0"),
        ("detail = 3", "'detail' must be a table"),
        ("[sketch.network]\nwidth = 145", "not divisible by heads"),
        ("[detail", "cannot be read"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        read_settings(_file(tmp_path, text))


def test_a_missing_file_and_a_strange_device_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="cannot be read"):
        read_settings(tmp_path / "none.toml")
    with pytest.raises(SettingError, match="no device 'tpu'"):
        choose("tpu")
    if not torch.cuda.is_available():
        assert choose("auto") == torch.device("cpu")
        with pytest.raises(SettingError, match="sees no GPU"):
            choose("cuda")


@pytest.mark.parametrize(
    ("app", "command"), [(decoder_command.app, []), (prior_command.app, ["flow"])]
)
def test_the_finish_and_the_flow_take_a_device_and_a_file(
    tmp_path: Path, app: typer.Typer, command: list[str]
) -> None:
    given = [*command, str(tmp_path), "--out", str(tmp_path / "out"), "--weights", str(tmp_path)]
    found = CliRunner().invoke(app, [*given, "--device", "tpu"])
    assert isinstance(found.exception, SettingError)
    assert "no device 'tpu'" in str(found.exception)
    text = "[decoder]\nrate = -1" if not command else "[flow]\nrate = -1"
    found = CliRunner().invoke(app, [*given, "--config", str(_file(tmp_path, text))])
    assert isinstance(found.exception, SettingError)
    assert "must be more than 0" in str(found.exception)
    assert not (tmp_path / "out").exists()


def test_the_finish_falls_to_a_twentieth_and_lets_its_critic_in_slowly() -> None:
    plan = DecoderSettings(rate=1.0, fall_from=0.5, warm_steps=10, ramp_steps=10)
    assert [plan.rate_at(part) for part in (0.0, 0.5, 0.75, 1.0)] == [1.0, 1.0, 0.5, 0.05]
    assert [plan.critic_share(step) for step in (0, 10, 15, 20, 900)] == [0.0, 0.0, 0.5, 1.0, 1.0]
    assert [plan.stage(part)[0] for part in (0.0, 0.64, 0.65, 1.0)] == [96, 96, 128, 128]
    assert DecoderSettings(fall_from=1.0).rate_at(0.9) == DecoderSettings().rate


def test_all_trainings_take_sizes_from_the_file_and_go_on_where_they_were(tmp_path: Path) -> None:
    write_corpus(tmp_path / "corpus", np.random.default_rng(3))
    corpora, weights = [tmp_path / "corpus"], tmp_path / "weights"
    weights.mkdir()
    settings, captions = read_settings(_file(tmp_path, TINY), "cpu"), CaptionWriter(None)
    steps: dict[str, int] = {}
    for minutes in (0.01, 0.03):
        train_tokenizer(corpora, tmp_path / "run", weights, minutes, 0, settings)
        train_sketch_prior(corpora, tmp_path / "run", weights, minutes, captions, 0, settings)
        train_detail_prior(corpora, tmp_path / "run", weights, minutes, captions, 0, settings)
        for name in ("tokenizer", "sketch", "detail"):
            found = json.loads((weights / f"{name}.json").read_text(encoding="utf-8"))
            assert found["metrics"]["step"] > steps.get(name, 0)
            steps[name] = found["metrics"]["step"]
    described = {
        name: json.loads((weights / f"{name}.json").read_text(encoding="utf-8"))["config"]
        for name in steps
    }
    assert described["tokenizer"]["codebook_size"] == 16
    assert described["sketch"]["colours"] == 24
    # The detail prior has the codes of its tokenizer without being told.
    assert (described["detail"]["codebook_size"], described["detail"]["code_dim"]) == (16, 4)


def test_a_course_publishes_in_between_and_at_its_end(tmp_path: Path) -> None:
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    state = loop.Run(tmp_path / "run.pt", model, optimizer, 0.005)
    published: list[int] = []
    course = loop.Course(
        "line", state, lambda: torch.ones(1, 2), lambda: published.append(state.step), 0.001,
        torch.device("cpu"),
    )  # fmt: skip
    for batch in course:
        state.learn(model(batch).sum().square(), 0.1)
    assert (tmp_path / "run.pt").exists()
    assert len(published) >= 2
    assert published[-1] == state.step
    assert not state.averaged().training
    assert moved(3, torch.device("cuda")) == 3
