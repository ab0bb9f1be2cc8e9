"""A bundle with another decoder and everything else as it was, byte for byte.

For a decoder that was trained on with encoder and codebook frozen: tokens mean what they meant, so
stored pictures and remembered works stay valid, and nothing else has reason to change.
"""

from collections.abc import Sequence

import numpy as np

from artdesk.bundle.reader import Bundle
from artdesk.core.errors import SettingError
from models.autoencoder import Tokenizer
from training.data.arrays import npz
from training.export import parity, tables
from training.export.assemble import Built, QuantizationLimits, decoder_graph
from training.export.calibration import decoder_samples
from training.export.parity import Measure
from training.export.quantize import check_integer, static_int8
from training.export.statistics import Maps

# A finished decoder has more to lose than a soft one: below 40 dB fine paint begins to suffer.
FINISHED_PSNR = 40.0
TABLES, GRAPH = "tables.npz", "decoder.onnx"


def with_decoder(
    old: Bundle, tokenizer: Tokenizer, calibration: Sequence[Maps], held_out: Maps
) -> Built:
    """Put the decoder of a tokenizer into a bundle; nothing is written.

    Args:
        old: The bundle that gives all other parts.
        tokenizer: Float tokenizer with the codebook of the bundle.
        calibration: Encoded training pictures of at least two sizes.
        held_out: Encoded held-out pictures of one size.

    Raises:
        SettingError: The tokenizer has another codebook than the bundle.
        BundleError: A convolution stayed in float.
    """
    known = old.arrays(TABLES)
    codebook = tables.float_array(tokenizer.quantizer.codebook)
    if not np.array_equal(codebook, known["codebook"]):
        raise SettingError(
            "The codebook of these weights is not that of the bundle, so stored pictures would "
            "change; export the whole bundle, without --only."
        )
    known |= tables.film_tables("decoder", tokenizer.condition)
    graph = decoder_graph(tokenizer)
    model = static_int8(graph, decoder_samples(calibration, known, mixed=True))
    data = model.SerializeToString(deterministic=True)
    check_integer(GRAPH, data)
    mean, lowest = parity.decoder_parity([held_out], known, data, graph.SerializeToString())
    files = {**old.data, GRAPH: data, TABLES: npz(known)}
    size = float(sum(len(part) for part in files.values()))
    return Built(
        architecture=old.manifest.architecture,
        files=files,
        measures=[
            Measure("decoder_psnr_int8", "decoder: dB against float", mean, FINISHED_PSNR),
            Measure("decoder_psnr_int8_lowest", "decoder: dB against float, lowest", lowest),
            Measure(
                "reconstruction_psnr",
                "held-out pictures reconstructed: dB",
                parity.reconstruction([held_out], known, data),
            ),
            Measure(
                "bytes", "bundle: bytes", size, float(QuantizationLimits().bytes), at_least=False
            ),
        ],
    )
