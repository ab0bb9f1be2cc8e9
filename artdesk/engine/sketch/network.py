"""The sketch prior in numpy: one cell at a time, with cached keys and values.

float64 throughout: sums in another order (another CPU, more threads) differ by some 1e-13, and
the logits are rounded to 1/64 nat, so every machine draws the same cells. The network is
`models.sketch.SketchPrior`; its parts are named as there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artdesk.core.condition import CONDITION_DIM
from artdesk.core.errors import BundleError
from artdesk.core.sketch_layout import FEATURE_DIM
from artdesk.engine.detail.draw import IntArray, to_units

FloatArray = NDArray[np.float64]

_EPSILON = 1e-5  # of torch's LayerNorm
_LARGEST = 1e6  # no weight of ours comes near; larger ones overflow
_MAX_WEIGHTS = 32_000_000  # twenty times the first network; 256 MB as float64


@dataclass(frozen=True, slots=True)
class _Linear:
    """y = x @ weight.T + bias; weight is float64 [outputs, inputs]."""

    weight: FloatArray
    bias: FloatArray

    def __call__(self, x: FloatArray) -> FloatArray:
        """Map float64 [rows, inputs] to [rows, outputs]."""
        if len(x) > 2:
            return np.asarray(x @ self.weight.T + self.bias)
        # Matrix-vector products are bound by memory but do not copy the weights first.
        result = np.empty((len(x), len(self.weight)))
        for row, values in enumerate(x):
            np.dot(self.weight, values, out=result[row])
        result += self.bias
        return result


@dataclass(frozen=True, slots=True)
class _Layer:
    qkv: _Linear
    project: _Linear
    up: _Linear
    down: _Linear


class SketchNetwork:
    """The weights of a sketch prior, ready to draw.

    Args:
        arrays: Arrays of sketch.npz, named as the state of `models.sketch.SketchPrior`, and the
            number of attention heads as `heads`.

    Raises:
        BundleError: An array is missing or has the wrong shape.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        try:
            if not all(array.size for array in arrays.values()):
                raise ValueError("an array is empty")
            if any(float(np.abs(array).max(initial=0)) > _LARGEST for array in arrays.values()):
                raise ValueError("a weight is far too large")
            if sum(array.size for array in arrays.values()) > _MAX_WEIGHTS:
                raise ValueError("there are far too many weights")
            self._load({name: np.asarray(a, dtype=np.float64) for name, a in arrays.items()})
        except (KeyError, ValueError, TypeError, IndexError) as error:
            raise BundleError(
                "The sketch network of the model bundle is incomplete: install the model again."
            ) from error

    def _load(self, arrays: Mapping[str, FloatArray]) -> None:
        used = {"embedding.weight", "heads"}

        def linear(name: str, norm: str = "", centred: bool = False) -> _Linear:
            weight, bias = arrays[f"{name}.weight"], arrays[f"{name}.bias"]
            for part in ("weight", "bias"):
                used.add(f"{name}.{part}")
                if norm:
                    used.add(f"{norm}.{part}")
                    if arrays[f"{norm}.{part}"].shape != weight.shape[1:]:
                        raise ValueError(f"{norm} does not fit {name}")
            if norm:  # the scale and shift of the LayerNorm before it become part of the product
                bias = bias + weight @ arrays[f"{norm}.bias"]
                weight = weight * arrays[f"{norm}.weight"]
            if centred:
                weight, bias = weight - weight.mean(axis=0), bias - bias.mean()
            return _Linear(np.ascontiguousarray(weight), bias)

        # Everything that is added to the residual stream has mean 0, so that a LayerNorm needs
        # to divide only; the network sees the stream through LayerNorms alone.
        self.embedding = arrays["embedding.weight"]
        self.embedding = self.embedding - self.embedding.mean(axis=1, keepdims=True)
        self.colours = len(self.embedding) - 1
        self.width = self.embedding.shape[1]
        self.heads = int(arrays["heads"])
        if self.colours < 1 or self.width < 1 or self.heads < 1 or self.width % self.heads:
            raise ValueError("heads")
        self.features = linear("features", centred=True)
        self.condition = (linear("condition1"), linear("condition2", centred=True))
        self.layers: list[_Layer] = []
        while f"layers.{len(self.layers)}.qkv.weight" in arrays:
            prefix = f"layers.{len(self.layers)}"
            qkv = linear(f"{prefix}.qkv", f"{prefix}.norm1")
            # The queries carry the scale of the attention.
            scale = np.ones(3 * self.width)
            scale[: self.width] = (self.width // self.heads) ** -0.5
            self.layers.append(
                _Layer(
                    qkv=_Linear(qkv.weight * scale[:, None], qkv.bias * scale),
                    project=linear(f"{prefix}.project", centred=True),
                    up=linear(f"{prefix}.up", f"{prefix}.norm2"),
                    down=linear(f"{prefix}.down", centred=True),
                )
            )
        self.head = linear("head", "norm")
        if used != arrays.keys():
            raise ValueError(f"there are other arrays too: {sorted(arrays.keys() - used)[:3]}")
        for number, layer in enumerate(self.layers):
            inner = len(layer.up.weight)
            for part, wanted in (
                (layer.qkv, (3 * self.width, self.width)),
                (layer.project, (self.width, self.width)),
                (layer.up, (inner, self.width)),
                (layer.down, (self.width, inner)),
            ):
                if part.weight.shape != wanted or part.bias.shape != wanted[:1]:
                    raise ValueError(f"layer {number} has the shape {part.weight.shape}")
        for name, linear_part in (
            ("condition1", self.condition[0]),
            ("condition2", self.condition[1]),
            ("features", self.features),
            ("head", self.head),
        ):
            if linear_part.bias.shape != linear_part.weight.shape[:1]:
                raise ValueError(f"{name} has a bias of the shape {linear_part.bias.shape}")
        expected = {
            "condition2": (self.condition[1].weight.shape, (self.width, self.width)),
            "condition1": (self.condition[0].weight.shape, (self.width, CONDITION_DIM)),
            "features": (self.features.weight.shape, (self.width, FEATURE_DIM)),
            "head": (self.head.weight.shape, (self.colours, self.width)),
        }
        for name, (found, wanted) in expected.items():
            if found != wanted:
                raise ValueError(f"{name} has the shape {found}, not {wanted}")

    def check_colours(self, count: int) -> None:
        """BundleError unless the network draws the colours of a table of this length."""
        if self.colours != count:
            raise BundleError(
                f"The sketch network of the model draws {self.colours} colours, its table has "
                f"{count}: install the model again."
            )

    def start(self, conditions: FloatArray, cells: int) -> "SketchRun":
        """Begin to draw at most `cells` cells.

        Args:
            conditions: float64 [branches, CONDITION_DIM]; branches are drawn side by side and
                see the same cells.
            cells: Length of the whole sequence.
        """
        first, second = self.condition
        return SketchRun(self, second(np.maximum(first(conditions), 0.0)), cells)


class SketchRun:
    """One sketch in the making: the keys and values of the cells so far."""

    def __init__(self, network: SketchNetwork, context: FloatArray, cells: int) -> None:
        self._network = network
        self._context = context  # [branches, width]
        shape = (len(network.layers), len(context), network.heads)
        size = network.width // network.heads
        self._keys = np.zeros((*shape, cells, size))
        self._values = np.zeros((*shape, cells, size))
        self._length = 0

    def drop_branches(self, keep: int) -> None:
        """Go on with the first `keep` branches only."""
        self._context = self._context[:keep]
        self._keys = np.ascontiguousarray(self._keys[:, :keep])
        self._values = np.ascontiguousarray(self._values[:, :keep])

    def step(self, previous: int, features: FloatArray) -> IntArray:
        """Append one cell and predict its colour.

        Args:
            previous: Colour drawn before, or the number of colours at the start.
            features: float64 [FEATURE_DIM] of `sketch_layout.step_features`.

        Returns:
            Logits int64 [branches, colours] in 1/64 nat.
        """
        hidden = self._advance(np.array([previous]), features[None])
        return to_units(self._network.head(_normalise(hidden)))

    def feed(self, previous: IntArray, features: FloatArray) -> None:
        """Append cells whose colours are known already: int64 [n], float64 [n, FEATURE_DIM]."""
        if len(previous):
            self._advance(previous, features)

    def _advance(self, previous: IntArray, features: FloatArray) -> FloatArray:
        """Run n cells through all layers; float64 [branches * n, width]."""
        network = self._network
        branches, steps = len(self._context), len(previous)
        start, end = self._length, self._length + steps
        inputs = network.embedding[previous] + network.features(features)
        x = (self._context[:, None] + inputs).reshape(branches * steps, network.width)
        blind = np.triu(np.full((steps, end), -np.inf), start + 1) if steps > 1 else None
        for number, layer in enumerate(network.layers):
            keys, values = self._keys[number], self._values[number]
            qkv = layer.qkv(_normalise(x)).reshape(branches, steps, 3, network.heads, -1)
            query, keys[:, :, start:end], values[:, :, start:end] = qkv.transpose(2, 0, 3, 1, 4)
            scores = query @ keys[:, :, :end].swapaxes(-1, -2)
            if blind is not None:
                scores += blind
            scores -= scores.max(axis=-1, keepdims=True)
            np.exp(scores, out=scores)
            mixed = scores @ values[:, :, :end]
            mixed /= scores.sum(axis=-1, keepdims=True)
            x += layer.project(mixed.swapaxes(1, 2).reshape(x.shape))
            hidden = layer.up(_normalise(x))
            np.maximum(hidden, 0.0, out=hidden)
            x += layer.down(hidden)
        self._length = end
        return x


def _normalise(x: FloatArray) -> FloatArray:
    """LayerNorm without scale and shift, of rows whose mean is 0 already."""
    variance = np.einsum("rc,rc->r", x, x) / x.shape[1]
    return np.asarray(x / np.sqrt(variance + _EPSILON)[:, None])
