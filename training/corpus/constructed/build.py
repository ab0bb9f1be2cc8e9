"""Build a corpus of constructed pictures: any shard of it is the same wherever it is drawn."""

import contextlib
import functools
import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from artdesk.core import atomic
from training.corpus import metadata
from training.corpus.constructed.registry import (
    ConstructionError,
    all_families,
    check_family,
    render,
)
from training.corpus.splits import by_name
from training.corpus.workers import in_order
from training.sheets import contact_sheet

LICENCE = "CC0-1.0"


def construct(
    count: int,
    seed: int,
    out: Path,
    size: int = 512,
    shard: tuple[int, int] = (1, 1),
    palettes: NDArray[np.uint8] | None = None,
    progress: Callable[[int, int], None] | None = None,
    processes: int = 1,
    families: Sequence[str] = (),
) -> list[metadata.Row]:
    """Draw pictures into ``out/pictures`` and list them in ``out/metadata.csv``.

    Picture k has seed ``seed + k`` and families take turns, so every family gets its share of
    any range of seeds. Pictures that are already there are drawn again only if their metadata
    row is missing, so a stopped job goes on where it was.

    Args:
        count: Pictures of the whole job.
        seed: Seed of the first picture.
        out: Folder of the corpus; it may already hold other shards.
        size: Pixels of the shorter side.
        shard: Part i of n, counted from 1; each part is a range of seeds.
        palettes: uint8 [n, 5, 3], measured palettes for half of the pictures.
        progress: Called with pictures done and pictures to do.
        processes: How many draw at once; the result does not depend on it.
        families: Families that take turns; all if empty.

    Returns:
        The rows of the metadata for this shard.

    Raises:
        ConstructionError: Count, seed or shard out of range, or an unknown family.
    """
    part, parts = shard
    if count < 1:
        raise ConstructionError(f"The count is {count}. Ask for at least one picture.")
    if seed < 0:
        raise ConstructionError(f"The seed is {seed}. Choose a seed of zero or more.")
    if not 1 <= part <= parts:
        raise ConstructionError(f"There is no shard {part}/{parts}. Shards go from 1/n to n/n.")
    names = list(families or all_families())
    for name in names:
        check_family(name)
    first, last = count * (part - 1) // parts, count * part // parts
    atomic.make_folder(out / "pictures")
    rows = {row.file_name: row for row in _listed(out)}
    plan = [
        _Picture(names[number % len(names)], number) for number in range(seed + first, seed + last)
    ]
    missing = [one for one in plan if one.file not in rows or not (out / one.file).is_file()]
    done = len(plan) - len(missing)
    if progress is not None:
        progress(done, len(plan))
    draw = functools.partial(_draw, out, size, palettes)
    # Closed here, so that a stop ends the processes before the table is left behind.
    with contextlib.closing(in_order(draw, missing, processes)) as drawn:
        for count_new, row in enumerate(drawn, start=1):
            rows[row.file_name] = row
            if progress is not None:
                progress(done + count_new, len(plan))
            if count_new % 50 == 0:
                metadata.write(out, rows.values())
    metadata.write(out, rows.values())
    return [rows[one.file] for one in plan]


def sheet(
    columns: int = 6,
    size: int = 256,
    seed: int = 0,
    palettes: NDArray[np.uint8] | None = None,
    names: Sequence[str] = (),
) -> Image.Image:
    """Return a contact sheet with one labelled row for each family.

    Args:
        columns: Pictures of each family.
        size: Side of the square that each picture fits in, pixels.
        seed: Seed of the first column.
        palettes: uint8 [n, 5, 3], measured palettes.
        names: Families to show; all if empty.
    """
    shown = list(names or all_families())
    rows = [
        [render(name, seed + column, size, palettes)[0] for column in range(columns)]
        for name in shown
    ]
    return contact_sheet(rows, [name.replace("_", " ") for name in shown], size)


@dataclass(frozen=True, slots=True)
class _Picture:
    """One picture of a job.

    Attributes:
        family: What draws it.
        number: Its seed.
    """

    family: str
    number: int

    @property
    def work(self) -> str:
        """Identity of the work."""
        return f"constructed-{self.family}-{self.number:08d}"

    @property
    def file(self) -> str:
        """Its file in the corpus."""
        return f"pictures/{self.work}.jpg"


def _draw(
    out: Path, size: int, palettes: NDArray[np.uint8] | None, picture: _Picture
) -> metadata.Row:
    """Draw one picture, write it and return its row."""
    pixels, parameters = render(picture.family, picture.number, size, palettes)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=95, subsampling=0)
    atomic.write_bytes(out / picture.file, stream.getvalue())
    return metadata.Row(
        file_name=picture.file,
        split=by_name(picture.work),
        work_id=picture.work,
        source="constructed",
        licence=LICENCE,
        family=str(parameters["family"]),
        remember="yes",
        width=pixels.shape[1],
        height=pixels.shape[0],
        sha256=hashlib.sha256(stream.getvalue()).hexdigest(),
        parameters=parameters,
    )


def _listed(out: Path) -> list[metadata.Row]:
    """Return the rows that the folder holds already."""
    return metadata.read(out) if (out / metadata.FILE_NAME).is_file() else []
