"""Write a bundle that keeps its limits and draws; nothing else is ever written."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import onnx

from artdesk.bundle.architecture import Architecture
from artdesk.bundle.collection import FILE_NAME as COLLECTION
from artdesk.bundle.manifest import ModelEntry
from artdesk.bundle.reader import Bundle, open_bundle
from artdesk.bundle.writer import write_bundle
from artdesk.core.errors import BundleError
from artdesk.engine.pipeline import Engine
from artdesk.engine.self_test import METRIC, fingerprint
from training.export.assemble import Built, QuantizationLimits

LICENCE = "Apache-2.0"


def describe(data: bytes) -> ModelEntry:
    """Names, types and shapes of the inputs and outputs of a graph."""
    graph = onnx.load_from_string(data).graph

    def ports(values: Sequence[onnx.ValueInfoProto]) -> dict[str, str]:
        texts = {}
        for value in values:
            tensor = value.type.tensor_type
            kind = onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type).name
            axes = [axis.dim_param or str(axis.dim_value) for axis in tensor.shape.dim]
            texts[value.name] = f"{kind} [{','.join(axes)}]"
        return texts

    return ModelEntry(inputs=ports(list(graph.input)), outputs=ports(list(graph.output)))


def refuse_poor(built: Built) -> None:
    """Raise BundleError when a measurement is beyond its limit."""
    failed = [part for part in built.measures if not part.kept]
    if failed:
        texts = [f"{part.meaning} is {part.value:.4g}, limit {part.limit:g}" for part in failed]
        raise BundleError(
            f"The bundle fails its own checks and was not written: {'; '.join(texts)}. Train "
            "longer or calibrate with more pictures."
        )


def write(built: Built, folder: Path, *, name: str, training: Mapping[str, Any]) -> Bundle:
    """Write a bundle that keeps all limits and makes its known picture.

    Args:
        built: What to write.
        folder: Folder of the bundle.
        name: What people call the model.
        training: How the weights came to be, plain JSON.

    Raises:
        BundleError: A measurement is beyond its limit, or the engine cannot use the bundle;
            nothing is written.
    """
    refuse_poor(built)
    models = {key: describe(data) for key, data in built.files.items() if key.endswith(".onnx")}
    metrics = {part.name: round(part.value, 5) for part in built.measures}
    return _write_tried(
        folder,
        built.files,
        name=name,
        architecture=built.architecture,
        models=models,
        training=training,
        metrics=metrics,
    )


def rewrite(built: Built, old: Bundle, folder: Path, *, training: Mapping[str, Any]) -> Bundle:
    """Write a bundle of which some parts were replaced; name and other measurements stay.

    Args:
        built: All files and the new measurements.
        old: The bundle that gave the other parts.
        folder: Folder of the bundle.
        training: How the replaced parts came to be, plain JSON; the rest stays as it was.

    Raises:
        BundleError: A measurement is beyond its limit, or the engine cannot use the bundle;
            nothing is written.
    """
    refuse_poor(built)
    manifest = old.manifest
    changed = {
        name: describe(built.files[name])
        for name in manifest.models
        if built.files[name] != old.data[name]
    }
    return _write_tried(
        folder,
        built.files,
        name=manifest.name,
        architecture=built.architecture,
        models={**manifest.models, **changed},
        training={**manifest.training, **training},
        metrics={
            **manifest.metrics,
            **{part.name: round(part.value, 5) for part in built.measures},
        },
    )


def note_known_picture(folder: Path) -> Bundle:
    """Write an existing bundle again with the known picture of the present engine.

    For a deliberate change of how the engine draws; files and measurements stay.
    """
    old = open_bundle(folder)
    manifest = old.manifest
    return _write_tried(
        folder,
        old.data,
        name=manifest.name,
        architecture=manifest.architecture,
        models=manifest.models,
        training=manifest.training,
        metrics=manifest.metrics,
    )


def note_collection(folder: Path, collection: bytes, described: Mapping[str, Any]) -> Bundle:
    """Write an existing bundle again with another collection; networks and measurements stay.

    Args:
        folder: Folder of the bundle.
        collection: The bytes of its collection.
        described: What the manifest says of it, plain JSON.

    Raises:
        BundleError: The bundle grows beyond its limit, or the engine cannot use it.
    """
    old = open_bundle(folder)
    files = {**old.data, COLLECTION: collection}
    size = sum(map(len, files.values()))
    most = QuantizationLimits().bytes
    if size > most:
        raise BundleError(
            f"The bundle would take {size / 1e6:.1f} MB, more than {most / 1e6:.0f} MB: "
            "remember fewer works (--megabytes)."
        )
    manifest = old.manifest
    return _write_tried(
        folder,
        files,
        name=manifest.name,
        architecture=manifest.architecture,
        models=manifest.models,
        training={**manifest.training, "memory": described},
        metrics=manifest.metrics,
    )


def _write_tried(
    folder: Path,
    files: Mapping[str, bytes],
    *,
    name: str,
    architecture: Architecture,
    models: Mapping[str, ModelEntry],
    training: Mapping[str, Any],
    metrics: Mapping[str, Any],
) -> Bundle:
    """Write a bundle after the engine made the known picture with it, on one and two threads."""

    def put(place: Path, measured: Mapping[str, Any]) -> Bundle:
        return write_bundle(
            place,
            files,
            name=name,
            licence=LICENCE,
            architecture=architecture,
            models=models,
            training=training,
            metrics=measured,
        )

    with tempfile.TemporaryDirectory() as scratch:
        trial = put(Path(scratch) / "bundle", metrics)
        one, two = (fingerprint(Engine(trial, threads)) for threads in (1, 2))
    if one != two:
        raise BundleError(
            "The bundle draws different pictures with one and with two threads and was not "
            "written; export it again with the versions of pyproject.toml."
        )
    return put(folder, {**metrics, METRIC: one})
