"""Prompts with choices: every combination once, and plain refusals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artdesk.core.errors import RecipeError
from artdesk.core.matrix import MAX_COMBINATIONS, expand

WORD = st.text("abcdefg", min_size=1, max_size=4)


def prompts(template: str) -> list[str]:
    return [choice.prompt for choice in expand(template)]


def test_a_prompt_without_choices_stays_what_it_is() -> None:
    assert prompts("calm, (warm:1.2), blue") == ["calm, (warm:1.2), blue"]
    assert expand("")[0].labels == ()


def test_bars_and_brackets_are_axes_and_the_last_changes_fastest() -> None:
    found = expand("calm|stormy, very {warm,cold|icy} blue")
    assert [choice.prompt for choice in found] == [
        "calm, very warm blue",
        "calm, very cold blue",
        "calm, very icy blue",
        "stormy, very warm blue",
        "stormy, very cold blue",
        "stormy, very icy blue",
    ]
    assert found[4].labels == ("stormy", "cold")


@pytest.mark.parametrize(
    "template",
    ["{warm", "warm}", "{a,{b,c}}", "{a,}", "{a}", "|a", "a||b", "{a,a}", "b|{a,c}", "{}"],
)
def test_senseless_choices_are_refused_in_one_sentence(template: str) -> None:
    with pytest.raises(RecipeError) as caught:
        expand(template)
    assert "\n" not in str(caught.value)


def test_too_many_are_refused_before_they_are_made() -> None:
    many = ",".join(f"w{number}" for number in range(11))
    with pytest.raises(RecipeError, match="more than 1,000"):
        expand(", ".join(["{" + many + "}"] * 12))


@given(st.lists(st.lists(WORD, min_size=1, max_size=4, unique=True), min_size=1, max_size=4))
def test_every_combination_comes_once(axes: list[list[str]]) -> None:
    # Names of their own, so that equal words of two axes give unequal prompts.
    named = [[f"{word}{place}x" for word in axis] for place, axis in enumerate(axes)]
    template = ", ".join("|".join(axis) for axis in named)
    count = 1
    for axis in named:
        count *= len(axis)
    assert count <= MAX_COMBINATIONS
    found = prompts(template)
    assert len(found) == len(set(found)) == count
    for prompt in found:
        assert all(word in axis for word, axis in zip(prompt.split(", "), named, strict=True))
