"""JSON without its loose ends: no NaN, no repeated keys, a size limit, one canonical form."""

import json
from typing import Any


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
        ValueError: Too long, no JSON, no object, a repeated key, NaN or infinity.
    """
    if len(text) > limit:
        raise ValueError(f"the text is longer than {limit} characters")
    try:
        data = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_unique)
    except RecursionError as error:
        raise ValueError("the text is nested too deeply") from error
    if not isinstance(data, dict):
        raise ValueError("the text is no JSON object")  # noqa: TRY004 - one error for callers
    return data


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a field is written twice")
    return result
