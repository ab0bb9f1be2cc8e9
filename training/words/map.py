"""A map of the known words: near words mean alike, in the colour that they speak of.

The places come from t-SNE (van der Maaten and Hinton 2008, "Visualizing data using t-SNE"),
started from the first two principal components, so that the same words give the same map.
"""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont
from sklearn.manifold import TSNE

from artdesk.core import atomic
from artdesk.core.attributes import ATTRIBUTE_COUNT, ATTRIBUTES, AXES, HUES

Floats = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]

WIDTH, HEIGHT = 1800, 1300
_MARGIN, _DOT = 60, 5
_PERPLEXITY = 18.0
_STEPS = 1000
# Screen colours of the hues, in the order of HUES.
_SCREEN = np.array(
    [
        (205, 40, 45), (240, 130, 30), (232, 200, 30), (60, 150, 60), (40, 175, 175),
        (45, 85, 195), (130, 65, 165), (235, 130, 170), (125, 80, 45), (200, 160, 60),
        (25, 25, 28), (130, 130, 134), (215, 215, 212),
    ],
    dtype=np.float64,
)  # fmt: skip
_WARM, _COOL = np.array((196.0, 132.0, 96.0)), np.array((104.0, 140.0, 178.0))
_PLAIN = np.array((150.0, 150.0, 150.0))


def choose(words: Sequence[str], vectors: Floats, count: int) -> list[int]:
    """Rows of the words on the map: names of poles and hues, then the others at even steps."""
    place = {word: row for row, word in enumerate(words)}
    names = [name for axis in AXES for name in (axis.negative, axis.positive)] + list(HUES)
    first = [place[name] for name in names if name in place]
    taken = set(first)
    # Compounds say little on a map that their parts do not say.
    rest = [row for row, word in enumerate(words) if row not in taken and word.isalpha()]
    rest.sort(key=lambda row: -float(np.abs(vectors[row, :ATTRIBUTE_COUNT]).max()))
    strong = rest[: 3 * count]
    step = max(1, len(strong) // max(1, count - len(first)))
    return [*first, *strong[::step]][:count]


def places(vectors: Floats, steps: int = _STEPS) -> Floats:
    """Places of words on a plane.

    Args:
        vectors: float64 [N, 93], attributes and semantic part.
        steps: steps of gradient descent, 250 or more.

    Returns:
        float64 [N, 2], each coordinate 0..1.
    """
    attributes = _unit(vectors[:, :ATTRIBUTE_COUNT])
    features = np.concatenate([1.3 * attributes, _unit(vectors[:, ATTRIBUTE_COUNT:])], axis=1)
    flat = TSNE(
        perplexity=min(_PERPLEXITY, (len(features) - 1) / 3.0),
        init="pca",
        learning_rate="auto",
        max_iter=steps,
        random_state=0,
    ).fit_transform(features)
    # Ranks mixed in spread crowded quarters over the sheet without changing who is left of whom.
    ranks = flat.argsort(axis=0).argsort(axis=0) / max(1, len(flat) - 1)
    low, high = flat.min(axis=0), flat.max(axis=0)
    return np.asarray(0.5 * ranks + 0.5 * (flat - low) / np.maximum(high - low, 1e-9))


def colour(vector: Floats) -> tuple[int, int, int]:
    """What a word looks like: the mix of its hues; else warm, cool or grey, bright or dark."""
    hues = np.maximum(vector[len(AXES) : ATTRIBUTE_COUNT], 0.0)
    warmth = float(vector[ATTRIBUTES.index("warmth")])
    tint = _PLAIN + abs(warmth) * ((_WARM if warmth > 0 else _COOL) - _PLAIN)
    weight = min(1.0, 1.6 * float(hues.max()))
    mixed = (np.square(hues) @ _SCREEN) / max(float(np.square(hues).sum()), 1e-9)
    light = 45.0 * float(vector[ATTRIBUTES.index("brightness")]) * (1.0 - weight)
    shade = np.clip(weight * mixed + (1.0 - weight) * tint + light, 20.0, 225.0)
    return int(shade[0]), int(shade[1]), int(shade[2])


def draw(words: Sequence[str], vectors: Floats, spots: Floats) -> Image.Image:
    """Draw the map; a label that would cover another is left out, its dot stays.

    Args:
        words: N words, the important ones first.
        vectors: float64 [N, 93].
        spots: float64 [N, 2], 0..1.
    """
    sheet = Image.new("RGB", (WIDTH, HEIGHT), (250, 249, 246))
    pen = ImageDraw.Draw(sheet)
    names = {name for axis in AXES for name in (axis.negative, axis.positive)} | set(HUES)
    xs = _MARGIN + spots[:, 0] * (WIDTH - 2 * _MARGIN - 60)
    ys = _MARGIN + spots[:, 1] * (HEIGHT - 2 * _MARGIN)
    for word, vector, x, y in zip(words, vectors, xs, ys, strict=True):
        size = _size(word in names)
        edge = (120, 120, 120) if min(colour(vector)) > 190 else None
        pen.ellipse((x - size, y - size, x + size, y + size), fill=colour(vector), outline=edge)
    taken: list[Box] = []
    for word, x, y in zip(words, xs, ys, strict=True):
        named = word in names
        font = ImageFont.load_default(22 if named else 15)
        for at, anchor in ((x + _size(named) + 3, "lm"), (x - _size(named) - 3, "rm")):
            left, top, right, bottom = pen.textbbox((at, y), word, font=font, anchor=anchor)
            box = (left - 2.0, top - 1.0, right + 2.0, bottom + 1.0)
            free = left > 4 and right < WIDTH - 4
            if free and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                ink = (20, 20, 20) if named else (75, 75, 75)
                pen.text((at, y), word, font=font, fill=ink, anchor=anchor)
                break
    return sheet


def write_map(target: Path, words: Sequence[str], vectors: Floats, count: int) -> int:
    """Draw some known words and write the PNG; how many there are."""
    rows = choose(words, vectors, count)
    chosen = vectors[rows]
    sheet = draw([words[row] for row in rows], chosen, places(chosen))
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG", optimize=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    atomic.write_bytes(target, buffer.getvalue())
    return len(rows)


def _unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))


def _size(named: bool) -> int:
    return _DOT + 3 if named else _DOT


def _overlap(first: Box, second: Box) -> bool:
    return (
        first[0] < second[2]
        and second[0] < first[2]
        and first[1] < second[3]
        and second[1] < first[3]
    )
