"""Where things are: resources shipped with the app, and the user's own folders."""

import os
from pathlib import Path

import platformdirs


def resources() -> Path:
    """The folder of shipped data: inside the wheel or frozen app, else beside the checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"


def bundle_folder() -> Path:
    """The model bundle that ships with the app; ARTDESK_BUNDLE names another one."""
    other = os.environ.get("ARTDESK_BUNDLE")
    return Path(other) if other else resources() / "bundle"


def data_folder() -> Path:
    """Settings, journal, session and log; ARTDESK_HOME moves all of it."""
    home = os.environ.get("ARTDESK_HOME")
    return Path(home) if home else platformdirs.user_data_path("artdesk", appauthor=False)


def pictures_folder() -> Path:
    """Where pictures are saved unless the artist chooses another folder."""
    home = os.environ.get("ARTDESK_HOME")
    if home:
        return Path(home) / "pictures"
    return platformdirs.user_pictures_path() / "ArtDesk"
