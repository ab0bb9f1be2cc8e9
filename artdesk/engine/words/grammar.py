"""The small grammar of a word field: degrees, negation, lists, and the forms of a word.

"very warm but not red" becomes the parts (warm, 1.4) and (red, -1). That an adverb multiplies
the adjective after it is the finding of Cliff 1959, "Adverbs as multipliers", Psychological
Review 66; the order of the factors follows him, their size was set by hand on pictures.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

from artdesk.core.prompt import fold

Find = Callable[[str], bool]

_DEGREES = {
    **dict.fromkeys(("hardly", "barely", "scarcely", "minimally"), 0.25),
    **dict.fromkeys(("slightly", "somewhat", "faintly", "mildly", "gently", "subtly", "less"), 0.5),
    **dict.fromkeys(("fairly", "moderately", "rather", "pretty", "partly", "almost"), 0.8),
    **dict.fromkeys(("quite", "nearly", "mostly"), 1.0),
    **dict.fromkeys(("more", "particularly", "especially"), 1.2),
    **dict.fromkeys(("very", "really", "deeply", "strongly", "highly", "so", "too", "truly"), 1.4),
    **dict.fromkeys(("extremely", "intensely", "exceedingly", "incredibly", "most"), 1.8),
    **dict.fromkeys(("completely", "totally", "utterly", "absolutely", "overwhelmingly"), 1.8),
}
_NEGATING = {"not", "never", "no", "non", "without", "neither", "nor"}
_JOINING = {"and", "but", "with", "yet", "or", "plus", "&", "nor", "without"}
_FILLING = {
    *("a", "an", "the", "some", "any", "of", "in", "it", "is", "be", "as", "at", "all", "by"),
    *("on", "for", "to", "that", "this", "please", "picture", "painting", "image", "artwork"),
    *("composition", "abstract", "colour", "colours", "color", "colors", "tone", "tones", "hue"),
    *("hues", "shade", "shades", "feeling", "mood", "atmosphere", "look", "looking", "style"),
    *("kind", "shape", "shapes", "form", "forms", "edges", "coloured", "colored", "toned"),
    *("tinted", "hued", "like"),
}
# Longer ways to say the same; the blanks at both ends keep them whole words.
_SAYINGS = {
    " not at all ": " not ",
    " anything but ": " not ",
    " free of ": " without ",
    " devoid of ": " without ",
    " a little ": " slightly ",
    " a bit ": " slightly ",
    " a hint of ": " slightly ",
    " a touch of ": " slightly ",
    " hint of ": " slightly ",
    " kind of ": " somewhat ",
    " sort of ": " somewhat ",
    " a lot of ": " very ",
    " lots of ": " very ",
    " full of ": " very ",
}
# The spelling of the table comes second.
_SPELLINGS = (
    ("gray", "grey"),
    ("color", "colour"),
    ("centered", "centred"),
    ("somber", "sombre"),
    ("luster", "lustre"),
    ("organized", "organised"),
    ("ized", "ised"),
    ("eled", "elled"),
    ("sulfur", "sulphur"),
    ("mold", "mould"),
    ("cozy", "cosy"),
)
_LONGEST = 4
_NOT_VERY = 0.5


@dataclass(frozen=True, slots=True)
class Part:
    """A word of a phrase.

    Attributes:
        text: The word as the table spells it, or a stretch that the table lacks.
        factor: How strongly it is meant, -1.8..1.8; negative for "not".
        known: Whether the table has it.
    """

    text: str
    factor: float
    known: bool


def normal(text: str) -> str:
    """A text as `fold` makes it, with single blanks."""
    return " ".join(fold(text).split())


def known_form(text: str, find: Find) -> str | None:
    """The table's spelling of a text: another hyphen, no accent, American or British.

    Args:
        text: A word or a few, see `normal`.
        find: Whether the table has a text.
    """
    if not text:
        return None
    spaced = text.replace("-", " ")
    forms = [text, spaced, spaced.replace(" ", "-"), spaced.replace(" ", "")]
    plain = unicodedata.normalize("NFKD", text)
    forms.append("".join(c for c in plain if not unicodedata.combining(c)))
    for american, british in _SPELLINGS:
        forms += [form.replace(american, british) for form in forms[:3] if american in form]
        forms += [form.replace(british, american) for form in forms[:3] if british in form]
    return next((form for form in forms if find(form)), None)


def read_phrase(text: str, find: Find) -> tuple[Part, ...]:
    """Read a phrase into its words; what the table lacks stays together with its neighbours.

    Args:
        text: What stands between two commas, see `normal`.
        find: Whether the table has a text.
    """
    whole = known_form(text, find)
    if whole is not None:
        return (Part(whole, 1.0, True),)
    reader = _Reader(find)
    tokens = _tokens(text, find)
    at = 0
    while at < len(tokens):
        at += reader.take(tokens, at)
    reader.end_clause()
    return tuple(reader.parts)


@dataclass
class _Reader:
    """State while reading: finished parts, and the clause since the last "and" or "but"."""

    find: Find
    parts: list[Part] = field(default_factory=list)
    clause: list[Part] = field(default_factory=list)
    degree: float = 1.0
    graded: bool = False
    negated: bool = False
    carried: bool = False
    spoken: bool = False

    def take(self, tokens: list[str], at: int) -> int:
        """Read on from a place.

        Returns:
            How many tokens were used.
        """
        for count in range(min(_LONGEST, len(tokens) - at), 1, -1):
            word = known_form(" ".join(tokens[at : at + count]), self.find)
            if word is not None:
                self._say(word, True)
                return count
        token, last = tokens[at], at + 1 == len(tokens)
        if token in _JOINING and (token in _NEGATING or not last):
            self._join(token)
        elif token in _NEGATING and not last:
            self.negated = not self.negated
            self.carried = token in ("no", "neither")
        elif token in _DEGREES and not (last and self.find(token)):
            if self.spoken:
                self.degree, self.spoken = 1.0, False
            self.degree *= _DEGREES[token]
            self.graded = self.graded or _DEGREES[token] != 1.0
        else:
            self._word(token, last)
        return 1

    def end_clause(self) -> None:
        """Move the clause to the parts; as one stretch if something in it is unknown."""
        if self.clause and not all(part.known for part in self.clause):
            text = " ".join(part.text for part in self.clause)
            self.clause = [Part(text, self.clause[0].factor, False)]
        self.parts += self.clause
        self.clause = []
        self.degree, self.graded, self.negated, self.spoken = 1.0, False, False, False

    def _join(self, token: str) -> None:
        goes_on = self.negated and (token in ("or", "nor") or (token == "and" and self.carried))
        carried = token == "without" or (goes_on and self.carried)
        self.end_clause()
        self.negated = goes_on or token in ("nor", "without")
        self.carried = carried

    def _word(self, token: str, last: bool) -> None:
        word = known_form(token, self.find)
        if word is not None:
            self._say(word, True)
            return
        found = _inflected(token, last, self.find)
        if found is not None:
            self._say(found[0], True, found[1])
        elif token not in _FILLING and token not in _NEGATING and token not in _JOINING:
            self._say(token, False)

    def _say(self, text: str, known: bool, factor: float = 1.0) -> None:
        factor *= self.degree
        if self.negated:
            # "not very warm" is a little cool, whatever the adverb.
            factor = -_NOT_VERY if self.graded else -1.0
        self.clause.append(Part(text, factor, known))
        self.spoken = True


def _tokens(text: str, find: Find) -> list[str]:
    """Words, with compounds that the table lacks taken apart if all their parts say something."""
    spaced = f" {text} "
    for saying, short in _SAYINGS.items():
        spaced = spaced.replace(saying, short)
    spaced = spaced.replace("n't ", " not ")
    tokens: list[str] = []
    said = _DEGREES.keys() | _NEGATING | _JOINING | _FILLING
    for token in spaced.split():
        pieces = [piece for piece in token.split("-") if piece]
        if not pieces:
            continue
        apart = len(pieces) > 1 and known_form(token, find) is None
        if apart and all(piece in said or known_form(piece, find) for piece in pieces):
            tokens += pieces
        else:
            tokens.append(token)
    return tokens


def _inflected(token: str, last: bool, find: Find) -> tuple[str, float] | None:
    """The known word behind "darker", "darkest" or, before another word, "brightly"."""
    endings = [("er", 1.2), ("est", 1.6)] + ([] if last else [("ly", 1.0)])
    for ending, factor in endings:
        stem = token.removesuffix(ending)
        if stem == token or len(stem) < 3:
            continue
        forms = [stem, stem + "e", stem[:-1] + "y" if stem.endswith("i") else stem]
        if stem[-1] == stem[-2]:
            forms.append(stem[:-1])
        word = next((form for form in forms if find(form)), None)
        if word is not None:
            return word, factor
    return None
