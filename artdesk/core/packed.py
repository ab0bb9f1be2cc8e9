"""Arrays as text inside JSON: little-endian bytes, zlib, base64; unpacked within a known size."""

import base64
import binascii
import zlib

import numpy as np
from numpy.typing import NDArray

from artdesk.core.errors import RecipeError

TokenGrid = NDArray[np.uint16]
MaskGrid = NDArray[np.bool_]


def pack(data: bytes) -> str:
    """Bytes as ASCII text."""
    return base64.b64encode(zlib.compress(data, 9)).decode("ascii")


def unpack(name: str, text: object, size: int) -> bytes:
    """Exactly `size` bytes out of what `pack` made.

    Raises:
        RecipeError: It is something else; never more than `size` + 1 bytes are unpacked.
    """
    # zlib adds at most 5 bytes to each 16 KB that cannot be made smaller, and 6 once.
    longest = 4 * (size + size // 1024 + 67) // 3
    unpacker = zlib.decompressobj()
    try:
        if not isinstance(text, str) or len(text) > longest:
            raise ValueError
        data = unpacker.decompress(base64.b64decode(text.encode("ascii"), validate=True), size + 1)
        if len(data) != size or not unpacker.eof or unpacker.unused_data:
            raise ValueError
    except (ValueError, binascii.Error, zlib.error) as error:
        raise RecipeError(f"{name} cannot be unpacked: it is damaged, use another copy.") from error
    return data


def pack_tokens(tokens: NDArray[np.integer]) -> str:
    """Codes [h, w], each 0..65535, as text."""
    return pack(tokens.astype("<u2").tobytes())


def unpack_tokens(name: str, text: object, rows: int, columns: int) -> TokenGrid:
    """Codes uint16 [rows, columns] out of what `pack_tokens` made; RecipeError as `unpack`."""
    data = unpack(name, text, rows * columns * 2)
    return np.frombuffer(data, dtype="<u2").reshape(rows, columns).astype(np.uint16)


def pack_mask(mask: MaskGrid) -> str:
    """A mask [h, w] as text, eight cells in a byte."""
    return pack(np.packbits(mask).tobytes())


def unpack_mask(name: str, text: object, rows: int, columns: int) -> MaskGrid:
    """A mask bool [rows, columns] out of what `pack_mask` made; RecipeError as `unpack`."""
    cells = rows * columns
    bits = np.unpackbits(np.frombuffer(unpack(name, text, -(-cells // 8)), dtype=np.uint8))
    if bits[cells:].any():
        raise RecipeError(f"{name} marks cells outside the picture: use another copy.")
    return bits[:cells].reshape(rows, columns).astype(np.bool_)
