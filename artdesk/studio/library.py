"""The history of made pictures: every finished picture is a PNG and a line in a journal.

The journal line carries the whole recipe, so a picture whose file was deleted elsewhere can be
made again. A torn last line, left by a power cut, is passed over.
"""

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from artdesk.core import journal
from artdesk.core.errors import ArtDeskError, OutputError
from artdesk.core.recipe import Recipe
from artdesk.pictures import files as pictures

if TYPE_CHECKING:
    from artdesk.engine.pipeline import Picture

LOGGER = logging.getLogger(__name__)
JOURNAL = "journal.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One picture of the history.

    Args:
        path: the PNG file.
        title: the words in one line, or "free" when there were none.
        seed: the seed.
        width: pixels.
        height: pixels.
        made: time in UTC, ISO 8601.
        starred: whether the artist marked it.
    """

    path: Path
    title: str
    seed: int
    width: int
    height: int
    made: str
    starred: bool = False


def title_of(recipe: Recipe) -> str:
    """The words of a recipe in one line."""
    words = ", ".join(word.text for word in recipe.words)
    avoid = ", ".join(word.text for word in recipe.avoid)
    if avoid:
        return f"{words or 'free'}, without {avoid}"
    return words or "free"


class Library:
    """The history folder.

    Args:
        folder: where pictures and journal live; made when the first picture is added.
        now: the clock, UTC.
    """

    def __init__(
        self, folder: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.folder = folder
        self._now = now
        self._lock = threading.Lock()

    def add(self, picture: "Picture") -> Entry:
        """Store a finished picture.

        Raises:
            OutputError: the picture or its journal line could not be written.
        """
        with self._lock:
            now = self._now()
            month = self.folder / now.strftime("%Y-%m")
            recipe = picture.recipe
            path = pictures.save_new(month, picture)
            entry = Entry(
                path=path,
                title=title_of(recipe),
                seed=recipe.seed,
                width=recipe.canvas.width,
                height=recipe.canvas.height,
                made=now.isoformat(timespec="seconds"),
            )
            self._note(
                {
                    "event": "made",
                    "file": self._name(path),
                    "made": entry.made,
                    "recipe": json.loads(recipe.to_json()),
                }
            )
            return entry

    def star(self, entry: Entry, starred: bool) -> None:
        """Mark a picture, or take the mark away.

        Raises:
            OutputError: the journal could not be written.
        """
        with self._lock:
            self._note({"event": "star", "file": self._name(entry.path), "starred": starred})

    def entries(self) -> list[Entry]:
        """All pictures whose files exist, oldest first.

        Raises:
            OutputError: the journal can neither be read nor moved aside.
        """
        found: dict[str, Entry] = {}
        lines, torn = journal.read(self.folder / JOURNAL)
        if torn:
            LOGGER.info("%d lines of the journal were passed over", torn)
        for content in lines:
            try:
                name = str(content["file"])
                if content["event"] == "made":
                    found[name] = self._entry(name, content)
                elif content["event"] == "star" and name in found:
                    found[name] = replace(found[name], starred=bool(content["starred"]))
            except (KeyError, TypeError, ValueError, ArtDeskError):
                LOGGER.info("A line of the journal was passed over")
        return [entry for entry in found.values() if entry.path.is_file()]

    def _entry(self, name: str, content: dict[str, object]) -> Entry:
        recipe = Recipe.from_json(json.dumps(content["recipe"]))
        path = self.folder / name
        if ".." in Path(name).parts or Path(name).is_absolute():
            raise ValueError(name)
        return Entry(
            path=path,
            title=title_of(recipe),
            seed=recipe.seed,
            width=recipe.canvas.width,
            height=recipe.canvas.height,
            made=str(content["made"]),
        )

    def _name(self, path: Path) -> str:
        try:
            return path.relative_to(self.folder).as_posix()
        except ValueError as error:
            raise OutputError(f"{path} is not a picture of the history.") from error

    def _note(self, content: dict[str, object]) -> None:
        journal.append(self.folder / JOURNAL, {"version": 1} | content)
