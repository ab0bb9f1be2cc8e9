"""Small copies of pictures, kept on the disk so that a long history shows at once.

A thumbnail is named by the path, time and size of its picture, so a picture that changed gets a
new one. All of it can be thrown away at any time.
"""

import hashlib
import logging
import os
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from artdesk.core import atomic
from artdesk.core.errors import OutputError, PictureError
from artdesk.pictures import files as pictures
from artdesk.studio.events import Pixels

LOGGER = logging.getLogger(__name__)
SIDE = 176  # pixels, twice the side that the strip shows
QUALITY = 88  # at this size no difference is seen, in a tenth of the bytes of PNG
MOST_BYTES = 256_000_000  # about 30,000 thumbnails of 8 kB
_TRIM_EVERY = 500  # new thumbnails between two looks at the size of the folder


class Thumbnails:
    """The folder of thumbnails; for one thread.

    Args:
        folder: Made when the first one is kept.
        most_bytes: The oldest leave when the folder grows beyond this.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._until_trim = 0

    def of(self, picture: Path) -> Pixels:
        """The thumbnail of a picture file, uint8 [height, width, 3].

        Raises:
            PictureError: The picture cannot be read.
        """
        kept = self._path(picture)
        if kept is not None:
            with suppress(PictureError):  # there is none yet, or it is damaged
                return pictures.open_image(kept, SIDE)
        small = Image.fromarray(pictures.open_image(picture))
        small.thumbnail((SIDE, SIDE), Image.Resampling.BOX, reducing_gap=None)
        if kept is not None:
            self._keep(kept, small)
        return np.asarray(small)

    def _path(self, picture: Path) -> Path | None:
        try:
            state = picture.stat()
        except OSError:
            return None
        key = f"{state.st_mtime_ns}/{state.st_size}/{SIDE}/".encode() + os.fsencode(picture)
        name = hashlib.sha256(key).hexdigest()[:40]
        return self._folder / name[:2] / f"{name}.jpg"

    def _keep(self, path: Path, image: Image.Image) -> None:
        data = BytesIO()
        image.save(data, "JPEG", quality=QUALITY)
        try:
            atomic.make_folder(path.parent)
            atomic.write_bytes(path, data.getvalue())
        except OutputError:
            LOGGER.info("A thumbnail could not be kept", exc_info=True)
            return
        if self._until_trim == 0:
            self.trim()
            self._until_trim = _TRIM_EVERY
        self._until_trim -= 1

    def trim(self) -> None:
        """Remove the oldest thumbnails until the folder has nine tenths of its size."""
        kept: list[tuple[float, int, str]] = []
        for folder in self._folder.glob("??"):
            with suppress(OSError), os.scandir(folder) as listing:
                for one in listing:
                    state = one.stat()
                    kept.append((state.st_mtime, state.st_size, one.path))
        total = sum(size for _, size, _ in kept)
        if total <= self._most_bytes:
            return
        for _, size, path in sorted(kept):
            with suppress(OSError):
                Path(path).unlink()
                total -= size
            if total <= self._most_bytes * 9 // 10:
                break
