"""Generate, Cancel, progress and results: what the window shows while pictures are made."""

from PySide6.QtCore import QObject, Signal, Slot

from artdesk.core.recipe import Recipe
from artdesk.studio.events import FinalProgress, StudioEngine
from artdesk.studio.library import HistoryEntry
from artdesk.ui.controllers.panels import PanelController
from artdesk.ui.controllers.viewer import Viewer
from artdesk.ui.controllers.worker import WorkerController
from artdesk.ui.layout import Parts
from artdesk.ui.widgets.plain import tip

STAGES = {"sketch": "Composing", "detail": "Painting", "decode": "Finishing"}
SCALE = 1000  # units of the progress bar per picture


class GenerationController(QObject):
    """Connects the worker's outcomes to the widgets."""

    said = Signal(str, str)

    def __init__(
        self,
        parts: Parts,
        worker: WorkerController,
        panels: PanelController,
        viewer: Viewer,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._parts = parts
        self._worker = worker
        self._panels = panels
        self._viewer = viewer
        self._done = 0
        parts.generate.clicked.connect(self._clicked)
        worker.engine_ready.connect(self._engine_ready)
        worker.engine_failed.connect(self._engine_failed)
        worker.preview_made.connect(viewer.show_preview)
        worker.progressed.connect(self._progressed)
        worker.picture_made.connect(self._picture_made)
        worker.busy_changed.connect(self._busy_changed)
        worker.counted.connect(self._counted)
        worker.stopped.connect(self._stopped)
        self._busy_changed(False)
        parts.generate.setEnabled(False)
        parts.status.setText("Loading the model…")

    def generate(self) -> None:
        """Make as many pictures as the draft says; while busy, queue as many more."""
        if self._panels.commit_words():
            self._viewer.restart()
            self._worker.generate()

    def cancel(self) -> None:
        """Stop what runs; with nothing running, close the message."""
        if self._worker.busy:
            self._worker.cancel()
        else:
            self._parts.message.clear()

    @Slot()
    def _clicked(self) -> None:
        if self._worker.busy:
            self.cancel()
        else:
            self.generate()

    @Slot(object)
    def _engine_ready(self, engine: StudioEngine) -> None:
        words = sorted(engine.words.known())
        self._parts.words.set_known(words)
        self._parts.avoid.set_known(words)
        self._parts.generate.setEnabled(True)
        self._parts.status.setText("Ready · offline")

    @Slot(str)
    def _engine_failed(self, message: str) -> None:
        self._parts.status.setText("No model")
        self.said.emit(message, "error")

    @Slot(object, object)
    def _progressed(self, event: FinalProgress, recipe: Recipe) -> None:
        steps = max(1, event.steps)
        share = min(event.step, steps) * SCALE // steps
        self._parts.progress.setValue(self._done * SCALE + share)
        if self._viewer.looking:
            return
        if event.preview is not None:
            canvas = recipe.canvas
            self._parts.canvas.show_pixels(event.preview, canvas.width, canvas.height, "")
        stage = STAGES.get(event.stage, event.stage.capitalize())
        self._parts.canvas.show_badge(f"{stage}: step {event.step} of {steps}")

    @Slot(object, object, str)
    def _picture_made(self, picture: object, entry: HistoryEntry | None, warning: str) -> None:
        self._viewer.show_made(picture, entry)  # type: ignore[arg-type]  # a Picture, by contract
        if warning:
            text = f"{warning} Until you quit, the picture stays in the strip: save it (Ctrl+S)."
            self.said.emit(text, "error")

    @Slot(bool)
    def _busy_changed(self, busy: bool) -> None:
        button = self._parts.generate
        button.setText("Cancel" if busy else "Generate")
        button.setToolTip(tip("Stop (Esc)" if busy else "Make pictures (Ctrl+Enter)"))
        button.setProperty("busy", busy)
        button.style().unpolish(button)
        button.style().polish(button)
        self._parts.progress.setVisible(busy)
        if not busy:
            self._parts.status.setText("Ready · offline")
            self._tidy()

    def _tidy(self) -> None:
        """Leave no partial picture of a stopped or failed run on the canvas."""
        self._parts.canvas.show_badge("")
        self._viewer.restore()
        self._worker.resume_previews()

    @Slot(int, int)
    def _counted(self, done: int, total: int) -> None:
        self._done = done
        bar = self._parts.progress
        bar.setRange(0, max(1, total) * SCALE)
        bar.setValue(done * SCALE)
        if done < total:
            self._parts.status.setText(f"Making picture {done + 1} of {total}")

    @Slot(int, int)
    def _stopped(self, done: int, total: int) -> None:
        kept = "Nothing was made" if done == 0 else f"{done} of {total} were made and are kept"
        self.said.emit(f"Stopped. {kept}.", "info")
