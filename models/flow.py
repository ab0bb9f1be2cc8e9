"""Flow matching over the continuous latents of the tokenizer, as a detail prior.

A straight path leads from Gaussian noise to the latents of a picture; the network says the
velocity along it, and a few Euler steps follow it. Known cells, sketch and condition steer it. At
the end each latent takes its nearest code, so pictures are tokens as before.

Sources: Lipman et al. 2023 (flow matching), Liu et al. 2023 (rectified flow, straight paths),
Esser et al. 2024 (times drawn logit-normally).
"""

import math

import torch
from torch import Tensor, nn

from models.config import FlowConfig
from models.layers import ConditionNetwork
from models.unet import FEATURES, GridUNet

# The time as sines and cosines of rising frequency, so that early and late steps look different.
TIME_DIM = 16
STEPS = 16


def time_features(time: Tensor) -> Tensor:
    """Features float32 [B, 16] of times float32 [B], 0 (noise) to 1 (picture)."""
    angles = time[:, None] * math.pi * 2.0 ** torch.arange(TIME_DIM // 2, device=time.device)
    return torch.cat([angles.sin(), angles.cos()], dim=1)


class FlowPrior(GridUNet):
    """Velocity of noised latents.

    The condition vector is followed by the share of masked cells, 0..1, and the time's features.
    Latents are standardised: mean 0 and deviation 1 for each channel.

    Args:
        config: Sizes.
        dropout: Share of channels dropped in residual blocks while training.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, config: FlowConfig, dropout: float = 0.0) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("mean", torch.zeros(1, config.code_dim, 1, 1))
        self.register_buffer("deviation", torch.ones(1, config.code_dim, 1, 1))
        # Noised latents, known latents, which cells are asked for, sketch.
        self.build(2 * config.code_dim + 1 + 4, config.channels, config.blocks, dropout)
        self.head = nn.Conv2d(FEATURES, config.code_dim, 1)
        self.condition = ConditionNetwork(
            config.condition_dim + 1 + TIME_DIM, config.condition_hidden, self.film_dim
        )
        nn.init.zeros_(self.head.weight)

    def standardise(self, latents: Tensor) -> Tensor:
        """Bring unit latents [B, code_dim, h, w] to mean 0 and deviation 1."""
        return (latents - self.mean) / self.deviation

    def restore(self, latents: Tensor) -> Tensor:
        """Undo `standardise`; the result is not normalised."""
        return latents * self.deviation + self.mean

    def forward(
        self,
        noised: Tensor,
        known: Tensor,
        mask: Tensor,
        sketch: Tensor,
        condition: Tensor,
        time: Tensor,
    ) -> Tensor:
        """Velocity float32 [B, code_dim, h, w].

        Args:
            noised: float32 [B, code_dim, h, w], on the path from noise to latents.
            known: The latents of the cells that stay, zeros where masked.
            mask: float32 [B, 1, h, w], 1 where cells are asked for.
            sketch: float32 [B, 4, h, w]; zeros when there is none.
            condition: float32 [B, condition_dim].
            time: float32 [B], 0..1.
        """
        share = mask.mean(dim=(1, 2, 3))[:, None]
        given = torch.cat([condition, share, time_features(time)], dim=1)
        x = torch.cat([noised, known, mask, sketch], dim=1)
        velocity: Tensor = self.head(self.body(x, self.condition(given)))
        return velocity


@torch.no_grad()
def follow(
    model: FlowPrior,
    latents: Tensor,
    mask: Tensor,
    sketch: Tensor,
    condition: Tensor,
    noise: Tensor,
    steps: int = STEPS,
) -> Tensor:
    """Draw the masked cells by Euler steps.

    Args:
        model: The flow, in evaluation mode.
        latents: Standardised latents float32 [B, code_dim, h, w]; masked cells are not read.
        mask: float32 [B, 1, h, w], 1 where cells are drawn.
        sketch: float32 [B, 4, h, w].
        condition: float32 [B, condition_dim].
        noise: float32 [B, code_dim, h, w], standard normal.
        steps: How many steps.

    Returns:
        Standardised latents; cells that are not masked as given.
    """
    known = latents * (1.0 - mask)
    x = noise
    for step in range(steps):
        time = torch.full((len(x),), step / steps, device=x.device)
        velocity = model(x, known, mask, sketch, condition, time)
        # In half precision too, the path itself is kept in float32.
        x = x + velocity.float() / steps
        # Known cells stay on their own straight path, as in training.
        path = (step + 1) / steps
        x = mask * x + (1.0 - mask) * ((1.0 - path) * noise + path * latents)
    return x
