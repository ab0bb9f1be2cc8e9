"""Telling how far a picture is."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from artdesk.core.colour import oklab_to_srgb8, srgb8_to_oklab
from artdesk.core.recipe import Sampling, Sketch
from artdesk.core.sketch_layout import enlarge_sketch
from artdesk.engine.detail import sampler
from artdesk.engine.sketch.draw import sketch_colours

Pixels = NDArray[np.uint8]
Stage = Literal["sketch", "detail", "decode"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a picture is.

    Attributes:
        step: Steps done, of all stages together.
        steps: All steps.
        stage: What was done last.
        preview: Gives the picture so far, uint8 [h, w, 3], one pixel for each token; costs
            little, but only when it is called.
    """

    step: int
    steps: int
    stage: Stage
    preview: Callable[[], Pixels]


class Teller:
    """Counts steps and tells them to whoever listens."""

    def __init__(
        self,
        code_colours: NDArray[np.uint8],
        sketch: Sketch,
        shape: tuple[int, int],
        controls: Sampling,
        progress: Callable[[Progress], None] | None,
        positions: int | None = None,
    ) -> None:
        self._code_colours = code_colours
        self._sketch = sketch
        self._shape = shape
        self._progress = progress
        if positions is None:
            positions = shape[0] * shape[1]
        self._steps = sampler.steps_of(positions, controls) + 2

    def sketch(self) -> None:
        """The sketch is drawn."""
        self._tell(1, "sketch", lambda: _ground(self._sketch, self._shape))

    def detail(self, step: int, _steps: int, tokens: sampler.TokenGrid) -> None:
        """A step of the detail is drawn."""
        preview = functools.partial(_partial, self._code_colours, self._sketch, tokens)
        self._tell(1 + step, "detail", preview)

    def decoded(self, pixels: Pixels) -> None:
        """The pixels are there."""
        cell = len(pixels) // self._shape[0]
        self._tell(self._steps, "decode", lambda: pixels[cell // 2 :: cell, cell // 2 :: cell])

    def _tell(self, step: int, stage: Stage, preview: Callable[[], Pixels]) -> None:
        if self._progress is not None:
            self._progress(Progress(step, self._steps, stage, preview))


class LevelTeller:
    """Tells the steps of a picture with a memory, whose levels have different sizes."""

    def __init__(
        self,
        code_colours: NDArray[np.uint8],
        cell: int,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self._code_colours = code_colours
        self._cell = cell
        self._progress = progress
        self._steps = 0
        self._sketch: Sketch | None = None

    def laid(self, sketch: Sketch, shape: tuple[int, int], steps: int) -> None:
        """The works are laid out."""
        self._steps, self._sketch = steps, sketch
        self._tell(1, "sketch", lambda: _ground(sketch, shape))

    def detail(self, step: int, tokens: sampler.TokenGrid) -> None:
        """A step of the detail is drawn, at any level."""
        sketch = self._sketch
        if sketch is not None:
            preview = functools.partial(_partial, self._code_colours, sketch, tokens)
            self._tell(min(1 + step, self._steps - 1), "detail", preview)

    def decoded(self, pixels: Pixels) -> None:
        """The pixels are there."""
        cell = self._cell
        self._tell(self._steps, "decode", lambda: pixels[cell // 2 :: cell, cell // 2 :: cell])

    def _tell(self, step: int, stage: Stage, preview: Callable[[], Pixels]) -> None:
        if self._progress is not None:
            self._progress(Progress(step, self._steps, stage, preview))


def _partial(code_colours: NDArray[np.uint8], sketch: Sketch, tokens: sampler.TokenGrid) -> Pixels:
    """Mean colours of the drawn codes; the sketch shows through where nothing is drawn."""
    drawn = tokens < len(code_colours)
    colours = code_colours[np.where(drawn, tokens, 0)]
    ground = _ground(sketch, (tokens.shape[0], tokens.shape[1]))
    return np.where(drawn[..., None], colours, ground)


def _ground(sketch: Sketch, shape: tuple[int, int]) -> Pixels:
    """A sketch enlarged to one pixel for each token, sRGB uint8 [h, w, 3]."""
    large = enlarge_sketch(srgb8_to_oklab(sketch_colours(sketch)), *shape)[:3]
    return oklab_to_srgb8(np.moveaxis(large, 0, -1))
