"""Small invented paintings for the tests of the corpus."""

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw


def painting(seed: int, size: tuple[int, int] = (200, 160)) -> Image.Image:
    """A picture full of forms, different for each seed."""
    rng = np.random.default_rng(seed)
    width, height = size
    picture = Image.new("RGB", size, tuple(int(v) for v in rng.integers(120, 240, 3)))
    draw = ImageDraw.Draw(picture)
    for _ in range(60):
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        reach = rng.uniform(0.04, 0.16) * width
        colour = tuple(int(v) for v in rng.integers(0, 256, 3))
        corners = [
            (x + reach * rng.normal(), y + reach * rng.normal()) for _ in range(rng.integers(3, 7))
        ]
        draw.polygon(corners, fill=colour)
    return picture


def jpeg(picture: Image.Image, quality: int = 92) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def folder_of(path: Path, count: int, first: int = 0) -> Path:
    """A folder with `count` paintings and a table that names artist and licence."""
    path.mkdir(parents=True, exist_ok=True)
    lines = ["file,artist,licence"]
    for seed in range(first, first + count):
        (path / f"work_{seed:03d}.jpg").write_bytes(jpeg(painting(seed)))
        lines.append(f"work_{seed:03d}.jpg,artist {seed % 3},CC0-1.0")
    (path / "list.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
