"""Training runs: resuming, averaged weights, schedules, palettes, labels, captions."""

import itertools
import pathlib

import numpy as np
import pytest
import torch
from torch import nn

from artdesk.core.attributes import ATTRIBUTES, SEMANTIC_DIM
from artdesk.core.colour import srgb8_to_oklab
from artdesk.engine.measures.palette import main_colours
from training.data.captions import CaptionWriter
from training.data.labels import Labels, spoken_attributes
from training.data.pictures import turn, turn_attributes
from training.fit import loop


def _run(path: pathlib.Path, seed: int) -> loop.Run:
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 1))
    optimizer = torch.optim.AdamW(model.parameters(), 1e-2)
    return loop.Run(path, model, optimizer, minutes=5.0, marks={"started_at": None})


def _steps(run: loop.Run, count: int) -> None:
    for _ in range(count):
        batch = torch.randn(6, 4)
        run.learn((run.model(batch) - batch.sum(dim=1, keepdim=True)).square().mean(), 1e-2)


def test_a_resumed_run_equals_one_that_never_stopped(tmp_path: pathlib.Path) -> None:
    whole = _run(tmp_path / "whole.pt", seed=1)
    _steps(whole, 8)
    first = _run(tmp_path / "parts.pt", seed=1)
    first.marks["started_at"] = 3
    _steps(first, 5)
    first.save()
    second = _run(tmp_path / "parts.pt", seed=99)
    assert second.resumed
    assert second.step == 5
    assert second.marks == {"started_at": 3}
    _steps(second, 3)
    for name, value in whole.model.state_dict().items():
        assert torch.equal(value, second.model.state_dict()[name]), name
    for name, value in whole.average.state.items():
        assert torch.equal(value, second.average.state[name]), name


def test_a_run_killed_while_saving_keeps_the_last_checkpoint(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = _run(tmp_path / "run.pt", seed=1)
    _steps(run, 2)
    run.save()
    before = (tmp_path / "run.pt").read_bytes()

    def torn(state: object, path: pathlib.Path) -> None:
        path.write_bytes(b"half of a checkpoint")
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", torn)
    _steps(run, 1)
    with pytest.raises(KeyboardInterrupt):
        run.save()
    assert (tmp_path / "run.pt").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["run.pt"]


def test_budget_counts_earlier_runs() -> None:
    assert loop.Budget(2.0, spent=60.0).progress == pytest.approx(0.5, abs=0.01)
    assert loop.Budget(2.0, spent=600.0).progress == 1.0


def test_learning_rate_warms_up_and_falls() -> None:
    rates = [loop.cosine_rate(p, 1.0, warm=0.1) for p in np.linspace(0.0, 1.0, 101)]
    assert rates[0] < 0.1
    assert max(rates) == pytest.approx(1.0)
    assert rates[-1] == pytest.approx(0.02)
    assert all(a >= b for a, b in itertools.pairwise(rates[10:]))


def test_prefetch_hands_errors_on() -> None:
    numbers = iter([1, 2])
    batches = loop.prefetch(lambda: next(numbers))
    assert [next(batches), next(batches)] == [1, 2]
    with pytest.raises((StopIteration, RuntimeError)):
        next(batches)


def test_palette_of_flat_areas_is_found_with_its_shares() -> None:
    picture = np.zeros((1, 40, 40, 3), np.uint8)
    picture[:, :, :10] = (200, 30, 30)
    picture[:, :, 10:] = (20, 40, 160)
    colours, shares = main_colours(picture)
    red, blue = srgb8_to_oklab(np.array([[200, 30, 30], [20, 40, 160]], np.uint8))
    near_red = np.abs(colours[0] - red).max(axis=1) < 1e-6
    near_blue = np.abs(colours[0] - blue).max(axis=1) < 1e-6
    assert shares[0][near_red].sum() == pytest.approx(0.25)
    assert shares[0][near_blue].sum() == pytest.approx(0.75)


def test_eight_orientations_differ_and_quarter_turns_swap_verticality() -> None:
    picture = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    turned = {turn(picture, orientation).tobytes() for orientation in range(8)}
    assert len(turned) == 8
    attributes = np.linspace(-1, 1, len(ATTRIBUTES))
    index = ATTRIBUTES.index("verticality")
    assert turn_attributes(attributes, 1)[index] == -attributes[index]
    assert (turn_attributes(attributes, 6) == attributes).all()


def test_labels_are_percentiles() -> None:
    labels = Labels(np.tile(np.linspace(10.0, 20.0, 101), (len(ATTRIBUTES), 1)))
    values = labels.normalise(np.full(len(ATTRIBUTES), 12.5))
    np.testing.assert_allclose(values, -0.5)


def test_words_never_contradict_a_picture_marked_on_one_axis() -> None:
    random = np.random.default_rng(0)
    vectors = np.zeros((4, len(ATTRIBUTES) + SEMANTIC_DIM))
    vectors[0, 0], vectors[1, 0], vectors[2, 1], vectors[3, :2] = 1.0, -1.0, 1.0, (1.0, -1.0)
    vectors[:, -4:] = np.eye(4)
    attributes = np.zeros(len(ATTRIBUTES))
    attributes[0], attributes[1] = 0.9, 0.8
    captions = CaptionWriter(vectors)
    for _ in range(50):
        said, meaning = captions.describe(attributes, random)
        assert said[0] >= 0
        assert said[1] >= 0
        assert np.linalg.norm(meaning) in (0.0, pytest.approx(1.0))
        assert not meaning[[-3, -1]].any()


def test_spoken_attributes_keep_their_signs() -> None:
    random = np.random.default_rng(1)
    attributes = random.uniform(-1, 1, len(ATTRIBUTES))
    for _ in range(30):
        said = spoken_attributes(attributes, random)
        assert 1 <= np.count_nonzero(said) <= 5
        assert (said * attributes >= 0).all()
