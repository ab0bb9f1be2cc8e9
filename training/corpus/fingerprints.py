"""Near-duplicates: the same work photographed, cropped, squashed, recoloured or recompressed.

A fingerprint is the picture squashed to 64 x 64 pixels. Two pictures are compared in two steps: the
inner part of every picture with every trimmed version of every other, on 16 x 16 high-passed
thumbnails by one matrix product; then, for the pairs that come near, the trim is refined step by
step and judged tile by tile on fine detail and on colour, where two different pictures of the same
scene, or two grids of the same painter, fall apart.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from artdesk.core.colour import srgb8_to_oklab

Floats = npt.NDArray[np.float32]
Print = npt.NDArray[np.uint8]
Box = tuple[float, float, float, float]

FINGERPRINT_SIDE = 64
_COARSE = 16
_FINE = 39
_TILES = 3
# The outermost part is where photographs show frames, mats and wall: it is never compared.
_INNER: Box = (0.06, 0.06, 0.94, 0.94)
_TRIMS = (0.02, 0.1, 0.2)
_CANDIDATE_LIKENESS = 0.6
# Chosen by looking at the pairs of 868 paintings in order of likeness. Pictures of a few lines on a
# plain ground (grids, above all) and faint ones match too easily and have to agree almost wholly.
DUPLICATE_LIKENESS = 0.575
_PLAIN_LIKENESS = 0.92
_LEAST_SPREAD = 0.48
_LEAST_DETAIL = 0.25


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two pictures that may show one work.

    Attributes:
        first: index of the whole picture.
        second: index of the picture that was trimmed to match it.
        score: correlation of their fine detail, -1..1.
    """

    first: int
    second: int
    score: float


def fingerprint(pixels: npt.NDArray[np.uint8]) -> Print:
    """The picture without plain margins, squashed to uint8 [64, 64, 3], whatever its aspect.

    Args:
        pixels: uint8 [H, W, 3].
    """
    side = (FINGERPRINT_SIDE, FINGERPRINT_SIDE)
    picture = Image.fromarray(pixels)
    return np.asarray(picture.resize(side, Image.Resampling.BOX, _content(pixels)))


def find_duplicates(
    fingerprints: Sequence[Print], least: float = DUPLICATE_LIKENESS
) -> list[Likeness]:
    """Pairs of pictures that show the same work, the likest first.

    Args:
        fingerprints: uint8 [64, 64, 3] each.
        least: likeness from which a pair counts.
    """
    pairs = [
        Likeness(first, second, _refined(fingerprints[first], fingerprints[second], box))
        for (first, second), box in candidates(fingerprints).items()
    ]
    best: dict[tuple[int, int], Likeness] = {}
    for pair in pairs:
        key = (min(pair.first, pair.second), max(pair.first, pair.second))
        if pair.score >= least and (key not in best or pair.score > best[key].score):
            best[key] = pair
    return sorted(best.values(), key=lambda pair: (-pair.score, pair.first, pair.second))


def candidates(
    fingerprints: Sequence[Print], least: float = _CANDIDATE_LIKENESS
) -> dict[tuple[int, int], Box]:
    """Ordered pairs that look alike at a glance, with the trim of the second that fits best."""
    count = len(fingerprints)
    if count < 2:
        return {}
    greys = [_grey(picture) for picture in fingerprints]
    whole = np.stack([_normalised(_trimmed(grey, _INNER, _COARSE)) for grey in greys])
    best = np.full((count, count), -1.0, dtype=np.float32)
    chosen = np.zeros((count, count), dtype=np.int16)
    boxes = _trim_boxes()
    for number, box in enumerate(boxes):
        trimmed = np.stack([_normalised(_trimmed(grey, box, _COARSE)) for grey in greys])
        likeness = whole @ trimmed.T
        better = likeness > best
        best[better] = likeness[better]
        chosen[better] = number
    np.fill_diagonal(best, -1.0)
    return {
        (int(first), int(second)): boxes[chosen[first, second]]
        for first, second in np.argwhere(best >= least)
    }


def _content(pixels: npt.NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """The box inside plain margins such as paper, mats and wall, at most 20 % from each side."""
    grey = np.asarray(Image.fromarray(pixels).convert("L"), dtype=np.float64)
    edges = []
    for lines in (grey, grey.T):
        spread = lines.std(axis=1)
        limit = len(lines) // 5
        for ordered in (spread, spread[::-1]):
            busy = np.flatnonzero(ordered[:limit] > 9.0)
            edges.append(int(busy[0]) if len(busy) else limit)
    top, bottom, left, right = edges
    return (left, top, pixels.shape[1] - right, pixels.shape[0] - bottom)


def groups(count: int, pairs: Sequence[Likeness]) -> list[list[int]]:
    """Joins pairs to sets of pictures of one work; sets of two and more, indices ascending."""
    parent = list(range(count))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for pair in pairs:
        one, two = sorted((root(pair.first), root(pair.second)))
        parent[two] = one
    sets: dict[int, list[int]] = {}
    for index in range(count):
        sets.setdefault(root(index), []).append(index)
    return [members for members in sets.values() if len(members) > 1]


def _trim_boxes() -> list[Box]:
    """Trims of the four sides, left, top, right and bottom, as shares of width and height."""
    return [
        (left, top, 1.0 - right, 1.0 - bottom)
        for left, top, right, bottom in itertools.product(_TRIMS, repeat=4)
    ]


def _grey(picture: Print) -> Print:
    return np.asarray(Image.fromarray(picture).convert("L"))


def _trimmed(picture: Print, box: Box, side: int) -> Floats:
    """A part of a fingerprint resampled to a square, float32 [side, side] or [side, side, 3]."""
    left, top, right, bottom = (value * FINGERPRINT_SIDE for value in box)
    resized = Image.fromarray(picture).resize(
        (side, side), Image.Resampling.BILINEAR, (left, top, right, bottom)
    )
    return np.asarray(resized, dtype=np.float32)


def _detail(grey: Floats) -> Floats:
    """What is left without the broad light and shade; float32 [side, side].

    Taking off the broad part ignores casts of light and keeps "light above, dark below" from making
    all landscapes alike; the square root keeps one strong edge from deciding alone.
    """
    side = grey.shape[0]
    coarse = Image.fromarray(grey).resize((side // 5, side // 5), Image.Resampling.BOX)
    detail = grey - np.asarray(coarse.resize((side, side), Image.Resampling.BICUBIC))
    detail -= detail.mean()
    return np.asarray(np.sign(detail) * np.sqrt(np.abs(detail)), dtype=np.float32)


def _normalised(grey: Floats) -> Floats:
    """The detail as a flat vector of length 1, or zeros where there is none."""
    detail = _detail(grey).ravel()
    length = float(np.linalg.norm(detail))
    # Nearly empty pictures would otherwise compare nothing but the noise of their compression.
    if length < 0.8 * grey.shape[0]:
        return np.zeros_like(detail)
    return detail / length


def _refined(whole: Print, other: Print, box: Box) -> float:
    """The best likeness near a trim: fine detail tile by tile and colour, -1..1."""
    grey = _grey(other)
    target = _normalised(_trimmed(_grey(whole), _INNER, _FINE))
    current = list(box)
    score = float(target @ _normalised(_trimmed(grey, box, _FINE)))
    for step in (0.05, 0.025, 0.012):
        improved = True
        while improved:
            improved = False
            for side, sign in itertools.product(range(4), (-1, 1)):
                trial = list(current)
                trial[side] = min(1.0, max(0.0, trial[side] + sign * step))
                if trial[2] - trial[0] < 0.4 or trial[3] - trial[1] < 0.4:
                    continue
                value = float(target @ _normalised(_trimmed(grey, _box(trial), _FINE)))
                if value > score + 1e-3:
                    current, score, improved = trial, value, True
        if score < 0.4:
            # Refining has never lifted a wrong pair from here to a match.
            return score
    score = min(
        score,
        _tile_likeness(whole, other, _box(current)),
        _colour_likeness(_trimmed(whole, _INNER, 12), _trimmed(other, _box(current), 12)),
    )
    plain = any(_is_plain(_trimmed(_grey(picture), _INNER, _FINE)) for picture in (whole, other))
    return score * DUPLICATE_LIKENESS / _PLAIN_LIKENESS if plain else score


def _is_plain(grey: Floats) -> bool:
    """Whether a picture's detail is faint, or gathered in a small part of it."""
    energy = _detail(grey) ** 2
    # Participation ratio: the share of the picture over which the energy is spread.
    spread = float(energy.sum() ** 2 / ((energy**2).sum() * energy.size + 1e-9))
    return spread < _LEAST_SPREAD or float((energy > 9.0).mean()) < _LEAST_DETAIL


def _box(values: Sequence[float]) -> Box:
    left, top, right, bottom = values
    return (left, top, right, bottom)


def _tile_likeness(whole: Print, other: Print, box: Box) -> float:
    """The mean correlation of 3 x 3 tiles, so that one strong shared form does not decide."""
    one = _detail(_trimmed(_grey(whole), _INNER, _FINE))
    two = _detail(_trimmed(_grey(other), box, _FINE))
    side = _FINE // _TILES
    scores = []
    for row, column in itertools.product(range(_TILES), repeat=2):
        part = np.s_[row * side : (row + 1) * side, column * side : (column + 1) * side]
        lengths = float(np.linalg.norm(one[part])), float(np.linalg.norm(two[part]))
        if max(lengths) < 0.8 * side:
            continue  # Nothing to compare: both are plain here.
        scores.append(float((one[part] * two[part]).sum()) / (lengths[0] * lengths[1] + 1e-6))
    return float(sum(scores)) / max(len(scores), 5)


def _colour_likeness(one: Floats, two: Floats) -> float:
    """Correlation of where the colours are, whatever cast lies over both; 1 for grey pictures."""
    planes = [srgb8_to_oklab(np.rint(part).astype(np.uint8))[..., 1:] for part in (one, two)]
    centred = [plane - plane.mean(axis=(0, 1)) for plane in planes]
    spreads = [float(np.sqrt((plane**2).mean())) for plane in centred]
    if max(spreads) < 0.015:
        return 1.0
    if min(spreads) < 0.3 * max(spreads):
        return 0.0
    return float((centred[0] * centred[1]).mean()) / (spreads[0] * spreads[1])
