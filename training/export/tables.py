"""The tables of a bundle: everything the app reads that is no graph."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from artdesk.engine.tables import FilmNetwork
from models.layers import ConditionNetwork
from training.export.quantize import Grid

NEIGHBOURS = 8
_UNITS_PER_NAT = 64
_EXP_ONE = 1 << 24
_HEAD_LARGEST_SUM = 1 << 24  # up to here float32 holds every whole number


def exp_table() -> NDArray[np.uint32]:
    """round(2**24 * exp(-i / 64)) for i = 0, 1, ..., down to and with the first zero."""
    end = int(np.ceil(_UNITS_PER_NAT * np.log(2.0 * _EXP_ONE))) + 1
    exact = _EXP_ONE * np.exp(-np.arange(end) / _UNITS_PER_NAT)
    values: NDArray[np.uint32] = np.rint(exact).astype(np.uint32)
    return values[: int(np.argmin(values)) + 1]


def float_array(tensor: Tensor) -> NDArray[np.float32]:
    """A tensor as a float32 array."""
    return tensor.detach().float().numpy()


def film_tables(prefix: str, network: ConditionNetwork) -> dict[str, NDArray[Any]]:
    """The three layers of a condition network: `{prefix}_film_w1`, `_b1`, ... `_b3`."""
    layers = (network.first, network.second, network.last)
    tables: dict[str, NDArray[Any]] = {}
    for number, layer in enumerate(layers, start=1):
        tables[f"{prefix}_film_w{number}"] = float_array(layer.weight)
        tables[f"{prefix}_film_b{number}"] = float_array(layer.bias)
    return tables


def film_values(
    tables: Mapping[str, NDArray[Any]], prefix: str, condition: NDArray[np.float64]
) -> NDArray[np.float32]:
    """FiLM values float32 [n, F] of conditions float64 [n, inputs], computed as in the app.

    Args:
        tables: Tables with those of `film_tables`.
        prefix: "decoder" or "detail".
        condition: What the condition network takes.
    """
    layers = [
        (
            tables[f"{prefix}_film_w{number}"].astype(np.float64),
            tables[f"{prefix}_film_b{number}"].astype(np.float64),
        )
        for number in (1, 2, 3)
    ]
    return FilmNetwork(tuple(layers))(condition)


def code_neighbours(codebook: NDArray[np.float32]) -> NDArray[np.int16]:
    """The eight nearest other codes of each code, nearest first: int16 [K, 8]."""
    similarity = codebook.astype(np.float64) @ codebook.astype(np.float64).T
    np.fill_diagonal(similarity, -np.inf)
    return np.argsort(-similarity, axis=1, kind="stable")[:, :NEIGHBOURS].astype(np.int16)


def head_tables(
    weight: NDArray[np.float32], bias: NDArray[np.float32], grid: Grid
) -> dict[str, NDArray[Any]]:
    """The last layer of the detail prior as an integer product.

    logit[k] in nats = head_scale[k] * sum(head_weight[k] * feature) + head_bias[k]; `feature`
    are the unsigned bytes that the detail graph gives.

    Args:
        weight: float32 [K, C].
        bias: float32 [K].
        grid: What the bytes stand for.
    """
    wide = weight.astype(np.float64)
    # The largest possible sum of each code stays a whole number that float32 holds exactly.
    sums = np.abs(wide).sum(axis=1)
    room = _HEAD_LARGEST_SUM / 255.0 - wide.shape[1] / 2.0
    step = np.maximum(sums / room, np.abs(wide).max(axis=1) / np.iinfo(np.int16).max)
    step[step == 0.0] = 1.0
    integers = np.rint(wide / step[:, None])
    scale = step * grid.scale
    # A zero point other than 0 is a constant of each code, so it goes into the bias.
    shift = scale * grid.zero * integers.sum(axis=1)
    return {
        "head_weight": integers.astype(np.int16),
        "head_scale": scale,
        "head_bias": bias.astype(np.float64) - shift,
    }


def head_logits(
    tables: Mapping[str, NDArray[Any]], features: NDArray[np.uint8]
) -> NDArray[np.float64]:
    """Logits in nats float64 [..., K] of bytes uint8 [..., C], as the app computes them."""
    products = features.astype(np.int64) @ tables["head_weight"].astype(np.int64).T
    logits: NDArray[np.float64] = products * tables["head_scale"] + tables["head_bias"]
    return logits
