"""Networks: loaded from bytes, refused when they reach outside, stopped in the middle of a run."""

import itertools
import threading
import time
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from artdesk.core.cancel import CancelToken
from artdesk.core.errors import BundleError, Cancelled
from artdesk.engine.external_data import MalformedModelError, has_external_data
from artdesk.engine.session import GraphSession


def model_of(nodes: list[Any], initializers: list[Any], size: int | str = "n") -> onnx.ModelProto:
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [size, size])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [size, size])],
        initializers,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    return model


def chain(length: int) -> bytes:
    names = ["x", *(f"m{number}" for number in range(length - 1)), "y"]
    nodes = [
        helper.make_node("MatMul", [source, "x"], [target])
        for source, target in itertools.pairwise(names)
    ]
    return model_of(nodes, []).SerializeToString()


def test_runs_and_names_inputs() -> None:
    session = GraphSession(chain(1), threads=1)
    assert session.inputs == ("x",)
    assert session.outputs == ("y",)
    x = np.eye(3, dtype=np.float32) * 2
    np.testing.assert_array_equal(session.run({"x": x})[0], x @ x)


def test_cancelling_ends_a_long_run_promptly() -> None:
    session = GraphSession(chain(400), threads=1)
    x = np.zeros((1200, 1200), dtype=np.float32)
    token = CancelToken()
    cancelled_at: list[float] = []

    def cancel() -> None:
        cancelled_at.append(time.monotonic())
        token.cancel()

    timer = threading.Timer(0.15, cancel)
    timer.start()
    with pytest.raises(Cancelled):
        session.run({"x": x}, token)
    assert time.monotonic() - cancelled_at[0] < 1.0  # generous: the test machine may be busy
    timer.join()
    small = np.eye(2, dtype=np.float32)
    np.testing.assert_array_equal(session.run({"x": small}, CancelToken())[0], small)


def test_a_cancelled_token_stops_before_the_run() -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        GraphSession(chain(1), threads=1).run({"x": np.eye(2, dtype=np.float32)}, token)


def test_wrong_inputs_are_a_plain_error() -> None:
    session = GraphSession(chain(1), threads=1, name="detail")
    for inputs in ({}, {"x": np.zeros((2, 2))}, {"x": np.zeros((2, 3), dtype=np.float32)}):
        with pytest.raises(BundleError, match=r"“detail”.*failed"):
            session.run(inputs, CancelToken())


@pytest.mark.parametrize("data", [b"", b"not a model", chain(2)[:-7], b"\xff" * 50])
def test_damaged_models_are_a_plain_error(data: bytes) -> None:
    with pytest.raises(BundleError, match="install the model again"):
        GraphSession(data, name="decoder")


def test_a_damaged_name_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """The library would print about another try, into what `--json` writes."""
    data = chain(1).replace(b"MatMul", b"Mat\xfful")
    with pytest.raises(BundleError):
        GraphSession(data)
    assert capfd.readouterr() == ("", "")


def external_tensor(name: str = "w") -> Any:
    tensor = numpy_helper.from_array(np.zeros((2, 2), dtype=np.float32), name)
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "weights.bin"
    return tensor


def test_external_initializers_are_refused() -> None:
    model = model_of([helper.make_node("MatMul", ["x", "w"], ["y"])], [external_tensor()])
    data = model.SerializeToString()
    assert has_external_data(data)
    with pytest.raises(BundleError, match="other files"):
        GraphSession(data)


def test_external_constants_in_subgraphs_are_found() -> None:
    constant = helper.make_node("Constant", [], ["c"], value=external_tensor())
    output = helper.make_tensor_value_info("c", TensorProto.FLOAT, [2, 2])
    branch = helper.make_graph([constant], "branch", [], [output])
    choose = helper.make_node("If", ["condition"], ["y"], then_branch=branch, else_branch=branch)
    assert has_external_data(model_of([choose], []).SerializeToString())


def test_external_data_without_location_flag_is_found() -> None:
    tensor = external_tensor()
    tensor.data_location = TensorProto.DEFAULT
    assert has_external_data(model_of([], [tensor]).SerializeToString())


def test_inline_models_pass_and_garbage_is_told() -> None:
    weight = numpy_helper.from_array(np.ones((2, 2), dtype=np.float32), "w")
    model = model_of([helper.make_node("MatMul", ["x", "w"], ["y"])], [weight])
    data = model.SerializeToString()
    assert not has_external_data(data)
    for length in range(len(data) - 1, len(data) - 30, -1):
        try:
            has_external_data(data[:length])
        except MalformedModelError:
            continue
