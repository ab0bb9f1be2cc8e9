"""Plain borders, photographed frames and pages of text around or instead of a painting.

A border is told from a ground that the painter left plain by its inner edge: what surrounds a
photograph ends in one straight step all along each of the four sides, forms on a plain ground do
not. What a plain border surrounds is cut out; a frame with a moulding, a small picture on a large
mat and a page of text are reasons to leave a file out. The limits were chosen by looking at what
every rule says of 855 paintings, among them grids, tondos and suprematist forms on white.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from training.corpus.decoding import LEAST_SIDE, RejectedError

Floats = npt.NDArray[np.float64]
Pixels = npt.NDArray[np.uint8]

# Each limit was turned to half and double on copies of 1,220 paintings, of which the rules as they
# stand cut 6 and refuse none ("steady": turning it moved at most one picture, in or out).

# Long side of the copy that is looked at: a margin of one per cent still has three lines.
_SIDE = 320
# A line of a border differs from its own colour by at most this (8-bit steps): mean and 95 %.
# Half of either loses all six margins, double is steady.
_LINE_MEAN, _LINE_MOST = 5.0, 14.0
# Borders that deep on all sides leave 16 % of the picture, less than _LEAST_CONTENT lets through.
_DEEPEST = 0.3
# Pixels that differ from the border by more than this belong to what it surrounds: twice what a
# line of the border itself may be off. From 13 to 39 steady; at 52 two of the six are missed.
_OTHER = 26.0
# The inner edge lies within this many lines of where the border stops being even: with 1 all
# six are missed, for the edges of scans are blurred; with 6 five pictures more are cut.
_EDGE = 3
# Share of a side along which the edge is seen, for a scan's step may have gaps; 0.7 to 0.97 steady.
_LEAST_EDGE = 0.9
# All lines of one plain border agree within this; mats and walls are nearly neutral. Twice the
# spread loses four of the six and half of it trades one; no painting here hangs on the tint.
_PLAIN_SPREAD, _PLAIN_TINT = 30.0, 34.0
# Three lines of the copy, for the outermost is often mixed with what lay under the page. Less is
# steady, 0.02 would leave five of six margins in.
_LEAST_BORDER = 0.009
# A black square on white is no picture with a mat: the cut-out part has to show something itself.
# Without this rule two pictures more would be cut; 0.7 to 0.9 steady.
_MOST_UNIFORM = 0.8
# Little more than a third of the file: a narrower one is too small to learn from (DECISIONS 23).
_LEAST_CONTENT = 0.35
# A frame's moulding: changing along its depth, the same on all sides, at least this wide. Made to
# miss rather than to refuse a work: steady, since no painting here has a frame.
_LEAST_FRAME, _FRAME_SPREAD, _FRAME_ALIKE = 0.025, 45.0, 40.0
# A page: fifty lines of print are 12 pixels high each in a copy of this side. Eight lines of
# sixteen strokes are a paragraph; with a quarter of either still no painting here is taken for one.
_PAGE_SIDE = 640
_LEAST_LINES, _LEAST_LETTERS = 8, 16


@dataclass(frozen=True, slots=True)
class Border:
    """Something around a picture, in shares of its width and height from each side.

    Attributes:
        left: 0..0.3.
        top: 0..0.3.
        right: 0..0.3.
        bottom: 0..0.3.
        plain: Whether it is of one colour (a mat, paper, a wall) and not a moulding.
    """

    left: float
    top: float
    right: float
    bottom: float
    plain: bool

    @property
    def content(self) -> float:
        """The share of the whole that lies inside."""
        return (1.0 - self.left - self.right) * (1.0 - self.top - self.bottom)


def without_border(pixels: Pixels) -> tuple[Pixels, str]:
    """Cuts a plain border away.

    Args:
        pixels: uint8 [H, W, 3].

    Returns:
        The part inside and a note for people such as "border cut off: 8 % left, ...", or the
        picture as it is and an empty text.

    Raises:
        RejectedError: There is a frame around the picture, or a border too wide for a good cut.
    """
    border = find_border(pixels)
    if border is None:
        return pixels, ""
    if not border.plain:
        raise RejectedError("frame or border: a frame was photographed with the picture")
    if border.content < _LEAST_CONTENT:
        raise RejectedError(
            f"frame or border: only {100 * border.content:.0f} % of it lie inside a plain border"
        )
    height, width = pixels.shape[:2]
    # One pixel more is cut: the edge itself is mixed of both.
    left, right = round(border.left * width) + 1, width - round(border.right * width) - 1
    top, bottom = round(border.top * height) + 1, height - round(border.bottom * height) - 1
    if min(right - left, bottom - top) < LEAST_SIDE:
        raise RejectedError(
            f"frame or border: only {right - left} x {bottom - top} pixels lie inside it"
        )
    shares = (border.left, border.top, border.right, border.bottom)
    said = ", ".join(
        f"{100 * share:.1f} % {side}"
        for share, side in zip(shares, ("left", "top", "right", "bottom"), strict=True)
    )
    return np.ascontiguousarray(pixels[top:bottom, left:right]), f"border cut off: {said}"


def find_border(pixels: Pixels) -> Border | None:
    """Looks for a plain border or a frame on all four sides of a picture, uint8 [H, W, 3]."""
    small = _small_copy(pixels, _SIDE).astype(np.float64)
    height, width = small.shape[:2]
    views = (small.swapaxes(0, 1), small, small[:, ::-1].swapaxes(0, 1), small[::-1])
    bands = [_outer_lines(view) for view in views]
    left, top, right, bottom = (len(band) for band in bands)
    shares = (left / width, top / height, right / width, bottom / height)
    if min(shares) < _LEAST_BORDER:
        return None
    colours = np.concatenate(bands)
    middle = np.median(colours, axis=0)
    spread = float(np.abs(colours - middle).max())
    inner = small[top : height - bottom, left : width - right]
    plain = spread <= _PLAIN_SPREAD
    if plain and float(np.ptp(middle)) > _PLAIN_TINT:
        return None
    # The outermost even line of each side stands for the colour against which the edge is seen.
    last = [band[-1] for band in bands]
    lines = (inner[:, :_EDGE], inner[:_EDGE].swapaxes(0, 1), inner[:, -_EDGE:],
             inner[-_EDGE:].swapaxes(0, 1))  # fmt: skip
    for line, colour in zip(lines, last, strict=True):
        other = np.abs(line - (middle if plain else colour)).max(axis=2) > _OTHER
        if float(other.any(axis=1).mean()) < _LEAST_EDGE:
            return None
    own = np.abs(inner - np.median(inner.reshape(-1, 3), axis=0)).max(axis=2)
    if float((own <= _PLAIN_SPREAD).mean()) > _MOST_UNIFORM:
        return None
    if not plain and (min(shares) < _LEAST_FRAME or not _is_moulding(bands)):
        return None
    return Border(*shares, plain=plain)


def check_page(pixels: Pixels) -> None:
    """Refuses a scanned page of text.

    Raises:
        RejectedError: The picture is dark letters in many even lines on light paper.
    """
    grey = np.asarray(Image.fromarray(_small_copy(pixels, _PAGE_SIDE)).convert("L"), np.float64)
    paper = float(np.percentile(grey, 75))
    ink = grey < paper - 60.0
    if paper < 150.0 or not 0.02 <= float(ink.mean()) <= 0.3 or _is_coloured(pixels):
        return
    columns = np.flatnonzero(ink.mean(axis=0) > 0.01)
    if len(columns) < 2:
        return
    ink = ink[:, columns[0] : columns[-1] + 1]
    starts = (np.diff(ink.astype(np.int8), axis=1) > 0).sum(axis=1)
    # A line of text: many short strokes side by side, with an empty strip above and below.
    written = ink.mean(axis=1) > 0.03
    edges = np.flatnonzero(np.diff(np.concatenate([[0], written.astype(np.int8), [0]])))
    begins, ends = edges[::2], edges[1::2]
    letters = np.array(
        [starts[begin:end].max() for begin, end in zip(begins, ends, strict=True)], dtype=int
    )
    tall = ends - begins
    text = (letters >= _LEAST_LETTERS) & (tall <= 0.06 * len(ink))
    if int(text.sum()) < _LEAST_LINES:
        return
    pitch = np.diff(begins[text])
    even = float((np.abs(pitch - np.median(pitch)) <= 0.3 * np.median(pitch)).mean())
    share_of_ink = float(
        sum(ink[begin:end].sum() for begin, end in zip(begins[text], ends[text], strict=True))
    ) / max(1.0, float(ink.sum()))
    if even >= 0.6 and share_of_ink >= 0.6:
        raise RejectedError(f"text page: {int(text.sum())} lines of letters on plain paper")


def _small_copy(pixels: Pixels, side: int) -> Pixels:
    """The picture with a long side of at most `side` pixels, uint8 [h, w, 3]."""
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    if scale >= 1.0:
        return pixels
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))


def _outer_lines(lines: Floats) -> Floats:
    """Colours of the outer lines that are each of one colour, float64 [depth, 3].

    Args:
        lines: float64 [depth, length, 3], from the side inwards.
    """
    limit = int(len(lines) * _DEEPEST)
    length = lines.shape[1]
    inner = lines[:limit, length // 12 : length - length // 12]
    middle = np.median(inner, axis=1)
    off = np.abs(inner - middle[:, None]).max(axis=2)
    even = (off.mean(axis=1) <= _LINE_MEAN) & (np.percentile(off, 95, axis=1) <= _LINE_MOST)
    uneven = np.flatnonzero(~even)
    return np.asarray(middle[: int(uneven[0]) if len(uneven) else limit])


def _is_moulding(bands: list[Floats]) -> bool:
    """Whether the four sides change in the same way from the outside inwards."""
    places = np.linspace(0.0, 1.0, 8)
    profiles = [
        np.stack(
            [
                np.interp(places, np.linspace(0.0, 1.0, len(band)), band[:, channel])
                for channel in range(3)
            ]
        )
        for band in bands
    ]
    mean = np.mean(profiles, axis=0)
    apart = max(float(np.abs(profile - mean).mean()) for profile in profiles)
    return apart <= _FRAME_ALIKE and float(np.ptp(mean, axis=1).max()) >= _FRAME_SPREAD


def _is_coloured(pixels: Pixels) -> bool:
    """Whether more than a trace of a picture has a colour of its own beside paper and ink."""
    small = _small_copy(pixels, 160).astype(np.float64)
    tint = small - small.mean(axis=2, keepdims=True)
    # Yellowed paper has a tint as well; what counts is what departs from it.
    off = np.abs(tint - np.median(tint.reshape(-1, 3), axis=0)).max(axis=2)
    return float((off > 22.0).mean()) > 0.02
