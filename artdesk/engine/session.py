"""One network of a bundle, run by ONNX Runtime; the only module that knows that library.

CPU only, weights inside the file, no busy waiting between runs (it would keep both cores hot
while the artist thinks), and a run can be stopped from another thread.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as runtime_errors

from artdesk.core.cancel import CancelToken
from artdesk.core.errors import BundleError, Cancelled
from artdesk.engine.external_data import MalformedModelError, has_external_data

# ONNX Runtime's exceptions share no base class of their own.
_RUNTIME_ERRORS: tuple[type[Exception], ...] = (
    runtime_errors.EPFail,
    runtime_errors.EngineError,
    runtime_errors.Fail,
    runtime_errors.InvalidArgument,
    runtime_errors.InvalidGraph,
    runtime_errors.InvalidProtobuf,
    runtime_errors.NoSuchFile,
    runtime_errors.NotImplemented,
    runtime_errors.RuntimeException,
    RuntimeError,
    ValueError,
)
_ONLY_FATAL = 4

# The second lock; the first is the environment (artdesk/__init__.py), which alone is enough, while
# this call alone comes too late.
onnxruntime.disable_telemetry_events()


class GraphSession:
    """A loaded network.

    Args:
        model: The bytes of the ONNX file.
        threads: Threads of one operator, 1 or more.
        name: How errors call the network.

    Raises:
        BundleError: The bytes are no usable model.
    """

    def __init__(self, model: bytes, threads: int = 2, name: str = "model") -> None:
        self._name = name
        try:
            external = has_external_data(model)
        except MalformedModelError as error:
            raise BundleError(
                f"The network “{name}” of the model is damaged: install the model again."
            ) from error
        if external:
            raise BundleError(
                f"The network “{name}” wants to read other files, which ArtDesk refuses: "
                "use a model that carries its weights inside."
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        options.log_severity_level = _ONLY_FATAL
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(
                model, options, providers=["CPUExecutionProvider"]
            )
        except _RUNTIME_ERRORS as error:
            raise BundleError(
                f"The network “{name}” of the model cannot be loaded: install the model again."
            ) from error
        self.inputs: tuple[str, ...] = tuple(entry.name for entry in self._session.get_inputs())
        self.outputs: tuple[str, ...] = tuple(entry.name for entry in self._session.get_outputs())

    def run(
        self, inputs: Mapping[str, NDArray[Any]], token: CancelToken | None = None
    ) -> list[NDArray[Any]]:
        """Run the network.

        Args:
            inputs: An array for each input name; shapes and types as the bundle's manifest says.
            token: Ends the run within a few hundredths of a second when it is cancelled.

        Returns:
            One array for each output, in the order of `outputs`.

        Raises:
            Cancelled: The token was cancelled.
            BundleError: The network does not accept the inputs.
        """
        options = onnxruntime.RunOptions()
        options.log_severity_level = _ONLY_FATAL
        remove = None
        if token is not None:
            token.check()

            def terminate() -> None:
                options.terminate = True

            remove = token.on_cancel(terminate)
        try:
            results = self._session.run(None, dict(inputs), options)
        except _RUNTIME_ERRORS as error:
            if token is not None and token.cancelled:
                raise Cancelled("The work was cancelled.") from error
            raise BundleError(
                f"The network “{self._name}” of the model failed: install the model again."
            ) from error
        finally:
            if remove is not None:
                remove()
        if token is not None:
            token.check()
        return [np.asarray(result) for result in results]
