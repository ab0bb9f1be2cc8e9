"""The word encoder: teacher, lexicon and WordNet in; student, basis and word table out.

`python -m training text` does all of it: it reads WordNet (Debian package `wordnet-base`) and the
lexicon, lets MiniLM read the words, distils the student, sets the threshold for unknown words,
tests on held-out words and writes `weights/text.*`, `weights/words.*` and
`resources/words/wordnet.csv`. `docs/words.md` explains the method and gives the figures.
"""

from training.text.cli import app

__all__ = ["app"]
