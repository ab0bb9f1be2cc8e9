"""Files are read within bounds, whatever they turn out to be."""

import io
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from artdesk.cli.main import main
from artdesk.core.errors import PictureError
from artdesk.core.reading import NoFileError, TooLargeError, read_file
from artdesk.pictures import files as pictures
from tests.unit.test_pictures import make_picture

ROOT = Path(__file__).resolve().parents[2]
POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no devices and pipes in folders")


def test_a_file_is_read_to_its_limit_and_not_beyond(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    assert read_file(path, 5) == b"12345"
    with pytest.raises(TooLargeError):
        read_file(path, 4)
    with pytest.raises(IsADirectoryError):
        read_file(tmp_path, 5)
    with pytest.raises(FileNotFoundError):
        read_file(tmp_path / "none", 5)
    with pytest.raises(OSError, match="no possible name"):
        read_file(Path("a\0b"), 5)


@POSIX
def test_devices_and_pipes_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (Path("/dev/zero"), tmp_path / "pipe"):
        with pytest.raises(NoFileError):
            read_file(path, 10)


@POSIX
@pytest.mark.parametrize("suffix", ["", ".png", ".json", ".artpack"])
@pytest.mark.parametrize("command", ["info", "render"])
def test_commands_neither_hang_nor_fill_the_memory(
    tmp_path: Path, suffix: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe, endless = tmp_path / f"pipe{suffix}", tmp_path / f"endless{suffix}"
    os.mkfifo(pipe)
    endless.symlink_to("/dev/zero")
    more = ["-o", str(tmp_path / "out.png")] if command == "render" else []
    for path in (pipe, endless):
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(main, [command, str(path), *more]).result(20) == 1, path
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert "Traceback" not in error


@POSIX
def test_a_small_file_of_many_pixels_takes_little_memory(tmp_path: Path) -> None:
    # 64 million transparent pixels in a few hundred kilobytes; reading took 1.8 GB.
    Image.new("RGBA", (8000, 8000), (10, 20, 30, 40)).save(tmp_path / "wide.png", compress_level=9)
    code = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from artdesk.pictures.files import open_image\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "pixels = open_image(Path(sys.argv[1]))\n"
        "after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(pixels.shape, (after - before) // 1024)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "wide.png")]
    output = subprocess.check_output(command, text=True, cwd=ROOT)
    shape, megabytes = output.rsplit(" ", 1)
    assert shape == "(2048, 2048, 3)"
    assert int(megabytes) < 500


def test_pixels_that_do_not_fit_the_recipe_are_refused_undecoded(tmp_path: Path) -> None:
    picture = make_picture()
    stored = pictures.encode_picture(".png", picture)
    with Image.open(io.BytesIO(stored)) as image:
        info = PngImagePlugin.PngInfo()
        info.add_itxt("artdesk", image.info["artdesk"])
        Image.new("RGB", (4000, 4000)).save(tmp_path / "a.png", pnginfo=info)
    with pytest.raises(PictureError, match="4000x4000 pixels, its recipe says 64x72"):
        pictures.open_picture(tmp_path / "a.png")
    assert pictures.read_record(tmp_path / "a.png").recipe == picture.recipe


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_pictures_of_every_kind_are_made_small(tmp_path: Path, mode: str) -> None:
    ramp = np.tile(np.linspace(0, 255, 300).astype(np.uint8), (200, 1))
    image = Image.fromarray(ramp)
    if mode == "I;16":
        image = Image.fromarray(ramp.astype(np.uint16) * 257)
    elif mode != "L":
        image = image.convert(mode)
    name = "a.jpg" if mode == "CMYK" else "a.png"
    image.save(tmp_path / name)
    small = pictures.open_image(tmp_path / name, 100)
    assert small.shape == (67, 100, 3)
    assert small.dtype == np.uint8
    grey = small.mean(axis=(0, 2))
    assert grey[0] < 40 < 215 < grey[-1]
    assert (np.diff(grey) > -30).all()
