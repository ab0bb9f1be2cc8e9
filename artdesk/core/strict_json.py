"""JSON without its loose ends: no NaN, no repeated keys, a size limit, one canonical form."""

import json
import math
import re
import zlib
from typing import Any

_CHECK = re.compile(r'\{"check":"([0-9a-f]{8})"(?:,|(?=\}))')
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def dump(data: object) -> str:
    """Canonical JSON: sorted keys, no spaces; ValueError for NaN and infinity."""
    return json.dumps(
        data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def dump_lines(data: object) -> str:
    """The same on many lines, for files that people read."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def load(text: str, limit: int) -> dict[str, Any]:
    """Parse a JSON object.

    Args:
        text: What to parse.
        limit: Longest text in characters that is parsed at all.

    Raises:
        ValueError: Too long, no JSON, no object, a repeated key, NaN, infinity or half a letter.
    """
    data = _parse(text, limit)
    if not isinstance(data, dict):
        raise ValueError("the text is no JSON object")  # noqa: TRY004 - one error for callers
    return data


def load_list(text: str, limit: int) -> list[Any]:
    """Parse a JSON list; as strict as `load`."""
    data = _parse(text, limit)
    if not isinstance(data, list):
        raise ValueError("the text is no JSON list")  # noqa: TRY004 - one error for callers
    return data


def with_check(text: str) -> str:
    """The text of an object with a CRC-32 of it as its first field, "check".

    For files that people do not edit: a damaged digit must not pass for another value.
    """
    rest = text[1:]
    comma = "" if rest.lstrip().startswith("}") else ","
    return f'{{"check":"{zlib.crc32(text.encode("utf-8")):08x}"{comma}{rest}'


def without_check(text: str) -> tuple[str, bool]:
    """Undo `with_check`.

    Returns:
        The text of the object, and whether it had a CRC-32.

    Raises:
        ValueError: The text does not agree with its CRC-32.
    """
    found = _CHECK.match(text)
    if found is None:
        return text, False
    body = "{" + text[found.end() :]
    if zlib.crc32(body.encode("utf-8")) != int(found[1], 16):
        raise ValueError("the text does not agree with its checksum")
    return body, True


def _parse(text: str, limit: int) -> Any:
    if len(text) > limit:
        raise ValueError(f"the text is longer than {limit} characters")
    try:
        data = json.loads(
            text,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            object_pairs_hook=_unique,
        )
    except RecursionError as error:
        raise ValueError("the text is nested too deeply") from error
    if _SURROGATE.search(text):
        dump(data).encode("utf-8")  # half of a pair of surrogates can be written to no file
    return data


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(f"{digits[:20]} is no usable number")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a field is written twice")
    return result
