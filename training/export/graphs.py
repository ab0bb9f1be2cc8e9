"""Float graphs: networks of `models` as ONNX, with batch norm folded into the convolutions.

The TorchScript exporter is used because it writes one node for each operation, which the
quantizer needs; PyTorch's newer exporter wants another package and writes other patterns.
"""

import copy
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from models.autoencoder import Decoder, Encoder
from models.detail import DetailPrior
from models.words import WordEncoder

OPSET = 17
Module = TypeVar("Module", bound=nn.Module)


def folded(module: Module) -> Module:
    """A copy in evaluation mode whose batch norms are part of the convolutions before them.

    Every block of `models` keeps the pair under neighbouring names: `conv` or `conv1`, `norm`.
    """
    result = copy.deepcopy(module).eval()
    for block in result.modules():
        norm = getattr(block, "norm", None)
        if not isinstance(norm, nn.BatchNorm2d):
            continue
        name = "conv" if hasattr(block, "conv") else "conv1"
        setattr(block, name, fuse_conv_bn_eval(getattr(block, name), norm))
        block.norm = nn.Identity()
    return result


class TextGraph(nn.Module):
    """The word encoder for one text: int64 [1, n] twice to float32 [1, D]."""

    def __init__(self, encoder: WordEncoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.length = encoder.config.attributes + encoder.config.semantic

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Encode; the reshape tells the exporter the length of the result."""
        vector: Tensor = self.encoder(input_ids, attention_mask)
        return vector.reshape(1, self.length)


class EncoderGraph(nn.Module):
    """Picture float32 [1, 3, H, W] in -1..1 to unit latents float32 [1, code_dim, H/8, W/8].

    The pixel-unshuffle and the 3x3 convolution after it become one 12x12 convolution with
    stride 4: the same products, without the reshapes that have no integer form.
    """

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = folded(encoder)
        old = self.encoder.stem.conv
        outputs = old.out_channels
        factor = self.encoder.unshuffle.downscale_factor
        # [out, colour, row in block, column in block, kernel row, kernel column]
        weight = old.weight.detach().reshape(outputs, 3, factor, factor, 3, 3)
        weight = weight.permute(0, 1, 4, 2, 5, 3).reshape(outputs, 3, 3 * factor, 3 * factor)
        stem = nn.Conv2d(3, outputs, 3 * factor, factor, factor)
        with torch.no_grad():
            stem.weight.copy_(weight)
            stem.bias.copy_(old.bias)  # type: ignore[union-attr, arg-type]
        self.encoder.stem.conv = stem
        self.encoder.unshuffle = nn.Identity()  # type: ignore[assignment]

    def forward(self, image: Tensor) -> Tensor:
        """Encode and normalise."""
        latents: Tensor = self.encoder(image)
        return latents / latents.square().sum(dim=1, keepdim=True).clamp(min=1e-12).sqrt()


class DecoderGraph(nn.Module):
    """Codes float32 [1, code_dim, h, w] and film float32 [1, F] to float32 [1, 3, 8h, 8w]."""

    def __init__(self, decoder: Decoder) -> None:
        super().__init__()
        self.decoder = folded(decoder)

    def forward(self, codes: Tensor, film: Tensor) -> Tensor:
        """Decode."""
        image: Tensor = self.decoder(codes, film)
        return image


class DetailGraph(nn.Module):
    """The detail prior up to its features; the head is an integer table outside the graph."""

    def __init__(self, prior: DetailPrior) -> None:
        super().__init__()
        self.prior = folded(prior)

    def forward(self, tokens: Tensor, sketch: Tensor, film: Tensor) -> Tensor:
        """Features float32 [B, C, h, w] of `DetailPrior.features`."""
        return self.prior.features(tokens, sketch, film)


def to_onnx(
    module: nn.Module,
    inputs: Mapping[str, Tensor],
    output: str,
    dynamic: Mapping[str, Mapping[int, str]],
) -> onnx.ModelProto:
    """Trace a module into an ONNX model with inline weights.

    Args:
        module: The module; called with the inputs in their order.
        inputs: Example inputs by name.
        output: Name of the one output.
        dynamic: For each input and the output, the axes whose length is free, with their names.
    """
    module.eval()
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        # The exporter warns that it is the older one; see the top of this file.
        warnings.simplefilter("ignore")
        path = Path(folder) / "graph.onnx"
        torch.onnx.export(
            module,
            tuple(inputs.values()),
            str(path),
            input_names=list(inputs),
            output_names=[output],
            dynamic_axes={name: dict(axes) for name, axes in dynamic.items()},
            opset_version=OPSET,
            dynamo=False,
        )
        model = onnx.load(path)
    model.producer_name, model.producer_version = "artdesk", ""
    onnx.checker.check_model(model, full_check=True)
    return model


def own_initializers(model: onnx.ModelProto) -> onnx.ModelProto:
    """Give every node initializers of its own.

    The exporter shares equal constants, and the quantizer gives one scale to a shared tensor,
    so that layers would disturb each other.
    """
    result = onnx.ModelProto()
    result.CopyFrom(model)
    known = {tensor.name: tensor for tensor in result.graph.initializer}
    seen: set[str] = set()
    for node in result.graph.node:
        for place, name in enumerate(node.input):
            if name not in known:
                continue
            if name in seen:
                fresh = numpy_helper.from_array(
                    numpy_helper.to_array(known[name]), f"{name}_of_{node.name}_{place}"
                )
                result.graph.initializer.append(fresh)
                node.input[place] = fresh.name
            seen.add(name)
    return result
