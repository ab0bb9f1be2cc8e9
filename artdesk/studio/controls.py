"""The table of sampling controls: what each slider is called, its range and what it does.

One table serves the window, its tests and the session, so a new field of `Sampling` is one
new line here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from artdesk.core.recipe import Memory, Sampling


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One sampling control.

    Args:
        field: name of the field of `Sampling`.
        name: the everyday name shown large.
        technical: the name used in papers and in other tools, shown small.
        low: smallest stored value.
        high: largest stored value.
        quantum: stored units per slider tick.
        divisor: stored units per shown unit (1000 for a `_milli` field).
        decimals: decimals of the number field.
        dice: range that a throw of the dice draws from; narrower than the full range where the
            ends give noise.
        help: one sentence for the tooltip and for screen readers.
        fine: whether the control sits in the folded group.
    """

    field: str
    name: str
    technical: str
    low: int
    high: int
    quantum: int
    divisor: int
    decimals: int
    dice: tuple[int, int]
    help: str
    fine: bool = False

    @property
    def default(self) -> int:
        """The stored value of a fresh recipe."""
        value: int = getattr(Sampling(), self.field)
        return value

    def value(self, sampling: Sampling) -> int:
        """The stored value in `sampling`."""
        value: int = getattr(sampling, self.field)
        return value

    def clamp(self, value: int) -> int:
        """`value` moved into the allowed range."""
        return max(self.low, min(self.high, value))

    def ticks(self, value: int) -> int:
        """Slider position of a stored value."""
        return round(value / self.quantum)

    def throw(self, below: Callable[[int], int]) -> int:
        """A random stored value.

        Args:
            below: returns a whole number from 0 up to, but not including, its argument.
        """
        first, last = (self.ticks(value) for value in self.dice)
        return self.clamp((first + below(last - first + 1)) * self.quantum)


def _milli(
    field: str,
    name: str,
    technical: str,
    span: tuple[int, int],
    dice: tuple[int, int],
    help: str,
    *,
    fine: bool = False,
) -> Control:
    return Control(
        field=field,
        name=name,
        technical=technical,
        low=span[0],
        high=span[1],
        quantum=10,
        divisor=1000,
        decimals=2,
        dice=dice,
        help=help,
        fine=fine,
    )


def _whole(
    field: str,
    name: str,
    technical: str,
    span: tuple[int, int],
    dice: tuple[int, int],
    help: str,
    *,
    fine: bool = False,
) -> Control:
    return Control(
        field=field,
        name=name,
        technical=technical,
        low=span[0],
        high=span[1],
        quantum=1,
        divisor=1,
        decimals=0,
        dice=dice,
        help=help,
        fine=fine,
    )


CONTROLS: tuple[Control, ...] = (
    _milli(
        "guidance_milli",
        "Obey words",
        "guidance",
        (0, 8000),
        (1500, 5000),
        "How strictly the picture follows the words; high values exaggerate.",
    ),
    _milli(
        "palette_strength_milli",
        "Obey palette",
        "palette strength",
        (0, 2000),
        (400, 1600),
        "How strictly the palette's colours are used.",
    ),
    _milli(
        "composition_temperature_milli",
        "Composition",
        "sketch temperature",
        (100, 2000),
        (600, 1200),
        "How daring the large forms are; low is calm, high is wild.",
    ),
    _milli(
        "temperature_milli",
        "Wildness",
        "detail temperature",
        (100, 2000),
        (400, 1000),
        "How daring the brushwork is; low is calm, high is wild.",
    ),
    _milli(
        "constructed_milli",
        "Constructed",
        "source",
        (-1000, 1000),
        (-1000, 1000),
        "From painterly on the left to constructed with ruler and compass on the right.",
    ),
    _milli(
        "zoom_milli",
        "Framing",
        "zoom",
        (300, 1000),
        (500, 1000),
        "The share of an imagined whole picture that is shown; lower looks closer.",
    ),
    _milli(
        "top_p_milli",
        "Focus",
        "top-p",
        (10, 1000),
        (700, 1000),
        "Only the likeliest marks that together reach this share are used.",
        fine=True,
    ),
    _whole(
        "top_k",
        "Choice",
        "top-k, 0 = all",
        (0, 512),
        (0, 256),
        "How many of the likeliest marks may be used at each place; 0 allows all.",
        fine=True,
    ),
    _milli(
        "diversity_milli",
        "Rare marks",
        "code diversity",
        (-1000, 1000),
        (-500, 500),
        "Prefers common marks on the left, rare marks on the right.",
        fine=True,
    ),
    _whole(
        "palette_size",
        "Vocabulary",
        "codes per picture",
        (16, 512),
        (64, 512),
        "How many different marks the whole picture may use.",
        fine=True,
    ),
    _milli(
        "jitter_milli",
        "Accidents",
        "code jitter",
        (0, 1000),
        (0, 300),
        "Share of marks exchanged for a close relative after drawing.",
        fine=True,
    ),
    _whole(
        "steps",
        "Passes",
        "steps",
        (1, 64),
        (8, 24),
        "In how many passes the detail is drawn; more is finer and slower.",
        fine=True,
    ),
    _milli(
        "refine_milli",
        "Second look",
        "refine",
        (0, 500),
        (0, 300),
        "Share of the picture that is drawn once more at the end.",
        fine=True,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryControl(Control):
    """One control of a recipe's memory."""

    @property
    def default(self) -> int:
        value: int = getattr(Memory(), self.field)
        return value

    def of(self, memory: Memory) -> int:
        """The stored value in `memory`."""
        value: int = getattr(memory, self.field)
        return value


MEMORY_CONTROLS: tuple[MemoryControl, ...] = (
    MemoryControl(
        field="invention_milli",
        name="Invention",
        technical="share redrawn",
        low=0,
        high=1000,
        quantum=10,
        divisor=1000,
        decimals=2,
        dice=(200, 800),
        help="0 quotes the works as they are, 1 paints every cell anew; lines are kept longest.",
    ),
    MemoryControl(
        field="influence_count",
        name="Influences",
        technical="works",
        low=1,
        high=6,
        quantum=1,
        divisor=1,
        decimals=0,
        dice=(1, 5),
        help="How many works lend their touch: one gives unity, six give variety.",
    ),
    MemoryControl(
        field="quotation",
        name="Quotation",
        technical="patch size",
        low=4,
        high=12,
        quantum=2,
        divisor=1,
        decimals=0,
        dice=(4, 12),
        help="How large the pieces are that are taken from a work: small pieces mix, large ones "
        "keep its forms.",
    ),
    MemoryControl(
        field="fidelity",
        name="Fidelity",
        technical="cells of the composition",
        low=4,
        high=64,
        quantum=1,
        divisor=1,
        decimals=0,
        dice=(6, 32),
        help="How closely the composition is followed: 4 is a hint of its colours, 64 paints "
        "after it.",
    ),
)


def control_of(field: str) -> Control:
    """The control of a `Sampling` field.

    Raises:
        KeyError: no control has that name.
    """
    for control in CONTROLS:
        if control.field == field:
            return control
    raise KeyError(field)


def control_of_memory(field: str) -> MemoryControl:
    """The control of a `Memory` field.

    Raises:
        KeyError: no control has that name.
    """
    for control in MEMORY_CONTROLS:
        if control.field == field:
            return control
    raise KeyError(field)
