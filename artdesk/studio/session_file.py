"""The autosaved draft, so that a crash or a power cut costs nothing."""

import logging
from pathlib import Path

from artdesk.core import atomic, strict_json
from artdesk.core.aside import NEVER_PARSED, make_room, move_aside
from artdesk.core.errors import OutputError, RecipeError
from artdesk.core.reading import read_file
from artdesk.studio.draft import MAX_TEXT, Draft

LOGGER = logging.getLogger(__name__)


class SessionFile:
    """The file that keeps the draft between two starts.

    Args:
        path: the session file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._written = ""

    def restore(self) -> tuple[Draft | None, str]:
        """The draft of the last run.

        A file that cannot be understood is moved aside, never overwritten; one that may not be
        read stays where it is. Never raises.

        Returns:
            The draft, or None when there is none; and a sentence for the artist, or "".
        """
        atomic.sweep(self.path.parent)
        try:
            data = read_file(self.path, 4 * MAX_TEXT)
            text, _ = strict_json.without_check(data.decode("utf-8"))  # of before: it has none
            draft = Draft.from_json(text)
        except FileNotFoundError:
            return None, ""
        except (*NEVER_PARSED, ValueError, RecipeError):
            LOGGER.info("The session file could not be read", exc_info=True)
            return None, self._set_aside()
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            return None, f"The last session in {self.path} cannot be read: {reason}."
        self._written = text
        return draft, ""

    def save(self, draft: Draft) -> None:
        """Write the draft when it differs from what the file holds.

        Raises:
            OutputError: the file cannot be written.
        """
        text = draft.to_json()
        if text == self._written:
            return
        atomic.make_folder(self.path.parent)
        make_room(self.path)
        atomic.write_text(self.path, strict_json.with_check(text))
        self._written = text

    def _set_aside(self) -> str:
        try:
            aside = move_aside(self.path)
        except OutputError as error:
            return f"The last session in {self.path} cannot be read; a fresh one is used. {error}"
        return f"The last session could not be read and was kept as {aside.name}."
