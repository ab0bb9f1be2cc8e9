"""What the user has set, as versioned JSON that one damaged value cannot take down.

A value that cannot be used falls back to its default and is said; a file that cannot be read at
all is moved aside, never written over. Recipes are strict, settings are lenient: a lost window
position must not keep anybody from working.
"""

from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from artdesk.core import atomic, strict_json
from artdesk.core.aside import NEVER_PARSED, make_room, move_aside
from artdesk.core.errors import OutputError, SettingError
from artdesk.core.reading import read_file

FORMAT = "artdesk-settings"
VERSION = 1
FILE_NAME = "settings.json"
MAX_TEXT = 1024 * 1024
_MAX_VALUE = 64 * 1024

CHOICES: dict[str, tuple[str, ...]] = {
    "theme": ("system", "light", "dark"),
}
RANGES: dict[str, tuple[int, int]] = {
    "threads": (0, 64),
}
_KINDS = {
    "threads": int,
    "live_preview": bool,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """User settings.

    Attributes:
        theme: "system", "light" or "dark".
        last_open_folder: Where the last file was opened, "" for none.
        last_save_folder: Where the last picture was saved.
        bundle: Path of the model bundle, "" for the one that ships.
        live_preview: Whether the picture follows a slider while it is dragged.
        threads: Of the engine, 0 chooses by the machine.
        window_geometry: Base64, as the window toolkit gives it.
    """

    theme: str = "system"
    last_open_folder: str = ""
    last_save_folder: str = ""
    bundle: str = ""
    live_preview: bool = True
    threads: int = 0
    window_geometry: str = ""

    def __post_init__(self) -> None:
        for entry in fields(self):
            _check(entry.name, getattr(self, entry.name))


def load_settings(path: Path) -> tuple[Settings, tuple[str, ...]]:
    """Read the settings; without a file they are the defaults.

    Returns:
        The settings, and plain sentences about what could not be used.
    """
    try:
        data = strict_json.load(read_file(path, MAX_TEXT).decode("utf-8"), MAX_TEXT)
        if data.pop("format", None) != FORMAT:
            raise ValueError("the file holds no settings")
        data.pop("version", None)
    except FileNotFoundError:
        return Settings(), ()
    except (*NEVER_PARSED, ValueError):
        return Settings(), (_put_aside(path),)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        return Settings(), (
            f"The settings in {path} cannot be read ({reason}), the defaults are used.",
        )
    settings, notes = Settings(), []
    known = {entry.name for entry in fields(Settings)}
    for name in sorted(data.keys() & known):  # unknown ones come from another version
        try:
            _check(name, data[name])
        except SettingError as error:
            notes.append(f"{error} Its default is used.")
        else:
            settings = replace(settings, **{name: data[name]})
    return settings, tuple(notes)


def save_settings(path: Path, settings: Settings) -> None:
    """Write the settings as a whole; OutputError when that fails."""
    data = {"format": FORMAT, "version": VERSION, **asdict(settings)}
    atomic.make_folder(path.parent)
    make_room(path)
    atomic.write_text(path, strict_json.dump_lines(data))


def _check(name: str, value: object) -> None:
    kind = _KINDS.get(name, str)
    if type(value) is not kind:
        words = {int: "a whole number", bool: "true or false", str: "text"}
        raise SettingError(f"The setting {name} is {value!r:.40}: it must be {words[kind]}.")
    if isinstance(value, str) and len(value) > _MAX_VALUE:
        raise SettingError(f"The setting {name} is too long: choose it again.")
    if name in CHOICES and value not in CHOICES[name]:
        raise SettingError(
            f"The setting {name} is {value!r:.40}: use one of {', '.join(CHOICES[name])}."
        )
    if name in RANGES and isinstance(value, int):
        low, high = RANGES[name]
        if not low <= value <= high:
            raise SettingError(f"The setting {name} is {value!r:.40}: use {low} to {high}.")


def _put_aside(path: Path) -> str:
    try:
        aside = move_aside(path)
    except OutputError as error:
        return f"The settings in {path} cannot be read, the defaults are used. {error}"
    return (
        f"The settings could not be read and were kept as {aside.name}: the defaults are used, "
        "set what you need again."
    )
