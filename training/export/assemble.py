"""From trained networks to a bundle in memory: tables, int8 graphs, measurements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray

from artdesk.bundle.architecture import Architecture
from artdesk.core.sketch_layout import LEVELS, LONG_SIDE
from models.autoencoder import Tokenizer
from models.config import DOWNSAMPLING
from models.detail import DetailPrior
from models.sketch import SketchPrior
from models.words import WordEncoder
from training.data.arrays import npz
from training.data.library import Library
from training.export import parity, tables
from training.export.calibration import decoder_samples, detail_samples, encoder_samples
from training.export.graphs import DecoderGraph, DetailGraph, EncoderGraph, TextGraph, to_onnx
from training.export.parity import Measure
from training.export.quantize import (
    GraphInputs,
    Grid,
    check_integer,
    dynamic_int8,
    end_in_integers,
    static_int8,
)
from training.export.statistics import Maps, code_statistics, palette_table
from training.fit.detail import WINDOW

INTEGER_GRAPHS = ("encoder.onnx", "decoder.onnx", "detail.onnx")


@dataclass(frozen=True, slots=True, kw_only=True)
class Networks:
    """Everything that was trained.

    Attributes:
        tokenizer: Encoder, codebook and decoder.
        sketch: The sketch prior.
        sketch_colours: Its colours, uint8 [n, 3], sRGB.
        detail: The detail prior.
        text: The word encoder.
        text_files: `tokenizer.json`, `words.npz`, `words.json` and, where words were inferred,
            `inferred.npz` as bytes.
        text_ids: Piece numbers of some known words, for the measurement.
    """

    tokenizer: Tokenizer
    sketch: SketchPrior
    sketch_colours: NDArray[np.uint8]
    detail: DetailPrior
    text: WordEncoder
    text_files: Mapping[str, bytes]
    text_ids: Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Pictures that the export measures on.

    Attributes:
        library: Training pictures, for palettes and percentiles.
        calibration: Encoded training pictures of at least two sizes.
        held_out: Encoded held-out pictures of one size.
        common: Encoded training pictures, for the frequency and colour of codes.
    """

    library: Library
    calibration: Sequence[Maps]
    held_out: Maps
    common: Sequence[Maps]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantizationLimits:
    """What quantization may cost before the export refuses.

    Attributes:
        encoder_loss: Loss in dB of a reconstruction when the int8 encoder chose the tokens.
        decoder_psnr: Mean PSNR in dB of the int8 decoder against the float one.
        cross_entropy: Rise of the detail prior's cross-entropy in nats.
        text_cosine: Lowest cosine of a word's vector against the float encoder's.
        bytes: Size of the whole bundle.
    """

    encoder_loss: float = 0.6
    decoder_psnr: float = 38.0
    cross_entropy: float = 0.02
    text_cosine: float = 0.98
    bytes: int = 45_000_000


@dataclass(slots=True)
class Built:
    """A bundle in memory, before it is written."""

    architecture: Architecture
    files: dict[str, bytes] = field(default_factory=dict)
    measures: list[Measure] = field(default_factory=list)


def build_tables(networks: Networks, material: Material) -> dict[str, NDArray[Any]]:
    """All arrays of tables.npz but the head, whose grid is known only after quantization."""
    codebook = tables.float_array(networks.tokenizer.quantizer.codebook)
    frequency, colours = code_statistics(material.common, len(codebook))
    return {
        "codebook": codebook,
        "code_colours": colours,
        "code_frequency": frequency.astype(np.float32),
        "code_neighbours": tables.code_neighbours(codebook),
        **tables.film_tables("decoder", networks.tokenizer.condition),
        **tables.film_tables("detail", networks.detail.condition),
        "sketch_colours": networks.sketch_colours,
        **palette_table(material.library.labelled),
        "attribute_quantiles": material.library.labels.quantiles.astype(np.float32),
        "exp_table": tables.exp_table(),
    }


def decoder_graph(tokenizer: Tokenizer) -> onnx.ModelProto:
    """The decoder before quantization."""
    return to_onnx(
        DecoderGraph(tokenizer.decoder),
        {
            "codes": torch.zeros(1, tokenizer.config.code_dim, 8, 8),
            "film": torch.zeros(1, tokenizer.decoder.film_dim),
        },
        "image",
        {"codes": {2: "h", 3: "w"}, "image": {2: "H", 3: "W"}},
    )


def float_graphs(networks: Networks) -> dict[str, onnx.ModelProto]:
    """The four graphs before quantization."""
    tokenizer, detail = networks.tokenizer, networks.detail
    tokens = torch.zeros(2, 8, 8, dtype=torch.int64)
    ids = torch.tensor([[0, 1, 2, 0]])
    area = {2: "h", 3: "w"}
    return {
        "encoder.onnx": to_onnx(
            EncoderGraph(tokenizer.encoder),
            {"image": torch.zeros(1, 3, 64, 64)},
            "latents",
            {"image": {2: "H", 3: "W"}, "latents": area},
        ),
        "decoder.onnx": decoder_graph(tokenizer),
        "detail.onnx": to_onnx(
            DetailGraph(detail),
            {
                "tokens": tokens,
                "sketch": torch.zeros(2, 4, 8, 8),
                "film": torch.zeros(2, detail.film_dim),
            },
            "features",
            {
                "tokens": {0: "B", 1: "h", 2: "w"},
                "sketch": {0: "B", **area},
                "film": {0: "B"},
                "features": {0: "B", **area},
            },
        ),
        "text.onnx": to_onnx(
            TextGraph(networks.text),
            {"input_ids": ids, "attention_mask": torch.ones_like(ids)},
            "vector",
            {"input_ids": {1: "n"}, "attention_mask": {1: "n"}},
        ),
    }


def int8_graphs(
    graphs: Mapping[str, onnx.ModelProto],
    known: Mapping[str, NDArray[Any]],
    calibration: Sequence[Maps],
) -> tuple[dict[str, bytes], Grid]:
    """Quantize all graphs.

    Returns:
        The graphs as bytes, and the grid of the detail graph's features.
    """
    detail, grid = end_in_integers(
        static_int8(graphs["detail.onnx"], detail_samples(calibration, known))
    )
    models = {
        "encoder.onnx": static_int8(graphs["encoder.onnx"], encoder_samples(calibration)),
        "decoder.onnx": static_int8(
            graphs["decoder.onnx"], decoder_samples(calibration, known, mixed=True)
        ),
        "detail.onnx": detail,
        "text.onnx": dynamic_int8(graphs["text.onnx"]),
    }
    return {
        name: model.SerializeToString(deterministic=True) for name, model in models.items()
    }, grid


def sketch_arrays(prior: SketchPrior) -> dict[str, NDArray[Any]]:
    """The weights of the sketch prior under the names of its state, float16, and its heads."""
    arrays = {name: value.half().numpy() for name, value in prior.state_dict().items()}
    return {**arrays, "heads": np.array(prior.config.heads)}


@torch.no_grad()
def measure(
    networks: Networks,
    material: Material,
    known: Mapping[str, NDArray[Any]],
    graphs: Mapping[str, onnx.ModelProto],
    models: Mapping[str, bytes],
    limits: QuantizationLimits,
) -> list[Measure]:
    """Compare the int8 graphs with the float networks on held-out pictures."""
    held, decoder = material.held_out, models["decoder.onnx"]
    ours = parity.encoder_tokens([held], models["encoder.onnx"], known["codebook"])
    reached = parity.reconstruction([held], known, decoder)
    loss = reached - parity.reconstruction(ours, known, decoder)
    mean, lowest = parity.decoder_parity(
        [held], known, decoder, graphs["decoder.onnx"].SerializeToString()
    )

    def logits_of(sample: GraphInputs) -> NDArray[np.float64]:
        inputs = {name: torch.from_numpy(value) for name, value in sample.items()}
        logits = networks.detail.head(networks.detail.features(**inputs))
        return np.asarray(np.moveaxis(logits[0].double().numpy(), 0, -1))

    networks.detail.eval()
    exact, quantized = parity.detail_parity(held, known, models["detail.onnx"], logits_of)
    return [
        Measure("decoder_psnr_int8", "decoder: dB against float", mean, limits.decoder_psnr),
        Measure("decoder_psnr_int8_lowest", "decoder: dB against float, lowest", lowest),
        Measure("reconstruction_psnr", "held-out pictures reconstructed: dB", reached),
        Measure(
            "encoder_loss",
            "held-out pictures, int8 encoder: dB lost",
            loss,
            limits.encoder_loss,
            at_least=False,
        ),
        Measure(
            "encoder_tokens_kept",
            "encoder: tokens as in float",
            float((ours[0].tokens == held.tokens).mean()),
        ),
        Measure("detail_cross_entropy", "detail prior: nats, float", exact),
        Measure(
            "detail_cross_entropy_rise",
            "detail prior, int8: rise in nats",
            quantized - exact,
            limits.cross_entropy,
            at_least=False,
        ),
        Measure(
            "text_cosine_lowest",
            "word encoder: lowest cosine to float",
            text_parity(networks, models["text.onnx"]),
            limits.text_cosine,
        ),
    ]


@torch.no_grad()
def text_parity(networks: Networks, graph: bytes) -> float:
    """Lowest cosine between the vectors of the int8 and the float word encoder."""
    run = parity.runner(graph)
    networks.text.eval()
    ours, theirs = [], []
    for numbers in networks.text_ids:
        ids = np.array([numbers], dtype=np.int64)
        mask = np.ones_like(ids)
        ours.append(run({"input_ids": ids, "attention_mask": mask})[0])
        theirs.append(networks.text(torch.from_numpy(ids), torch.from_numpy(mask))[0].numpy())
    return parity.cosine(np.stack(ours), np.stack(theirs))


def assemble(networks: Networks, material: Material, limits: QuantizationLimits) -> Built:
    """Build and measure everything; nothing is written.

    Raises:
        BundleError: A convolution stayed in float.
    """
    known = build_tables(networks, material)
    graphs = float_graphs(networks)
    models, grid = int8_graphs(graphs, known, material.calibration)
    for name in INTEGER_GRAPHS:
        check_integer(name, models[name])
    head = networks.detail.head
    weight = tables.float_array(head.weight).reshape(head.out_channels, -1)
    bias = tables.float_array(head.bias) if head.bias is not None else np.zeros(len(weight))
    known |= tables.head_tables(weight, bias.astype(np.float32), grid)
    config = networks.tokenizer.config
    built = Built(
        architecture=Architecture(
            downsampling=DOWNSAMPLING,
            codes=config.codebook_size,
            dimension=config.code_dim,
            sketch_side=LONG_SIDE,
            sketch_levels=LEVELS,
            window=WINDOW,
        )
    )
    built.files = {
        **models,
        **networks.text_files,
        "tables.npz": npz(known),
        "sketch.npz": npz(sketch_arrays(networks.sketch)),
    }
    built.measures = measure(networks, material, known, graphs, models, limits)
    size = sum(len(data) for data in built.files.values())
    built.measures.append(
        Measure("bytes", "bundle: bytes", float(size), float(limits.bytes), at_least=False)
    )
    return built
