"""Float weights in files: what fp16 cannot hold is never written or read."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load, save
from torch import nn

from models.config import DetailConfig
from training.fit.weights import load_weights, save_weights


class Network(nn.Module):
    """A layer with batch norm, and the configuration that a description needs."""

    def __init__(self) -> None:
        super().__init__()
        self.config = DetailConfig()
        self.layer = nn.Conv2d(1, 2, 1)
        self.norm = nn.BatchNorm2d(2)


def test_large_variances_come_back(tmp_path: Path) -> None:
    network, other = Network(), Network()
    network.norm.running_var.fill_(7.2e6)
    network.norm.running_mean.fill_(-90_000.0)
    save_weights(tmp_path, "detail", network, {})
    load_weights(tmp_path, "detail", other)
    assert torch.equal(other.norm.running_var, network.norm.running_var)
    assert torch.equal(other.norm.running_mean, network.norm.running_mean)
    stored = load((tmp_path / "detail.safetensors").read_bytes())
    assert stored["layer.weight"].dtype == torch.float16


@pytest.mark.parametrize("value", [70_000.0, float("inf"), float("nan")])
def test_a_weight_that_fp16_cannot_hold_is_refused(tmp_path: Path, value: float) -> None:
    network = Network()
    with torch.no_grad():
        network.layer.weight[0] = value
    with pytest.raises(ValueError, match=r"detail: not finite or too large.*layer\.weight"):
        save_weights(tmp_path, "detail", network, {})
    assert list(tmp_path.iterdir()) == []


def test_a_file_with_infinite_numbers_is_refused(tmp_path: Path) -> None:
    network = Network()
    save_weights(tmp_path, "detail", network, {})
    path = tmp_path / "detail.safetensors"
    tensors = load(path.read_bytes())
    tensors["norm.running_var"][1] = float("inf")
    path.write_bytes(save(tensors))
    with pytest.raises(ValueError, match=r"norm\.running_var"):
        load_weights(tmp_path, "detail", Network())
