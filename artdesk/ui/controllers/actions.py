"""Every action of the window: its name, its key and its menu."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from artdesk.ui.widgets.theme import THEMES


@dataclass(frozen=True, slots=True)
class ActionLine:
    """One line of the table: menu, identity, text, keys, what the key list says."""

    menu: str
    name: str
    text: str
    keys: tuple[str, ...] = ()
    checkable: bool = False


LINES: tuple[ActionLine, ...] = (
    ActionLine("File", "open", "Open picture…", ("Ctrl+O",)),
    ActionLine("File", "save", "Save picture…", ("Ctrl+S",)),
    ActionLine("File", "open_model", "Open model…"),
    ActionLine("File", "own_model", "Use the model that ships"),
    ActionLine("File", "folder", "Show history folder"),
    ActionLine("File", "quit", "Quit", ("Ctrl+Q",)),
    ActionLine("Edit", "undo", "Undo", ("Ctrl+Z",)),
    ActionLine("Edit", "redo", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y")),
    ActionLine("Edit", "new_seed", "New seed", ("Ctrl+D",)),
    ActionLine("Edit", "surprise", "Surprise me", ("Ctrl+Shift+D",)),
    ActionLine("Edit", "lock_sketch", "Lock or free the sketch", ("Ctrl+L",)),
    ActionLine("Edit", "recompose", "Re-compose", ("Ctrl+R",)),
    ActionLine("Edit", "repaint", "Re-paint", ("Ctrl+Shift+P",)),
    ActionLine("Picture", "generate", "Generate", ("Ctrl+Return", "Ctrl+Enter")),
    ActionLine("Picture", "cancel", "Cancel", ("Esc",)),
    ActionLine("Picture", "use_all", "Use all of this recipe", ("Ctrl+Shift+A",)),
    ActionLine("Picture", "use_words", "Use the words of this recipe", ("Ctrl+Shift+W",)),
    ActionLine("Picture", "remix", "Remix", ("Ctrl+Shift+R",)),
    ActionLine("Picture", "star", "Star or unstar", ("Ctrl+B",)),
    ActionLine("Presets", "save_preset", "Save as preset…", ("Ctrl+Shift+S",)),
    ActionLine("View", "fit", "Fit the picture", ("Ctrl+0",)),
    ActionLine("View", "actual", "Actual size", ("Ctrl+1",)),
    ActionLine("View", "zoom_in", "Zoom in", ("Ctrl++", "Ctrl+=")),
    ActionLine("View", "zoom_out", "Zoom out", ("Ctrl+-",)),
    ActionLine("View", "live", "Live preview", ("Ctrl+Shift+L",), checkable=True),
    ActionLine("View", "fine", "Fine control", ("Ctrl+Shift+F",), checkable=True),
    ActionLine("View", "panels", "Panels beside the picture", ("F9",), checkable=True),
    ActionLine("View", "full_screen", "Full screen", ("F11",), checkable=True),
    ActionLine("View", "next_pane", "Next pane", ("F6",)),
    ActionLine("View", "previous_pane", "Previous pane", ("Shift+F6",)),
    ActionLine("Help", "keys", "Keys", ("F1", "Shift+?")),
    ActionLine("Help", "about", "About ArtDesk"),
)
MORE_KEYS: tuple[tuple[str, str], ...] = (
    ("Words", "Down in the empty line: words of late. Down, Up, Return: take a completion."),
    ("Word chip", "Ctrl+Up, Ctrl+Down: weight. Left, Right: walk. Delete: remove. Tab: take "
     "the suggestion. Return: edit. Space: menu."),
    ("Slider", "Arrows: change. Backspace: reset. Wheel: change while focused."),
    ("Sketch", "Arrows: move. Space: paint. Delete: erase."),
    ("Palette", "Space: choose as brush. Return: change the colour."),
    ("Canvas", "Wheel, + and -: zoom. Drag, arrows: move. 0: fit. 1: actual size."),
    ("History", "Left, Right: look. Return: use the recipe. Full stop: star."),
)  # fmt: skip


def build(
    window: QMainWindow, slots: dict[str, Callable[..., object]]
) -> tuple[dict[str, QAction], dict[str, QAction]]:
    """Make all actions and menus.

    Args:
        window: gets the menus and the keys.
        slots: what each action calls, by name; every name of the table must be there.

    Returns:
        The actions by name, and the theme actions by theme.
    """
    actions: dict[str, QAction] = {}
    menus: dict[str, QMenu] = {}
    for line in LINES:
        if line.menu not in menus:
            menus[line.menu] = window.menuBar().addMenu(f"&{line.menu}")
        action = QAction(line.text, window)
        action.setShortcuts([QKeySequence(key) for key in line.keys])
        action.setCheckable(line.checkable)
        if line.checkable:
            action.toggled.connect(slots[line.name])
        else:
            action.triggered.connect(lambda _=False, slot=slots[line.name]: slot())
        menus[line.menu].addAction(action)
        window.addAction(action)
        actions[line.name] = action
    themes: dict[str, QAction] = {}
    group = QActionGroup(window)
    submenu = menus["View"].addMenu("Theme")
    for name in THEMES:
        action = QAction(name.capitalize(), window)
        action.setCheckable(True)
        action.triggered.connect(lambda _=False, n=name: slots["theme"](n))
        group.addAction(action)
        submenu.addAction(action)
        themes[name] = action
    return actions, themes


def menu_of(window: QMainWindow, name: str) -> QMenu:
    """The menu with a name of the table; KeyError without it."""
    for action in window.menuBar().actions():
        menu = action.menu()
        if isinstance(menu, QMenu) and action.text() == f"&{name}":
            return menu
    raise KeyError(name)


def key_list() -> str:
    """All keys as rich text, for the window that F1 opens."""
    rows = [
        f"<tr><td><b>{' or '.join(line.keys)}</b></td><td>{line.text}</td></tr>"
        for line in LINES
        if line.keys
    ]
    rows += [f"<tr><td><b>{where}</b></td><td>{text}</td></tr>" for where, text in MORE_KEYS]
    return f"<table cellpadding='4'>{''.join(rows)}</table>"
