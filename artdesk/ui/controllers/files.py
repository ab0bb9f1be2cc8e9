"""Opening, saving and borrowing from picture files, by dialog or drop; nothing blocks."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from artdesk.core import paths
from artdesk.core.atomic import make_folder
from artdesk.core.errors import ArtDeskError
from artdesk.core.memory_recipe import MAX_PICTURE_CELLS, CellPicture
from artdesk.core.recipe import Canvas
from artdesk.core.sketch_layout import fitted_shape, sketch_shape
from artdesk.engine.memory.composition import cell_picture
from artdesk.engine.sketch.draw import sketch_from_pixels
from artdesk.engine.words.palette import palette_from_image
from artdesk.pictures import files as pictures
from artdesk.studio import own_collections
from artdesk.studio.events import Pixels
from artdesk.ui.controllers.worker import WorkerController

if TYPE_CHECKING:
    from artdesk.engine.pipeline import Picture
    from artdesk.pictures.files import StoredPicture

FILTER = "Pictures (*.png *.jpg *.jpeg *.webp)"
MODEL_SUFFIX = ".artpack"
MODEL_FILTER = f"ArtDesk models (*{MODEL_SUFFIX})"
SAVE_FILTERS = "PNG with recipe (*.png);;JPEG with recipe (*.jpg);;WebP with recipe (*.webp)"


def composition_cells(pixels: Pixels) -> CellPicture:
    """A picture uint8 [H, W, 3] as composition: at most 64 cells on the longer side."""
    height, width = pixels.shape[:2]
    longest = min(MAX_PICTURE_CELLS, max(height, width))
    return cell_picture(pixels, *fitted_shape(longest, width, height))


class Files(QObject):
    """The file work of the window. Reading and writing happen on the thread of files."""

    opened = Signal(object, str)  # StoredPicture, file name
    palette_taken = Signal(tuple)  # Swatch
    sketch_taken = Signal(object)  # Sketch
    composition_taken = Signal(object)  # CellPicture
    collection_found = Signal(object)  # path of a collection's pack
    said = Signal(str, str)

    def __init__(self, worker: WorkerController, window: QWidget) -> None:
        super().__init__(window)
        self._worker = worker
        self._window = window
        self.open_folder = ""
        self.save_folder = ""
        self.dialog: QFileDialog | None = None

    def ask_open(self) -> None:
        """Let the artist choose a picture to open."""
        self._ask("Open picture", self.open)

    def ask_model(self) -> None:
        """Let the artist choose a model that training wrote."""
        self._ask("Open model", self.open_model, MODEL_FILTER)

    def open_model(self, path: Path) -> None:
        """Use another model from now on."""
        self.open_folder = str(path.parent)
        self._worker.change_model(str(path))
        self.said.emit(f"Loading the model {path.name}…", "info")

    def ask_palette(self) -> None:
        """Let the artist choose a picture to take colours from."""
        self._ask("Take the palette from a picture", self.take_palette)

    def ask_sketch(self, canvas: Canvas) -> None:
        """Let the artist choose a picture to take the composition from."""
        self._ask("Take the sketch from a picture", lambda path: self.take_sketch(path, canvas))

    def ask_composition(self) -> None:
        """Let the artist choose any picture whose large forms are painted after."""
        self._ask("Use a picture as composition", self.take_composition)

    def ask_save(self, picture: "Picture | StoredPicture") -> None:
        """Let the artist choose where to save."""
        folder = Path(self.save_folder) if self.save_folder else paths.pictures_folder()
        try:
            make_folder(folder)
        except ArtDeskError:
            folder = Path(
                QStandardPaths.writableLocation(QStandardPaths.StandardLocation.HomeLocation)
            )
        words = tuple(word.text for word in picture.recipe.words)
        name = pictures.next_name(folder, picture.recipe.seed, words)
        dialog = self._dialog("Save picture")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setNameFilters(SAVE_FILTERS.split(";;"))
        dialog.setDefaultSuffix("png")
        dialog.filterSelected.connect(
            lambda text: dialog.setDefaultSuffix(text.rpartition("*.")[2].rstrip(")"))
        )
        dialog.setDirectory(str(folder))
        dialog.selectFile(name.name)
        dialog.fileSelected.connect(lambda path: self.save(Path(path), picture))
        dialog.open()

    def open(self, path: Path) -> None:
        """Open a picture that ArtDesk saved, or a model."""
        if path.suffix.lower() == MODEL_SUFFIX:
            self._worker.run_files(
                lambda: own_collections.is_collection(path),
                lambda is_one: (self.collection_found.emit if is_one else self.open_model)(path),
            )
            return
        self.open_folder = str(path.parent)

        self._worker.run_files(
            lambda: pictures.open_picture(path),
            lambda stored: self.opened.emit(stored, path.name),
        )

    def save(self, path: Path, picture: "Picture | StoredPicture") -> None:
        """Save a picture with its recipe."""
        self.save_folder = str(path.parent)

        self._worker.run_files(
            lambda: pictures.save_picture(path, picture),
            lambda _none: self.said.emit(f"Saved as {path}.", "info"),
        )

    def take_palette(self, path: Path) -> None:
        """Take the main colours of any picture."""
        self.open_folder = str(path.parent)
        self._worker.run_files(
            lambda: palette_from_image(pictures.open_image(path)), self.palette_taken.emit
        )

    def take_sketch(self, path: Path, canvas: Canvas) -> None:
        """Take the composition of any picture."""
        self.open_folder = str(path.parent)
        rows, columns = sketch_shape(canvas.width, canvas.height)
        self._worker.run_files(
            lambda: sketch_from_pixels(pictures.open_image(path), rows, columns),
            self.sketch_taken.emit,
        )

    def take_composition(self, path: Path) -> None:
        """Use any picture as composition."""
        self.open_folder = str(path.parent)
        self._worker.run_files(
            lambda: composition_cells(pictures.open_image(path)), self.composition_taken.emit
        )

    def _ask(self, title: str, then: Callable[[Path], None], names: str = FILTER) -> None:
        dialog = self._dialog(title)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([names, "All files (*)"])
        folder = self.open_folder or str(paths.pictures_folder())
        if Path(folder).is_dir():
            dialog.setDirectory(folder)
        dialog.fileSelected.connect(lambda path: then(Path(path)))
        dialog.open()

    def _dialog(self, title: str) -> QFileDialog:
        if self.dialog is not None:
            self.dialog.close()
        dialog = QFileDialog(self._window, title)
        dialog.setAccessibleName(title)
        dialog.finished.connect(self._closed)
        self.dialog = dialog
        return dialog

    def _closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None
