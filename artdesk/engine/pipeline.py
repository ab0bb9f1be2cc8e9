"""The engine: from a recipe to a picture.

A recipe and a bundle determine the picture to the last bit: everything random is drawn in
integers from named streams, and the networks are integer networks or rounded to a grid.
"""

import dataclasses
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from artdesk.bundle.reader import Bundle
from artdesk.core.attributes import ATTRIBUTES
from artdesk.core.cancel import CancelToken
from artdesk.core.colour import oklab_to_srgb8, srgb8_to_oklab
from artdesk.core.condition import scale_oklab
from artdesk.core.errors import PictureError, RecipeError
from artdesk.core.recipe import Canvas, Recipe, Sampling, Sketch, Swatch
from artdesk.core.sketch_layout import enlarge_sketch, sketch_shape
from artdesk.engine.detail import sampler
from artdesk.engine.detail.run import DetailRun
from artdesk.engine.measures.attributes import measure, percentiles
from artdesk.engine.session import GraphSession
from artdesk.engine.sketch.draw import (
    SketchRequest,
    draw_sketch,
    fit_cells,
    sketch_colours,
    sketch_from_pixels,
)
from artdesk.engine.sketch.network import SketchNetwork
from artdesk.engine.tables import BundleTables
from artdesk.engine.words.conditions import Wishes, condition_rows, used_palette
from artdesk.engine.words.table import HeardWord, WordTable
from artdesk.pictures.origin import Origin
from artdesk.pictures.record import PictureRecord

__all__ = ["Engine", "HeardWord", "Picture", "Progress"]

FloatArray = NDArray[np.float64]
Pixels = NDArray[np.uint8]
Stage = Literal["sketch", "detail", "decode"]

PREVIEW_SIDE = 128
PREVIEW_STEPS = 6
_CACHED_SKETCHES = 64


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


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A finished picture with all that its file tells.

    Attributes:
        recipe: The recipe with the vectors of unknown words filled in.
        sketch: The complete composition.
        palette: The palette in use.
        tokens: uint16 [h, w].
        pixels: uint8 [H, W, 3].
        bundle_hash: Identity of the model bundle.
        bundle_name: What people call it.
        cell: Pixels on each side of a token's cell.
        seconds: How long it took.
        origin: Where each cell comes from; None when nothing is remembered.
    """

    recipe: Recipe
    sketch: Sketch
    palette: tuple[Swatch, ...]
    tokens: NDArray[np.uint16]
    pixels: Pixels
    bundle_hash: str
    bundle_name: str
    cell: int
    seconds: float
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class _Plan:
    """A recipe worked out as far as it goes without a network."""

    recipe: Recipe
    palette: tuple[Swatch, ...]
    conditions: FloatArray


class Engine:
    """Makes pictures with one bundle. Not for two threads at once.

    Args:
        bundle: A checked bundle.
        threads: Threads of the networks; the pictures do not depend on it.

    Raises:
        BundleError: A part of the bundle cannot be used.
    """

    def __init__(self, bundle: Bundle, threads: int = 2) -> None:
        self.bundle = bundle
        self.words = WordTable.of(bundle, threads)
        self._tables = BundleTables.of(bundle)
        self._sketch_network = SketchNetwork(bundle.arrays("sketch.npz"))
        self._detail = GraphSession(bundle.file("detail.onnx"), threads, "detail")
        self._decoder = GraphSession(bundle.file("decoder.onnx"), threads, "decoder")
        self._cell = bundle.manifest.architecture.downsampling
        self._sketches: OrderedDict[tuple[object, ...], Sketch] = OrderedDict()

    def resolve(self, recipe: Recipe) -> Recipe:
        """The recipe with a vector for each word that the bundle's table lacks."""
        words, avoid = self.words.resolve(recipe.words), self.words.resolve(recipe.avoid)
        if (words, avoid) == (recipe.words, recipe.avoid):
            return recipe
        return dataclasses.replace(recipe, words=words, avoid=avoid)

    def heard(self, recipe: Recipe) -> tuple[HeardWord, ...]:
        """What the model hears in each word and each avoided word, in their order."""
        return tuple(self.words.heard(word) for word in (*recipe.words, *recipe.avoid))

    def asked(self, recipe: Recipe) -> dict[str, float]:
        """What all words together ask for less what is avoided: each attribute, -1..1."""
        asked = Wishes.of(self.words, self.resolve(recipe)).asked
        return dict(zip(ATTRIBUTES, asked.tolist(), strict=True))

    def measured(self, pixels: Pixels) -> dict[str, float]:
        """What a picture uint8 [H, W, 3] measures: each attribute as its rank, -1..1."""
        ranks = percentiles(measure(pixels), self._tables.attribute_quantiles)
        return dict(zip(ATTRIBUTES, ranks.tolist(), strict=True))

    def draw_sketch(self, recipe: Recipe, token: CancelToken | None = None) -> Sketch:
        """Draw the free cells of the recipe's sketch; Cancelled when the token asks for it."""
        return self._sketch(self._plan(recipe), token or CancelToken())

    def generate(
        self,
        recipe: Recipe,
        token: CancelToken | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> Picture:
        """Make a picture.

        Args:
            recipe: What to make.
            token: Leaves within a tenth of a second when it is cancelled.
            progress: Told after every step, in this thread.

        Raises:
            Cancelled: The token was cancelled.
            BundleError: The bundle turned out to be unusable.
        """
        return self._make(
            recipe, self._grid_shape(recipe.canvas), recipe.sampling.steps, token, progress
        )

    def preview(self, recipe: Recipe, token: CancelToken | None = None) -> Picture:
        """Make a small quick picture of the same sketch and palette.

        Its pixels are at most 128 on the longer side whatever the recipe's canvas, and it is not
        the finished picture made small: it is for looking at while a slider moves.
        """
        longer = max(recipe.canvas.width, recipe.canvas.height)
        side = min(longer, PREVIEW_SIDE) // self._cell
        height, width = (
            max(1, round(side * length / longer))
            for length in (recipe.canvas.height, recipe.canvas.width)
        )
        quick = dataclasses.replace(recipe.sampling, refine_milli=0)
        steps = min(recipe.sampling.steps, PREVIEW_STEPS)
        recipe = dataclasses.replace(recipe, sampling=quick)
        return self._make(recipe, (height, width), steps, token, None)

    def decode(self, stored: PictureRecord, token: CancelToken | None = None) -> Pixels:
        """The pixels of stored tokens, uint8 [H, W, 3], without any sampling.

        Raises:
            PictureError: The model has other cells or fewer codes than the picture's.
        """
        return self.decode_codes(self.codes(stored), self.condition(stored), token)

    def codes(self, stored: PictureRecord) -> NDArray[np.float32]:
        """The codes of stored tokens, float32 [h, w, d]; PictureError as `decode`."""
        if stored.cell != self._cell or int(stored.tokens.max()) >= self._tables.codes.size:
            raise PictureError(
                f"The picture was made with the model “{stored.bundle_name}”, whose tokens "
                f"“{self.bundle.manifest.name}” cannot decode: open it with its own model."
            )
        return self._tables.codebook[stored.tokens]

    def condition(self, stored: PictureRecord) -> FloatArray:
        """What words and palette of a stored picture tell the decoder, float64 [1, 119]."""
        recipe = self.resolve(stored.recipe)
        return condition_rows(Wishes.of(self.words, recipe), stored.palette, recipe)[:1]

    def decode_codes(
        self, codes: NDArray[np.float32], condition: FloatArray, token: CancelToken | None = None
    ) -> Pixels:
        """The pixels of any codes, also of ones between those of the codebook.

        Args:
            codes: float32 [h, w, d], unit length.
            condition: float64 [1, 119], as of `condition`.
            token: Stops the run.

        Returns:
            uint8 [H, W, 3].
        """
        planes = np.ascontiguousarray(np.moveaxis(codes, -1, 0)[None])
        film = self._tables.decoder_film(condition)
        image = self._decoder.run({"codes": planes, "film": film}, token)[0]
        pixels = np.rint((image[0].astype(np.float32) + 1.0) * 127.5)
        clipped = np.clip(pixels, 0, 255).astype(np.uint8)
        return np.ascontiguousarray(np.moveaxis(clipped, 0, -1))

    def sketch_from_image(self, pixels: Pixels, canvas: Canvas) -> Sketch:
        """The composition of any picture uint8 [H, W, 3] for a canvas, by averaging its areas."""
        return sketch_from_pixels(pixels, *sketch_shape(canvas.width, canvas.height))

    def batch(self, recipe: Recipe, count: int) -> Iterator[Recipe]:
        """The recipes of a batch: `count` seeds in a row, each picture independent of others."""
        for number in range(count):
            yield recipe.member(number)

    def _grid_shape(self, canvas: Canvas) -> tuple[int, int]:
        """Rows and columns of the token grid; RecipeError when the canvas has broken cells."""
        if canvas.width % self._cell or canvas.height % self._cell:
            raise RecipeError(
                f"The model draws cells of {self._cell} pixels, which do not fill "
                f"{canvas.width} by {canvas.height}: use multiples of {self._cell}."
            )
        return canvas.height // self._cell, canvas.width // self._cell

    def _plan(self, recipe: Recipe) -> _Plan:
        recipe = self.resolve(recipe)
        wishes = Wishes.of(self.words, recipe)
        palette = used_palette(wishes, self._tables.palettes, recipe)
        return _Plan(recipe, palette, condition_rows(wishes, palette, recipe))

    def _make(
        self,
        recipe: Recipe,
        shape: tuple[int, int],
        steps: int,
        token: CancelToken | None,
        progress: Callable[[Progress], None] | None,
    ) -> Picture:
        started = time.perf_counter()
        token = token or CancelToken()
        token.check()
        if recipe.memory is not None or recipe.edit is not None:
            raise RecipeError(
                "This ArtDesk reads recipes with a memory or an edit but cannot make them: open "
                "a picture that was saved with it."
            )
        plan = self._plan(recipe)
        sketch = self._sketch(plan, token)
        controls = dataclasses.replace(plan.recipe.sampling, steps=steps)
        tell = _Teller(self._tables.code_colours, sketch, shape, controls, progress)
        tell.sketch()
        run = DetailRun(
            self._detail, self._tables, plan.conditions, _enlarged(sketch, shape), token
        )
        tokens = sampler.decode(
            np.zeros(shape, dtype=np.int32),
            np.ones(shape, dtype=np.bool_),
            controls,
            plan.recipe.seed,
            self._tables.codes,
            run,
            token.check,
            tell.detail,
        ).astype(np.uint16)
        pixels = self.decode_codes(self._tables.codebook[tokens], plan.conditions[:1], token)
        tell.decoded(pixels)
        return Picture(
            recipe=plan.recipe,
            sketch=sketch,
            palette=plan.palette,
            tokens=tokens,
            pixels=pixels,
            bundle_hash=self.bundle.hash,
            bundle_name=self.bundle.manifest.name,
            cell=self._cell,
            seconds=time.perf_counter() - started,
        )

    def _sketch(self, plan: _Plan, token: CancelToken) -> Sketch:
        """The sketch of a plan; sliders of the detail alone find it in the cache."""
        recipe = plan.recipe
        rows, columns = sketch_shape(recipe.canvas.width, recipe.canvas.height)
        fixed: tuple[str | None, ...] = (None,) * (rows * columns)
        if recipe.sketch is not None:
            fixed = fit_cells(recipe.sketch, rows, columns)
        if None not in fixed:
            return Sketch(columns=columns, rows=rows, cells=fixed)
        sampling = recipe.sampling
        request = SketchRequest(
            conditions=plan.conditions,
            fixed=fixed,
            rows=rows,
            columns=columns,
            seed=recipe.seed,
            temperature_milli=sampling.composition_temperature_milli,
            guidance_milli=sampling.guidance_milli,
            palette=tuple(swatch.colour for swatch in plan.palette),
            shares_milli=tuple(swatch.share_milli for swatch in recipe.palette or ()),
            palette_strength_milli=sampling.palette_strength_milli,
        )
        found = self._sketches.get(request.key)
        if found is None:
            found = draw_sketch(
                self._sketch_network,
                self._tables.sketch_colours,
                self._tables.codes.exp_table,
                request,
                token.check,
            )
            self._sketches[request.key] = found
            if len(self._sketches) > _CACHED_SKETCHES:
                self._sketches.popitem(last=False)
        self._sketches.move_to_end(request.key)
        return found


class _Teller:
    """Counts steps and tells them to whoever listens."""

    def __init__(
        self,
        code_colours: NDArray[np.uint8],
        sketch: Sketch,
        shape: tuple[int, int],
        controls: Sampling,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self._code_colours = code_colours
        self._sketch = sketch
        self._shape = shape
        self._progress = progress
        self._steps = sampler.steps_of(shape[0] * shape[1], controls) + 2

    def sketch(self) -> None:
        """The sketch is drawn."""
        self._tell(1, "sketch", lambda: _ground(self._sketch, self._shape))

    def detail(self, step: int, _steps: int, tokens: sampler.TokenGrid) -> None:
        """A step of the detail is drawn."""
        self._tell(1 + step, "detail", lambda: self._partial(tokens))

    def decoded(self, pixels: Pixels) -> None:
        """The pixels are there."""
        cell = len(pixels) // self._shape[0]
        self._tell(self._steps, "decode", lambda: pixels[cell // 2 :: cell, cell // 2 :: cell])

    def _tell(self, step: int, stage: Stage, preview: Callable[[], Pixels]) -> None:
        if self._progress is not None:
            self._progress(Progress(step, self._steps, stage, preview))

    def _partial(self, tokens: sampler.TokenGrid) -> Pixels:
        """Mean colours of the drawn codes; the sketch shows through where nothing is drawn."""
        drawn = tokens < len(self._code_colours)
        colours = self._code_colours[np.where(drawn, tokens, 0)]
        return np.where(drawn[..., None], colours, _ground(self._sketch, self._shape))


def _enlarged(sketch: Sketch, shape: tuple[int, int]) -> FloatArray:
    """A sketch as the detail prior sees it, float64 [4, h, w]."""
    return enlarge_sketch(scale_oklab(srgb8_to_oklab(sketch_colours(sketch))), *shape)


def _ground(sketch: Sketch, shape: tuple[int, int]) -> Pixels:
    """A sketch enlarged to one pixel for each token, sRGB uint8 [h, w, 3]."""
    large = enlarge_sketch(srgb8_to_oklab(sketch_colours(sketch)), *shape)[:3]
    return oklab_to_srgb8(np.moveaxis(large, 0, -1))
