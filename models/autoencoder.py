"""The tokenizer: a convolutional VQ-VAE whose decoder listens to words and palette.

Downsampling by 8; Conv + BatchNorm + ReLU only; any height and width that is a multiple of 8.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.config import TokenizerConfig
from models.layers import ConditionNetwork, ConvNormRelu, FilmStack, ResidualBlock, enlarge, icnr_
from models.quantizer import Quantizer


class Encoder(nn.Module):
    """Picture to unit latents."""

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        wide, deep = config.encoder_channels
        self.unshuffle = nn.PixelUnshuffle(4)
        self.stem = ConvNormRelu(48, wide)
        self.blocks1 = nn.Sequential(*(ResidualBlock(wide) for _ in range(2)))
        self.down = ConvNormRelu(wide, deep, stride=2)
        self.blocks2 = nn.Sequential(*(ResidualBlock(deep) for _ in range(3)))
        self.head = nn.Conv2d(deep, config.code_dim, 1)

    def forward(self, image: Tensor) -> Tensor:
        """Map float32 [B, 3, H, W] in -1..1 to unnormalised latents [B, code_dim, H/8, W/8]."""
        x = self.blocks1(self.stem(self.unshuffle(image)))
        result: Tensor = self.head(self.blocks2(self.down(x)))
        return result


class Decoder(nn.Module):
    """Codes to picture, modulated by FiLM values."""

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        low, middle, high = config.decoder_channels
        self.stem = ConvNormRelu(config.code_dim, low)
        self.stack1 = FilmStack(ResidualBlock(low, film=True) for _ in range(3))
        self.up1 = ConvNormRelu(low, middle)
        self.stack2 = FilmStack(ResidualBlock(middle, film=True) for _ in range(2))
        self.up2 = ConvNormRelu(middle, high)
        self.block3 = ResidualBlock(high)
        self.head = nn.Conv2d(high, 12, 3, padding=1)
        icnr_(self.head.weight, 2)
        with torch.no_grad():
            self.head.weight.mul_(0.3)
        self.shuffle = nn.PixelShuffle(2)

    @property
    def film_dim(self) -> int:
        """Number of FiLM values that `forward` takes."""
        return self.stack1.film_dim + self.stack2.film_dim

    def forward(self, codes: Tensor, film: Tensor) -> Tensor:
        """Map codes [B, code_dim, h, w] and film [B, film_dim] to [B, 3, 8h, 8w], about -1..1."""
        first = self.stack1.film_dim
        x = self.stack1(self.stem(codes), film[:, :first])
        x = self.stack2(self.up1(enlarge(x)), film[:, first:])
        x = self.block3(self.up2(enlarge(x)))
        result: Tensor = self.shuffle(self.head(x))
        return result


class Tokenizer(nn.Module):
    """Encoder, quantizer, decoder and the decoder's condition network."""

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.quantizer = Quantizer(config.codebook_size, config.code_dim)
        self.decoder = Decoder(config)
        self.condition = ConditionNetwork(
            config.condition_dim, config.condition_hidden, self.decoder.film_dim
        )

    def latents(self, image: Tensor) -> Tensor:
        """Unit latents float32 [B, code_dim, h, w] of pictures [B, 3, 8h, 8w]."""
        return functional.normalize(self.encoder(image).float(), dim=1)

    def encode(self, image: Tensor) -> Tensor:
        """Token ids int64 [B, h, w] of pictures [B, 3, 8h, 8w]."""
        latents = self.latents(image)
        batch, dim, height, width = latents.shape
        flat = latents.permute(0, 2, 3, 1).reshape(-1, dim)
        return self.quantizer.nearest(flat).reshape(batch, height, width)

    def decode(self, tokens: Tensor, condition: Tensor) -> Tensor:
        """Pictures [B, 3, 8h, 8w] of tokens int64 [B, h, w] and conditions [B, condition_dim]."""
        codes = self.quantizer.lookup(tokens).permute(0, 3, 1, 2)
        result: Tensor = self.decoder(codes, self.condition(condition))
        return result
