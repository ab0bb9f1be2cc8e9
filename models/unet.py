"""The convolutional U-Net over a grid of tokens that the detail prior and the flow share.

Sources: Ronneberger et al. 2015 (U-Net), Perez et al. 2018 (FiLM), Hu et al. 2018 (global context).
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.layers import ConvNormRelu, FilmStack, ResidualBlock, enlarge

FEATURES = 128


class GlobalContext(nn.Module):
    """Adds what the whole canvas says to every cell (the pooling of Hu et al. 2018)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels // 2, 1)
        self.second = nn.Conv2d(channels // 2, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Map [B, channels, h, w] to the same shape."""
        pooled = functional.adaptive_avg_pool2d(x, 1)
        return functional.relu(x + self.second(functional.relu(self.first(pooled))))


class GridUNet(nn.Module):
    """Three resolutions of residual blocks with FiLM, from an input map to 128 features.

    A subclass calls `build` in its constructor, after the parts that come before the stem.
    """

    def build(
        self, inputs: int, channels: Sequence[int], blocks: Sequence[int], dropout: float
    ) -> None:
        """Make the layers.

        Args:
            inputs: Channels of the input map.
            channels: Channels at full, half and quarter resolution.
            blocks: Residual blocks (down at full, down at half, middle).
            dropout: Share of channels dropped in residual blocks while training.
        """
        full, half, quarter = channels
        outer, inner, middle = blocks

        def stack(width: int, count: int) -> FilmStack:
            return FilmStack(ResidualBlock(width, film=True, dropout=dropout) for _ in range(count))

        self.stem = ConvNormRelu(inputs, full)
        self.outer_down = stack(full, outer)
        self.down1 = ConvNormRelu(full, half, stride=2)
        self.inner_down = stack(half, inner)
        self.down2 = ConvNormRelu(half, quarter, stride=2)
        self.middle = stack(quarter, middle)
        self.context = GlobalContext(quarter)
        self.up2 = ConvNormRelu(quarter, half)
        self.join2 = ConvNormRelu(2 * half, half, kernel=1)
        self.inner_up = stack(half, inner)
        self.up1 = ConvNormRelu(half, full)
        self.join1 = ConvNormRelu(2 * full, full, kernel=1)
        self.outer_up = stack(full, outer + 1)
        self.widen = ConvNormRelu(full, FEATURES, kernel=1)

    @property
    def _stacks(self) -> tuple[FilmStack, ...]:
        return (self.outer_down, self.inner_down, self.middle, self.inner_up, self.outer_up)

    @property
    def film_dim(self) -> int:
        """Number of FiLM values, in the order of the stacks."""
        return sum(stack.film_dim for stack in self._stacks)

    def body(self, x: Tensor, film: Tensor) -> Tensor:
        """Features float32 [B, 128, h, w], not negative, of an input map [B, inputs, h, w].

        Args:
            x: The map; h and w are multiples of 4.
            film: float32 [B, film_dim].
        """
        parts = torch.split(film, [stack.film_dim for stack in self._stacks], dim=1)
        outer = self.outer_down(self.stem(x), parts[0])
        inner = self.inner_down(self.down1(outer), parts[1])
        x = self.context(self.middle(self.down2(inner), parts[2]))
        x = self.join2(torch.cat([self.up2(enlarge(x)), inner], dim=1))
        x = self.inner_up(x, parts[3])
        x = self.join1(torch.cat([self.up1(enlarge(x)), outer], dim=1))
        result: Tensor = self.widen(self.outer_up(x, parts[4]))
        return result
