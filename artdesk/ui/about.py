"""The text of Help, About: the version, and under which licences everything inside comes."""

from html import escape
from pathlib import Path

from PySide6.QtGui import QTextDocument

import artdesk
from artdesk.core import paths

SIZE = (640, 620)
"""Width and height of the note, pixels: its table has long lines."""


def about_text(folder: Path | None = None) -> str:
    """Rich text of the note.

    Args:
        folder: That of the licences; None takes the one that ships.
    """
    folder = paths.resources() / "LICENSES" if folder is None else folder
    document = QTextDocument()
    try:
        document.setMarkdown((folder / "README.md").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        document.setMarkdown("ArtDesk comes under the Apache License 2.0.")
    # Only a packed app has this folder; elsewhere pip keeps the licences beside each library.
    packed = folder / "packages"
    parts = sorted(path.name for path in packed.iterdir()) if packed.is_dir() else []
    inside = (
        f"<h3>Inside this download</h3><p>{escape(', '.join(parts))}</p>"
        f"<p>The licence of each lies in {escape(str(packed))}</p>"
        if parts
        else ""
    )
    return (
        f"<h3>ArtDesk {escape(artdesk.__version__)}</h3><p>Abstract pictures from adjectives, on "
        f"this computer alone. Nothing is sent anywhere.</p>{inside}{document.toHtml()}"
    )
