"""Whether the measures of a picture stay as they are when only its file or its place changes."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from artdesk.core.attributes import ATTRIBUTES
from artdesk.engine.measures.attributes import measure, percentiles
from training.corpus import metadata
from training.corpus.annotating import read_quantiles
from training.corpus.metadata import CorpusError

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Pairs = dict[str, tuple[Floats, Floats]]
"""For each change the raw attributes before and after."""

LARGE, SMALL, JPEG_QUALITY = 512, 256, 60
CHANGES = ("resized", "jpeg", "turned", "mirrored")
_VERTICALITY = ATTRIBUTES.index("verticality")


@dataclass(frozen=True, slots=True)
class Stability:
    """How one attribute takes one change, over a sample of a corpus.

    Attributes:
        attribute: Name of the attribute.
        change: One of `CHANGES`.
        correlation: Pearson correlation of the percentiles before and after, -1 to 1.
        shift: Mean of after less before, in percentile points.
        moved: Mean of the distance between both, in percentile points.
    """

    attribute: str
    change: str
    correlation: float
    shift: float
    moved: float


def scaled(pixels: Pixels, long_side: int) -> Pixels:
    """The picture uint8 [H, W, 3] with another long side in pixels."""
    height, width = pixels.shape[:2]
    scale = long_side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    return np.asarray(picture.resize(size, Image.Resampling.LANCZOS))


def compressed(pixels: Pixels) -> Pixels:
    """The picture uint8 [H, W, 3] after JPEG of quality 60 with halved chroma."""
    stream = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(
        stream, "JPEG", quality=JPEG_QUALITY, subsampling=2
    )
    return np.asarray(Image.open(stream).convert("RGB"))


def changed(pixels: Pixels) -> Pairs:
    """Raw attributes [29] before and after each change.

    Args:
        pixels: uint8 [H, W, 3].

    Returns:
        For each of `CHANGES` the numbers before and after. A quarter turn is expected to turn
        verticality round, so that it is given with the other sign after `turned`.
    """
    small = scaled(pixels, SMALL)
    before = measure(small)
    turned = measure(np.ascontiguousarray(np.rot90(small)))
    turned[_VERTICALITY] *= -1.0
    return {
        "resized": (measure(scaled(pixels, LARGE)), before),
        "jpeg": (before, measure(compressed(small))),
        "turned": (before, turned),
        "mirrored": (before, measure(np.ascontiguousarray(small[:, ::-1]))),
    }


def summarise(
    pairs: Sequence[dict[str, tuple[Floats, Floats]]], quantiles: Floats
) -> list[Stability]:
    """Correlations and shifts of all attributes over a sample.

    Args:
        pairs: One result of `changed` per picture.
        quantiles: float [29, 101], the percentiles of the corpus.
    """
    found = []
    for change in CHANGES:
        raw = np.array([pair[change] for pair in pairs])
        places = 50.0 * (percentiles(raw, quantiles) + 1.0)
        before, after = places[:, 0], places[:, 1]
        for index, name in enumerate(ATTRIBUTES):
            found.append(
                Stability(
                    attribute=name,
                    change=change,
                    correlation=correlation(before[:, index], after[:, index]),
                    shift=float((after - before)[:, index].mean()),
                    moved=float(np.abs(after - before)[:, index].mean()),
                )
            )
    return found


def correlation(first: Floats, second: Floats) -> float:
    """Pearson correlation; 1 where both never vary, 0 where only one does."""
    if not first.std() or not second.std():
        return 1.0 if np.array_equal(first, second) else 0.0
    return float(np.corrcoef(first, second)[0, 1])


def sample(corpora: Sequence[Path], count: int) -> list[Path]:
    """Pictures spread evenly over all corpora.

    Raises:
        CorpusError: There are none.
    """
    files = [corpus / row.file_name for corpus in corpora for row in metadata.read(corpus)]
    if not files:
        raise CorpusError("There are no pictures to validate with; import some first.")
    places = np.linspace(0, len(files) - 1, min(count, len(files))).round().astype(int)
    return [files[place] for place in places]


def stability(corpora: Sequence[Path], count: int, advance: Callable[[], None]) -> list[Stability]:
    """Measure a sample of the corpora before and after every change.

    Args:
        corpora: Annotated corpora; the first one's percentiles are the scale.
        count: Pictures.
        advance: Told after every picture.

    Raises:
        CorpusError: A picture cannot be read, or the corpora are not annotated.
    """
    quantiles = read_quantiles(corpora[0]).astype(np.float64)
    pairs = []
    for file in sample(corpora, count):
        try:
            with Image.open(file) as picture:
                pixels = np.asarray(picture.convert("RGB"))
        except OSError:
            raise CorpusError(f"The picture {file} cannot be read; run 'corpus check'.") from None
        pairs.append(changed(pixels))
        advance()
    return summarise(pairs, quantiles)
