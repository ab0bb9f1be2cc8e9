"""A projected critic: small heads that judge pictures by the features of a frozen network.

Sauer et al. 2021, "Projected GANs Converge Faster": the features of each depth pass a fixed random
1x1 convolution, so that a head cannot lean on the few channels that give a picture away at once.
Miyato et al. 2018: spectral norm keeps the heads' slopes, and so their gradients, bounded.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

WIDTH = 64


class Head(nn.Module):
    """Scores of every place of one feature map.

    Args:
        channels: Channels of the feature map.
        width: Channels of the head.
    """

    mixing: Tensor
    scale: Tensor

    def __init__(self, channels: int, width: int = WIDTH) -> None:
        super().__init__()
        mixing = torch.randn(width, channels, 1, 1) / channels**0.5
        self.register_buffer("mixing", mixing)
        self.register_buffer("scale", torch.ones(1, channels, 1, 1))
        self.layers = nn.Sequential(
            spectral_norm(nn.Conv2d(width, width, 3, padding=1)),
            nn.LeakyReLU(0.2),
            spectral_norm(nn.Conv2d(width, width, 3, padding=1)),
            nn.LeakyReLU(0.2),
            spectral_norm(nn.Conv2d(width, 1, 1)),
        )

    def forward(self, features: Tensor) -> Tensor:
        """Scores [B, 1, h, w] of features [B, channels, h, w]; high means real."""
        result: Tensor = self.layers(functional.conv2d(features * self.scale, self.mixing))
        return result


class Critic(nn.Module):
    """One head for each depth of the frozen network.

    Args:
        channels: Channels of the feature maps, shallow to deep.
    """

    def __init__(self, channels: Sequence[int]) -> None:
        super().__init__()
        self.heads = nn.ModuleList(Head(count) for count in channels)

    @torch.no_grad()
    def set_scales(self, features: Sequence[Tensor]) -> None:
        """Bring each channel to a standard deviation of 1, measured on real pictures.

        Args:
            features: Feature maps float32 [B, channels, h, w], one for each head.
        """
        for head, found in zip(self.heads, features, strict=True):
            deviation = found.std(dim=(0, 2, 3), keepdim=True)
            head.scale.copy_(1.0 / (deviation + 1e-3))  # type: ignore[operator]

    def forward(self, features: Sequence[Tensor]) -> list[Tensor]:
        """Scores of all heads, each [B, 1, h, w]."""
        return [head(found) for head, found in zip(self.heads, features, strict=True)]


def critic_loss(real: Sequence[Tensor], drawn: Sequence[Tensor]) -> Tensor:
    """Hinge loss of the critic (Lim & Ye 2017), mean over the heads."""
    losses = [
        functional.relu(1.0 - a.float()).mean() + functional.relu(1.0 + b.float()).mean()
        for a, b in zip(real, drawn, strict=True)
    ]
    return torch.stack(losses).mean()


def deceiving_loss(drawn: Sequence[Tensor]) -> Tensor:
    """What the decoder lowers to be taken for real: the negative mean score."""
    return -torch.stack([scores.float().mean() for scores in drawn]).mean()
