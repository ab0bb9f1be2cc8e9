"""Draw codes from logits with integers alone, so that every machine draws the same ones.

Logits are int64 in units of 1/64 nat. Weights come from a table of round(2**24 * exp(-i / 64))
that ships with the model, sums are exact, and ties go to the lower code: nothing depends on a
machine's exp, on the order of a sum or on its threads.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]

UNITS_PER_NAT = 64
"""One nat in the units of logits."""

_UNIT_BITS = 6
_NOISE_BITS = 16  # noise in 2**-16 nat, so that ties hardly occur

_ROWS = 256  # drawn at once: what they need stays in the processor's cache

IMPOSSIBLE = -(1 << 40)
"""A logit so low that its code is never drawn."""

LIKELIHOOD_ONE = 1 << 24
"""The likelihood of a certain draw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How freely codes are drawn.

    Attributes:
        temperature_milli: Thousandths; below 1000 favours likely codes, above evens out.
        top_k: Keep this many most likely codes; 0 keeps all.
        top_p_milli: Keep the most likely codes that together have this many thousandths.
    """

    temperature_milli: int = 1000
    top_k: int = 0
    top_p_milli: int = 1000


@dataclass(frozen=True, slots=True)
class Drawn:
    """The result of a draw, one entry for each row of logits.

    Attributes:
        codes: int64 [n].
        likelihood: int64 [n], the code's share among those kept; LIKELIHOOD_ONE = certain.
    """

    codes: IntArray
    likelihood: IntArray


def scaled(values: IntArray, numerator: int, denominator: int) -> IntArray:
    """The values times numerator / denominator, to the nearest integer, halves upwards."""
    return (values * numerator + denominator // 2) // denominator


def to_units(logits: NDArray[np.float64]) -> IntArray:
    """Round logits in nats to the integer units of this module; halves to even."""
    units = logits * UNITS_PER_NAT
    return np.rint(units, out=units).astype(np.int64)


def guide(conditional: IntArray, unconditional: IntArray, scale_milli: int) -> IntArray:
    """Classifier-free guidance, u + g (c - u) (Ho and Salimans, 2022), on logits [n, K]."""
    return unconditional + scaled(conditional - unconditional, scale_milli, 1000)


def keep(logits: IntArray, limits: Limits, exp_table: IntArray) -> tuple[IntArray, IntArray]:
    """Apply temperature, top-k and top-p.

    Args:
        logits: int64 [n, K].
        limits: What to keep; at least one code stays in every row.
        exp_table: int64 [..], round(2**24 * exp(-i / 64)), the last entry 0.

    Returns:
        Codes int64 [n, k] from the most to the least likely (ties: lower code first) and their
        weights int64 [n, k]; codes that are cut off have weight 0.
    """
    size = logits.shape[1]
    distance = logits.max(axis=1, keepdims=True) - logits
    if limits.temperature_milli != 1000:
        distance = scaled(distance, 1000, limits.temperature_milli)
    code_bits = (size - 1).bit_length()
    furthest = len(exp_table) - 1  # weight 0: nothing beyond it can be drawn
    # One int32 key for distance and code: sorting those is several times faster than int64.
    keys = np.minimum(distance, furthest).astype(np.int32) << code_bits
    keys |= np.arange(size, dtype=np.int32)
    keys.sort(axis=1)
    if limits.top_k:
        keys = keys[:, : limits.top_k]
    codes = (keys & ((1 << code_bits) - 1)).astype(np.int64)
    weights = exp_table[keys >> code_bits]
    if limits.top_p_milli < 1000:
        sums = weights.cumsum(axis=1)
        before = sums - weights
        weights = np.where(before * 1000 < limits.top_p_milli * sums[:, -1:], weights, 0)
    return codes, weights


def draw(
    logits: IntArray, random: NDArray[np.uint32], limits: Limits, exp_table: IntArray
) -> Drawn:
    """Draw one code for each row of logits by the Gumbel-max trick.

    Each code of a row has its own noise, so a small change of the logits or of a slider changes
    few codes (inverting the cumulative sum would change most of them when many codes are about
    equally likely), and a higher temperature never draws a likelier code.

    Args:
        logits: int64 [n, K].
        random: uint32 [n], one number for each row.
        limits: Temperature, top-k and top-p.
        exp_table: As for `keep`.
    """
    parts = [
        _draw_rows(logits[start : start + _ROWS], random[start : start + _ROWS], limits, exp_table)
        for start in range(0, len(logits), _ROWS)
    ]
    return Drawn(
        np.concatenate([part.codes for part in parts]),
        np.concatenate([part.likelihood for part in parts]),
    )


def _draw_rows(
    logits: IntArray, random: NDArray[np.uint32], limits: Limits, exp_table: IntArray
) -> Drawn:
    codes, weights = keep(logits, limits, exp_table)
    width = int((weights > 0).sum(axis=1).max())  # weights fall: the rest is cut off everywhere
    codes, weights = codes[:, :width], weights[:, :width]
    noise = gumbel(random, codes)
    score = noise - (_distance(logits, codes, limits) << (_NOISE_BITS - _UNIT_BITS))
    column = np.where(weights > 0, score, IMPOSSIBLE).argmax(axis=1)
    rows = np.arange(len(codes))
    likelihood = weights[rows, column] * LIKELIHOOD_ONE // weights.sum(axis=1)
    return Drawn(codes[rows, column], likelihood)


def gumbel(random: NDArray[np.uint32], codes: IntArray) -> IntArray:
    """Gumbel noise of some codes [n, k] in 2**-16 nat, from one number uint32 [n] for each row."""
    return _gumbel_table()[_mix(random[:, None], codes)]


def _distance(logits: IntArray, codes: IntArray, limits: Limits) -> IntArray:
    """How far some codes [n, k] lie below the likeliest code of their row, at the temperature."""
    chosen = np.take_along_axis(logits, codes, axis=1)
    distance = chosen[:, :1] - chosen
    if limits.temperature_milli == 1000:
        return distance
    return scaled(distance, 1000, limits.temperature_milli)


@lru_cache(maxsize=1)
def _gumbel_table() -> IntArray:
    """-log(-log(u)) for 2**16 evenly spaced u, in 2**-16 nat.

    Rounding to 2**-16 hides the last bits in which one machine's log may differ from another's.
    """
    share = (np.arange(1 << 16) + 0.5) / (1 << 16)
    table: IntArray = np.rint(-np.log(-np.log(share)) * (1 << _NOISE_BITS)).astype(np.int64)
    table.setflags(write=False)
    return table


def _mix(random: NDArray[np.uint32], codes: IntArray) -> NDArray[np.uint32]:
    """16 random bits for every code from one 32-bit number per row.

    The integer hash "lowbias32" with the constants of the hash-prospector project
    (https://github.com/skeeto/hash-prospector).
    """
    bits = random ^ (codes.astype(np.uint32) * np.uint32(0x9E3779B9))
    bits ^= bits >> np.uint32(16)
    bits *= np.uint32(0x21F0AAAD)
    bits ^= bits >> np.uint32(15)
    bits *= np.uint32(0xD35A2D97)
    bits ^= bits >> np.uint32(15)
    return bits >> np.uint32(16)


def probabilities(logits: IntArray, exp_table: IntArray) -> IntArray:
    """Plain softmax of logits [n, K] as int64 [n, K]; LIKELIHOOD_ONE = certain."""
    distance = logits.max(axis=1, keepdims=True) - logits
    weights = exp_table[np.minimum(distance, len(exp_table) - 1)]
    share: IntArray = weights * LIKELIHOOD_ONE // weights.sum(axis=1, keepdims=True)
    return share
