"""The word encoder: a small DistilBERT that reads one adjective or a short phrase.

Sanh et al. 2019, "DistilBERT, a distilled version of BERT". It is far smaller than the published
checkpoint (192 wide, 3 layers, 3 heads) because it reads a few pieces of one or two words. The
pieces have narrow embeddings that one matrix widens (Lan et al. 2020, "ALBERT", 3.1), because a
full-width table would be most of the network. Its output is the word vector of ArtDesk:
29 attributes, then a semantic direction of 64 numbers.
"""

from dataclasses import dataclass

import torch
from torch import nn
from transformers import DistilBertConfig, DistilBertModel

from models.config import _Config


@dataclass(frozen=True, slots=True, kw_only=True)
class WordEncoderConfig(_Config):
    """Sizes of a `WordEncoder`; all but `vocabulary` have the values of the shipped model.

    An `embedding` as wide as `width` needs no widening and gets none.
    """

    vocabulary: int
    embedding: int = 96
    width: int = 192
    layers: int = 3
    heads: int = 3
    feed_forward: int = 256
    positions: int = 32
    attributes: int = 29
    semantic: int = 64
    dropout: float = 0.1

    def __post_init__(self) -> None:
        """Check that the sizes fit together.

        Raises:
            ValueError: a size is not positive or the heads do not divide the width.
        """
        for name in (
            "vocabulary",
            "embedding",
            "width",
            "layers",
            "heads",
            "feed_forward",
            "positions",
        ):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)} but must be 1 or more")
        if self.width % self.heads:
            raise ValueError(f"width {self.width} must be divisible by heads {self.heads}")


class WordEncoder(nn.Module):
    """DistilBERT body, mean over the tokens, one linear head and one attribute head."""

    def __init__(self, config: WordEncoderConfig) -> None:
        """Build the network with fresh weights."""
        super().__init__()
        self.config = config
        body = DistilBertConfig(
            vocab_size=config.vocabulary,
            max_position_embeddings=config.positions,
            n_layers=config.layers,
            n_heads=config.heads,
            dim=config.width,
            hidden_dim=config.feed_forward,
            dropout=config.dropout,
            attention_dropout=config.dropout,
        )
        # Plain matrix products: they export to ONNX and quantise without special cases.
        body._attn_implementation = "eager"
        self.body = DistilBertModel(body)
        if config.embedding != config.width:
            narrow = nn.Sequential(
                nn.Embedding(config.vocabulary, config.embedding, padding_idx=0),
                nn.Linear(config.embedding, config.width, bias=False),
            )
            setattr(self.body.embeddings, "word_embeddings", narrow)  # noqa: B010 - of another type
        self.semantic_head = nn.Linear(config.width, config.semantic)
        self.attribute_head = nn.Sequential(
            nn.Linear(config.width, config.width),
            nn.GELU(),
            nn.Dropout(config.dropout),
            nn.Linear(config.width, config.attributes),
            nn.Tanh(),
        )

    @property
    def pieces(self) -> nn.Embedding:
        """The embeddings of the word pieces."""
        table: nn.Module = self.body.embeddings.word_embeddings
        found = table[0] if isinstance(table, nn.Sequential) else table
        if not isinstance(found, nn.Embedding):
            raise TypeError("the word encoder has no embeddings")
        return found

    @property
    def widening(self) -> nn.Linear:
        """The layer between narrow embeddings and the body.

        Raises:
            TypeError: The embeddings are as wide as the body.
        """
        table: nn.Module = self.body.embeddings.word_embeddings
        found = table[1] if isinstance(table, nn.Sequential) else None
        if not isinstance(found, nn.Linear):
            raise TypeError("the embeddings of this word encoder are not widened")
        return found

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Encode texts.

        Args:
            input_ids: int64 [B, n], with [CLS] and [SEP].
            attention_mask: int64 [B, n], 1 for a token and 0 for padding.

        Returns:
            float32 [B, 93]: 29 attributes within -1..1, then a semantic unit vector of 64.
        """
        hidden = self.body(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        weight = attention_mask.unsqueeze(-1).to(hidden.dtype)
        pooled = (hidden * weight).sum(dim=1) / weight.sum(dim=1)
        semantic = self.semantic_head(pooled)
        # A sum under the root instead of a norm with a minimum: one graph, no branches.
        semantic = semantic / (semantic.square().sum(dim=1, keepdim=True) + 1e-12).sqrt()
        return torch.cat([self.attribute_head(pooled), semantic], dim=1)
