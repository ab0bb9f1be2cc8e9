"""Builds the widgets of the window and puts them in their places; behaviour is elsewhere."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMainWindow,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from artdesk.ui.controllers.editor import UndoPass
from artdesk.ui.widgets.canvas_view import CanvasView
from artdesk.ui.widgets.control_panel import ControlPanel
from artdesk.ui.widgets.heard_panel import HeardPanel
from artdesk.ui.widgets.history import HistoryModel, HistoryStrip
from artdesk.ui.widgets.influences_panel import InfluencesPanel
from artdesk.ui.widgets.inspector import Inspector
from artdesk.ui.widgets.message_bar import MessageBar
from artdesk.ui.widgets.palette_panel import PalettePanel
from artdesk.ui.widgets.plain import PlainLabel
from artdesk.ui.widgets.setup_panel import SetupPanel
from artdesk.ui.widgets.sketch_panel import SketchPanel
from artdesk.ui.widgets.theme import GAP
from artdesk.ui.widgets.word_field import WordField
from artdesk.ui.widgets.words_fold import WordsFold

LEFT_WIDTH = 348
RIGHT_WIDTH = 320
INFLUENCES_TAB, RECIPE_TAB, HEARD_TAB = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Parts:
    """The widgets that the window talks to."""

    words: WordField
    avoid: WordField
    words_fold: WordsFold
    generate: QPushButton
    live: QCheckBox
    message: MessageBar
    palette: PalettePanel
    sketch: SketchPanel
    setup: SetupPanel
    controls: ControlPanel
    left: QScrollArea
    canvas: CanvasView
    progress: QProgressBar
    influences: InfluencesPanel
    inspector: Inspector
    heard: HeardPanel
    tabs: QTabWidget
    history: HistoryModel
    strip: HistoryStrip
    status: QLabel
    zoom: QLabel


def build(window: QMainWindow) -> Parts:
    """Make all widgets inside `window`."""
    ground = QWidget(window)
    ground.setObjectName("ground")
    words = WordField("Words", "Type adjectives: calm, geometric, warm", avoid=False)
    avoid = WordField("Words to avoid", "Words to avoid", avoid=True)
    words_fold = WordsFold(avoid)
    live = QCheckBox("Live preview")
    live.setToolTip("The picture follows every change (Ctrl+Shift+L)")
    live.setFixedHeight(38)
    generate = QPushButton("Generate")
    generate.setObjectName("primary")
    generate.setMinimumSize(136, 40)
    top = QGridLayout()
    top.setHorizontalSpacing(GAP)
    top.setVerticalSpacing(6)
    for column, widget in enumerate((_caption("Words", words), words, words_fold, live, generate)):
        top.addWidget(widget, 0, column, Qt.AlignmentFlag.AlignTop)
    top.addWidget(words_fold.follow(_caption("Avoid", avoid)), 1, 0, Qt.AlignmentFlag.AlignTop)
    top.addWidget(words_fold.follow(avoid), 1, 1, 1, 4)
    top.setColumnStretch(1, 1)

    palette, sketch, setup, controls = PalettePanel(), SketchPanel(), SetupPanel(), ControlPanel()
    left = _scroll([("Picture", setup), ("Character", controls)])
    left.setFixedWidth(LEFT_WIDTH)
    left.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
    left.setAccessibleName("Controls")

    canvas = CanvasView()
    progress = QProgressBar()
    progress.setTextVisible(False)
    progress.setAccessibleName("Progress of the pictures being made")
    policy = progress.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    progress.setSizePolicy(policy)
    progress.hide()
    middle = QWidget()
    stack = QVBoxLayout(middle)
    stack.setContentsMargins(0, 0, 0, 0)
    stack.setSpacing(4)
    stack.addWidget(canvas, 1)
    stack.addWidget(progress)

    inspector = Inspector()
    tabs = QTabWidget()
    tabs.setDocumentMode(True)
    tabs.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its bar of tabs takes the focus
    tabs.tabBar().setDrawBase(False)
    tabs.tabBar().setAccessibleName("Colours and sketch, influences, recipe, what was heard")
    tabs.setAccessibleName("Colours and sketch, influences, recipe, what was heard")
    tabs.setMinimumWidth(RIGHT_WIDTH)
    tabs.addTab(_scroll([("Palette", palette), ("Sketch", sketch)]), "Colours")
    influences = InfluencesPanel()
    tabs.addTab(_scroll([("Painted from", influences)]), "Influences")
    tabs.addTab(_scroll([("What made this picture", inspector)]), "Recipe")
    heard = HeardPanel()
    tabs.addTab(_scroll([("What the model heard", heard)]), "Heard")
    splitter = QSplitter(Qt.Orientation.Horizontal)
    splitter.setHandleWidth(GAP)
    splitter.addWidget(middle)
    splitter.addWidget(_framed(tabs))
    splitter.setStretchFactor(0, 1)
    splitter.setSizes([700, RIGHT_WIDTH])
    splitter.setChildrenCollapsible(False)

    history = HistoryModel(window)
    strip = HistoryStrip(history)
    centre = QHBoxLayout()
    centre.setSpacing(GAP)
    centre.addWidget(_framed(left))
    centre.addWidget(splitter, 1)
    message = MessageBar(canvas, ground)
    outer = QVBoxLayout(ground)
    outer.setContentsMargins(12, GAP, 12, GAP)
    outer.setSpacing(GAP)
    outer.addLayout(top)
    outer.addLayout(centre, 1)
    outer.addWidget(strip)
    window.setCentralWidget(ground)
    status, zoom = PlainLabel(), PlainLabel()
    window.statusBar().setSizeGripEnabled(False)
    window.statusBar().setContentsMargins(12, 0, 12, 4)
    window.statusBar().addWidget(status, 1)
    window.statusBar().addPermanentWidget(zoom)
    undo_pass = UndoPass(window)
    for line in window.findChildren(QLineEdit):
        line.installEventFilter(undo_pass)
        line.setAcceptDrops(False)  # a dropped file is for the window, not a text to insert
    return Parts(
        words=words,
        avoid=avoid,
        words_fold=words_fold,
        generate=generate,
        live=live,
        message=message,
        palette=palette,
        sketch=sketch,
        setup=setup,
        controls=controls,
        left=left,
        canvas=canvas,
        progress=progress,
        influences=influences,
        inspector=inspector,
        heard=heard,
        tabs=tabs,
        history=history,
        strip=strip,
        status=status,
        zoom=zoom,
    )


def _caption(text: str, field: WordField) -> QLabel:
    label = PlainLabel(text)
    label.setObjectName("caption")
    label.setBuddy(field.line)
    label.setFixedHeight(38)
    return label


def _framed(content: QWidget) -> QFrame:
    frame = QFrame()
    frame.setObjectName("panel")
    row = QVBoxLayout(frame)
    row.setContentsMargins(1, 1, 1, 1)
    row.addWidget(content)
    return frame


def _scroll(sections: list[tuple[str, QWidget]]) -> QScrollArea:
    """A scrolling column of titled sections."""
    body = QWidget()
    body.setObjectName("panelBody")
    column = QVBoxLayout(body)
    column.setContentsMargins(12, 12, 12, 12)
    column.setSpacing(GAP)
    for number, (title, widget) in enumerate(sections):
        if number:
            column.addSpacing(GAP)
        label = PlainLabel(title)
        label.setObjectName("heading")
        column.addWidget(label)
        column.addWidget(widget)
    column.addStretch(1)
    area = QScrollArea()
    area.setObjectName("scroll")
    area.setWidget(body)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
    return area
