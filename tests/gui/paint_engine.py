"""A small deterministic engine for the window's tests: real pictures, real cancelling, no model.

It can be held at a gate in the middle of a picture, so that tests of cancelling and closing
never depend on how fast the machine is.
"""

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from artdesk.bundle.collection import Work
from artdesk.core.cancel import CancelToken
from artdesk.core.colour import hex_to_srgb8, srgb8_to_hex
from artdesk.core.errors import ArtDeskError
from artdesk.core.recipe import Canvas, Recipe, Sketch, Swatch
from artdesk.core.sketch_layout import sketch_shape
from artdesk.engine.words.table import HeardWord
from artdesk.pictures.origin import Origin

KNOWN = ("airy", "blue", "bold", "calm", "dark", "geometric", "soft", "velvet", "warm", "wild")
HASH = "ab" * 32
WORKS = (
    Work(
        id="p-1",
        title="Blue <b>",
        artist="A. Painter",
        year="1911",
        source="painting",
        licence="public domain",
    ),
    Work(id="p-2", title="Grey", artist="B. Painter", source="painting", licence="given away"),
    Work(id="c-1", source="constructed", family="ink_splash", licence="CC0-1.0"),
)


@dataclass(frozen=True)
class PaintProgress:
    step: int
    steps: int
    stage: str
    preview: Callable[[], NDArray[np.uint8]]


@dataclass(frozen=True, eq=False)
class PaintPicture:
    recipe: Recipe
    sketch: Sketch
    palette: tuple[Swatch, ...]
    tokens: NDArray[np.uint16]
    pixels: NDArray[np.uint8]
    bundle_hash: str = HASH
    bundle_name: str = "paint"
    seconds: float = 0.01
    cell: int = 8
    origin: Origin | None = None


@dataclass(frozen=True)
class PaintBundle:
    hash: str = HASH
    manifest: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(name="paint"))


class Words:
    def known(self) -> tuple[str, ...]:
        return KNOWN

    def nearest(self, text: str, count: int = 3) -> tuple[str, ...]:
        return ("soft", "airy", "calm")[:count] if text in ("vel", "velvet") else ()


class PaintEngine:
    """Paints the sketch enlarged, with a little grain from the seed."""

    def __init__(self) -> None:
        self.bundle = PaintBundle()
        self.words = Words()
        self.gate = threading.Event()
        self.gate.set()
        self.waiting = threading.Event()
        self.previews: list[Recipe] = []
        self.finals: list[Recipe] = []
        self.fault: Exception | None = None
        self.measurements = 0

    def generate(
        self,
        recipe: Recipe,
        token: CancelToken | None = None,
        progress: Callable[[PaintProgress], None] | None = None,
    ) -> PaintPicture:
        if self.fault is not None:
            raise self.fault
        token = token or CancelToken()
        picture = self._paint(recipe)
        steps = recipe.sampling.steps
        for step in range(1, steps + 1):
            token.check()
            if progress is not None:
                progress(PaintProgress(step, steps, "detail", lambda: picture.pixels[::8, ::8]))
            if step == steps // 2:
                self.waiting.set()
                while not self.gate.wait(0.01):
                    token.check()
        self.finals.append(recipe)
        return picture

    def preview(self, recipe: Recipe, token: CancelToken | None = None) -> PaintPicture:
        if token is not None:
            token.check()
        self.previews.append(recipe)
        return self._paint(recipe)

    def draw_sketch(self, recipe: Recipe, token: CancelToken | None = None) -> Sketch:
        rows, columns = sketch_shape(recipe.canvas.width, recipe.canvas.height)
        random = np.random.default_rng(recipe.seed)
        colours = self._palette(recipe)
        cells = [colours[k].colour for k in random.integers(0, len(colours), rows * columns)]
        if recipe.sketch is not None:
            cells = [own or cell for own, cell in zip(recipe.sketch.cells, cells, strict=True)]
        return Sketch(columns=columns, rows=rows, cells=tuple(cells))

    def heard(self, recipe: Recipe) -> tuple[HeardWord, ...]:
        return tuple(
            HeardWord(
                text=word.text,
                known=word.text in KNOWN,
                nearest=() if word.text in KNOWN else ("velvet", "soft"),
                attributes={"warmth": 0.8, "busyness": -0.5},
            )
            for word in (*recipe.words, *recipe.avoid)
        )

    def asked(self, recipe: Recipe) -> dict[str, float]:
        if not recipe.words:
            return {"warmth": 0.0}
        return {"warmth": 0.8, "busyness": -0.5, "blue": 0.05}

    def measured(self, pixels: NDArray[np.uint8]) -> dict[str, float]:
        self.measurements += 1
        return {"warmth": float(pixels[..., 0].mean()) / 255, "busyness": 0.25}

    def decode(self, stored: PaintPicture, token: CancelToken | None = None) -> NDArray[np.uint8]:
        return self._paint(stored.recipe).pixels

    @property
    def remembers(self) -> bool:
        return True

    def collection_names(self) -> tuple[str, ...]:
        return ("ArtDesk",)

    def works(self) -> tuple[Work, ...]:
        return WORKS

    def credits(self, works: Sequence[str]) -> dict[str, tuple[str, str]]:
        known = {work.id: (work.credit, work.licence) for work in WORKS}
        return {name: known.get(name, (name, "unknown")) for name in works}

    def work_pixels(self, work: str, token: CancelToken | None = None) -> NDArray[np.uint8] | None:
        shade = {known.id: 40 + 60 * number for number, known in enumerate(WORKS)}
        return np.full((32, 48, 3), shade[work], np.uint8) if work in shade else None

    def sketch_from_image(self, pixels: NDArray[np.uint8], canvas: Canvas) -> Sketch:
        rows, columns = sketch_shape(canvas.width, canvas.height)
        height, width, _ = pixels.shape
        cells = tuple(
            srgb8_to_hex(*pixels[y * height // rows, x * width // columns])
            for y in range(rows)
            for x in range(columns)
        )
        return Sketch(columns=columns, rows=rows, cells=cells)

    def _palette(self, recipe: Recipe) -> tuple[Swatch, ...]:
        own = recipe.palette or ()
        words = ",".join(word.text for word in recipe.words)
        digest = hashlib.sha256(f"{words}/{recipe.seed}".encode()).digest()
        free = [Swatch(colour="#" + digest[3 * k : 3 * k + 3].hex()) for k in range(5 - len(own))]
        return (*own, *free)

    def _paint(self, recipe: Recipe) -> PaintPicture:
        sketch = self.draw_sketch(recipe)
        height, width = recipe.canvas.height, recipe.canvas.width
        cells = np.array([hex_to_srgb8(cell or "#000000") for cell in sketch.cells], np.uint8)
        grid = cells.reshape(sketch.rows, sketch.columns, 3)
        rows = np.arange(height) * sketch.rows // height
        columns = np.arange(width) * sketch.columns // width
        pixels = grid[rows][:, columns]
        random = np.random.default_rng(recipe.seed)
        grain = random.integers(-6, 7, pixels.shape)
        wildness = recipe.sampling.temperature_milli / 1000
        pixels = np.clip(pixels + grain * wildness, 0, 255).astype(np.uint8)
        tokens = random.integers(0, 512, (height // 8, width // 8)).astype(np.uint16)
        return PaintPicture(
            recipe=recipe,
            sketch=sketch,
            palette=self._palette(recipe),
            tokens=tokens,
            pixels=pixels,
            origin=None if recipe.memory is None else self._origin(recipe, tokens.shape),
        )

    def _origin(self, recipe: Recipe, shape: tuple[int, ...]) -> Origin:
        """The left half from the first work that may take part, the composition from the last."""
        assert recipe.memory is not None
        named = [influence.work for influence in recipe.memory.influences]
        free = [work.id for work in WORKS if work.id not in (*named, *recipe.memory.banned)]
        works = (*named, *free)
        cells = np.zeros((*shape, 3), np.uint16)
        cells[:, : shape[1] // 2, 0] = 1
        return Origin(works=(works[0], works[-1]), cells=cells)


class FaultyStartError(ArtDeskError):
    """The engine cannot be made."""


def other_model(picture: PaintPicture) -> PaintPicture:
    """The same picture as if another model had made it."""
    return replace(picture, bundle_hash="cd" * 32, bundle_name="other")
