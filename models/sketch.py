"""The sketch prior: an any-order autoregressive transformer over the cells of a colour pyramid.

One forward pass per cell with cached keys and values makes inference cheap enough for float64 on
a CPU. Every input says which cell is drawn next, so that any order can be asked for: cells that
the artist painted or locked come first and are listened to (sigma-GPT, Pannatier et al. 2024).
Pre-LayerNorm, ReLU; no operation whose result depends on more than basic arithmetic, exp and
square root.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.config import SketchConfig

FEATURE_DIM = 68


class Layer(nn.Module):
    """Causal self-attention and a ReLU network, each on a normalised residual stream."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.dropout = dropout
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.project = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Map [B, N, width] to the same shape; step n sees steps 0..n."""
        batch, steps, width = x.shape
        qkv = self.qkv(self.norm1(x)).reshape(batch, steps, 3, self.heads, width // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        mixed = self.project(mixed.transpose(1, 2).reshape(batch, steps, width))
        x = x + functional.dropout(mixed, self.dropout, self.training)
        hidden = self.down(functional.relu(self.up(self.norm2(x))))
        return x + functional.dropout(hidden, self.dropout, self.training)


class SketchPrior(nn.Module):
    """Predicts the colour of the next cell.

    Args:
        config: Sizes.
        dropout: Dropout of residual branches while training.
    """

    def __init__(self, config: SketchConfig, dropout: float = 0.1) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.embedding = nn.Embedding(config.colours + 1, width)
        self.features = nn.Linear(FEATURE_DIM, width)
        self.condition1 = nn.Linear(config.condition_dim, width)
        self.condition2 = nn.Linear(width, width)
        self.layers = nn.ModuleList(
            Layer(width, config.heads, dropout) for _ in range(config.layers)
        )
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, config.colours)
        nn.init.normal_(self.embedding.weight, std=0.3)

    def forward(self, previous: Tensor, features: Tensor, condition: Tensor) -> Tensor:
        """Logits of the colours of all cells of a sequence.

        Args:
            previous: int64 [B, N], colour of the cell drawn before; `colours` at the start.
            features: float32 [B, N, 68] of `artdesk.core.sketch_layout`.
            condition: float32 [B, condition_dim].

        Returns:
            float32 [B, N, colours].
        """
        context = self.condition2(functional.relu(self.condition1(condition)))
        x = self.embedding(previous) + self.features(features) + context[:, None]
        for layer in self.layers:
            x = layer(x)
        logits: Tensor = self.head(self.norm(x))
        return torch.as_tensor(logits)
