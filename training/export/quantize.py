"""Static int8 quantization of convolutional graphs, and the proof that it took place.

Weights get seven bits and a scale for each channel: on processors without VNNI the integer
convolution adds two products in 16 bits, which full 8-bit weights overflow. Activations are
unsigned 8-bit. The FiLM products and sums stay in float: element by element they give the same
bits on every IEEE processor, and they keep the resolution that another rounding would lose.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import numpy_helper
from onnxruntime import quantization

from artdesk.core.errors import BundleError
from training.export.graphs import own_initializers

GraphInputs = Mapping[str, NDArray[Any]]

# Operations that compute in float after optimisation although a convolution should be integer.
FLOAT_HEAVY = ("Conv", "FusedConv", "ConvTranspose", "Gemm", "MatMul", "FusedMatMul")
INTEGER_HEAVY = ("QLinearConv", "ConvInteger", "QLinearMatMul", "MatMulInteger", "QGemm")


class _Reader(quantization.CalibrationDataReader):  # type: ignore[misc]
    """Hands calibration samples to the quantizer one by one."""

    def __init__(self, samples: Sequence[GraphInputs]) -> None:
        self._samples: Iterator[GraphInputs] = iter(samples)

    def get_next(self) -> dict[str, NDArray[Any]] | None:
        sample = next(self._samples, None)
        return None if sample is None else dict(sample)


@dataclass(frozen=True, slots=True)
class Grid:
    """Which real number an integer of a quantized tensor stands for: scale * (integer - zero)."""

    scale: float
    zero: int


def film_nodes(model: onnx.ModelProto) -> list[str]:
    """Names of the nodes between a FiLM product and the next convolution.

    The only products of the graphs are those of FiLM: product, sum, ReLU, then a convolution.
    """
    users: dict[str, list[onnx.NodeProto]] = {}
    for node in model.graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)
    found: list[str] = []
    for node in model.graph.node:
        if node.op_type != "Mul":
            continue
        found.append(node.name)
        reached = [user for name in node.output for user in users.get(name, [])]
        while reached and all(user.op_type in ("Add", "Relu") for user in reached):
            found.extend(user.name for user in reached)
            reached = [u for user in reached for name in user.output for u in users.get(name, [])]
    scales = [node.name for node in model.graph.node if node.op_type == "Add"]
    films = _fed_by(model, "film")
    return found + [name for name in scales if name in films and name not in found]


def _fed_by(model: onnx.ModelProto, source: str) -> set[str]:
    """Names of the nodes that depend on nothing but the input `source` and constants."""
    constant = {tensor.name for tensor in model.graph.initializer}
    reached = {source}
    names: set[str] = set()
    for node in model.graph.node:
        inputs = [name for name in node.input if name]
        if not inputs or all(name in constant for name in inputs):
            constant.update(node.output)
        elif all(name in constant or name in reached for name in inputs):
            reached.update(node.output)
            names.add(node.name)
    return names


def static_int8(model: onnx.ModelProto, samples: Sequence[GraphInputs]) -> onnx.ModelProto:
    """Quantize a convolutional graph to int8 in QDQ form.

    Args:
        model: Float graph with named inputs.
        samples: Calibration inputs; together they should show every range of values that the
            graph will meet.

    Returns:
        The quantized graph: QInt8 weights of seven bits per channel, QUInt8 activations.
    """
    model = own_initializers(model)
    with tempfile.TemporaryDirectory() as folder:
        prepared, quantized = Path(folder) / "prepared.onnx", Path(folder) / "int8.onnx"
        quantization.quant_pre_process(model, prepared, skip_symbolic_shape=True)
        graph = onnx.load(prepared)
        quantization.quantize_static(
            graph,
            quantized,
            _Reader(samples),
            quant_format=quantization.QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            weight_type=quantization.QuantType.QInt8,
            activation_type=quantization.QuantType.QUInt8,
            nodes_to_exclude=film_nodes(graph),
            calibrate_method=quantization.CalibrationMethod.MinMax,
            op_types_to_quantize=["Conv", "Add", "Relu", "Resize", "Concat", "GlobalAveragePool"],
        )
        result = onnx.load(quantized)
    onnx.checker.check_model(result, full_check=True)
    return result


def dynamic_int8(model: onnx.ModelProto) -> onnx.ModelProto:
    """Quantize the matrix products and embeddings of a transformer with dynamic ranges."""
    with tempfile.TemporaryDirectory() as folder:
        prepared, path = Path(folder) / "prepared.onnx", Path(folder) / "int8.onnx"
        quantization.quant_pre_process(model, prepared, skip_symbolic_shape=True)
        quantization.quantize_dynamic(
            prepared,
            path,
            per_channel=True,
            reduce_range=True,
            weight_type=quantization.QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Gemm", "Gather"],
        )
        return onnx.load(path)


def end_in_integers(model: onnx.ModelProto) -> tuple[onnx.ModelProto, Grid]:
    """Cut the last dequantization off, so that the output is the uint8 grid itself.

    Returns:
        The graph with a uint8 output of the same name, and the grid of its numbers.

    Raises:
        BundleError: The graph does not end in a dequantization of unsigned bytes.
    """
    result = onnx.ModelProto()
    result.CopyFrom(model)
    graph = result.graph
    output = graph.output[0]
    last = next(node for node in graph.node if output.name in node.output)
    if last.op_type != "DequantizeLinear":
        raise BundleError(
            f"The graph ends in {last.op_type} instead of integers: its last layer was not "
            "quantized."
        )
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    scale, zero = constants[last.input[1]], constants[last.input[2]]
    if zero.dtype != np.uint8:
        raise BundleError(f"The graph ends in {zero.dtype} instead of unsigned bytes.")
    integers = last.input[0]
    graph.node.remove(last)
    for node in graph.node:
        for place, name in enumerate(node.output):
            if name == integers:
                node.output[place] = output.name
    output.type.tensor_type.elem_type = onnx.TensorProto.UINT8
    del graph.value_info[:]
    onnx.checker.check_model(result, full_check=True)
    return result, Grid(float(scale), int(zero))


def optimised_operations(model: bytes) -> Counter[str]:
    """How often each operation occurs after onnxruntime's own optimisation on this machine."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "optimised.onnx"
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.optimized_model_filepath = str(path)
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        return Counter(node.op_type for node in onnx.load(path).graph.node)


def check_integer(name: str, model: bytes) -> None:
    """Check that every convolution of a graph runs in integers.

    Raises:
        BundleError: A convolution or matrix product stayed in float.
    """
    operations = optimised_operations(model)
    stayed = {kind: operations[kind] for kind in FLOAT_HEAVY if operations[kind]}
    if stayed or not any(operations[kind] for kind in INTEGER_HEAVY):
        raise BundleError(
            f"{name} was not quantized as a whole: {stayed or 'nothing'} stayed in float; export "
            "it again with the same versions of onnx and onnxruntime as in pyproject.toml."
        )
