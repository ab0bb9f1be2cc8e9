"""Bundles made to do harm: every file agrees with its hash, and none is what it should be."""

import io
import json
import warnings
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

from artdesk.bundle.reader import Bundle
from training.data.arrays import npz

Files = dict[str, bytes]


def arrays_of(data: bytes) -> dict[str, Any]:
    with np.load(io.BytesIO(data)) as loaded:
        return {name: loaded[name] for name in loaded.files}


def raw_npz(members: list[tuple[str, bytes]]) -> bytes:
    """A zip of any members, also of several with one name."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # a name twice
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data)
    return buffer.getvalue()


def raw_npy(header: str, data: bytes = b"") -> bytes:
    text = header.encode("latin1") + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data


def members_of(data: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(entry.filename, archive.read(entry)) for entry in archive.infolist()]


def changed(bundle: Bundle, file: str, name: str, change: Callable[[Any], Any]) -> Files:
    """The bundle's files with one array changed, or left out where `change` gives None."""
    arrays = arrays_of(bundle.data[file])
    value = change(arrays[name])
    arrays.pop(name)
    if value is not None:
        arrays[name] = value
    return {**bundle.data, file: npz(arrays)}


def poisoned(value: float) -> Callable[[Any], Any]:
    def change(array: Any) -> Any:
        wrong = array.copy()
        wrong.reshape(-1)[-1] = value
        return wrong

    return change


def bad_arrays(bundle: Bundle) -> Iterator[tuple[str, Files]]:
    """Every array missing, of another shape, of another kind, and with numbers beyond reason."""
    for file in ("tables.npz", "sketch.npz", "words.npz"):
        for name, array in arrays_of(bundle.data[file]).items():
            if name == "thresholds":
                continue
            yield f"{file} without {name}", changed(bundle, file, name, lambda _: None)
            changes: dict[str, Callable[[Any], Any]] = {
                "one more axis": lambda a: a[None] if a.ndim else np.array([a, a]),
                "nothing in it": lambda a: a[..., :0] if a.ndim else np.zeros(0, a.dtype),
                "complex": lambda a: a.astype(np.complex64),
                "text": lambda a: a.astype("S8"),
            }
            if array.dtype.kind == "f":
                changes |= {
                    "NaN": poisoned(np.nan),
                    "infinity": poisoned(-np.inf),
                }
                if array.dtype.itemsize > 2:
                    changes["huge"] = poisoned(1e30)
            for what, change in changes.items():
                yield f"{file} {name} {what}", changed(bundle, file, name, change)
    for name, change in {
        "exp_table": lambda a: a[::-1].copy(),
        "head_weight": lambda a: np.full_like(a, 32767),
        "code_neighbours": lambda a: a + 32000,
        "palette_shares": lambda a: -a,
        "palette_attributes": lambda a: a * 100 + 100,
        "code_frequency": lambda a: -a - 1,
        "head_scale": lambda a: a * 0 + 1e5,
        "sketch_colours": lambda a: a[:5],
        "detail_film_w3": lambda a: a[:-4],
    }.items():
        yield f"tables {name} beyond its range", changed(bundle, "tables.npz", name, change)
    yield "zero heads", changed(bundle, "sketch.npz", "heads", lambda a: a * 0)
    yield "many heads", changed(bundle, "sketch.npz", "heads", lambda a: a * 0 + 10**9)
    vectors = changed(bundle, "words.npz", "vectors", lambda a: np.full_like(a, -128))
    yield "a word beyond its range", vectors


def bad_archives(bundle: Bundle) -> Iterator[tuple[str, Files]]:
    """Archives of arrays that claim, nest, pickle, repeat or explode."""
    members = members_of(bundle.data["tables.npz"])
    rest = members[1:]
    first = members[0][0]
    forms = {
        "no zip": b"PK" + b"x" * 100,
        "empty": b"",
        "empty zip": raw_npz([]),
        "cut off": bundle.data["tables.npz"][:-400],
        "twice": raw_npz([*members, members[0]]),
        "another name": raw_npz([("../" + first, members[0][1]), *rest]),
        "no array": raw_npz([(first, b"no array"), *rest]),
        "zeros without end": raw_npz([(first, bytes(140 << 20)), *rest]),
    }
    for what, header in {
        "huge shape": "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,), }",
        "negative shape": "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, -4), }",
        "overflowing shape": f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({2**62}, 8), }}",
        "objects": "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
        "fields": "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }",
        "dates": "{'descr': '<M8[s]', 'fortran_order': False, 'shape': (1,), }",
        "no header": "{",
        "deep header": "(" * 9000,
        "a call": "__import__('os').abort()",
    }.items():
        forms[what] = raw_npz([(first, raw_npy(header, b"\0" * 16)), *rest])
    for what, data in forms.items():
        yield f"archive: {what}", {**bundle.data, "tables.npz": data}
        yield f"sketch archive: {what}", {**bundle.data, "sketch.npz": data}


def graph(
    nodes: list[Any],
    inputs: dict[str, tuple[int, list[Any]]],
    outputs: dict[str, tuple[int, list[Any]]],
    initializers: list[Any] | None = None,
    functions: list[Any] | None = None,
) -> bytes:
    made = helper.make_graph(
        nodes,
        "hostile",
        [helper.make_tensor_value_info(name, *form) for name, form in inputs.items()],
        [helper.make_tensor_value_info(name, *form) for name, form in outputs.items()],
        initializers or [],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    model = helper.make_model(made, opset_imports=opsets, functions=functions or [])
    model.ir_version = 8
    data: bytes = model.SerializeToString()
    return data


DECODER_INPUTS = {
    "codes": (TensorProto.FLOAT, [1, 8, "h", "w"]),
    "film": (TensorProto.FLOAT, [1, "f"]),
}
IMAGE = {"image": (TensorProto.FLOAT, ["n", "c", "H", "W"])}


def endless_loop() -> bytes:
    """A decoder that counts for ever."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go"], ["on"]),
            helper.make_node("Add", ["v", "v"], ["next"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("v", TensorProto.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("next", TensorProto.FLOAT, None),
        ],
    )
    true = helper.make_tensor("true", TensorProto.BOOL, [], [True])
    nodes = [helper.make_node("Loop", ["", "true", "codes"], ["image"], body=body)]
    return graph(nodes, DECODER_INPUTS, IMAGE, [true])


def laughing_functions(depth: int = 40) -> bytes:
    """Functions that each call the one before twice: 2**depth nodes once written out."""
    functions = []
    for level in range(depth):
        inner = ("Identity", "") if level == 0 else (f"f{level - 1}", "own")
        nodes = [
            helper.make_node(inner[0], ["a"], ["b"], domain=inner[1]),
            helper.make_node(inner[0], ["b"], ["c"], domain=inner[1]),
        ]
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
        functions.append(helper.make_function("own", f"f{level}", ["a"], ["c"], nodes, opsets))
    nodes = [helper.make_node(f"f{depth - 1}", ["codes"], ["image"], domain="own")]
    return graph(nodes, DECODER_INPUTS, IMAGE, functions=functions)


def bad_graphs(bundle: Bundle) -> Iterator[tuple[str, Files]]:
    """Networks that are other networks, or none."""
    identity = helper.make_node("Identity", ["codes"], ["image"])
    renamed = onnx.load_from_string(bundle.data["decoder.onnx"])
    for node in renamed.graph.node:
        node.input[:] = ["kodes" if name == "codes" else name for name in node.input]
    for port in renamed.graph.input:
        port.name = "kodes" if port.name == "codes" else port.name
    cube = helper.make_tensor("cube", TensorProto.INT64, [3], [2**20, 2**20, 2**20])
    nan = helper.make_tensor("nan", TensorProto.FLOAT, [], [float("nan")])
    text = {"image": (TensorProto.STRING, ["n", "c", "H", "W"])}
    forms = {
        "nothing": b"",
        "garbage": b"\xff" * 1000,
        "cut off": bundle.data["decoder.onnx"][:-1000],
        "an endless loop": endless_loop(),
        "functions without end": laughing_functions(),
        "other input names": renamed.SerializeToString(),
        "another shape": graph([identity], DECODER_INPUTS, IMAGE),
        "no output": graph([identity], DECODER_INPUTS, {}),
        "texts": graph(
            [helper.make_node("Cast", ["codes"], ["image"], to=TensorProto.STRING)],
            DECODER_INPUTS,
            text,
        ),
        "NaN": graph(
            [helper.make_node("Mul", ["codes", "nan"], ["image"])], DECODER_INPUTS, IMAGE, [nan]
        ),
        "a huge constant": graph(
            [helper.make_node("ConstantOfShape", ["cube"], ["image"])],
            DECODER_INPUTS,
            {"image": (TensorProto.FLOAT, None)},
            [cube],
        ),
        "an unknown operator": graph(
            [helper.make_node("Explode", ["codes"], ["image"])], DECODER_INPUTS, IMAGE
        ),
        "the other network": bundle.data["detail.onnx"],
    }
    for what, data in forms.items():
        yield f"decoder: {what}", {**bundle.data, "decoder.onnx": data}
    for what in ("nothing", "garbage", "cut off", "an endless loop", "functions without end"):
        yield f"detail: {what}", {**bundle.data, "detail.onnx": forms[what]}
        yield f"text: {what}", {**bundle.data, "text.onnx": forms[what]}
    yield "text: the decoder", {**bundle.data, "text.onnx": bundle.data["decoder.onnx"]}
    yield "detail: the decoder", {**bundle.data, "detail.onnx": bundle.data["decoder.onnx"]}


def bad_texts(bundle: Bundle) -> Iterator[tuple[str, Files]]:
    """Word lists and tokenizers that nest, repeat or are of other kinds."""
    words = json.loads(bundle.data["words.json"])
    tokenizer = json.loads(bundle.data["tokenizer.json"])
    vocabulary = tokenizer["model"]["vocab"]
    forms: dict[str, list[bytes]] = {
        "words.json": [
            b"",
            b"\xff\xfe",
            b"[" * 100_000,
            b"{}",
            b"[1e999]",
            b"[{}]",
            json.dumps([*words[:-1], words[0]]).encode(),
            json.dumps([{**word, "word": [word["word"]]} for word in words]).encode(),
            json.dumps([{**word, "word": "x" * 1000} for word in words]).encode(),
            json.dumps(words * 2).encode(),
        ],
        "tokenizer.json": [
            b"",
            b"\xff\xfe",
            b'{"model":' * 20_000,
            b"{}",
            json.dumps({**tokenizer, "model": None}).encode(),
            json.dumps({**tokenizer, "post_processor": []}).encode(),
            json.dumps(
                {
                    **tokenizer,
                    "model": {**tokenizer["model"], "vocab": dict.fromkeys(vocabulary, 10**9)},
                }
            ).encode(),
        ],
    }
    for file, texts in forms.items():
        for number, data in enumerate(texts):
            yield f"{file} {number}", {**bundle.data, file: data}
    for file in ("tables.npz", "sketch.npz", "words.npz", "words.json", "tokenizer.json"):
        yield f"no {file}", {name: data for name, data in bundle.data.items() if name != file}
    thresholds = arrays_of(bundle.data["words.npz"])
    thresholds["thresholds"] = np.zeros(0, np.float32)
    yield "no threshold", {**bundle.data, "words.npz": npz(thresholds)}


def hostile_files(bundle: Bundle) -> dict[str, Files]:
    """All hostile variants of a bundle's files by what is wrong with them."""
    kinds = (bad_arrays, bad_archives, bad_graphs, bad_texts)
    return {name: files for kind in kinds for name, files in kind(bundle)}
