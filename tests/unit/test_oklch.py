"""Oklch: every colour of sRGB comes back, every other one is brought in without a turn of hue."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artdesk.core.colour import hex_to_srgb8, srgb8_to_hex
from artdesk.core.oklch import HARMONIES, MOST_CHROMA, Oklch, harmony, to_srgb8

channels = st.integers(0, 255)


@given(channels, channels, channels)
def test_every_colour_of_srgb_comes_back(red: int, green: int, blue: int) -> None:
    colour = srgb8_to_hex(red, green, blue)
    place = Oklch.of(colour)
    assert place.to_hex() == colour
    assert 0 <= place.chroma < MOST_CHROMA


@given(st.floats(0.15, 0.95), st.floats(0, MOST_CHROMA), st.floats(0, 359.9))
def test_what_srgb_lacks_loses_chroma_alone(lightness: float, chroma: float, hue: float) -> None:
    shown = Oklch.of(Oklch(lightness, chroma, hue).to_hex())
    assert abs(shown.lightness - lightness) < 0.012
    assert shown.chroma < chroma + 0.012
    if shown.chroma > 0.06:
        assert abs((shown.hue - hue + 180) % 360 - 180) < 5


def test_greys_and_ends() -> None:
    for colour in ("#000000", "#808080", "#ffffff"):
        assert Oklch.of(colour).hue == 0
        assert Oklch.of(colour).to_hex() == colour
    rows = to_srgb8(np.array([[0.6, MOST_CHROMA, hue] for hue in range(0, 360, 30)]))
    assert rows.shape == (12, 3)
    assert len({tuple(row) for row in rows.tolist()}) == 12


@pytest.mark.parametrize("name", HARMONIES)
def test_harmonies_keep_the_lightness(name: str) -> None:
    base = Oklch.of("#9a6a4f")
    colours = harmony(base, name)
    assert len(colours) == len(HARMONIES[name])
    for colour, turn in zip(colours, HARMONIES[name], strict=True):
        hex_to_srgb8(colour)
        other = Oklch.of(colour)
        assert abs(other.lightness - base.lightness) < 0.01
        assert abs((other.hue - base.hue - turn + 180) % 360 - 180) < 4
