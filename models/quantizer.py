"""Vector quantizer with a cosine codebook that follows its vectors by moving averages.

Sources: van den Oord et al. 2017 (VQ-VAE, exponential moving averages), Yu et al. 2022
(ViT-VQGAN: l2-normalised low-dimensional codes).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional


class Quantizer(nn.Module):
    """Codebook of unit vectors.

    Args:
        size: Number of embeddings.
        dim: Dimension of an embedding.
        decay: Decay of the moving averages.
    """

    codebook: Tensor
    counts: Tensor
    sums: Tensor

    def __init__(self, size: int, dim: int, decay: float = 0.99) -> None:
        super().__init__()
        self.decay = decay
        vectors = functional.normalize(torch.randn(size, dim), dim=-1)
        self.register_buffer("codebook", vectors)
        self.register_buffer("counts", torch.ones(size))
        self.register_buffer("sums", vectors.clone())

    @property
    def size(self) -> int:
        """Number of embeddings."""
        return self.codebook.shape[0]

    def nearest(self, vectors: Tensor) -> Tensor:
        """Ids int64 [n] of the codes nearest to unit vectors float32 [n, dim]."""
        return (vectors @ self.codebook.t()).argmax(dim=-1)

    def lookup(self, ids: Tensor) -> Tensor:
        """Codes float32 [..., dim] of ids int64 [...]."""
        return self.codebook[ids]

    @torch.no_grad()
    def update(self, vectors: Tensor, ids: Tensor) -> None:
        """Move the codebook towards the vectors float32 [n, dim] assigned to ids int64 [n]."""
        counts = torch.bincount(ids, minlength=self.size).to(vectors.dtype)
        sums = torch.zeros_like(self.sums).index_add_(0, ids, vectors)
        self.counts.lerp_(counts, 1.0 - self.decay)
        self.sums.lerp_(sums, 1.0 - self.decay)
        self.codebook.copy_(functional.normalize(self.sums, dim=-1))

    @torch.no_grad()
    def revive(self, vectors: Tensor, share: float = 0.1) -> int:
        """Give codes used less than `share` of the mean use a recent vector; return how many.

        Args:
            vectors: Recent unit vectors, float32 [n, dim].
            share: Threshold as a share of the mean moving-average count.
        """
        mean = self.counts.mean()
        dead = (self.counts < share * mean).nonzero().flatten()
        if len(dead) == 0:
            return 0
        picks = vectors[torch.randint(len(vectors), (len(dead),))]
        self.codebook[dead] = picks
        self.counts[dead] = mean * 0.5
        self.sums[dead] = picks * mean * 0.5
        return len(dead)

    @torch.no_grad()
    def start_from(self, vectors: Tensor, rounds: int = 12) -> None:
        """Set the codebook by spherical k-means on unit vectors float32 [n, dim], n >= size."""
        centres = vectors[torch.randperm(len(vectors))[: self.size]].clone()
        counts = torch.ones(self.size)
        for _ in range(rounds):
            ids = (vectors @ centres.t()).argmax(dim=-1)
            counts = torch.bincount(ids, minlength=self.size).float()
            sums = torch.zeros_like(centres).index_add_(0, ids, vectors)
            centres = functional.normalize(sums, dim=-1)
            empty = counts == 0
            centres[empty] = vectors[torch.randint(len(vectors), (int(empty.sum()),))]
        self.codebook.copy_(centres)
        self.counts.copy_(counts.clamp(min=1.0) * self.size / counts.sum())
        self.sums.copy_(centres * self.counts[:, None])
