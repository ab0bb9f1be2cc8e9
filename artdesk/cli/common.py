"""What several commands share: the engine, notes on stderr, hashes and plain text."""

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artdesk.bundle.reader import Bundle, open_bundle
from artdesk.core import paths
from artdesk.core.errors import OutputError, RecipeError, WordsError
from artdesk.core.reading import TooLargeError, read_file
from artdesk.core.recipe import Recipe, Swatch
from artdesk.core.recipe_json import MAX_TEXT
from artdesk.engine.pipeline import Engine, HeardWord
from artdesk.pictures.record import PictureRecord
from artdesk.studio import own_collections


def note(text: str) -> None:
    """Say something on stderr."""
    print(text, file=sys.stderr)


def open_chosen_bundle(arguments: argparse.Namespace) -> Bundle:
    """The bundle that --bundle names, else the shipped one."""
    return open_bundle(arguments.bundle or paths.bundle_folder())


def start_engine(arguments: argparse.Namespace) -> Engine:
    """An engine as the options ask for it, with the artist's own collections."""
    engine = Engine(open_chosen_bundle(arguments), arguments.threads)
    for problem in own_collections.attach(engine):
        note(f"Note: {problem}")
    return engine


def say_unknown_words(heard: Iterable[HeardWord]) -> None:
    """Note each unknown word and what it is taken for.

    Raises:
        WordsError: Not one of the words says anything to the model.
    """
    words = list(heard)
    lost = [word for word in words if not word.known and not word.attributes]
    if words and len(lost) == len(words) and not any(word.nearest for word in words):
        names = ", ".join(f"“{word.text}”" for word in words[:5])
        raise WordsError(f"The model does not know {names}: use words such as calm, warm or blue.")
    for word in words:
        if word.known:
            continue
        if word.language:
            instead = word.nearest[0] if word.nearest else "an English word such as calm or warm"
            note(f"Note: “{word.text}” is {word.language}, not English: write {instead}.")
        elif word.nearest:
            note(f"Note: “{word.text}” is not a known word, near to {', '.join(word.nearest)}.")
        else:
            note(f"Note: “{word.text}” is not a known word and says little to the model.")


def token_hash(tokens: NDArray[np.uint16]) -> str:
    """SHA-256 of the token grid, the identity of a picture."""
    return hashlib.sha256(tokens.astype("<u2").tobytes()).hexdigest()


def read_recipe_file(path: Path) -> Recipe:
    """Read a recipe saved as JSON; RecipeError says what is wrong."""
    try:
        data = read_file(path, 4 * MAX_TEXT)
    except FileNotFoundError as error:
        raise RecipeError(f"There is no file {path}: check the name.") from error
    except TooLargeError as error:
        raise RecipeError(f"{path.name} is far too long for a recipe: choose another.") from error
    except OSError as error:
        raise RecipeError(f"{path} cannot be read: check that you may open it.") from error
    try:
        return Recipe.from_json(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise RecipeError(f"{path.name} is no text: choose a recipe or a picture.") from error


def refuse_taken(path: Path | None, overwrite: bool) -> None:
    """Say now, not after the drawing, that a file to write is there already."""
    if path is not None and not overwrite and os.path.lexists(path):
        raise OutputError(f"{path} is there already: choose another name or add --overwrite.")


def palette_text(palette: Iterable[Swatch]) -> str:
    """Colours with shares as one types them."""
    return ", ".join(f"{swatch.colour}:{swatch.share_milli / 1000:g}" for swatch in palette)


def print_json(data: Any) -> None:
    """Print plain data on stdout."""
    print(json.dumps(data, indent=2, ensure_ascii=False))


def refuse_other_model(
    engine: Engine, record: PictureRecord, *, other_allowed: bool | None
) -> None:
    """Say that a picture was made with another model.

    Raises:
        RecipeError: That is not allowed; None where there is no option to allow it.
    """
    if record.bundle_hash == engine.bundle.hash:
        return
    text = (
        f"The picture was made with the model “{record.bundle_name}” ({record.bundle_hash[:10]}), "
        f"not with “{engine.bundle.manifest.name}”"
    )
    if other_allowed is None:
        raise RecipeError(f"{text}: name its model with --bundle.")
    if not other_allowed:
        raise RecipeError(f"{text}: name its model with --bundle, or go on with --other-model.")
    note(f"Note: {text}; it will look different.")
