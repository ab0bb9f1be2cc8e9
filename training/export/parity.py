"""What quantization cost: the int8 graphs against the float graphs on held-out pictures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from skimage.metrics import peak_signal_noise_ratio

from training.export.calibration import decoder_samples, detail_inputs
from training.export.quantize import GraphInputs
from training.export.statistics import Maps, images
from training.export.tables import head_logits

RATIOS = (0.2, 0.5, 0.8, 0.95)
_EQUAL_DB = 99.0
"""Said of equal pictures, whose ratio has no bound."""
_SPAN = 2.0  # of pixels -1..1


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the parity table.

    Attributes:
        name: Key in the manifest's metrics.
        meaning: What people read.
        value: What was measured.
        limit: Bound of the value; None when the line only informs.
        at_least: Whether the value has to reach the limit (else: must not pass it).
    """

    name: str
    meaning: str
    value: float
    limit: float | None = None
    at_least: bool = True

    @property
    def kept(self) -> bool:
        """Whether the value is on the right side of the limit."""
        if self.limit is None:
            return True
        return self.value >= self.limit if self.at_least else self.value <= self.limit


def runner(model: bytes) -> Callable[[GraphInputs], NDArray[Any]]:
    """A function that runs a graph with one output."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def run(sample: GraphInputs) -> NDArray[Any]:
        return np.asarray(session.run(None, dict(sample))[0])

    return run


def decoder_runner(model: bytes) -> Callable[[GraphInputs], NDArray[Any]]:
    """A function that runs a decoder; pixels are clipped to -1..1, as in the app."""
    run = runner(model)
    return lambda sample: np.clip(run(sample), -1.0, 1.0)


def psnr(first: NDArray[Any], second: NDArray[Any], span: float) -> float:
    """Peak signal-to-noise ratio in dB of two pictures; 99 when they are equal.

    Args:
        first: One picture, or several as one array.
        second: The other, of the same shape and type.
        span: Distance between the lowest and the highest value that a pixel can have.
    """
    if np.array_equal(first, second):
        return _EQUAL_DB
    ratio = peak_signal_noise_ratio(first, second, data_range=span)  # type: ignore[no-untyped-call]
    return float(ratio)


def encoder_tokens(maps: Sequence[Maps], graph: bytes, codebook: NDArray[np.float32]) -> list[Maps]:
    """The same pictures with the tokens that an encoder graph chooses."""
    run = runner(graph)
    result = []
    for group in maps:
        latents = np.concatenate([run({"image": images(part[None])}) for part in group.pixels])
        tokens = np.einsum("bdhw,kd->bhwk", latents, codebook).argmax(axis=-1)
        result.append(Maps(group.pixels, tokens, group.condition))
    return result


def reconstruction(
    maps: Sequence[Maps], tables: Mapping[str, NDArray[Any]], decoder: bytes
) -> float:
    """Mean PSNR in dB of decoded tokens against the pictures."""
    run = decoder_runner(decoder)
    pixels = [images(part[None]) for group in maps for part in group.pixels]
    samples = decoder_samples(maps, tables, mixed=False)
    return float(
        np.mean(
            [psnr(run(sample), part, _SPAN) for sample, part in zip(samples, pixels, strict=True)]
        )
    )


def decoder_parity(
    maps: Sequence[Maps], tables: Mapping[str, NDArray[Any]], int8: bytes, full: bytes
) -> tuple[float, float]:
    """Mean and lowest PSNR in dB of the int8 decoder against the float decoder."""
    quantized, exact = decoder_runner(int8), decoder_runner(full)
    samples = decoder_samples(maps, tables, mixed=False)
    found = [psnr(quantized(sample), exact(sample), _SPAN) for sample in samples]
    return float(np.mean(found)), float(np.min(found))


def cross_entropy(logits: NDArray[np.float64], wanted: NDArray[np.int64]) -> float:
    """Mean cross-entropy in nats of logits [n, K] against ids int64 [n]."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    normaliser = np.log(np.exp(shifted).sum(axis=1))
    return float((normaliser - shifted[np.arange(len(wanted)), wanted]).mean())


def detail_parity(
    maps: Maps,
    tables: Mapping[str, NDArray[Any]],
    int8: bytes,
    logits_of: Callable[[GraphInputs], NDArray[np.float64]],
) -> tuple[float, float]:
    """Cross-entropy in nats on masked cells: float prior, and int8 graph with integer head.

    Args:
        maps: Held-out pictures.
        tables: All tables.
        int8: The detail graph as shipped.
        logits_of: Logits float64 [h, w, K] of the float prior for the inputs of the graph.
    """
    run = runner(int8)
    mask_id = len(tables["codebook"])
    exact, quantized = [], []
    for row, _, sample in detail_inputs(maps, tables, RATIOS, seed=1):
        hidden = sample["tokens"][0] == mask_id
        wanted = maps.tokens[row][hidden]
        exact.append(cross_entropy(logits_of(sample)[hidden], wanted))
        features = np.moveaxis(run(sample)[0], 0, -1)[hidden]
        logits = np.rint(head_logits(tables, features) * 64.0) / 64.0
        quantized.append(cross_entropy(logits, wanted))
    return float(np.mean(exact)), float(np.mean(quantized))


def cosine(first: NDArray[Any], second: NDArray[Any]) -> float:
    """Lowest cosine between matching rows of [n, D]."""
    product = (first.astype(np.float64) * second).sum(axis=1)
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return float((product / np.maximum(lengths, 1e-12)).min())
