"""Light and dark: the colours, the Qt palette and the style sheet.

Text against its ground has a contrast of at least 4.5 to 1 in both themes (a test measures it).
"""

from dataclasses import dataclass
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

GAP = 8
_WORN = "artdeskTheme"
THEMES = ("system", "light", "dark")


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by role, "#rrggbb"."""

    name: str
    window: str
    panel: str
    raised: str
    hover: str
    border: str
    text: str
    dim: str
    accent: str
    accent_hover: str
    accent_text: str
    danger: str
    caution: str
    canvas: str
    selection: str


DARK = Theme(
    name="dark",
    window="#17181b",
    panel="#1f2125",
    raised="#2a2d33",
    hover="#353941",
    border="#40454e",
    text="#eceae6",
    dim="#aeaca6",
    accent="#e3a857",
    accent_hover="#efbd77",
    accent_text="#1b1408",
    danger="#ff9c8c",
    caution="#f0c674",
    canvas="#101113",
    selection="#4a3d28",
)
LIGHT = Theme(
    name="light",
    window="#ece9e4",
    panel="#f8f6f3",
    raised="#ffffff",
    hover="#e9e5de",
    border="#c9c3b9",
    text="#23211e",
    dim="#5a564f",
    accent="#8a5510",
    accent_hover="#73460b",
    accent_text="#ffffff",
    danger="#a8221a",
    caution="#7a5200",
    canvas="#d9d5cd",
    selection="#f0dfc4",
)


def resolve(choice: str) -> Theme:
    """The theme for a setting: "light", "dark" or "system"."""
    if choice == "dark":
        return DARK
    if choice == "light":
        return LIGHT
    scheme = QGuiApplication.styleHints().colorScheme()
    return LIGHT if scheme == Qt.ColorScheme.Light else DARK


def current() -> Theme:
    """The theme that the application wears."""
    application = QApplication.instance()
    worn = application.property(_WORN) if application is not None else None
    return LIGHT if worn == LIGHT.name else DARK


def apply(application: QApplication, theme: Theme) -> None:
    """Dress the whole application, unless it wears the theme already."""
    if application.property(_WORN) == theme.name:
        return
    application.setProperty(_WORN, theme.name)
    application.setPalette(_palette(theme))
    application.setStyleSheet(_SHEET.substitute({f: getattr(theme, f) for f in _FIELDS}))


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for target, colour in (
        (role.Window, theme.panel),
        (role.WindowText, theme.text),
        (role.Base, theme.raised),
        (role.AlternateBase, theme.panel),
        (role.Text, theme.text),
        (role.Button, theme.raised),
        (role.ButtonText, theme.text),
        (role.BrightText, theme.danger),
        (role.ToolTipBase, theme.raised),
        (role.ToolTipText, theme.text),
        (role.PlaceholderText, theme.dim),
        (role.Highlight, theme.accent),
        (role.HighlightedText, theme.accent_text),
        (role.Link, theme.accent),
        (role.Mid, theme.border),
        (role.Dark, theme.border),
        (role.Light, theme.hover),
        (role.Midlight, theme.hover),
        (role.Shadow, theme.window),
    ):
        palette.setColor(target, QColor(colour))
    for target in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, target, QColor(theme.dim))
    return palette


_FIELDS = tuple(Theme.__dataclass_fields__)
_SHEET = Template("""
QWidget { font-size: 10pt; color: $text; placeholder-text-color: $dim; }
QMainWindow, QWidget#ground { background: $window; }
QFrame#panel, QWidget#panelBody { background: $panel; }
QFrame#panel { border: 1px solid $border; border-radius: 8px; }
QScrollArea#scroll { border: none; background: transparent; }
QLabel { background: transparent; }
QLabel#dim, QLabel#caption { color: $dim; font-size: 9pt; }
QLabel#section { font-weight: 600; font-size: 10pt; }
QLabel#heading { font-weight: 600; font-size: 11pt; }
QLabel#badge { background: $panel; color: $text; border: 1px solid $border;
  border-radius: 6px; padding: 4px 8px; font-size: 9pt; }
QTextBrowser { background: $raised; border: 1px solid $border; border-radius: 6px; padding: 4px; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 4px; }

QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox {
  background: $raised; border: 1px solid $border; border-radius: 6px; padding: 2px 6px;
  min-height: 22px; selection-background-color: $accent; selection-color: $accent_text; }
QAbstractSpinBox QLineEdit { border: none; background: transparent; padding: 0; min-height: 0; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; border: none; }
QDoubleSpinBox#number { padding: 0 2px; min-height: 18px; }
QSpinBox#share { padding: 2px 0; font-size: 9pt; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus { border-color: $accent; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox QAbstractItemView, QListView#completions { background: $raised;
  border: 1px solid $border; outline: none; selection-background-color: $accent;
  selection-color: $accent_text; padding: 4px; }

QFrame#words { background: $raised; border: 1px solid $border; border-radius: 8px; }
QFrame#words[focused="true"] { border-color: $accent; }
QWidget#wordsBody { background: transparent; }
QFrame#words QLineEdit { background: transparent; border: none; padding: 2px; }
QFrame#words QLineEdit[invalid="true"] { color: $danger; }
QFrame#chip { background: $hover; border: 1px solid $border; border-radius: 13px; }
QFrame#chip[avoid="true"] { background: $panel; }
QFrame#chip[unknown="true"] { background: $panel; border: 1px dashed $caution; }
QFrame#chip:focus { border: 2px solid $accent; }
QFrame#row { border: 1px solid transparent; border-radius: 6px; }
QFrame#row:focus { border-color: $accent; }
QFrame#chip QToolButton#flat { border-radius: 10px; min-height: 0; }
QFrame#chip QToolButton { border: none; background: transparent; padding: 0 2px;
  border-radius: 8px; color: $dim; font-size: 9pt; min-height: 22px; }
QFrame#chip QToolButton:hover { background: $border; color: $text; }
QFrame#chip QToolButton#suggestion { color: $caution; }

QPushButton, QToolButton { background: $raised; border: 1px solid $border; border-radius: 6px;
  padding: 4px 10px; min-height: 20px; }
QToolButton { padding: 3px; }
QPushButton:hover, QToolButton:hover { background: $hover; }
QPushButton:focus, QToolButton:focus { border-color: $accent; }
QPushButton:checked, QToolButton:checked { background: $selection; border-color: $accent; }
QPushButton:disabled, QToolButton:disabled { color: $dim; background: $panel; }
QToolButton#flat { background: transparent; border-color: transparent; }
QToolButton#flat:hover { background: $hover; }
QToolButton#flat:checked { background: $selection; border-color: $accent; }
QToolButton#flat:focus { border-color: $accent; }
QToolButton#fold { background: transparent; border-color: transparent; font-weight: 600;
  padding: 4px 2px; }
QToolButton#fold:hover { background: $hover; }
QToolButton#fold:focus { border-color: $accent; }
QPushButton#primary { background: $accent; color: $accent_text; border-color: $accent;
  font-weight: 600; font-size: 11pt; padding: 6px 16px; }
QPushButton#primary:hover { background: $accent_hover; }
QPushButton#primary:focus { border: 3px solid $accent_text; }
QPushButton#primary:disabled { background: $raised; color: $dim; border-color: $border; }
QPushButton#primary[busy="true"] { background: $raised; color: $text; border-color: $accent; }

QSlider::groove:horizontal { height: 4px; background: $border; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal { background: $text; width: 14px; height: 14px; margin: -5px 0;
  border-radius: 7px; }
QSlider::handle:horizontal:focus { background: $accent; border: 2px solid $text;
  width: 12px; height: 12px; margin: -6px 0; border-radius: 8px; }
QSlider::handle:horizontal:hover { background: $accent_hover; }

QCheckBox { spacing: 8px; padding: 2px 4px; border: 1px solid transparent;
  border-radius: 6px; }
QCheckBox:focus { border-color: $accent; }
QTabWidget::pane { border: none; }
QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: $dim; padding: 8px 9px; margin: 4px 0 0 2px;
  border: none; border-bottom: 2px solid transparent; font-weight: 600; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected:focus { background: $selection; color: $accent; border-radius: 6px; }
QProgressBar { background: $border; border: none; border-radius: 2px; max-height: 4px;
  min-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QGraphicsView { background: $canvas; border: 1px solid $border; border-radius: 8px; }
QGraphicsView:focus { border-color: $accent; }
QListView#strip { background: $panel; border: 1px solid $border; border-radius: 8px;
  outline: none; padding: 4px; }
QListView#strip:focus { border-color: $accent; }

QFrame#message { background: $raised; border: 1px solid $border; border-radius: 8px; }
QFrame#message[level="error"] { border: 1px solid $danger; }
QFrame#message[level="error"] QLabel#level { color: $danger; font-weight: 600; }
QFrame#message[level="warning"] QLabel#level { color: $caution; font-weight: 600; }
QFrame#message QLabel#level { font-weight: 600; }

QMenuBar { background: $window; }
QMenuBar::item { padding: 4px 10px; background: transparent; border-radius: 4px; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $raised; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 20px; border-radius: 4px; }
QMenu::item:selected { background: $accent; color: $accent_text; }
QMenu::item:disabled { color: $dim; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }
QStatusBar { background: $window; color: $dim; }
QStatusBar QLabel { color: $dim; font-size: 9pt; }
QStatusBar::item { border: none; }
QSplitter::handle { background: transparent; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $border; border-radius: 4px; min-height: 32px;
  min-width: 32px; margin: 1px; }
QScrollBar::handle:hover { background: $dim; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
""")
