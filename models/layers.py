"""Building blocks shared by the tokenizer and the detail prior.

Only convolutions, batch norm, ReLU and nearest-neighbour enlarging: batch norm folds into the
convolutions, so that everything becomes integer arithmetic after quantization.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional


class ConditionNetwork(nn.Module):
    """Maps condition vectors to the FiLM values of all blocks at once (FiLM: Perez et al. 2018).

    Args:
        condition_dim: Length of the input vector.
        hidden: Width of the two hidden layers.
        film_dim: Total number of FiLM values; the last layer starts at zero (no modulation).
    """

    def __init__(self, condition_dim: int, hidden: int, film_dim: int) -> None:
        super().__init__()
        self.first = nn.Linear(condition_dim, hidden)
        self.second = nn.Linear(hidden, hidden)
        self.last = nn.Linear(hidden, film_dim)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, condition: Tensor) -> Tensor:
        """Map float32 [B, condition_dim] to float32 [B, film_dim]."""
        hidden = functional.relu(self.first(condition))
        result: Tensor = self.last(functional.relu(self.second(hidden)))
        return result


class ResidualBlock(nn.Module):
    """ReLU(x + conv(ReLU(FiLM(BatchNorm(conv(x)))))).

    Args:
        channels: Channels in and out.
        film: Whether the block takes FiLM values, float32 [B, 2 * channels] (scale, then shift).
        dropout: Share of channels dropped between the convolutions while training.
    """

    def __init__(self, channels: int, *, film: bool = False, dropout: float = 0.0) -> None:
        super().__init__()
        self.channels = channels
        self.film_dim = 2 * channels if film else 0
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.dropout = nn.Dropout2d(dropout)
        with torch.no_grad():
            self.conv2.weight.mul_(0.3)

    def forward(self, x: Tensor, film: Tensor | None = None) -> Tensor:
        """Map [B, channels, h, w] to the same shape."""
        hidden = self.norm(self.conv1(x))
        if film is not None:
            # Two slices with constant bounds: a split exports as arithmetic on shapes.
            scale = film[:, : self.channels, None, None]
            shift = film[:, self.channels :, None, None]
            hidden = hidden * (1.0 + scale) + shift
        hidden = self.conv2(self.dropout(functional.relu(hidden)))
        return functional.relu(x + hidden)


class ConvNormRelu(nn.Module):
    """Convolution, batch norm, ReLU."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Map [B, inputs, h, w] to [B, outputs, h / stride, w / stride]."""
        return functional.relu(self.norm(self.conv(x)))


class FilmStack(nn.ModuleList):
    """A list of residual blocks that share one vector of FiLM values, in order."""

    @property
    def film_dim(self) -> int:
        """Total number of FiLM values that the blocks take."""
        return sum(block.film_dim for block in self)  # type: ignore[misc]

    def forward(self, x: Tensor, film: Tensor) -> Tensor:
        """Apply all blocks; film is [B, film_dim]."""
        start = 0
        for block in self:
            width = int(block.film_dim)  # type: ignore[arg-type]
            x = block(x, film[:, start : start + width])
            start += width
        return x


def enlarge(x: Tensor) -> Tensor:
    """Double height and width by repeating cells."""
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")


def icnr_(weight: Tensor, factor: int) -> None:
    """Initialise a convolution before a depth-to-space so that it starts without checkerboards.

    Source: Aitken et al. 2017, "Checkerboard artifact free sub-pixel convolution".

    Args:
        weight: [outputs * factor**2, inputs, k, k], changed in place.
        factor: Enlargement of the depth-to-space.
    """
    outputs = weight.shape[0] // factor**2
    kernel = torch.empty(outputs, *weight.shape[1:])
    nn.init.kaiming_normal_(kernel)
    with torch.no_grad():
        weight.copy_(kernel.repeat_interleave(factor**2, dim=0))
