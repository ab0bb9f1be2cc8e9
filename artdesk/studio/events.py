"""What the worker thread tells the window, and what it needs from an engine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from artdesk.studio.tasks import TaskFailed, TaskReady

if TYPE_CHECKING:
    from artdesk.bundle.collection import Work
    from artdesk.bundle.reader import Bundle
    from artdesk.core.cancel import CancelToken
    from artdesk.core.recipe import Canvas, Recipe, Sketch
    from artdesk.engine.pipeline import Picture, Progress
    from artdesk.engine.words.table import HeardWord, WordTable
    from artdesk.pictures.record import PictureRecord
    from artdesk.studio.library import HistoryEntry

UNEXPECTED = "Something went wrong inside ArtDesk; the details are in the log. Nothing was lost."
Pixels = npt.NDArray[np.uint8]  # [height, width, 3], sRGB


class StudioEngine(Protocol):
    """The part of `artdesk.engine.pipeline.Engine` that the studio calls."""

    words: "WordTable"

    bundle: "Bundle"

    def generate(
        self,
        recipe: "Recipe",
        token: "CancelToken | None" = None,
        progress: "Callable[[Progress], None] | None" = None,
    ) -> "Picture": ...

    def preview(self, recipe: "Recipe", token: "CancelToken | None" = None) -> "Picture": ...

    def draw_sketch(self, recipe: "Recipe", token: "CancelToken | None" = None) -> "Sketch": ...

    def heard(self, recipe: "Recipe") -> "tuple[HeardWord, ...]": ...

    def asked(self, recipe: "Recipe") -> dict[str, float]: ...

    def measured(self, pixels: Pixels) -> dict[str, float]: ...

    def decode(self, stored: "PictureRecord", token: "CancelToken | None" = None) -> Pixels: ...

    @property
    def remembers(self) -> bool: ...

    def collection_names(self) -> "tuple[str, ...]": ...

    def works(self) -> "tuple[Work, ...]": ...

    def credits(self, works: "Sequence[str]") -> dict[str, tuple[str, str]]: ...

    def work_pixels(self, work: str, token: "CancelToken | None" = None) -> Pixels | None: ...

    def sketch_from_image(self, pixels: Pixels, canvas: "Canvas") -> "Sketch": ...


@dataclass(frozen=True, slots=True)
class EngineReady:
    """The model is loaded."""

    engine: StudioEngine


@dataclass(frozen=True, slots=True)
class EngineFailed:
    """The model could not be loaded; nothing can be made."""

    message: str


@dataclass(frozen=True, slots=True)
class EngineRefused:
    """Another model could not be loaded; the old one stays in use."""

    message: str


@dataclass(frozen=True, slots=True)
class PreviewReady:
    """A preview is done. `number` grows with each request."""

    number: int
    picture: "Picture"


@dataclass(frozen=True, slots=True)
class PreviewFailed:
    """A preview could not be made."""

    number: int
    message: str


@dataclass(frozen=True, slots=True)
class FinalStarted:
    """A finished picture is being made."""

    number: int
    recipe: "Recipe"


@dataclass(frozen=True, slots=True)
class FinalProgress:
    """A step is done. `preview` is a partial picture, at most ten a second."""

    number: int
    step: int
    steps: int
    stage: str
    preview: Pixels | None


@dataclass(frozen=True, slots=True)
class FinalReady:
    """A picture is made. `entry` is None when it could not be stored, and `warning` says why."""

    number: int
    picture: "Picture"
    entry: "HistoryEntry | None"
    warning: str


@dataclass(frozen=True, slots=True)
class FinalCancelled:
    """The artist stopped this picture."""

    number: int


@dataclass(frozen=True, slots=True)
class FinalFailed:
    """This picture could not be made."""

    number: int
    message: str


Event = (
    EngineReady
    | EngineFailed
    | EngineRefused
    | PreviewReady
    | PreviewFailed
    | FinalStarted
    | FinalProgress
    | FinalReady
    | FinalCancelled
    | FinalFailed
    | TaskReady[Any]
    | TaskFailed
)
