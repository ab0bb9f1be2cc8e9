"""The detail prior: a masked-token model as a convolutional U-Net over the token grid.

Sources: Chang et al. 2022 (MaskGIT: masked tokens, parallel decoding), Rampas et al. 2022
(Paella: a convolutional denoiser over tokens), Perez et al. 2018 (FiLM).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.config import DetailConfig
from models.layers import ConditionNetwork
from models.unet import FEATURES, GridUNet


class DetailPrior(GridUNet):
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
        self.register_buffer("codebook", torch.zeros(config.codebook_size + 1, config.code_dim))
        self.embedding = nn.Embedding(config.codebook_size + 1, config.learned_dim)

        self.build(
            config.code_dim + config.learned_dim + 4, config.channels, config.blocks, dropout
        )
        self.head = nn.Conv2d(FEATURES, config.codebook_size, 1)
        self.condition = ConditionNetwork(
            config.condition_dim + 1, config.condition_hidden, self.film_dim
        )
        nn.init.normal_(self.embedding.weight, std=0.3)

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
        table = torch.cat([self.codebook, self.embedding.weight], dim=1)
        x = functional.embedding(tokens, table).permute(0, 3, 1, 2)
        return self.body(torch.cat([x, sketch], dim=1), film)

    def forward(self, tokens: Tensor, sketch: Tensor, condition: Tensor) -> Tensor:
        """Logits float32 [B, codebook_size, h, w]; condition is [B, condition_dim + 1]."""
        result: Tensor = self.head(self.features(tokens, sketch, self.condition(condition)))
        return result
