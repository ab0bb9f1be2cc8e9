"""Labels of a corpus: measured attributes, their quantiles, and texts."""

import contextlib
import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from artdesk.core import atomic
from artdesk.core.attributes import ATTRIBUTES
from artdesk.engine.measures.attributes import measure, percentiles
from training.corpus import metadata
from training.corpus.decoding import RejectedError, decode
from training.corpus.human_words import human_texts
from training.corpus.measuring import measure_version
from training.corpus.metadata import CorpusError, Row
from training.corpus.texts import Lexicon, phrase, sample_words
from training.corpus.workers import in_order

QUANTILES_NAME = "attributes.npz"
TEXTS_PER_PICTURE = 4
_KEEP_EVERY = 200
_VERSION = Path("cache") / "measure_version.txt"

Floats = npt.NDArray[np.float64]
Progress = Callable[[int, int], None]


def annotate(
    corpora: Sequence[Path],
    lexicon: Lexicon,
    seed: int,
    progress: Progress,
    processes: int = 1,
) -> npt.NDArray[np.float32]:
    """Measures what was not measured, ranks all corpora on one scale and writes texts.

    What was measured is kept from time to time, so a stopped annotation goes on where it was. The
    words that people said of a picture (`corpus words`) follow the texts that are made here.

    Args:
        corpora: Folders with `metadata.csv`; all get the same `attributes.npz`.
        lexicon: Words for the texts.
        seed: Another seed gives other texts.
        progress: Called with pictures done and pictures to do.
        processes: How many measure at once; the result does not depend on it.

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
    for corpus, rows in zip(corpora, tables, strict=True):
        before = done

        def tell(count: int, start: int = before) -> None:
            progress(start + count, total)

        _measure_missing(corpus, rows, processes, tell)
        done += len(rows)
    quantiles = quantile_table([row for rows in tables for row in rows])
    for corpus, rows in zip(corpora, tables, strict=True):
        write_quantiles(corpus / QUANTILES_NAME, quantiles)
        said = human_texts(corpus)
        told = [_told(row, quantiles, lexicon, seed, said.get(row.file_name, ())) for row in rows]
        metadata.write(corpus, told)
    return quantiles


def _measure_missing(
    corpus: Path, rows: list[Row], processes: int, progress: Callable[[int], None]
) -> None:
    """Fills in the raw attributes of rows that lack them, in the list and in the table."""
    if not _is_current(corpus):
        rows[:] = [replace(row, raw=None) for row in rows]
        metadata.write(corpus, rows)
        atomic.make_folder((corpus / _VERSION).parent)
        atomic.write_text(corpus / _VERSION, measure_version())
    missing = [place for place, row in enumerate(rows) if row.raw is None]
    done = len(rows) - len(missing)
    progress(done)
    jobs = [(corpus, rows[place].file_name) for place in missing]
    with contextlib.closing(in_order(measured, jobs, processes)) as results:
        for count, (place, raw) in enumerate(zip(missing, results, strict=True), start=1):
            rows[place] = rows[place].with_raw(raw)
            progress(done + count)
            if count % _KEEP_EVERY == 0:
                metadata.write(corpus, rows)


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


def _told(
    row: Row,
    quantiles: npt.NDArray[np.float32],
    lexicon: Lexicon,
    seed: int,
    human: Sequence[str] = (),
) -> Row:
    """The row with new texts; they depend on the work and the seed, not on the order of rows."""
    if row.raw is None:
        return row
    digest = hashlib.sha256(f"{row.work_id} {row.file_name}".encode()).digest()
    rng = np.random.default_rng([seed, int.from_bytes(digest[:8], "little")])
    texts = texts_of(percentiles(row.raw, quantiles), lexicon, rng)
    return row.with_texts(dict.fromkeys([*texts, *human]))


def measured(job: tuple[Path, str]) -> Floats:
    """The raw attributes of one picture of a corpus, float64 [29].

    Args:
        job: The corpus folder and the name of the picture in it.

    Raises:
        CorpusError: The picture cannot be read.
    """
    corpus, name = job
    try:
        pixels, _ = decode((corpus / name).read_bytes())
    except (OSError, RejectedError) as error:
        raise CorpusError(
            f"The picture {name} cannot be measured ({error}); run 'corpus check'."
        ) from None
    # As many digits as the table keeps: a run that was stopped ranks by the same numbers.
    return np.array([float(f"{value:.6g}") for value in measure(pixels)])


def _is_current(corpus: Path) -> bool:
    """Whether the numbers in the table come from the measures as they are now."""
    try:
        return (corpus / _VERSION).read_text(encoding="utf-8").strip() == measure_version()
    except OSError:
        return False
