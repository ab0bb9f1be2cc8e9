"""The flow over latents: what it keeps, that it learns, and the training on a toy corpus."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from models.config import FlowConfig
from models.flow import FlowPrior, follow
from tests import toy
from training.data.captions import CaptionWriter
from training.data.latents import latent_views
from training.data.library import Library
from training.fit import flow
from training.fit.latents import LatentBatch, LatentWindows, held_out_sketches
from training.fit.settings import FlowSettings, Settings

SMALL = FlowConfig(channels=(16, 16, 16), blocks=(1, 1, 1), condition_hidden=16)


class Straight(FlowPrior):
    """A flow that knows the latents and says the exact velocity of the straight path."""

    def __init__(self, wanted: Tensor) -> None:
        super().__init__(SMALL)
        self.wanted = wanted

    def forward(
        self,
        noised: Tensor,
        known: Tensor,
        mask: Tensor,
        sketch: Tensor,
        condition: Tensor,
        time: Tensor,
    ) -> Tensor:
        left = 1.0 - time[:, None, None, None]
        return (self.wanted - noised) / left


def test_euler_steps_along_the_exact_velocity_arrive() -> None:
    torch.manual_seed(0)
    wanted, noise = torch.randn(2, 2, 8, 8, 8)
    mask = (torch.rand(2, 1, 8, 8) < 0.5).float()
    found = follow(
        Straight(wanted), wanted, mask, torch.zeros(2, 4, 8, 8), torch.zeros(2, 119), noise
    )
    torch.testing.assert_close(found, wanted, atol=1e-4, rtol=0)


def test_known_cells_stay_whatever_the_network_says() -> None:
    torch.manual_seed(0)
    model = FlowPrior(SMALL).eval()
    latents, noise = torch.randn(2, 2, 8, 8, 8)
    mask = torch.zeros(2, 1, 8, 8)
    mask[:, :, :4] = 1.0
    given = (torch.zeros(2, 4, 8, 8), torch.zeros(2, 119), noise)
    found = follow(model, latents, mask, *given)
    torch.testing.assert_close(found[:, :, 4:], latents[:, :, 4:])
    # What is masked must not leak in: other latents under the mask change nothing.
    other = torch.where(mask > 0, torch.randn_like(latents), latents)
    assert torch.equal(follow(model, other, mask, *given), found)


def test_the_precision_is_the_callers() -> None:
    seen = set()

    class Watched(Straight):
        def forward(self, *given: Tensor) -> Tensor:  # type: ignore[override]
            seen.add(torch.is_autocast_enabled("cpu"))
            return super().forward(*given)

    wanted = torch.randn(1, 8, 8, 8)
    given = (torch.ones(1, 1, 8, 8), torch.zeros(1, 4, 8, 8), torch.zeros(1, 119), wanted)
    follow(Watched(wanted), wanted, *given)
    assert seen == {False}


def test_the_flow_learns_to_follow_the_sketch() -> None:
    torch.manual_seed(0)
    model = FlowPrior(SMALL)
    optimizer = torch.optim.Adam(model.parameters(), 3e-3)

    def sample() -> LatentBatch:
        sketch = torch.randn(8, 4, 1, 1).expand(8, 4, 8, 8).contiguous()
        latents = sketch.repeat(1, 2, 1, 1)
        mask = torch.ones(8, 1, 8, 8)
        return LatentBatch(latents, latents, mask, sketch, torch.zeros(8, 119))

    def error() -> float:
        held = sample()
        noise = torch.randn_like(held.latents)
        given = (held.mask, held.sketch, held.condition, noise)
        return float((follow(model.eval(), held.latents, *given) - held.latents).square().mean())

    before = error()
    for _ in range(150):
        model.train()
        optimizer.zero_grad()
        flow.flow_loss(model, sample()).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    assert error() < 0.3 * before


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("flow") / "corpus"
    toy.write_corpus(folder, np.random.default_rng(0))
    return folder


def test_windows_carry_latents_whose_nearest_codes_are_the_tokens(
    corpus: Path, tmp_path: Path
) -> None:
    library = Library([corpus], "train")
    parts = toy.networks(library)
    tokenizer = parts.tokenizer
    codebook = tokenizer.quantizer.codebook
    views = latent_views(library, tokenizer, tmp_path)
    assert [path.suffix for path in tmp_path.iterdir()] == [".f16"]
    again = latent_views(library, tokenizer, tmp_path)
    np.testing.assert_array_equal(views[3].latents, again[3].latents)
    windows = LatentWindows(
        library, views, CaptionWriter(None), parts.sketch_colours, codebook, seed=0
    )
    batch = windows.latents(codebook.numpy(), 4)
    flat = batch.latents.permute(0, 2, 3, 1).reshape(-1, 8)
    nearest = codebook[tokenizer.quantizer.nearest(flat)]
    same = (nearest == batch.codes.permute(0, 2, 3, 1).reshape(-1, 8)).all(dim=1)
    # Latents are kept in half precision, which may tip a tie.
    assert float(same.float().mean()) > 0.98
    assert batch.condition.shape == (4, 119)
    shares = [float(windows.latents(codebook.numpy(), 2).mask.mean()) for _ in range(40)]
    assert 0.1 < np.mean(np.array(shares) == 1.0) < 0.6


def test_sketches_to_be_judged_come_from_large_held_out_paintings(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Library([corpus], "validation")
    parts = toy.networks(Library([corpus], "train"))
    codebook = parts.tokenizer.quantizer.codebook
    views = latent_views(held, parts.tokenizer, tmp_path)
    assert held_out_sketches(held, views, parts.sketch_colours, codebook.numpy(), 8) == []
    monkeypatch.setattr("training.fit.latents.CELLS", 16)
    (sample,) = held_out_sketches(held, views, parts.sketch_colours, codebook.numpy(), 8)
    assert len(sample.latents) == len(held.paintings)
    assert bool((sample.mask == 1.0).all())
    assert bool((sample.sketch[:, 3] == 1.0).all())
    model = FlowPrior(SMALL)
    tokens = flow.drawn_tokens(model, parts.tokenizer, sample, seed=1)
    assert tokens.shape == (len(sample.latents), 16, 16)
    assert torch.equal(tokens, flow.drawn_tokens(model, parts.tokenizer, sample, seed=1))
    assert not torch.equal(tokens, flow.drawn_tokens(model, parts.tokenizer, sample, seed=2))


def test_the_training_obeys_its_settings_and_goes_on_where_it_was(
    corpus: Path, tmp_path: Path
) -> None:
    weights, out = tmp_path / "weights", tmp_path / "out"
    toy.save_networks(weights, toy.networks(Library([corpus], "train")))
    # Another dimension than the tokenizer's is not taken.
    network = FlowConfig(code_dim=4, channels=(16, 16, 16), blocks=(1, 1, 1), condition_hidden=16)
    settings = Settings(flow=FlowSettings(batch=3, rate=0.25, network=network), device="cpu")
    steps = 0
    for minutes in (0.02, 0.04):
        flow.train_flow(
            [corpus], tmp_path / "run", weights, out, minutes, CaptionWriter(None),
            lambda *_: lambda _: {"likeness": 0.5}, 0, settings,
        )  # fmt: skip
        found = json.loads((out / "flow.json").read_text(encoding="utf-8"))
        assert found["metrics"]["step"] > steps
        assert found["metrics"]["likeness"] == 0.5
        steps = found["metrics"]["step"]
    assert found["config"]["channels"] == [16, 16, 16]
    assert found["config"]["code_dim"] == 8
