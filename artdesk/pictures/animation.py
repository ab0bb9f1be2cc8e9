"""Moving pictures: frames written one after another as animated PNG, WebP, GIF, MP4 or files.

MP4 is made by ffmpeg where the artist has it on the path; it reads the frames from a pipe.
"""

import itertools
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from artdesk.core import atomic
from artdesk.core.errors import OutputError
from artdesk.pictures import files as pictures

Pixels = NDArray[np.uint8]

SUFFIXES = (".png", ".webp", ".gif", ".mp4")
_MAX_HELD_PIXELS = 200_000_000  # 600 MB, the memory that ArtDesk allows itself at 1024 pixels
_FORMATS = {".png": "PNG", ".webp": "WEBP", ".gif": "GIF"}


def save_animation(
    path: Path, frames: Iterable[Pixels], frames_per_second: float, *, quality: int = 90
) -> None:
    """Write an animation, which plays for ever where the format can say so.

    Args:
        path: Ends in one of `SUFFIXES`, or has no suffix: a new folder of numbered PNG files.
        frames: uint8 [H, W, 3] each, all of one size; asked for one by one.
        frames_per_second: Speed.
        quality: Of WebP, 1..100.

    Raises:
        OutputError: Unknown format, no ffmpeg, a folder in the way, or nothing can be written.
    """
    suffix = path.suffix.lower()
    if suffix == "":
        _save_folder(path, frames)
    elif suffix == ".mp4":
        _save_video(path, frames, frames_per_second)
    elif suffix in _FORMATS:
        images: Iterator[Image.Image] = (Image.fromarray(pixels) for pixels in frames)
        first = next(images)
        if suffix == ".png":  # Pillow goes through the frames of a PNG twice
            images = _counted(images, first.width * first.height)
        options = {"quality": quality, "method": 4} if suffix == ".webp" else {}
        with atomic.atomic_path(path) as temporary:
            first.save(
                temporary,
                _FORMATS[suffix],
                save_all=True,
                append_images=list(images) if suffix == ".png" else images,
                duration=1000.0 / frames_per_second,
                loop=0,
                **options,
            )
    else:
        raise OutputError(
            f"ArtDesk cannot write moving pictures of type “{suffix[:12]}”: use "
            f"{', '.join(SUFFIXES)}, or a name without an ending for a folder of frames."
        )


def _counted(images: Iterator[Image.Image], pixels: int) -> Iterator[Image.Image]:
    """The frames after the first, as long as all of them fit into memory."""
    for number, image in enumerate(images, start=2):
        if number * pixels > _MAX_HELD_PIXELS:
            raise OutputError(
                f"An animated PNG of {number} frames of this size takes too much memory: save as "
                ".webp, or use fewer frames."
            )
        yield image


def _save_folder(path: Path, frames: Iterable[Pixels]) -> None:
    if path.exists():
        raise OutputError(f"{path} is there already: choose a new folder for the frames.")
    atomic.make_folder(path)
    for number, pixels in enumerate(frames, start=1):
        pictures.save_pixels(path / f"frame-{number:05d}.png", pixels)


def _save_video(path: Path, frames: Iterable[Pixels], frames_per_second: float) -> None:
    program = shutil.which("ffmpeg")
    if program is None:
        raise OutputError(
            "MP4 needs the program ffmpeg, which is not on the path: install it, or save as .webp."
        )
    sequence: Iterator[Pixels] = iter(frames)
    first = next(sequence)
    height, width = first.shape[:2]
    with atomic.atomic_path(path) as temporary:
        command = [program, "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24"]
        command += ["-s", f"{width}x{height}", "-r", f"{frames_per_second:g}", "-i", "-"]
        # The common colour format halves both sides, so they are made even.
        command += ["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p"]
        command += ["-movflags", "+faststart", "-f", "mp4", str(temporary)]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        ) as process:
            assert process.stdin is not None
            assert process.stderr is not None
            try:
                for pixels in itertools.chain([first], sequence):
                    process.stdin.write(pixels.tobytes())
                process.stdin.close()
            except BrokenPipeError:
                pass
            except BaseException:
                process.kill()
                raise
            complaint = process.stderr.read().decode("utf-8", errors="replace").strip()
        if process.returncode:
            reason = complaint.splitlines()[-1][:120] if complaint else "it gave no reason"
            raise OutputError(f"ffmpeg could not write {path}: {reason}.")
