"""The history of made pictures: every finished picture is a PNG and a line in a journal.

The journal is only the quick way: the pictures carry everything, so that those without a line, or
all of them when the journal is lost, come back from their files.
"""

import json
import logging
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artdesk.core import atomic, journal, recipe_json
from artdesk.core.errors import ArtDeskError, OutputError
from artdesk.core.recipe import Recipe
from artdesk.pictures import files as pictures

if TYPE_CHECKING:
    from artdesk.engine.pipeline import Picture

LOGGER = logging.getLogger(__name__)
JOURNAL = "journal.jsonl"
ADOPTED_AT_ONCE = 50
"""Pictures without a line in the journal that one call reads, a few milliseconds each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One picture of the history.

    Args:
        path: the PNG file.
        title: the words in one line, or "free" when there were none.
        seed: the seed.
        width: pixels.
        height: pixels.
        made: time in UTC, ISO 8601.
        starred: whether the artist marked it.
        bundle_hash: identity of the model that made it, "" where an old journal does not say.
    """

    path: Path
    title: str
    seed: int
    width: int
    height: int
    made: str
    starred: bool = False
    bundle_hash: str = ""


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
        self.notes: tuple[str, ...] = ()
        """What could not be read the last time, in sentences for the artist."""
        self._now = now
        self._lock = threading.Lock()  # short: a finished picture waits for it
        self._reading = threading.Lock()  # one long reading at a time; taken before `_lock`
        self._swept = False
        self._starred: set[str] | None = None
        self._unlisted: list[Path] = []
        # What `adopt` has read: None for files of others, an entry where no line could be written.
        self._adopted: dict[str, HistoryEntry | None] = {}

    @property
    def unlisted(self) -> int:
        """How many files without a line in the journal wait for `adopt`."""
        return len(self._unlisted)

    def add(self, picture: "Picture") -> HistoryEntry:
        """Store a finished picture; a picture that is there already keeps its star.

        Raises:
            OutputError: the picture or its journal line could not be written.
        """
        with self._lock:
            now = self._now()
            month = self.folder / now.strftime("%Y-%m")
            data = pictures.encode_picture(".png", picture)
            path, new = pictures.store(month, picture.recipe, data)
            if new and self._name(path) in self._stars():  # of a deleted picture of that name
                self._note_star(self._name(path), False)
            made = now.isoformat(timespec="seconds")
            entry = self._note_made(path, picture.recipe, picture.bundle_hash, made)
            return replace(entry, starred=self._name(path) in self._stars())

    def star(self, entry: HistoryEntry, starred: bool) -> None:
        """Mark a picture, or take the mark away.

        Raises:
            OutputError: the journal could not be written.
        """
        with self._lock:
            self._note_star(self._name(entry.path), starred)

    def entries(self) -> list[HistoryEntry]:
        """All pictures whose files exist, oldest first; `notes` says what could not be read.

        Files without a line in the journal get one, the newest at once and the rest in calls of
        `adopt`.
        """
        path = self.folder / JOURNAL
        with self._reading:
            # A long journal takes seconds, in which pictures are stored: what is in front of this
            # place stays as it is, and what comes behind it meanwhile is read at the end.
            with self._lock:
                end = journal.size(path)
            files, complaints = self._files()
            lines, whole = journal.read_part(path, 0, end)
            found, stars = self._replay(lines, files)
            with self._lock:
                later, later_whole = journal.read_part(path, end)
                files |= self._named(later)
                complaint = ""
                if whole and later_whole:
                    self._replay(later, files, found, stars)
                else:  # nothing may be added while it is mended
                    lines, torn, complaint = journal.read(path)
                    if torn and lines:
                        complaint = journal.repair(path, lines)
                    LOGGER.info("%d lines of the journal were passed over", torn)
                    found, stars = self._replay(lines, files)
                self.notes = tuple(text for text in (complaint, *complaints) if text)
                self._starred = stars
                known = {name: e for name, e in self._adopted.items() if e and name in files}
                found = known | found
                waiting = [
                    path
                    for name, path in files.items()
                    if name not in found and name not in self._adopted
                ]
                # Those of the last run come first; a time that cannot be asked is as good as old.
                self._unlisted = sorted(waiting, key=_changed, reverse=True)
        adopted = self.adopt()
        entries = [replace(e, starred=name in stars) for name, e in found.items()] + adopted
        return sorted(entries, key=lambda entry: entry.made)

    def newest(self) -> list[HistoryEntry]:
        """What the end of the journal names, oldest first: a first page while the rest is read.

        A star follows its picture in the journal, so stars are those of `entries`, but for a
        picture that was starred long ago and made again.
        """
        with self._lock:
            lines = journal.read_end(self.folder / JOURNAL)
            found, stars = self._replay(lines, self._named(lines))
            return [replace(entry, starred=name in stars) for name, entry in found.items()]

    def adopt(self, limit: int = ADOPTED_AT_ONCE) -> list[HistoryEntry]:
        """Give lines in the journal to pictures that have none; the pictures say all of it."""
        with self._lock:
            batch, self._unlisted = self._unlisted[:limit], self._unlisted[limit:]
            adopted: list[HistoryEntry] = []
            for path in reversed(batch):
                try:
                    record = pictures.read_record(path)
                except ArtDeskError:
                    LOGGER.info("%s is no picture of ArtDesk and stays out of the history", path)
                    self._adopted[self._name(path)] = None
                    continue
                made = datetime.fromtimestamp(_changed(path), UTC).isoformat(timespec="seconds")
                try:
                    entry = self._note_made(path, record.recipe, record.bundle_hash, made)
                except OutputError:  # it is asked again at the next start
                    LOGGER.info("%s could not be put into the journal", path)
                    entry = _entry(path, record.recipe, record.bundle_hash, made)
                    self._adopted[self._name(path)] = entry
                adopted.append(replace(entry, starred=self._name(path) in self._stars()))
            return adopted

    def _files(self) -> tuple[dict[str, Path], list[str]]:
        """PNG files by their name in the journal, and complaints about folders."""
        found: dict[str, Path] = {}
        complaints: list[str] = []
        folders = [self.folder]
        for folder in folders:
            if not self._swept:
                atomic.sweep(folder)
            try:
                with os.scandir(folder) as listing:
                    for item in listing:
                        if folder == self.folder and item.is_dir():
                            folders.append(Path(item.path))
                        elif item.name.lower().endswith(".png") and item.is_file():
                            found[self._name(Path(item.path))] = Path(item.path)
            except FileNotFoundError:
                continue
            except OSError as error:
                reason = (error.strerror or str(error)).lower()
                complaints.append(f"The pictures in {folder} cannot be listed: {reason}.")
        self._swept = True
        return found, complaints

    def _named(self, lines: list[dict[str, Any]]) -> dict[str, Path]:
        """The files of the history that lines name and that are there, by their names."""
        names = {str(line.get("file")) for line in lines}
        return {
            name: self.folder / name
            for name in names
            if ".." not in Path(name).parts
            and not Path(name).is_absolute()
            and (self.folder / name).is_file()
        }

    def _replay(
        self,
        lines: list[dict[str, Any]],
        files: Mapping[str, Path],
        found: dict[str, HistoryEntry] | None = None,
        stars: set[str] | None = None,
    ) -> tuple[dict[str, HistoryEntry], set[str]]:
        """What the lines of the journal say of files that are there, on top of earlier lines."""
        found = {} if found is None else found
        stars = set() if stars is None else stars
        for content in lines:
            try:
                name, event = content["file"], content["event"]
                if event == "made" and name in files:
                    recipe = recipe_json.recipe_from_data(content["recipe"])
                    made = str(content["made"])
                    datetime.fromisoformat(made)
                    bundle = str(content.get("bundle", ""))
                    found[name] = _entry(files[name], recipe, bundle, made)
                elif event == "star" and type(content["starred"]) is bool:
                    (stars.add if content["starred"] else stars.discard)(name)
            except (KeyError, TypeError, ValueError, AttributeError, ArtDeskError):
                LOGGER.info("A line of the journal was passed over")
        return found, stars

    def _stars(self) -> set[str]:
        if self._starred is None:
            # Pictures are not looked at: this must not take as long as reading all of them.
            lines = journal.read_with(self.folder / JOURNAL, b'"starred"')
            self._starred = self._replay(lines, {})[1]
        return self._starred

    def _note_star(self, name: str, starred: bool) -> None:
        stars = self._stars()
        self._note({"event": "star", "file": name, "starred": starred})
        (stars.add if starred else stars.discard)(name)

    def _note_made(self, path: Path, recipe: Recipe, bundle_hash: str, made: str) -> HistoryEntry:
        self._note(
            {
                "event": "made",
                "file": self._name(path),
                "made": made,
                "bundle": bundle_hash,
                "recipe": json.loads(recipe.to_json()),
            }
        )
        return _entry(path, recipe, bundle_hash, made)

    def _name(self, path: Path) -> str:
        try:
            return path.relative_to(self.folder).as_posix()
        except ValueError as error:
            raise OutputError(f"{path} is not a picture of the history.") from error

    def _note(self, content: dict[str, object]) -> None:
        journal.append(self.folder / JOURNAL, content)


def _entry(path: Path, recipe: Recipe, bundle_hash: str, made: str) -> HistoryEntry:
    return HistoryEntry(
        path=path,
        title=title_of(recipe),
        seed=recipe.seed,
        width=recipe.canvas.width,
        height=recipe.canvas.height,
        made=made,
        bundle_hash=bundle_hash,
    )


def _changed(path: Path) -> float:
    """When a file was written, in seconds since 1970; 0 when nobody says."""
    try:
        return max(0.0, path.stat().st_mtime)
    except OSError:
        return 0.0
