"""The engine: from a recipe to a picture.

A recipe and a bundle determine the picture to the last bit: everything random is drawn in
integers from named streams, and the networks are integer networks or rounded to a grid.
"""

import dataclasses
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from artdesk.bundle.collection import Collection
from artdesk.bundle.reader import Bundle
from artdesk.core.attributes import ATTRIBUTES
from artdesk.core.cancel import CancelToken
from artdesk.core.edit_recipe import Tile
from artdesk.core.errors import PictureError, RecipeError
from artdesk.core.recipe import Canvas, Edit, Recipe, Sketch, Swatch
from artdesk.core.sketch_layout import fitted_shape, sketch_shape
from artdesk.engine.decoding import PictureDecoder
from artdesk.engine.detail import sampler
from artdesk.engine.detail.redraw import redraw
from artdesk.engine.detail.region import redrawn
from artdesk.engine.detail.run import DetailRun
from artdesk.engine.measures.attributes import measure, percentiles
from artdesk.engine.memory.gallery import WorkGallery
from artdesk.engine.memory.maker import MemoryMaker
from artdesk.engine.memory.wanted import Colouring
from artdesk.engine.picture import Picture
from artdesk.engine.plan import Plan
from artdesk.engine.progress import LevelTeller, Progress, Teller
from artdesk.engine.session import GraphSession
from artdesk.engine.sketch.draw import sketch_from_pixels
from artdesk.engine.sketch.enlarging import enlarged
from artdesk.engine.sketch.maker import SketchMaker, grid_shape
from artdesk.engine.sketch.network import SketchNetwork
from artdesk.engine.tables import BundleTables
from artdesk.engine.words.conditions import Wishes, condition_rows, used_palette
from artdesk.engine.words.table import HeardWord, WordTable
from artdesk.pictures.record import PictureRecord

__all__ = ["Engine", "HeardWord", "Picture", "Progress"]

FloatArray = NDArray[np.float64]
Pixels = NDArray[np.uint8]

PREVIEW_SIDE = 128
PREVIEW_STEPS = 6


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A recipe worked out as far as it goes without a network."""

    recipe: Recipe
    wishes: Wishes
    palette: tuple[Swatch, ...]
    conditions: FloatArray


class Engine(WorkGallery):
    """Makes pictures with one bundle. Not for two threads at once.

    Args:
        bundle: A checked bundle.
        threads: Threads of the networks; the pictures do not depend on it.
        collections: Name and works of the artist's own collections.

    Raises:
        BundleError: A part of the bundle cannot be used.

    Attributes:
        memory: The remembered works.
    """

    def __init__(
        self,
        bundle: Bundle,
        threads: int = 2,
        collections: Sequence[tuple[str, Collection]] = (),
    ) -> None:
        self.bundle = bundle
        self.words = WordTable.of(bundle, threads)
        self._tables = BundleTables.of(bundle)
        self._detail = GraphSession(bundle.file("detail.onnx"), threads, "detail", DetailRun.INPUTS)
        graph = bundle.file("decoder.onnx")
        decoder = GraphSession(graph, threads, "decoder", PictureDecoder.INPUTS)
        self._cell = bundle.manifest.architecture.downsampling
        self._pixels = PictureDecoder(decoder, self._tables, self.words, self._cell)
        network = SketchNetwork(bundle.arrays("sketch.npz"))
        network.check_colours(len(self._tables.sketch_colours))
        self._sketches = SketchMaker(network, self._tables)
        self.memory = MemoryMaker(bundle, self._tables, self._detail, collections)

    def resolve(self, recipe: Recipe) -> Recipe:
        """The recipe with a vector for each word that the bundle's table lacks."""
        words, avoid = self.words.resolve(recipe.words), self.words.resolve(recipe.avoid)
        edit = recipe.edit
        if edit is not None and edit.words is not None:
            edit = dataclasses.replace(edit, words=self.words.resolve(edit.words))
        if (words, avoid, edit) == (recipe.words, recipe.avoid, recipe.edit):
            return recipe
        return dataclasses.replace(recipe, words=words, avoid=avoid, edit=edit)

    def plan(self, recipe: Recipe, token: CancelToken | None = None) -> Plan:
        """What a recipe resolves to before anything is painted; Cancelled as `generate`."""
        known = self._prepare(recipe)
        return Plan(
            recipe=known.recipe,
            wishes=known.wishes,
            palette=known.palette,
            sketch=self._sketch(known, token or CancelToken()),
            conditions=known.conditions,
        )

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
        return self._sketch(self._prepare(recipe), token or CancelToken())

    @property
    def codes_known(self) -> int:
        """The number of codes; as a token it means masked."""
        return self._tables.codes.size

    def prior(self, plan: Plan, token: CancelToken | None = None) -> DetailRun:
        """The detail prior that is told a plan, as the sampler sees it."""
        sketch = enlarged(plan.sketch, grid_shape(plan.recipe.canvas, self._cell))
        return DetailRun(self._detail, self._tables, plan.conditions, sketch, token)

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
            BundleError: The bundle turned out to be unusable, or remembers no works.
            RecipeError: A work that the recipe names is not here.
        """
        if recipe.memory is not None and recipe.edit is None:
            return self._remember(recipe, token or CancelToken(), progress, finished=True)
        return self._draw(recipe, recipe.sampling.steps, token, progress)

    def preview(self, recipe: Recipe, token: CancelToken | None = None) -> Picture:
        """Make a small quick picture for looking at while a slider moves.

        With a memory it is the coarse level of the very picture that is then finished. Without one
        it has the same sketch and palette, at most 128 pixels on the longer side, and is not the
        finished picture made small.
        """
        if recipe.memory is not None and recipe.edit is None:
            return self._remember(recipe, token or CancelToken(), None, finished=False)
        quick = dataclasses.replace(recipe.sampling, refine_milli=0)
        steps = min(recipe.sampling.steps, PREVIEW_STEPS)
        recipe = dataclasses.replace(recipe, sampling=quick)
        if recipe.edit is not None:  # what is kept of the earlier picture has one size only
            return self._draw(recipe, steps, token, None)
        canvas = recipe.canvas
        side = min(max(canvas.width, canvas.height), PREVIEW_SIDE)
        shape = fitted_shape(side // self._cell, canvas.width, canvas.height)
        return self._make(recipe, shape, steps, token, None)

    def decode(
        self,
        stored: PictureRecord,
        token: CancelToken | None = None,
        drawn: Pixels | None = None,
    ) -> Pixels:
        """The pixels of stored tokens, uint8 [H, W, 3], without any sampling.

        Args:
            stored: The picture.
            token: Stops the run.
            drawn: Pixels of another moment of it, which get its colours instead.

        Raises:
            PictureError: The model has other cells or fewer codes than the picture's.
        """
        self.codes(stored)  # refuses what this model cannot decode
        recipe = self.resolve(stored.recipe)
        condition = self.condition(stored)
        return self._pixels.finished(stored.tokens, recipe, condition, token, drawn)

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
        self,
        codes: NDArray[np.float32],
        condition: FloatArray,
        token: CancelToken | None = None,
        tile: Tile = "none",
    ) -> Pixels:
        """The pixels of any codes, also between those of the codebook; `PictureDecoder.pixels`."""
        return self._pixels.pixels(codes, condition, token, tile)

    def sketch_from_image(self, pixels: Pixels, canvas: Canvas) -> Sketch:
        """The composition of any picture uint8 [H, W, 3] for a canvas, by averaging its areas."""
        return sketch_from_pixels(pixels, *sketch_shape(canvas.width, canvas.height))

    def batch(self, recipe: Recipe, count: int) -> Iterator[Recipe]:
        """The recipes of a batch: `count` seeds in a row, each picture independent of others."""
        return (recipe.member(number) for number in range(count))

    def _prepare(self, recipe: Recipe) -> _Prepared:
        recipe = self.resolve(recipe)
        wishes = Wishes.of(self.words, recipe)
        edit = recipe.edit
        palette = None if edit is None else edit.palette
        if palette is None:
            palette = used_palette(wishes, self._tables.palettes, recipe)
        return _Prepared(recipe, wishes, palette, condition_rows(wishes, palette, recipe))

    def _draw(
        self,
        recipe: Recipe,
        steps: int,
        token: CancelToken | None,
        progress: Callable[[Progress], None] | None,
    ) -> Picture:
        """The picture in its own size, all of it or what its edit leaves open."""
        shape = grid_shape(recipe.canvas, self._cell)
        if recipe.edit is None:
            return self._make(recipe, shape, steps, token, progress)
        return self._redraw(recipe, recipe.edit, shape, steps, token or CancelToken(), progress)

    def _redraw(
        self,
        recipe: Recipe,
        edit: Edit,
        shape: tuple[int, int],
        steps: int,
        token: CancelToken,
        progress: Callable[[Progress], None] | None,
    ) -> Picture:
        """A picture of which an earlier one is kept where the edit says so."""
        started = time.perf_counter()
        token.check()
        tokens = edit.token_grid()
        if tokens.shape != shape or int(tokens.max()) >= self._tables.codes.size:
            raise RecipeError(
                f"The edited picture comes from another model than “{self.bundle.manifest.name}”, "
                "which cannot go on with it: use its own model."
            )
        known = region = self._prepare(recipe)
        if edit.words is not None:
            # Where the artist chose no colours, those words choose them for the region.
            own = None if recipe.palette is None else dataclasses.replace(edit, words=None)
            region = self._prepare(
                dataclasses.replace(known.recipe, words=edit.words, edit=own, seed=edit.seed)
            )
        seeded = dataclasses.replace(known.recipe, seed=edit.seed)
        sketch = self._sketch(dataclasses.replace(region, recipe=seeded), token)
        controls = dataclasses.replace(known.recipe.sampling, steps=steps)
        cells = int(redrawn(edit).sum())
        tell = Teller(self._tables.code_colours, sketch, shape, controls, progress, cells)
        tell.sketch()
        tokens = redraw(
            edit,
            enlarged(sketch, shape, edit.tile),
            controls,
            self.bundle.manifest.architecture.window,
            self._tables.codes,
            lambda part: DetailRun(self._detail, self._tables, region.conditions, part, token),
            token.check,
            tell.detail,
        )
        pixels = self._pixels.finished(tokens, known.recipe, known.conditions[:1], token)
        tell.decoded(pixels)
        return self._picture(known, sketch, tokens, pixels, started)

    def _remember(
        self,
        recipe: Recipe,
        token: CancelToken,
        progress: Callable[[Progress], None] | None,
        *,
        finished: bool,
    ) -> Picture:
        """A picture with a memory."""
        started = time.perf_counter()
        token.check()
        grid_shape(recipe.canvas, self._cell)
        known = self._prepare(recipe)
        recipe = known.recipe
        assert recipe.memory is not None
        imagined = recipe.memory.composition.source == "imagined"
        tell = LevelTeller(self._tables.code_colours, self._cell, progress)
        colouring = Colouring.of(recipe, known.wishes, known.palette)
        made = self.memory.make(
            recipe,
            known.wishes,
            colouring,
            self._sketch(known, token) if imagined else None,
            token,
            tell,
            finished=finished,
        )
        pixels = self.decode_codes(self._tables.codebook[made.tokens], made.conditions[:1], token)
        pixels = colouring.grade(pixels)
        tell.decoded(pixels)
        known = dataclasses.replace(known, palette=made.palette)
        picture = self._picture(known, made.sketch, made.tokens, pixels, started)
        return dataclasses.replace(picture, origin=made.origin)

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
        known = self._prepare(recipe)
        sketch = self._sketch(known, token)
        controls = dataclasses.replace(known.recipe.sampling, steps=steps)
        tell = Teller(self._tables.code_colours, sketch, shape, controls, progress)
        tell.sketch()
        run = DetailRun(
            self._detail, self._tables, known.conditions, enlarged(sketch, shape), token
        )
        tokens = sampler.decode(
            np.zeros(shape, dtype=np.int32),
            np.ones(shape, dtype=np.bool_),
            controls,
            known.recipe.seed,
            self._tables.codes,
            run,
            token.check,
            tell.detail,
        ).astype(np.uint16)
        pixels = self.decode_codes(self._tables.codebook[tokens], known.conditions[:1], token)
        tell.decoded(pixels)
        return self._picture(known, sketch, tokens, pixels, started)

    def _picture(
        self,
        known: _Prepared,
        sketch: Sketch,
        tokens: NDArray[np.uint16],
        pixels: Pixels,
        started: float,
    ) -> Picture:
        return Picture(
            recipe=known.recipe,
            sketch=sketch,
            palette=known.palette,
            tokens=tokens,
            pixels=pixels,
            bundle_hash=self.bundle.hash,
            bundle_name=self.bundle.manifest.name,
            cell=self._cell,
            seconds=time.perf_counter() - started,
        )

    def _sketch(self, known: _Prepared, token: CancelToken) -> Sketch:
        """The sketch of a prepared recipe."""
        return self._sketches.make(known.recipe, known.conditions, known.palette, token.check)
