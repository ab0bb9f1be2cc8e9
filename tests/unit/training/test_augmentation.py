"""Gentle changes of colour: what they do, and that labels they alter are silenced."""

import numpy as np
import pytest

from artdesk.core.attributes import ATTRIBUTES, HUES
from artdesk.core.colour import srgb8_to_oklab
from artdesk.engine.measures.attributes import measure
from tests.corpus_pictures import painting
from training.data.augmentation import (
    CHANGED,
    MOST_DEGREES,
    MOST_GAMMA,
    Change,
    apply,
    draw_change,
    silenced,
)
from training.data.labels import Labels
from training.data.pictures import Work
from training.fit.tokenizer import Crops

PICTURES = [np.asarray(painting(seed, (128, 102))) for seed in range(8)]
RAW = np.stack([measure(pixels) for pixels in PICTURES])
STRONGEST = [Change(degrees=MOST_DEGREES), Change(degrees=-MOST_DEGREES), Change(gamma=MOST_GAMMA),
             Change(gamma=1 / MOST_GAMMA)]  # fmt: skip


def test_nothing_to_do_changes_nothing() -> None:
    picture, raw = PICTURES[0], RAW[0]
    assert apply(picture, Change()) is picture
    assert silenced(raw, Change()) is raw


def test_a_turn_of_the_hues_keeps_lightness_and_chroma() -> None:
    greyish = (100 + PICTURES[0] // 6).astype(np.uint8)  # well inside sRGB
    before, after = srgb8_to_oklab(greyish), srgb8_to_oklab(apply(greyish, Change(degrees=10.0)))
    assert np.abs(after[..., 0] - before[..., 0]).max() < 0.01
    chroma = [np.hypot(one[..., 1], one[..., 2]) for one in (before, after)]
    assert np.abs(chroma[0] - chroma[1]).max() < 0.01
    angles = [np.degrees(np.arctan2(one[..., 2], one[..., 1])) for one in (before, after)]
    turned = (angles[1] - angles[0])[chroma[0] > 0.03]
    assert np.median((turned + 180) % 360 - 180) == pytest.approx(10.0, abs=0.5)


def test_gamma_brightens_below_one_and_keeps_black_and_white() -> None:
    brighter = apply(PICTURES[1], Change(gamma=0.8))
    assert (brighter >= PICTURES[1]).all()
    ends = np.array([[[0, 0, 0], [255, 255, 255]]], dtype=np.uint8)
    assert (apply(ends, Change(gamma=1.2)) == ends).all()


@pytest.mark.parametrize("change", STRONGEST)
def test_labels_that_are_kept_are_those_that_the_measures_still_give(change: Change) -> None:
    again = np.stack([measure(apply(pixels, change)) for pixels in PICTURES])
    kept = np.array([name not in change.altered for name in ATTRIBUTES])
    # Against the smaller of what pictures differ by here, and not at all for a share of a colour.
    reach = np.maximum(np.ptp(RAW, axis=0), 0.05)
    moved = np.abs(again - RAW).mean(axis=0) / reach
    names = [name for name, much in zip(ATTRIBUTES, moved, strict=True) if much > 0.12]
    assert not {name for name in names if kept[ATTRIBUTES.index(name)]}, dict(
        zip(ATTRIBUTES, moved.round(3), strict=True)
    )
    assert names  # The strongest change is one that the measures notice.


def test_silenced_attributes_say_nothing() -> None:
    said = silenced(np.ones((3, 29)), Change(degrees=5.0))
    assert (said[:, ATTRIBUTES.index("warmth")] == 0).all()
    assert (said[:, ATTRIBUTES.index("symmetry")] == 1).all()
    both = silenced(np.ones(29), Change(5.0, 1.1))
    assert all(both[ATTRIBUTES.index(hue)] == 0 for hue in HUES)


def test_changes_come_as_often_as_they_should_and_stay_gentle() -> None:
    random = np.random.default_rng(0)
    drawn = [draw_change(random) for _ in range(2000)]
    changed = [one for one in drawn if one != Change()]
    assert len(changed) / 2000 == pytest.approx(CHANGED, abs=0.04)
    assert max(abs(one.degrees) for one in changed) <= MOST_DEGREES
    assert all(1 / MOST_GAMMA <= one.gamma <= MOST_GAMMA for one in changed)
    assert {(one.degrees != 0, one.gamma != 1) for one in changed} == {
        (True, False), (False, True), (True, True),
    }  # fmt: skip


def test_the_tokenizer_is_told_nothing_that_a_change_made_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    works = [
        Work(pixels, "train", "painting", str(number), raw, True)
        for number, (pixels, raw) in enumerate(zip(PICTURES, RAW, strict=True))
    ]
    monkeypatch.setattr("training.fit.tokenizer.draw_change", lambda random: Change(9.0, 1.1))  # noqa: ARG005
    sample = Crops(works, Labels.of(works), seed=0).batch(32, 64)
    told = sample.condition[:, : len(ATTRIBUTES)].numpy()
    for name in Change(9.0, 1.1).altered:
        assert (told[:, ATTRIBUTES.index(name)] == 0).all(), name
    assert np.abs(told).max() > 0
