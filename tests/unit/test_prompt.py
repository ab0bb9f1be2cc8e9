"""Prompts as artists type them, and as nobody should."""

import pytest

from artdesk.core.errors import RecipeError
from artdesk.core.prompt import format_prompt, parse_prompt
from artdesk.core.recipe import Word


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ()),
        ("  \n , ;", ()),
        ("()", ()),
        ("calm", (("calm", 100),)),
        ("Calm,  VERY   Warm : 1.4 ", (("calm", 100), ("very warm", 140))),
        ("calm\nblue;red", (("calm", 100), ("blue", 100), ("red", 100))),
        ("(blue)", (("blue", 110),)),
        ("((blue))", (("blue", 121),)),
        ("[blue]", (("blue", 91),)),
        ("(blue:1.3)", (("blue", 130),)),
        ("(calm, blue:1.3), red", (("calm", 130), ("blue", 130), ("red", 100))),
        ("calm:.5", (("calm", 50),)),
        ("calm:2", (("calm", 200),)),
        ("((((((((((blue))))))))))", (("blue", 200),)),
        ("calm, calm:1.5, calm:0.5", (("calm", 150),)),
        ("Ｃａｌｍ，ｂｌｕｅ", (("calm", 100), ("blue", 100))),  # noqa: RUF001
        ("art-déco, l’air", (("art-déco", 100), ("l'air", 100))),  # noqa: RUF001
        ("Straße", (("strasse", 100),)),
        ("теплый", (("теплый", 100),)),
        ("80s neon", (("80s neon", 100),)),
    ],
)
def test_read(text: str, words: tuple[tuple[str, int], ...]) -> None:
    assert parse_prompt(text) == words


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("calm " * 2000, "is 10,000 characters long: use at most 2,000"),
        ("😀", "The character “😀” is not part of a word"),
        ("calm 🎨", "“🎨” is not part of a word"),
        ("👩\u200d🎨", "is not part of a word"),
        ("a\u200bb", "“U\\+200B” is not part of a word"),
        ("calm\0", "U\\+0000"),
        ("warm:hot", "The weight “hot” of “warm” is not a number"),
        ("warm:", "The weight “” of “warm” is not a number"),
        ("warm:nan", "is not a number"),
        ("warm:1e9", "is not a number"),
        ("warm:1:2", "is not a number"),
        ("warm:" + "1" * 400, "is not a number"),
        ("warm:5", "The weight 5 of “warm” is out of range: use 0.1 to 2.0"),
        ("warm:-1", "out of range"),
        ("warm:0", "out of range"),
        (":1.4", "a weight without a word"),
        ("calm, :1.4, blue", "a weight without a word"),
        ("(blue", "has a “\\(” that is not closed"),
        ("blue)", "has a “\\)” that opens nowhere"),
        ("(blue]", "has a “\\]” that opens nowhere"),
        ("12345", "“12345” has no letters"),
        ("---", "has no letters"),
        ("!!!", "“!” is not part of a word"),
        ("<script>", "“<” is not part of a word"),
        ("x" * 41, "is 41 characters long: use at most 40"),
        ("\ufdfa\ufdfa\ufdfa", "characters long"),
        (",".join(f"w{n}" for n in range(25)), "has 25 words: use at most 24"),
    ],
)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(RecipeError, match=message) as caught:
        parse_prompt(text)
    assert str(caught.value).endswith(".")
    assert len(str(caught.value)) < 200


def test_written_prompt_reads_back() -> None:
    found = (("calm", 100), ("very warm", 140), ("blue", 10), ("art-déco", 55))
    words = [Word(text=text, weight_percent=percent) for text, percent in found]
    assert format_prompt(words) == "calm, very warm:1.4, blue:0.1, art-déco:0.55"
    assert parse_prompt(format_prompt(words)) == found
    shown = format_prompt(words, "shown").replace("\N{MULTIPLICATION SIGN}", "x")
    assert shown == "calm, very warm x1.4, blue x0.1, art-déco x0.55"
    odd = Word(text="a(b)[c]\\", weight_percent=120)
    assert format_prompt([odd], "parameters") == r"(a\(b\)\[c\]\\:1.2)"
    assert format_prompt([]) == ""
