"""Presets: drafts under a name, each a small text file that can be copied and sent."""

import json
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from artdesk.core import atomic, strict_json
from artdesk.core.errors import OutputError, RecipeError
from artdesk.core.reading import read_file
from artdesk.studio.draft import MAX_TEXT, Draft

FORMAT = "artdesk-preset"
VERSION = 1
SUFFIX = ".artpreset"
MAX_NAME = 40
REMOVED = "removed"


class Presets:
    """The presets of a folder, by name.

    Args:
        folder: Made when the first preset is saved.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> tuple[str, ...]:
        """The names of all presets that can be read, in alphabetical order."""
        return tuple(sorted(self._files(), key=str.casefold))

    def save(self, name: str, draft: Draft) -> str:
        """Write a preset; one of the same name stays, and the new one gets a number.

        Returns:
            The name that was given.

        Raises:
            OutputError: It cannot be written.
        """
        wanted = " ".join(name.split())[:MAX_NAME].strip() or "Preset"
        taken = {one.casefold() for one in self._files()}
        given, number = wanted, 2
        while given.casefold() in taken:
            given, number = f"{wanted} {number}", number + 1
        content = {
            "format": FORMAT,
            "version": VERSION,
            "name": given,
            "draft": json.loads(draft.to_json()),
        }
        atomic.make_folder(self.folder)
        stem = re.sub(r"[^a-z0-9]+", "-", given.casefold()).strip("-") or "preset"
        for ending in ("", *(f"-{n}" for n in range(2, 1000))):
            path = self.folder / f"{stem}{ending}{SUFFIX}"
            with suppress(FileExistsError):
                atomic.write_new(path, strict_json.dump_lines(content).encode("utf-8"))
                return given
        raise OutputError(f"Cannot write {path}: too many presets have that name.")

    def load(self, name: str) -> Draft:
        """The draft of a preset.

        Raises:
            RecipeError: There is no such preset any more, or it cannot be read.
        """
        path = self._files().get(name)
        if path is None:
            raise RecipeError(f"The preset “{name}” is gone: save it again.")
        return _read(path)[1]

    def remove(self, name: str) -> Path:
        """Move a preset into the folder `removed`, where it can be fetched back.

        Raises:
            OutputError: It cannot be moved.
        """
        path = self._files().get(name)
        if path is None:
            raise OutputError(f"The preset “{name}” is gone already.")
        bin_folder = self.folder / REMOVED
        atomic.make_folder(bin_folder)
        target, number = bin_folder / path.name, 2
        while target.exists():
            target, number = bin_folder / f"{path.stem}-{number}{SUFFIX}", number + 1
        try:
            path.rename(target)
        except OSError as error:
            raise atomic.output_error(target, error) from error
        return target

    def _files(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        try:
            paths = sorted(self.folder.glob(f"*{SUFFIX}"))
        except OSError:
            return found
        for path in paths:
            try:
                found.setdefault(_read(path)[0], path)
            except RecipeError:
                continue  # of another version, or no preset at all: it is left alone
        return found


def apply(preset: Draft, draft: Draft) -> Draft:
    """The draft with all that a preset says; seed, batch and locked controls stay."""
    preset = preset.with_seed(draft.seed)  # colours that were only held belong to another seed
    kept = {name: getattr(draft.sampling, name) for name in draft.locked_controls}
    return replace(
        draft,
        words=preset.words,
        avoid=preset.avoid,
        swatches=preset.swatches,
        held=preset.held,
        sketch=preset.sketch,
        painted=preset.painted,
        canvas=preset.canvas,
        sampling=replace(preset.sampling, **kept),
        memory=preset.memory,
        edit=None,
    )


def _read(path: Path) -> tuple[str, Draft]:
    try:
        content = strict_json.load(read_file(path, MAX_TEXT).decode("utf-8"), MAX_TEXT)
        name = content["name"]
        if content["format"] != FORMAT or content["version"] != VERSION:
            raise ValueError("another format")
        if type(name) is not str or not name.strip() or len(name) > 2 * MAX_NAME:
            raise ValueError("no name")
        return name, Draft.from_json(json.dumps(content["draft"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError, RecipeError) as error:
        raise RecipeError(
            f"The preset {path.name} cannot be read: save it again under another name."
        ) from error
