"""The words that were used of late, newest first, so that they need not be typed again."""

import logging
from pathlib import Path

from artdesk.core import atomic, strict_json
from artdesk.core.errors import OutputError
from artdesk.core.reading import read_file
from artdesk.core.recipe import MAX_WORD_LENGTH

LOGGER = logging.getLogger(__name__)
FORMAT = "artdesk-words"
MOST = 200
_LIMIT = 64 * 1024


class WordHistory:
    """A short list in a file; a convenience, so whatever goes wrong with it is only logged.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._words = self._load()

    @property
    def words(self) -> tuple[str, ...]:
        """All remembered words, newest first."""
        return tuple(self._words)

    def use(self, words: tuple[str, ...]) -> None:
        """Put words in front, the last of them first, and write the list if it changed."""
        before = list(self._words)
        for word in words:
            if word in self._words:
                self._words.remove(word)
            self._words.insert(0, word)
        del self._words[MOST:]
        if self._words != before:
            self._save()

    def _load(self) -> list[str]:
        try:
            content = strict_json.load(read_file(self.path, _LIMIT).decode("utf-8"), _LIMIT)
            if content.get("format") != FORMAT or type(content.get("words")) is not list:
                raise ValueError("no list of words")
        except FileNotFoundError:
            return []
        except (OSError, ValueError, RecursionError):
            LOGGER.info("The words of earlier sessions cannot be read", exc_info=True)
            return []
        words = [
            word
            for word in content["words"]
            if type(word) is str and 0 < len(word) <= MAX_WORD_LENGTH and word.isprintable()
        ]
        return list(dict.fromkeys(words))[:MOST]

    def _save(self) -> None:
        try:
            atomic.make_folder(self.path.parent)
            text = strict_json.dump_lines({"format": FORMAT, "words": self._words})
            atomic.write_text(self.path, text)
        except OutputError:
            LOGGER.info("The words of this session cannot be kept", exc_info=True)
