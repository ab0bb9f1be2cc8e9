"""The autosaved draft, so that a crash or a power cut costs nothing."""

import logging
from pathlib import Path

from artdesk.core import atomic
from artdesk.core.aside import move_aside
from artdesk.core.errors import OutputError, RecipeError
from artdesk.studio.draft import Draft

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

        A file that cannot be read is moved aside, never overwritten.

        Returns:
            The draft, or None when there is none; and a sentence for the artist, or "".
        """
        try:
            text = self.path.read_bytes().decode("utf-8")
            draft = Draft.from_json(text)
        except FileNotFoundError:
            return None, ""
        except (OSError, UnicodeDecodeError, RecipeError):
            LOGGER.info("The session file could not be read", exc_info=True)
            return None, self._set_aside()
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
        atomic.write_text(self.path, text)
        self._written = text

    def _set_aside(self) -> str:
        try:
            aside = move_aside(self.path)
        except OutputError as error:
            return f"The last session in {self.path} cannot be read; a fresh one is used. {error}"
        return f"The last session could not be read and was kept as {aside.name}."
