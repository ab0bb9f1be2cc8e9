"""Labels of a corpus: measured attributes, their quantiles, and texts."""

import hashlib
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from artdesk.core import atomic
from artdesk.core.attributes import ATTRIBUTES
from artdesk.engine.measure import measure, percentiles
from training.corpus import metadata
from training.corpus.decoding import RejectedError, decode
from training.corpus.measuring import measure_version
from training.corpus.metadata import CorpusError, Row
from training.corpus.texts import Lexicon, phrase, sample_words

QUANTILES_NAME = "attributes.npz"
TEXTS_PER_PICTURE = 4
_VERSION = Path("cache") / "measure_version.txt"

Floats = npt.NDArray[np.float64]
Progress = Callable[[int, int], None]


def annotate(
    corpora: Sequence[Path], lexicon: Lexicon, seed: int, progress: Progress
) -> npt.NDArray[np.float32]:
    """Measures what was not measured, ranks all corpora on one scale and writes texts.

    Args:
        corpora: Folders with `metadata.csv`; all get the same `attributes.npz`.
        lexicon: Words for the texts.
        seed: Another seed gives other texts.
        progress: Called with pictures done and pictures to do.

    Returns:
        float32 [29, 101], the quantile table.

    Raises:
        CorpusError: A corpus or one of its pictures cannot be read, or there are no pictures.
    """
    tables = [metadata.read(corpus) for corpus in corpora]
    total = sum(len(rows) for rows in tables)
    if not total:
        raise CorpusError("There are no pictures to annotate; import some first.")
    done = 0
    measured: list[list[Row]] = []
    for corpus, rows in zip(corpora, tables, strict=True):
        current = _is_current(corpus)
        fresh = []
        for row in rows:
            if row.raw is None or not current:
                row = row.with_raw(_measured(corpus, row))
            fresh.append(row)
            done += 1
            progress(done, total)
        measured.append(fresh)
    quantiles = quantile_table([row for rows in measured for row in rows])
    for corpus, rows in zip(corpora, measured, strict=True):
        write_quantiles(corpus / QUANTILES_NAME, quantiles)
        metadata.write(corpus, [_told(row, quantiles, lexicon, seed) for row in rows])
        atomic.make_folder((corpus / _VERSION).parent)
        atomic.write_text(corpus / _VERSION, measure_version())
    return quantiles


def quantile_table(rows: Sequence[Row]) -> npt.NDArray[np.float32]:
    """The 0th to 100th percentile of every attribute, float32 [29, 101]."""
    raw = np.stack([row.raw for row in rows if row.raw is not None])
    return np.asarray(np.percentile(raw, np.arange(101), axis=0).T, dtype=np.float32)


def write_quantiles(path: Path, quantiles: npt.NDArray[np.float32]) -> None:
    """Writes the table with the names of its rows."""
    stream = io.BytesIO()
    np.savez_compressed(stream, attribute_quantiles=quantiles, attribute_names=np.array(ATTRIBUTES))
    atomic.write_bytes(path, stream.getvalue())


def read_quantiles(corpus: Path) -> npt.NDArray[np.float32]:
    """Reads the table of a corpus, float32 [29, 101].

    Raises:
        CorpusError: There is none, or it is of other attributes.
    """
    path = corpus / QUANTILES_NAME
    try:
        with np.load(path, allow_pickle=False) as arrays:
            quantiles = np.asarray(arrays["attribute_quantiles"], dtype=np.float32)
            names = tuple(str(name) for name in arrays["attribute_names"])
    except (OSError, ValueError, KeyError):
        raise CorpusError(
            f"The table {path} is missing or damaged; run 'corpus annotate'."
        ) from None
    if names != ATTRIBUTES or quantiles.shape != (len(ATTRIBUTES), 101):
        raise CorpusError(f"The table {path} is of other attributes; run 'corpus annotate'.")
    return quantiles


def texts_of(attributes: Floats, lexicon: Lexicon, rng: np.random.Generator) -> list[str]:
    """Different texts about one picture; fewer when chance repeats itself."""
    said = (phrase(sample_words(attributes, lexicon, rng)) for _ in range(TEXTS_PER_PICTURE))
    return [text for text in dict.fromkeys(said) if text]


def _told(row: Row, quantiles: npt.NDArray[np.float32], lexicon: Lexicon, seed: int) -> Row:
    """The row with new texts; they depend on the work and the seed, not on the order of rows."""
    if row.raw is None:
        return row
    digest = hashlib.sha256(f"{row.work_id} {row.file_name}".encode()).digest()
    rng = np.random.default_rng([seed, int.from_bytes(digest[:8], "little")])
    return row.with_texts(texts_of(percentiles(row.raw, quantiles), lexicon, rng))


def _measured(corpus: Path, row: Row) -> Floats:
    try:
        pixels, _ = decode((corpus / row.file_name).read_bytes())
    except (OSError, RejectedError) as error:
        raise CorpusError(
            f"The picture {row.file_name} cannot be measured ({error}); run 'corpus check'."
        ) from None
    return measure(pixels)


def _is_current(corpus: Path) -> bool:
    """Whether the numbers in the table come from the measures as they are now."""
    try:
        return (corpus / _VERSION).read_text(encoding="utf-8").strip() == measure_version()
    except OSError:
        return False
