"""What the widgets that we paint ourselves are to a screen reader.

Qt knows the roles of its own widgets only; a plain `QWidget` is announced as "client" or not at
all. Names and descriptions stay those of the widgets.
"""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QApplication, QWidget

from artdesk.ui.widgets.canvas_view import CanvasView
from artdesk.ui.widgets.chip import Chip
from artdesk.ui.widgets.colour_picker import ColourPicker
from artdesk.ui.widgets.heard_panel import AttributeBar
from artdesk.ui.widgets.message_bar import MessageBar
from artdesk.ui.widgets.sketch_grid import SketchGrid
from artdesk.ui.widgets.word_field import WordField

ROLES: dict[type[QWidget], QAccessible.Role] = {
    AttributeBar: QAccessible.Role.Indicator,
    CanvasView: QAccessible.Role.Graphic,
    Chip: QAccessible.Role.ListItem,
    ColourPicker: QAccessible.Role.ColorChooser,
    MessageBar: QAccessible.Role.AlertMessage,
    SketchGrid: QAccessible.Role.Table,
    WordField: QAccessible.Role.List,
}
_KINDS = {kind.__name__: role for kind, role in ROLES.items()}
_INSTALLED = "artdeskRoles"


def install(application: QApplication) -> None:
    """Tell Qt the roles; once for an application."""
    if not application.property(_INSTALLED):
        application.setProperty(_INSTALLED, True)
        QAccessible.installFactory(_interface)


def _interface(name: str, widget: QObject) -> QAccessibleInterface | None:
    role = _KINDS.get(name)
    return QAccessibleWidget(widget, role) if role and isinstance(widget, QWidget) else None
