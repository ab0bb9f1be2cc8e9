"""`artdesk explain`: how sure the model is of a picture, what else it would draw, what words do."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artdesk.cli import common, options
from artdesk.cli.generate import picture_name
from artdesk.core.errors import RecipeError
from artdesk.engine.operations.explain import Explanation, effect_of_word, explained
from artdesk.pictures import files as pictures
from artdesk.pictures.record import PictureRecord

LEAST_SURE = 5


def add_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a picture of ArtDesk")
    parser.add_argument(
        "--cell", type=_pixel, metavar="X,Y", help="what else the cell at this pixel could be"
    )
    parser.add_argument(
        "--map",
        type=picture_name,
        metavar="OUT",
        help="write the confidence as a picture, black for none and white for all",
    )
    options.add_overwrite_option(parser, "a map")
    parser.add_argument("--json", action="store_true", help="print all of it as JSON")
    options.add_engine_options(parser)


def _pixel(text: str) -> tuple[int, int]:
    pieces = text.split(",")
    if len(pieces) != 2 or not all(piece.strip().isdecimal() for piece in pieces):
        raise argparse.ArgumentTypeError(f"“{text[:30]}” is no pixel: write x,y, like 120,64")
    x, y = (int(piece[:9]) for piece in pieces)
    return x, y


def run(arguments: argparse.Namespace) -> int:
    """Explain the picture; returns the exit status."""
    common.refuse_taken(arguments.map, arguments.overwrite)
    record = pictures.read_record(arguments.file)
    _refuse_outside(record, arguments.cell)
    engine = common.start_engine(arguments)
    common.refuse_other_model(engine, record, other_allowed=None)
    found = explained(engine, record)
    data: dict[str, Any] = {
        "confidence": round(float(found.confidence.mean()), 4),
        "least_sure": _least_sure(record, found),
        "words": [
            {"text": word.text, "effect": round(float(effect_of_word(engine, record, n).mean()), 4)}
            for n, word in enumerate(record.recipe.words)
        ],
    }
    if arguments.cell is not None:
        data["cell"] = _cell(record, found, arguments.cell)
    if arguments.map is not None:
        pixels = _enlarged(found.confidence, record.cell)
        pictures.save_pixels(arguments.map, pixels, replace=arguments.overwrite)
        data["map"] = str(arguments.map)
    if arguments.json:
        common.print_json(data)
    else:
        _print(data)
    return 0


def _refuse_outside(record: PictureRecord, pixel: tuple[int, int] | None) -> None:
    canvas = record.recipe.canvas
    if pixel is not None and not (pixel[0] < canvas.width and pixel[1] < canvas.height):
        raise RecipeError(
            f"The pixel {pixel[0]},{pixel[1]} lies outside the picture of {canvas.width} by "
            f"{canvas.height}: choose one within."
        )


def _least_sure(record: PictureRecord, found: Explanation) -> list[dict[str, Any]]:
    order = np.argsort(found.confidence, axis=None, kind="stable")[:LEAST_SURE]
    rows, columns = np.divmod(order, found.confidence.shape[1])
    return [
        {"x": x * record.cell, "y": y * record.cell, "confidence": round(float(share), 4)}
        for y, x, share in zip(
            rows.tolist(), columns.tolist(), found.confidence[rows, columns], strict=True
        )
    ]


def _cell(record: PictureRecord, found: Explanation, pixel: tuple[int, int]) -> dict[str, Any]:
    row, column = pixel[1] // record.cell, pixel[0] // record.cell
    ranked = zip(found.codes[row, column].tolist(), found.shares[row, column].tolist(), strict=True)
    return {
        "code": int(record.tokens[row, column]),
        "confidence": round(float(found.confidence[row, column]), 4),
        "alternatives": [{"code": code, "share": round(share, 4)} for code, share in ranked],
    }


def _enlarged(confidence: NDArray[np.float64], cell: int) -> NDArray[np.uint8]:
    grey = np.rint(confidence * 255.0).astype(np.uint8).repeat(cell, 0).repeat(cell, 1)
    return np.repeat(grey[..., None], 3, axis=-1)


def _print(data: dict[str, Any]) -> None:
    print(f"Confidence  {data['confidence']:.0%} in the mean")
    for entry in data["least_sure"]:
        print(f"Least sure  {entry['confidence']:.1%} at {entry['x']},{entry['y']}")
    for word in data["words"]:
        print(f"Word        {word['text']}: {word['effect']:+.3f} nats a cell")
    if "cell" in data:
        cell = data["cell"]
        print(f"Cell        code {cell['code']}, {cell['confidence']:.1%} sure")
        for rank, other in enumerate(cell["alternatives"], start=1):
            print(f"  {rank}.        code {other['code']}, {other['share']:.1%}")
    if "map" in data:
        print(data["map"])
