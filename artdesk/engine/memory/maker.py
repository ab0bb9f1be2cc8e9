"""Pictures with a memory: the painter joined to the networks of a bundle."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from artdesk.bundle.collection import FILE_NAME, Collection, read_collection, tokenizer_hash
from artdesk.bundle.reader import Bundle
from artdesk.core.cancel import CancelToken
from artdesk.core.colour import oklab_to_srgb8, srgb8_to_hex
from artdesk.core.condition import scale_oklab
from artdesk.core.errors import BundleError
from artdesk.core.recipe import Recipe, Sampling, Sketch, Swatch
from artdesk.core.sketch_layout import enlarge_sketch, sketch_shape
from artdesk.engine.detail import sampler
from artdesk.engine.detail.run import DetailRun
from artdesk.engine.memory.bank import SHIPPED, WorkBank
from artdesk.engine.memory.colours import Colours, averaged, to_oklab
from artdesk.engine.memory.painter import Painter, Painting, TokenGrid
from artdesk.engine.memory.quilt import code_distances
from artdesk.engine.memory.wanted import Colouring, wanted_of
from artdesk.engine.session import GraphSession
from artdesk.engine.tables import BundleTables
from artdesk.engine.words.conditions import Wishes, condition_rows
from artdesk.engine.words.palette import palette_from_image
from artdesk.pictures.origin import Origin


class Listener(Protocol):
    """Whoever wants to know how far a picture is."""

    def laid(self, sketch: Sketch, shape: tuple[int, int], steps: int) -> None:
        """The works are laid out on a grid of `shape`; at most so many steps are told."""

    def detail(self, step: int, tokens: TokenGrid) -> None:
        """A step of the detail is drawn, at any level."""


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A token map made from memory, with all that decoding and the file need.

    Attributes:
        tokens: uint16 [h, w].
        sketch: Its composition.
        palette: Its colours.
        conditions: float64 [2, 119], what the networks were told.
        origin: Where its cells come from.
    """

    tokens: NDArray[np.uint16]
    sketch: Sketch
    palette: tuple[Swatch, ...]
    conditions: NDArray[np.float64]
    origin: Origin


class MemoryMaker:
    """Makes token maps from remembered works. Opens the collection when it is first needed.

    Args:
        bundle: A checked bundle.
        tables: Its tables.
        detail: Its detail prior.
        collections: Name and collection of the artist's own.
    """

    def __init__(
        self,
        bundle: Bundle,
        tables: BundleTables,
        detail: GraphSession,
        collections: Sequence[tuple[str, Collection]] = (),
    ) -> None:
        self._bundle = bundle
        self._tables = tables
        self._detail = detail
        self._own = tuple(collections)
        self._shipped: Collection | None = None
        self._painter: Painter | None = None

    @property
    def remembers(self) -> bool:
        """Whether there is any collection."""
        return FILE_NAME in self._bundle.data or bool(self._own)

    @property
    def tokenizer(self) -> str:
        """Identity of the tokenizer, which collections must have been made with."""
        return tokenizer_hash(self._tables.codebook)

    @property
    def bank(self) -> WorkBank:
        """All remembered works; BundleError when there are none or they do not fit."""
        return self._ready().bank

    def use(self, collections: Sequence[tuple[str, Collection]]) -> None:
        """Take other collections of the artist from now on."""
        self._own = tuple(collections)
        self._painter = None

    def make(
        self,
        recipe: Recipe,
        wishes: Wishes,
        colouring: Colouring,
        imagined: Sketch | None,
        token: CancelToken,
        listener: Listener,
        *,
        finished: bool,
    ) -> Made:
        """Make the token map of a recipe with a memory.

        Args:
            recipe: Resolved, with a memory.
            wishes: What its words say.
            colouring: The colours that it is brought to.
            imagined: The sketch prior's composition, where the recipe asks for it.
            token: Stops the work.
            listener: Told how far it is.
            finished: False leaves it at the coarse level, which is the draft.

        Raises:
            RecipeError: A named work is missing, or none may take part.
            BundleError: There is no collection, or it is damaged.
        """
        painter = self._ready()
        wanted = wanted_of(recipe, wishes, colouring, imagined)
        laid = painter.lay(wanted)
        token.check()
        sketch = _sketch(laid.wanted, recipe)
        if recipe.palette is not None:
            palette = colouring.palette
        else:
            palette = palette_from_image(oklab_to_srgb8(to_oklab(laid.wanted)))
        conditions = condition_rows(wishes, palette, recipe)
        rows, columns = laid.tokens.shape
        listener.laid(sketch, (rows, columns), painter.steps(recipe, finished=finished))
        drawn = _Counter(listener)

        def draw(
            tokens: TokenGrid, mask: NDArray[np.bool_], cells: Colours, controls: Sampling
        ) -> TokenGrid:
            large = enlarge_sketch(scale_oklab(to_oklab(cells)), *tokens.shape)
            run = DetailRun(self._detail, self._tables, conditions, large, token)
            return sampler.decode(
                tokens,
                mask,
                controls,
                recipe.seed,
                self._tables.codes,
                run,
                token.check,
                drawn,
                rising=False,
            )

        painting = painter.paint(wanted, laid, draw, finished=finished)
        origin = self._origin(painting)
        return Made(painting.tokens.astype(np.uint16), sketch, palette, conditions, origin)

    def _ready(self) -> Painter:
        if self._painter is None:
            if not self.remembers:
                raise BundleError(
                    f"The model “{self._bundle.manifest.name}” remembers no works: make the "
                    "picture without memory, or add a collection."
                )
            if self._shipped is None and FILE_NAME in self._bundle.data:
                self._shipped = read_collection(self._bundle.file(FILE_NAME))
            shipped = [] if self._shipped is None else [(SHIPPED, self._shipped)]
            bank = WorkBank([*shipped, *self._own], self.tokenizer)
            distances = code_distances(self._tables.codebook)
            self._painter = Painter(bank, distances, self._tables.code_colours)
        return self._painter

    def _origin(self, painting: Painting) -> Origin:
        """Works that gave cells, by their places; the work of the composition has none and is last.

        A work of the touch that gave no cell is left out: whatever is named had a part.
        """
        bank, laid = self.bank, painting.laid
        numbers = painting.origin[..., 0].astype(np.int64)
        used = [place for place in range(len(laid.touch)) if (numbers == place).any()]
        works = [bank.work(laid.touch[place]).id for place in used]
        renumbered = np.zeros(len(laid.touch) + 1, dtype=np.uint16)  # the last is INVENTED
        renumbered[used] = np.arange(1, len(used) + 1)
        cells = np.where(numbers[..., None] >= 0, painting.origin, 0).astype(np.uint16)
        cells[..., 0] = renumbered[numbers]
        if laid.composition is not None and laid.composition not in [laid.touch[n] for n in used]:
            works.append(bank.work(laid.composition).id)
        return Origin(works=tuple(works), cells=cells)


class _Counter:
    """Counts the steps of all levels."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._done = 0

    def __call__(self, _step: int, _steps: int, tokens: TokenGrid) -> None:
        self._done += 1
        self._listener.detail(self._done, tokens)


def _sketch(wanted: Colours, recipe: Recipe) -> Sketch:
    """The composition of a layout; the artist's cells keep their exact colours."""
    rows, columns = sketch_shape(recipe.canvas.width, recipe.canvas.height)
    pixels = oklab_to_srgb8(to_oklab(averaged(wanted, rows, columns))).reshape(-1, 3)
    sketch = Sketch(
        columns=columns, rows=rows, cells=tuple(srgb8_to_hex(*colour) for colour in pixels)
    )
    own = recipe.sketch
    if own is None or (own.rows, own.columns) != (rows, columns):
        return sketch
    cells = tuple(a if a is not None else b for a, b in zip(own.cells, sketch.cells, strict=True))
    return dataclasses.replace(sketch, cells=cells)
