"""The condition vector and the geometry of the sketch."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artdesk.core import condition, sketch_layout
from artdesk.core.attributes import ATTRIBUTES, SEMANTIC_DIM
from models.config import CONDITION_DIM
from models.sketch import FEATURE_DIM


def _vector(palette: np.ndarray, shares: np.ndarray) -> np.ndarray:
    return condition.condition_vector(
        np.zeros(len(ATTRIBUTES)),
        np.zeros(SEMANTIC_DIM),
        palette,
        shares,
        condition.frame_vector(1.0, 0.5, 0.5, 1.0),
        0.0,
    )


def test_networks_and_app_agree_on_sizes() -> None:
    assert condition.CONDITION_DIM == CONDITION_DIM
    assert sketch_layout.FEATURE_DIM == FEATURE_DIM


def test_palette_order_does_not_matter() -> None:
    random = np.random.default_rng(0)
    palette, shares = random.normal(size=(5, 3)), np.array([0.1, 0.3, 0.25, 0.15, 0.2])
    turned = random.permutation(5)
    assert np.array_equal(_vector(palette, shares), _vector(palette[turned], shares[turned]))


def test_full_square_frame_is_the_origin() -> None:
    assert not condition.frame_vector(1.0, 0.5, 0.5, 1.0).any()


def test_a_zoom_of_nothing_is_refused() -> None:
    with pytest.warns(RuntimeWarning):
        assert np.isneginf(condition.frame_vector(0.0, 0.5, 0.5, 1.0)[0])


shapes = st.tuples(st.integers(1, 8), st.integers(1, 8))


@given(shape=shapes, seed=st.integers(0, 2**32 - 1))
def test_steps_and_sequences_see_the_same(shape: tuple[int, int], seed: int) -> None:
    random = np.random.default_rng(seed)
    pyramid = sketch_layout.layout(*shape)
    colours = random.normal(size=(pyramid.cells, 3))
    order = random.permutation(pyramid.cells)
    whole = sketch_layout.sequence_features(pyramid, colours[None], order[None])[0]
    known = np.zeros(pyramid.cells + 1, dtype=bool)
    padded = np.concatenate([colours, np.zeros((1, 3))])
    for step, cell in enumerate(order):
        before = int(order[step - 1]) if step else -1
        single = sketch_layout.step_features(pyramid, padded, known, int(cell), before)
        np.testing.assert_array_equal(single, whole[step])
        known[cell] = True


@given(shape=shapes)
def test_every_cell_has_a_parent_but_the_first_level(shape: tuple[int, int]) -> None:
    pyramid = sketch_layout.layout(*shape)
    assert pyramid.shapes[-1] == shape
    parents = pyramid.neighbours[:, 4]
    first = pyramid.level == 0
    assert (parents[first] == pyramid.cells).all()
    assert (pyramid.level[parents[~first]] == pyramid.level[~first] - 1).all()


@given(
    shape=shapes,
    height=st.integers(8, 70),
    width=st.integers(8, 70),
    seed=st.integers(0, 2**32 - 1),
)
def test_area_means_keep_the_mean_and_enlarging_keeps_the_range(
    shape: tuple[int, int], height: int, width: int, seed: int
) -> None:
    image = np.random.default_rng(seed).random((height, width, 3))
    cells = sketch_layout.cell_means(image, *shape)
    assert cells.shape == (*shape, 3)
    assert cells.min() >= image.min() - 1e-12
    assert cells.max() <= image.max() + 1e-12
    if height % shape[0] == 0 and width % shape[1] == 0:
        np.testing.assert_allclose(cells.mean(axis=(0, 1)), image.mean(axis=(0, 1)))
    large = sketch_layout.enlarge_sketch(cells, height, width)
    assert large.shape == (4, height, width)
    assert (large[3] == 1).all()
    assert large[:3].min() >= cells.min() - 1 / 256
    assert large[:3].max() <= cells.max() + 1 / 256
    np.testing.assert_array_equal(large * 256, np.round(large * 256))


@given(width=st.integers(8, 128), height=st.integers(8, 128))
def test_sketch_has_eight_cells_on_the_longer_side(width: int, height: int) -> None:
    rows, columns = sketch_layout.sketch_shape(width, height)
    assert max(rows, columns) == 8
    assert min(rows, columns) >= 1
    assert (rows >= columns) == (height >= width) or rows == columns
