"""The panes of the window: which are shown around the picture, and walking between them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from artdesk.ui.layout import Parts


def show_around(parts: Parts, shown: bool) -> None:
    """Show or hide all that stands around the picture but the words."""
    frames = (parts.left.parentWidget(), parts.tabs.parentWidget(), parts.strip)
    focused = QApplication.focusWidget()
    for frame in frames:
        if frame is None:
            continue
        if not shown and focused is not None and (focused is frame or frame.isAncestorOf(focused)):
            parts.canvas.setFocus()
        frame.setVisible(shown)


def walk(parts: Parts, step: int) -> None:
    """Move the focus to the next (1) or last (-1) pane."""
    panes: list[QWidget] = [
        parts.words,
        parts.left,
        parts.canvas,
        parts.tabs,
        parts.strip,
    ]
    doors: list[QWidget] = [
        parts.words.line,
        parts.setup.seed,
        parts.canvas,
        parts.tabs.tabBar(),
        parts.strip,
    ]
    focused = QApplication.focusWidget()
    here = next(
        (
            number
            for number, pane in enumerate(panes)
            if focused is not None and (pane is focused or pane.isAncestorOf(focused))
        ),
        0 if step > 0 else 1,
    )
    for _ in panes:
        here = (here + step) % len(panes)
        if doors[here].isEnabled() and doors[here].isVisible():
            break
    doors[here].setFocus(Qt.FocusReason.TabFocusReason)
