"""One known picture: its hash tells whether bundle, engine and machine work together as meant."""

import hashlib

from artdesk.core.recipe import Canvas, Recipe, Word
from artdesk.engine.pipeline import Engine

RECIPE = Recipe(
    words=(Word(text="calm"), Word(text="blue")),
    canvas=Canvas(width=128, height=128),
    seed=7,
)


def self_test(engine: Engine) -> str:
    """Make the known picture and hash its tokens: the same on every machine, SHA-256 in hex."""
    tokens = engine.generate(RECIPE).tokens
    return hashlib.sha256(tokens.astype("<u2").tobytes()).hexdigest()
