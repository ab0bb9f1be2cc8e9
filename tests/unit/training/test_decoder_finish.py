"""The finish of the decoder: what it may change, what its losses see, and its tokens."""

import pathlib

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch.nn import functional

from models.config import DetailConfig
from models.critic import Critic, critic_loss, deceiving_loss
from models.detail import DetailPrior
from tests import toy
from training.data import drawn
from training.data.drawn import DrawnMaps, quilted, redrawn
from training.data.library import Library
from training.evaluation.surface import surface_figures
from training.fit import decoder
from training.fit.losses import FeatureDistance, sliced_wasserstein, unit
from training.fit.settings import DecoderSettings, Settings


def test_a_finish_changes_the_decoder_alone(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy.write_corpus(tmp_path / "corpus", np.random.default_rng(0))
    parts = toy.networks(Library([tmp_path / "corpus"], "train"))
    weights, out = tmp_path / "weights", tmp_path / "out"
    toy.save_networks(weights, parts)
    before = {path.name: path.read_bytes() for path in weights.iterdir()}
    monkeypatch.setattr(drawn, "BATCH", 4)
    monkeypatch.setattr(drawn, "STEPS", 2)
    monkeypatch.setattr(decoder, "PICTURES", 4)
    plan = DecoderSettings(drawn_maps=4, warm_steps=2, stages=((1.0, 64, 2),))
    settings = Settings(decoder=plan, device="cpu")
    decoder.finish_decoder(
        [tmp_path / "corpus"], tmp_path / "run", weights, out, 0.05, surface_figures, 0, settings
    )
    assert {path.name: path.read_bytes() for path in weights.iterdir()} == before
    old = load_file(weights / "tokenizer.safetensors")
    new = load_file(out / "tokenizer.safetensors")
    assert set(new) == set(old)
    changed = {name for name in old if not torch.equal(old[name], new[name])}
    assert changed
    assert all(name.startswith(("decoder.", "condition.")) for name in changed)
    # Norms keep their statistics: the exported graph has them folded in.
    assert not any("running" in name for name in changed)
    state = torch.load(tmp_path / "run" / "decoder.pt", weights_only=True)
    assert state["step"] > 0
    # A plan that is done takes no further step.
    decoder.finish_decoder(
        [tmp_path / "corpus"], tmp_path / "run", weights, out, 0.05, surface_figures, 0, settings
    )
    again = torch.load(tmp_path / "run" / "decoder.pt", weights_only=True)
    assert again["step"] == state["step"]


def test_the_critic_learns_to_tell_grain_from_smoothness() -> None:
    torch.manual_seed(0)
    features = FeatureDistance()
    smooth = functional.interpolate(torch.rand(8, 3, 8, 8) * 2 - 1, size=64, mode="bilinear")
    rough = smooth + 0.2 * torch.randn_like(smooth)
    with torch.no_grad():
        real, fake = features.raw(rough), features.raw(smooth)
    critic = Critic([part.shape[1] for part in real])
    critic.set_scales(real)
    optimizer = torch.optim.Adam(critic.parameters(), 2e-3, betas=(0.5, 0.9))
    first = float(critic_loss(critic(real), critic(fake)).detach())
    for _ in range(40):
        optimizer.zero_grad()
        loss = critic_loss(critic(real), critic(fake))
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    assert float(loss.detach()) < 0.5 * first
    # What deceives it is grain: its gradient asks the smooth pictures for more of it.
    leaf = smooth.clone().requires_grad_()
    push = torch.autograd.grad(deceiving_loss(critic(features.raw(leaf))), leaf)[0]
    moved = smooth - 0.05 * push / push.std()
    with torch.no_grad():
        before, after = (deceiving_loss(critic(features.raw(part))) for part in (smooth, moved))
    assert float(after) < float(before)


def test_sliced_wasserstein_sees_textures_and_not_places() -> None:
    torch.manual_seed(0)
    features = torch.randn(2, 8, 12, 12)
    order = torch.randperm(144)
    moved = features.flatten(2)[:, :, order].reshape(features.shape)
    assert float(sliced_wasserstein([features], [moved])) == pytest.approx(0.0, abs=1e-6)
    assert float(sliced_wasserstein([features], [features * 1.5])) > 0.1
    flat = features.mean(dim=(2, 3), keepdim=True).expand_as(features)
    assert float(sliced_wasserstein([unit(features)], [unit(flat)])) > 0.1


def test_pairs_are_augmented_alike() -> None:
    torch.manual_seed(1)
    picture = torch.rand(6, 3, 40, 48)
    first, second = decoder.augmented([picture, picture * 2.0])
    assert first.shape == (6, 3, 40 - decoder.MOST_SHIFT, 48 - decoder.MOST_SHIFT)
    # Brightness is added to both, so twice the first minus the second is that brightness alone.
    light = (2.0 * first - second).flatten(1)
    torch.testing.assert_close(light, light[:, :1].expand_as(light), atol=1e-5, rtol=0)
    assert float(light.abs().max()) <= decoder.BRIGHTNESS + 1e-5


def test_quilted_maps_are_made_of_patches_of_other_works_with_their_colours() -> None:
    random = np.random.default_rng(0)
    tokens = np.arange(6 * 32 * 32).reshape(6, 32, 32)
    colours = np.repeat(np.repeat(random.random((6, 4, 4, 3)), 8, axis=1), 8, axis=2)
    result = quilted(tokens, colours, random)
    for row in range(6):
        for y in range(0, 32, 8):
            for x in range(0, 32, 8):
                work, top, left = np.unravel_index(result[row, y, x], tokens.shape)
                expected = tokens[work, top : top + 8, left : left + 8]
                np.testing.assert_array_equal(result[row, y : y + 8, x : x + 8], expected)
    flat = colours.reshape(-1, 3)
    distance = np.abs(flat[result] - colours).mean()
    assert distance < 0.7 * np.abs(flat[random.permutation(result.ravel())] - flat).mean()


def test_redrawing_keeps_what_is_not_asked_for_and_leaves_no_hole() -> None:
    torch.manual_seed(0)
    prior = DetailPrior(DetailConfig(learned_dim=8, channels=(8, 8, 8), blocks=(1, 1, 1)))
    tokens = torch.randint(512, (3, 32, 32))
    shares = torch.tensor([0.0, 0.5, 1.0])
    found = redrawn(prior.eval(), tokens, torch.zeros(3, 4, 32, 32), torch.zeros(3, 119), shares)
    assert int(found.max()) < 512
    kept = (found == tokens).float().mean(dim=(1, 2))
    assert float(kept[0]) == 1.0
    assert float(kept[1]) == pytest.approx(0.5, abs=0.05)
    assert float(kept[2]) < 0.05


def test_windows_of_drawn_maps_carry_the_condition_of_their_map() -> None:
    tokens = np.repeat(np.arange(5, dtype=np.uint16), 32 * 32).reshape(5, 32, 32)
    maps = DrawnMaps(
        tokens, np.arange(5, dtype=np.float32)[:, None] * np.ones((1, 119), np.float32)
    )
    found, condition = maps.windows(np.random.default_rng(0), 12, 40)
    assert found.shape == (40, 12, 12)
    assert torch.equal(found[:, 0, 0].float(), condition[:, 0])
    assert len(set(found[:, 0, 0].tolist())) == 5
