"""Energies between the cells of a sketch: words of form are seen in it, others change nothing."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artdesk.core.attributes import ATTRIBUTES
from artdesk.core.sketch_layout import layout
from artdesk.engine.sketch.energies import FAR, NATS, SketchEnergies, colour_distances, relations

COLOURS = 16
OKLAB = np.random.default_rng(4).uniform((0.0, -0.2, -0.2), (1.0, 0.2, 0.2), (COLOURS, 3))


def wishes(**wanted: float) -> np.ndarray:
    return np.array([wanted.get(name, 0.0) for name in ATTRIBUTES])


def drawn(seed: int, **wanted: float) -> np.ndarray:
    """A sketch over even logits, Oklab float64 [8, 8, 3]."""
    pyramid = layout(8, 8)
    energies = SketchEnergies(pyramid, OKLAB, wishes(**wanted), 3000, rising=True)
    random = np.random.default_rng(seed)
    indices = np.full(pyramid.cells, -1, dtype=np.int64)
    start = 0
    for shape in pyramid.shapes:
        size = shape[0] * shape[1]
        for cell in start + random.permutation(size):
            energy = energies.energy(int(cell), indices)
            indices[cell] = int((random.gumbel(size=COLOURS) - energy / 64).argmax())
        start += size
    return OKLAB[indices[pyramid.finest]].reshape(8, 8, 3)


def gap(one: np.ndarray, two: np.ndarray) -> float:
    return float(np.linalg.norm(one - two, axis=-1).mean())


def mirror_gap(sketch: np.ndarray) -> float:
    return gap(sketch, sketch[:, ::-1])


def down_against_across(sketch: np.ndarray) -> float:
    return gap(sketch[1:], sketch[:-1]) - gap(sketch[:, 1:], sketch[:, :-1])


def falling_against_rising(sketch: np.ndarray) -> float:
    return gap(sketch[1:, 1:], sketch[:-1, :-1]) - gap(sketch[1:, :-1], sketch[:-1, 1:])


def across(sketch: np.ndarray) -> float:
    return gap(sketch[:, 1:], sketch[:, :-1])


def beside(sketch: np.ndarray) -> float:
    return gap(sketch[1:], sketch[:-1]) + across(sketch)


def most_common(sketch: np.ndarray) -> float:
    return float(np.unique(sketch.reshape(-1, 3), axis=0, return_counts=True)[1].max())


def spread_of_quarters(sketch: np.ndarray) -> float:
    quarters = sketch.reshape(2, 4, 2, 4, 3).mean(axis=(1, 3))
    return float(quarters.var(axis=(0, 1)).sum() / sketch.var(axis=(0, 1)).sum())


def spread_of_hue(sketch: np.ndarray) -> float:
    return float(sketch[..., 1:].var(axis=(0, 1)).sum())


@pytest.mark.parametrize(
    ("wanted", "number", "more"),
    [
        ({"symmetry": 1.0}, mirror_gap, False),
        ({"symmetry": -1.0}, mirror_gap, True),
        ({"verticality": 1.0}, down_against_across, False),
        ({"verticality": -1.0}, down_against_across, True),
        ({"dynamism": 1.0}, falling_against_rising, True),
        ({"dynamism": -1.0}, across, False),
        ({"busyness": 1.0}, beside, True),
        ({"busyness": -1.0}, beside, False),
        ({"density": -1.0}, most_common, True),
        ({"boldness": 1.0}, spread_of_quarters, True),
        ({"geometry": 1.0}, beside, False),
        ({"discord": 1.0}, spread_of_hue, True),
        ({"discord": -1.0}, spread_of_hue, False),
    ],
)
def test_a_wish_is_seen_in_the_sketch(
    wanted: dict[str, float], number: Callable[[np.ndarray], float], more: bool
) -> None:
    plain = np.mean([number(drawn(seed)) for seed in range(8)])
    asked = np.mean([number(drawn(seed, **wanted)) for seed in range(8)])
    assert (asked > plain) == more


def test_half_a_wish_is_seen_less() -> None:
    gaps = [
        np.mean([mirror_gap(drawn(seed, symmetry=wish)) for seed in range(6)])
        for wish in (0.0, 0.4, 1.0)
    ]
    assert gaps[0] > gaps[1] > gaps[2]


@pytest.mark.parametrize("guidance", [0, 1000])
def test_without_guidance_there_is_no_energy(guidance: int) -> None:
    pyramid = layout(8, 8)
    energies = SketchEnergies(
        pyramid, OKLAB, wishes(symmetry=1.0, density=-1.0), guidance, rising=True
    )
    assert energies.silent
    assert not energies.energy(pyramid.cells - 1, np.zeros(pyramid.cells, np.int64)).any()


def test_colours_alone_have_no_energy() -> None:
    assert SketchEnergies(layout(8, 8), OKLAB, wishes(blue=1.0, warmth=-1.0), 3000, True).silent


def test_nothing_known_nothing_asked() -> None:
    pyramid = layout(5, 8)
    every = wishes(**dict.fromkeys(ATTRIBUTES, 1.0))
    energies = SketchEnergies(pyramid, OKLAB, every, 8000, rising=False)
    nothing = np.full(pyramid.cells, -1, dtype=np.int64)
    for cell in range(pyramid.cells):
        assert not energies.energy(cell, nothing).any()


shapes: st.SearchStrategy[Sequence[int]] = st.tuples(st.integers(1, 8), st.integers(1, 8))


@given(shape=shapes, rising=st.booleans(), cell=st.integers(0, 1000))
def test_relations_name_other_cells_of_the_pyramid(
    shape: tuple[int, int], rising: bool, cell: int
) -> None:
    pyramid = layout(*shape)
    cell %= pyramid.cells
    for relation in relations(pyramid.shapes, rising)[cell]:
        assert relation.attribute in NATS
        assert relation.sign in (-1, 1)
        assert cell not in relation.cells
        assert ((relation.cells >= 0) & (relation.cells < pyramid.cells)).all()
        assert (pyramid.level[relation.cells] <= pyramid.level[cell]).all()


@given(
    shape=shapes,
    wish=st.lists(st.floats(-1.0, 1.0), min_size=len(ATTRIBUTES), max_size=len(ATTRIBUTES)),
    guidance=st.integers(0, 8000),
    seed=st.integers(0, 2**32 - 1),
)
def test_energies_are_whole_and_bounded(
    shape: tuple[int, int], wish: list[float], guidance: int, seed: int
) -> None:
    pyramid = layout(*shape)
    random = np.random.default_rng(seed)
    indices = random.integers(-1, COLOURS, pyramid.cells)
    energies = SketchEnergies(pyramid, OKLAB, np.array(wish), guidance, rising=bool(seed & 1))
    energy = energies.energy(int(random.integers(pyramid.cells)), indices)
    assert energy.dtype == np.int64
    assert np.abs(energy).max() <= 2 * 2 * 64 * sum(NATS.values())


def test_distances_are_0_for_itself_and_never_more_than_far() -> None:
    distances = colour_distances(OKLAB)
    assert not np.diag(distances).any()
    assert (distances == distances.T).all()
    assert distances.max() <= FAR
    black_and_white = colour_distances(np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]))
    assert black_and_white[0, 1] > 0.95 * FAR
