"""One known picture that tells whether a bundle works on this machine as where it was made."""

import hashlib

from artdesk.core.recipe import Canvas, Recipe, Sampling, Swatch, Word
from artdesk.engine.pipeline import Engine

METRIC = "self_test"
"""Key in the manifest's metrics: the fingerprint from the machine that made the bundle."""

RECIPE = Recipe(
    words=(Word(text="calm"), Word(text="geometric", weight_percent=130)),
    avoid=(Word(text="busy"),),
    palette=(Swatch(colour="#1d3557", share_milli=600), Swatch(colour="#e9c46a", share_milli=400)),
    canvas=Canvas(width=192, height=128),
    sampling=Sampling(steps=8, jitter_milli=50, refine_milli=100),
    seed=20_211,
)
"""Touches every part of the engine: words, avoided words, palette, sketch, guidance, refining."""


def fingerprint(engine: Engine) -> dict[str, str]:
    """SHA-256 of the tokens and of the pixels of the known picture, in hex."""
    picture = engine.generate(RECIPE)
    return {
        "tokens": hashlib.sha256(picture.tokens.astype("<u2").tobytes()).hexdigest(),
        "pixels": hashlib.sha256(picture.pixels.tobytes()).hexdigest(),
    }
