"""One network of a bundle, run by ONNX Runtime; the only module that knows that library.

CPU only, weights inside the file, no busy waiting between runs (it would keep both cores hot
while the artist thinks), and a run can be stopped from another thread. What goes on far too long
is stopped by itself.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as runtime_errors

from artdesk.core.cancel import CancelToken
from artdesk.core.errors import BundleError, Cancelled
from artdesk.engine.external_data import MalformedModelError, has_external_data, has_subgraphs
from artdesk.engine.watchdog import Watchdog

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
    runtime_errors.ModelLoadCanceled,
    RuntimeError,
    ValueError,
    MemoryError,
)
_ONLY_FATAL = 4
LOAD_SECONDS = 60.0
"""Loading a network of ours takes a tenth of a second."""
RUN_SECONDS = 120.0
"""One run of a network for 2048 pixels takes a few seconds on a slow machine."""
_WATCHDOG = Watchdog()

# The second lock; the first is the environment (artdesk/__init__.py), which alone is enough, while
# this call alone comes too late.
onnxruntime.disable_telemetry_events()


class GraphSession:
    """A loaded network.

    Args:
        model: The bytes of the ONNX file.
        threads: Threads of one operator, 1 or more.
        name: How errors call the network.
        inputs: Names of the inputs that it has to have; any, when none are given.
        run_seconds: A run that lasts longer is stopped.

    Raises:
        BundleError: The bytes are no usable model.
    """

    def __init__(
        self,
        model: bytes,
        threads: int = 2,
        name: str = "model",
        inputs: Sequence[str] = (),
        run_seconds: float = RUN_SECONDS,
    ) -> None:
        self._name = name
        self._seconds = run_seconds
        try:
            external, subgraphs = has_external_data(model), has_subgraphs(model)
        except MalformedModelError as error:
            raise BundleError(
                f"The network “{name}” of the model is damaged: install the model again."
            ) from error
        if external:
            raise BundleError(
                f"The network “{name}” wants to read other files, which ArtDesk refuses: "
                "use a model that carries its weights inside."
            )
        if subgraphs:
            raise BundleError(
                f"The network “{name}” has loops, branches or functions, which ArtDesk refuses: "
                "use a model that ArtDesk's training exported."
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        options.log_severity_level = _ONLY_FATAL
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            with _WATCHDOG.watching(LOAD_SECONDS, lambda: options.set_load_cancellation_flag(True)):
                self._session = onnxruntime.InferenceSession(
                    model,
                    options,
                    providers=["CPUExecutionProvider"],
                    enable_fallback=0,  # it would print to stdout and try the same again
                )
        except _RUNTIME_ERRORS as error:
            raise BundleError(
                f"The network “{name}” of the model cannot be loaded: install the model again."
            ) from error
        self.inputs: tuple[str, ...] = tuple(entry.name for entry in self._session.get_inputs())
        self.outputs: tuple[str, ...] = tuple(entry.name for entry in self._session.get_outputs())
        if inputs and set(inputs) != set(self.inputs):
            raise BundleError(
                f"The network “{name}” of the model does not take {', '.join(inputs)} but "
                f"{', '.join(self.inputs)[:80] or 'nothing'}: install the model again."
            )

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
            BundleError: The network does not accept the inputs, or takes far too long.
        """
        options = onnxruntime.RunOptions()
        options.log_severity_level = _ONLY_FATAL
        remove = None
        late = False

        def terminate() -> None:
            options.terminate = True

        def give_up() -> None:
            nonlocal late
            late = True
            terminate()

        if token is not None:
            token.check()
            remove = token.on_cancel(terminate)
        try:
            with _WATCHDOG.watching(self._seconds, give_up):
                results = self._session.run(None, dict(inputs), options)
        except _RUNTIME_ERRORS as error:
            if token is not None and token.cancelled:
                raise Cancelled("The work was cancelled.") from error
            if late:
                raise BundleError(
                    f"The network “{self._name}” of the model did not end within "
                    f"{self._seconds:.0f} seconds: use another model or a smaller picture."
                ) from error
            raise BundleError(
                f"The network “{self._name}” of the model failed: install the model again."
            ) from error
        finally:
            if remove is not None:
                remove()
        if token is not None:
            token.check()
        return [np.asarray(result) for result in results]

    def result(
        self,
        inputs: Mapping[str, NDArray[Any]],
        shape: tuple[int, ...],
        kind: str,
        token: CancelToken | None = None,
    ) -> NDArray[Any]:
        """Run the network and give its first output, checked.

        Args:
            inputs: As for `run`.
            shape: The shape that it has to have; -1 for any length.
            kind: "f" for finite floats, "u1" for bytes.
            token: As for `run`.

        Raises:
            Cancelled: The token was cancelled.
            BundleError: The network fails, or gives something else.
        """
        results = self.run(inputs, token)
        found = results[0] if results else np.zeros(0)
        fits = len(found.shape) == len(shape) and all(
            wanted in (-1, length) for wanted, length in zip(shape, found.shape, strict=True)
        )
        if (
            not fits
            or not found.dtype.str[1:].startswith(kind)
            or (kind == "f" and not np.isfinite(found).all())
        ):
            raise BundleError(
                f"The network “{self._name}” of the model gives {found.dtype} {list(found.shape)} "
                "with numbers that cannot be used: install the model again."
            )
        return found
