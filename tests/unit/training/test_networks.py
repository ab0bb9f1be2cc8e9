"""The networks: shapes, starts, and the codebook."""

import pytest
import torch
from torch.nn import functional

from models.autoencoder import Tokenizer
from models.config import ConfigError, DetailConfig, SketchConfig, TokenizerConfig
from models.detail import DetailPrior
from models.quantizer import Quantizer
from models.sketch import FEATURE_DIM, SketchPrior

SMALL = TokenizerConfig(
    codebook_size=16, encoder_channels=(8, 8), decoder_channels=(8, 8, 8), condition_hidden=8
)
SMALL_DETAIL = DetailConfig(
    codebook_size=16, learned_dim=8, channels=(8, 8, 8), blocks=(1, 1, 1), condition_hidden=8
)


@pytest.mark.parametrize(("height", "width"), [(8, 8), (16, 40), (72, 24)])
def test_tokenizer_takes_any_multiple_of_eight(height: int, width: int) -> None:
    model = Tokenizer(SMALL).eval()
    image = torch.rand(2, 3, height, width) * 2 - 1
    with torch.no_grad():
        tokens = model.encode(image)
        again = model.decode(tokens, torch.zeros(2, SMALL.condition_dim))
    assert tokens.shape == (2, height // 8, width // 8)
    assert again.shape == image.shape


def test_decoder_starts_deaf_to_conditions_and_can_learn_to_listen() -> None:
    model = Tokenizer(SMALL).eval()
    tokens = torch.zeros(1, 4, 4, dtype=torch.int64)
    condition = torch.randn(1, SMALL.condition_dim)
    with torch.no_grad():
        assert torch.equal(
            model.decode(tokens, condition), model.decode(tokens, torch.zeros_like(condition))
        )
    model.decode(tokens, condition).sum().backward()
    assert model.condition.last.weight.grad is not None
    assert bool(model.condition.last.weight.grad.abs().sum() > 0)


def test_codebook_stays_on_the_unit_sphere_and_dead_codes_come_back() -> None:
    torch.manual_seed(0)
    quantizer = Quantizer(16, 4)
    vectors = functional.normalize(torch.randn(400, 4), dim=-1)
    quantizer.start_from(vectors)
    ids = quantizer.nearest(vectors)
    assert len(ids.unique()) == 16
    lonely = vectors[:1].repeat(50, 1)
    for _ in range(600):
        quantizer.update(lonely, quantizer.nearest(lonely))
    assert quantizer.revive(vectors) == 15
    assert quantizer.revive(vectors) == 0
    torch.testing.assert_close(quantizer.codebook.norm(dim=-1), torch.ones(16))


def test_detail_prior_sees_the_whole_canvas() -> None:
    torch.manual_seed(0)
    model = DetailPrior(SMALL_DETAIL).eval()
    tokens = torch.full((1, 16, 24), 16)
    changed = tokens.clone()
    changed[0, 0, 0] = 3
    condition = torch.zeros(1, SMALL_DETAIL.condition_dim + 1)
    sketch = torch.zeros(1, 4, 16, 24)
    with torch.no_grad():
        first, second = model(tokens, sketch, condition), model(changed, sketch, condition)
    assert first.shape == (1, 16, 16, 24)
    assert bool((first != second)[0, :, -1, -1].any())


def test_sketch_prior_never_looks_ahead() -> None:
    torch.manual_seed(0)
    model = SketchPrior(SketchConfig(colours=12, width=16, layers=2, heads=2)).eval()
    previous = torch.randint(13, (1, 20))
    features = torch.randn(1, 20, FEATURE_DIM)
    condition = torch.randn(1, 119)
    later_previous, later_features = previous.clone(), features.clone()
    later_previous[0, 12:] = 0
    later_features[0, 12:] = 0
    with torch.no_grad():
        first = model(previous, features, condition)
        second = model(later_previous, later_features, condition)
    assert torch.allclose(first[:, :12], second[:, :12], atol=1e-6)
    assert not torch.allclose(first[:, 12:], second[:, 12:], atol=1e-3)


def test_configurations_survive_json_and_refuse_unknown_fields() -> None:
    assert TokenizerConfig.from_json(SMALL.to_json()) == SMALL
    with pytest.raises(ConfigError, match="speed"):
        SketchConfig.from_json('{"speed": 3}')
    with pytest.raises(ConfigError, match="not divisible"):
        SketchConfig(width=10, heads=3)
