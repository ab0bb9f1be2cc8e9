"""Strings that are no words, in several kinds from plain to hard.

The student learns from some of them what "no word" looks like; the threshold for "unknown" is
then set on others. The hardest kind imitates English letter by letter (a Markov chain of order
two over WordNet's adjectives, after Shannon 1948) and sounds as if it might be a word.
"""

from collections.abc import Collection, Sequence

import numpy as np

KINDS = ("letters", "mashed", "shuffled", "syllables", "imitated")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_ONSETS = ("b", "bl", "d", "dr", "f", "g", "gl", "k", "m", "n", "pl", "qu", "sk", "sn", "v", "z")
_VOWELS = ("a", "e", "i", "o", "u", "oo", "ee")
_CODAS = ("", "b", "ck", "g", "m", "ng", "p", "rt", "x", "zz")


class NonsenseMaker:
    """Makes strings that are not among the known words."""

    def __init__(self, words: Sequence[str], known: Collection[str]) -> None:
        """Learn letter statistics.

        Args:
            words: real words to imitate.
            known: strings that must not come out.
        """
        self._words = [word for word in words if word.isalpha()]
        self._known = frozenset(known)
        self._next: dict[str, str] = {}
        for word in self._words:
            padded = f"^^{word}$"
            for i in range(len(padded) - 2):
                key = padded[i : i + 2]
                self._next[key] = self._next.get(key, "") + padded[i + 2]

    def make(self, kind: str, random: np.random.Generator) -> str:
        """One string of a kind of `KINDS`.

        Raises:
            KeyError: no such kind.
        """
        maker = {
            "letters": self._letters,
            "mashed": self._mashed,
            "shuffled": self._shuffled,
            "syllables": self._syllables,
            "imitated": self._imitated,
        }[kind]
        while True:
            text = maker(random)
            if 4 <= len(text) <= 16 and text not in self._known:
                return text

    def _letters(self, random: np.random.Generator) -> str:
        count = int(random.integers(4, 12))
        return "".join(chr(97 + int(i)) for i in random.integers(0, 26, count))

    def _mashed(self, random: np.random.Generator) -> str:
        row = _ROWS[int(random.integers(0, 3))]
        at, text = int(random.integers(0, len(row))), ""
        for _ in range(int(random.integers(4, 10))):
            text += row[at]
            at = int(np.clip(at + random.integers(-2, 3), 0, len(row) - 1))
        return text

    def _shuffled(self, random: np.random.Generator) -> str:
        letters = list(self._words[int(random.integers(0, len(self._words)))])
        random.shuffle(letters)
        return "".join(letters)

    def _syllables(self, random: np.random.Generator) -> str:
        return "".join(
            _ONSETS[int(random.integers(0, len(_ONSETS)))]
            + _VOWELS[int(random.integers(0, len(_VOWELS)))]
            + _CODAS[int(random.integers(0, len(_CODAS)))]
            for _ in range(int(random.integers(2, 4)))
        )

    def _imitated(self, random: np.random.Generator) -> str:
        text = "^^"
        while len(text) < 18:
            options = self._next[text[-2:]]
            letter = options[int(random.integers(0, len(options)))]
            if letter == "$":
                break
            text += letter
        return text[2:]
