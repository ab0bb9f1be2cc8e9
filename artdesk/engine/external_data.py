"""Finds what a network of a bundle must not have: data in other files, loops, branches, functions.

A model of a bundle carries all its weights inside, so that its hash covers them and nothing else
on the disk is ever opened. A graph without loops ends; functions that call each other twice grow
without bounds when they are written out. The protobuf wire format is walked here because the
`onnx` package belongs to training (field numbers: onnx.proto3; wire format:
protobuf.dev/programming-guides/encoding).
"""

from collections.abc import Iterator

_MAX_DEPTH = 64

# Message type -> field number -> message type of that field.
_CHILDREN: dict[str, dict[int, str]] = {
    "model": {7: "graph", 25: "function"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node"},
    "node": {5: "attribute"},
    "attribute": {
        5: "tensor",
        6: "graph",
        10: "tensor",
        11: "graph",
        22: "sparse",
        23: "sparse",
    },
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {},
}
_SUBGRAPHS = {("attribute", 6), ("attribute", 11), ("model", 25)}
"""Fields that hold the body of a loop or branch, or a function."""
_TENSOR_EXTERNAL_DATA = 13
_TENSOR_DATA_LOCATION = 14


class MalformedModelError(ValueError):
    """The bytes are no protobuf message."""


def has_external_data(model: bytes) -> bool:
    """Whether any tensor of an ONNX model lives in another file.

    Raises:
        MalformedModelError: The bytes are cut off or no ONNX model at all.
    """
    return any(
        kind == "tensor"
        and (number == _TENSOR_EXTERNAL_DATA or (number == _TENSOR_DATA_LOCATION and value != 0))
        for kind, number, value in _all_fields(memoryview(model), "model", 0)
    )


def has_subgraphs(model: bytes) -> bool:
    """Whether an ONNX model has loops, branches or functions; raises as `has_external_data`."""
    return any(
        (kind, number) in _SUBGRAPHS
        for kind, number, _ in _all_fields(memoryview(model), "model", 0)
    )


def _all_fields(
    data: memoryview, kind: str, depth: int
) -> Iterator[tuple[str, int, memoryview | int]]:
    """All fields of a message and of those in it, with the type of the message they stand in."""
    if depth > _MAX_DEPTH:
        raise MalformedModelError("messages are nested too deeply")
    for number, value in _fields(data):
        yield kind, number, value
        child = _CHILDREN[kind].get(number)
        if child is not None:
            if isinstance(value, int):
                raise MalformedModelError("a message is a number")
            yield from _all_fields(value, child, depth + 1)


def _fields(data: memoryview) -> Iterator[tuple[int, memoryview | int]]:
    """Field numbers with their value: an int, or the bytes of a length-delimited field."""
    position = 0
    while position < len(data):
        tag, position = _varint(data, position)
        number, wire_type = tag >> 3, tag & 7
        if wire_type == 0:
            value, position = _varint(data, position)
            yield number, value
            continue
        if wire_type == 2:
            length, position = _varint(data, position)
        elif wire_type in (1, 5):
            length = 8 if wire_type == 1 else 4
        else:
            raise MalformedModelError(f"wire type {wire_type}")
        if position + length > len(data):
            raise MalformedModelError("cut off")
        yield number, data[position : position + length]
        position += length


def _varint(data: memoryview, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if position >= len(data) or shift > 63:
            raise MalformedModelError("cut off")
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
