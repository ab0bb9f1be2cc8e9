"""Finds tensors of an ONNX file that want to be read from other files.

A model of a bundle carries all its weights inside, so that its hash covers them and nothing else
on the disk is ever opened. The protobuf wire format is walked here because the `onnx` package
belongs to training (field numbers: onnx.proto3; wire format: protobuf.dev/programming-guides/
encoding).
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
_TENSOR_EXTERNAL_DATA = 13
_TENSOR_DATA_LOCATION = 14


class MalformedModelError(ValueError):
    """The bytes are no protobuf message."""


def has_external_data(model: bytes) -> bool:
    """Whether any tensor of an ONNX model lives in another file.

    Raises:
        MalformedModelError: The bytes are cut off or no ONNX model at all.
    """
    return _message_has_external_data(memoryview(model), "model", 0)


def _message_has_external_data(data: memoryview, kind: str, depth: int) -> bool:
    if depth > _MAX_DEPTH:
        raise MalformedModelError("messages are nested too deeply")
    for number, value in _fields(data):
        if kind == "tensor" and number == _TENSOR_EXTERNAL_DATA:
            return True
        if kind == "tensor" and number == _TENSOR_DATA_LOCATION and value != 0:
            return True
        child = _CHILDREN[kind].get(number)
        if child is not None and (
            isinstance(value, int) or _message_has_external_data(value, child, depth + 1)
        ):
            return True
    return False


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
