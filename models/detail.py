"""The detail prior: a masked-token model as a convolutional U-Net over the token grid.

Sources: Chang et al. 2022 (MaskGIT: masked tokens, parallel decoding), Rampas et al. 2022
(Paella: a convolutional denoiser over tokens), Perez et al. 2018 (FiLM).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.config import DetailConfig
from models.layers import ConditionNetwork, ConvNormRelu, FilmStack, ResidualBlock, enlarge

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


class DetailPrior(nn.Module):
    """Predicts the codes of masked cells from visible cells, sketch and condition.

    The condition vector is followed by the share of masked cells, 0..1.

    Args:
        config: Sizes.
        dropout: Share of channels dropped in residual blocks while training.
    """

    codebook: Tensor

    def __init__(self, config: DetailConfig, dropout: float = 0.05) -> None:
        super().__init__()
        self.config = config
        full, half, quarter = config.channels
        outer, inner, middle = config.blocks
        self.register_buffer("codebook", torch.zeros(config.codebook_size + 1, config.code_dim))
        self.embedding = nn.Embedding(config.codebook_size + 1, config.learned_dim)

        def blocks(channels: int, count: int) -> FilmStack:
            return FilmStack(
                ResidualBlock(channels, film=True, dropout=dropout) for _ in range(count)
            )

        self.stem = ConvNormRelu(config.code_dim + config.learned_dim + 4, full)
        self.outer_down = blocks(full, outer)
        self.down1 = ConvNormRelu(full, half, stride=2)
        self.inner_down = blocks(half, inner)
        self.down2 = ConvNormRelu(half, quarter, stride=2)
        self.middle = blocks(quarter, middle)
        self.context = GlobalContext(quarter)
        self.up2 = ConvNormRelu(quarter, half)
        self.join2 = ConvNormRelu(2 * half, half, kernel=1)
        self.inner_up = blocks(half, inner)
        self.up1 = ConvNormRelu(half, full)
        self.join1 = ConvNormRelu(2 * full, full, kernel=1)
        self.outer_up = blocks(full, outer + 1)
        self.widen = ConvNormRelu(full, FEATURES, kernel=1)
        self.head = nn.Conv2d(FEATURES, config.codebook_size, 1)
        self.condition = ConditionNetwork(
            config.condition_dim + 1, config.condition_hidden, self.film_dim
        )
        nn.init.normal_(self.embedding.weight, std=0.3)

    @property
    def _stacks(self) -> tuple[FilmStack, ...]:
        return (self.outer_down, self.inner_down, self.middle, self.inner_up, self.outer_up)

    @property
    def film_dim(self) -> int:
        """Number of FiLM values, in the order of the stacks."""
        return sum(stack.film_dim for stack in self._stacks)

    def features(self, tokens: Tensor, sketch: Tensor, film: Tensor) -> Tensor:
        """Feature map under the head.

        Args:
            tokens: int64 [B, h, w]; `codebook_size` = masked. h and w are multiples of 4.
            sketch: float32 [B, 4, h, w] of `artdesk.core.sketch_layout.enlarge_sketch`; zeros
                when there is no sketch.
            film: float32 [B, film_dim].

        Returns:
            float32 [B, 128, h, w], not negative.
        """
        parts = torch.split(film, [stack.film_dim for stack in self._stacks], dim=1)
        table = torch.cat([self.codebook, self.embedding.weight], dim=1)
        x = functional.embedding(tokens, table).permute(0, 3, 1, 2)
        outer = self.outer_down(self.stem(torch.cat([x, sketch], dim=1)), parts[0])
        inner = self.inner_down(self.down1(outer), parts[1])
        x = self.context(self.middle(self.down2(inner), parts[2]))
        x = self.join2(torch.cat([self.up2(enlarge(x)), inner], dim=1))
        x = self.inner_up(x, parts[3])
        x = self.join1(torch.cat([self.up1(enlarge(x)), outer], dim=1))
        result: Tensor = self.widen(self.outer_up(x, parts[4]))
        return result

    def forward(self, tokens: Tensor, sketch: Tensor, condition: Tensor) -> Tensor:
        """Logits float32 [B, codebook_size, h, w]; condition is [B, condition_dim + 1]."""
        result: Tensor = self.head(self.features(tokens, sketch, self.condition(condition)))
        return result
