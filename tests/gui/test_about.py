"""Help, About: the version and the licences of everything inside."""

from pathlib import Path

from artdesk import __version__
from artdesk.ui.about import about_text
from artdesk.ui.main_window import MainWindow


def test_about_shows_version_and_licences(window: MainWindow) -> None:
    window.actions_by_name["about"].trigger()
    assert window.note is not None
    shown = window.note.text.toPlainText()
    for part in (__version__, "Apache-2.0", "WordNet 3.0", "LGPL-3.0", "all-MiniLM-L6-v2"):
        assert part in shown


def test_a_packed_app_names_its_parts(window: MainWindow, tmp_path: Path) -> None:
    for name in ("numpy", "libx11-6", "<img src=x>"):
        (tmp_path / "packages" / name).mkdir(parents=True)
    text = about_text(tmp_path)
    assert "Apache License 2.0" in text  # without a README
    assert "&lt;img src=x&gt;, libx11-6, numpy" in text
    assert str(tmp_path / "packages") in text
    assert "Inside this download" not in about_text()
