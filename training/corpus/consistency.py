"""Labels that contradict each other, the pictures, or what people say; and lopsided corpora."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from artdesk.core.attributes import ATTRIBUTES, AXES, HUES
from artdesk.engine.measures.attributes import percentiles
from training.corpus.annotating import QUANTILES_NAME, measured, read_quantiles
from training.corpus.human_words import Said, axis_values, parsed, read
from training.corpus.metadata import CorpusError, Row
from training.corpus.texts import Lexicon, agreement

Floats = npt.NDArray[np.float64]
Rows = Sequence[tuple[Path, Row]]

# Shares of the named colours overlap softly at their borders, but never this much.
_MOST_HUES = 2.0
# A text must not say what the picture denies: agreement of its words, about -1 to 1.
_LEAST_AGREEMENT = -0.05
# Two words of one picture's texts that point in opposite directions (cosine).
_OPPOSITE = -0.5
# How far a label may be from what its picture measures today, as a share of the label's range.
_DRIFT = 0.02
# People and measures contradict each other when they point to different poles at least this much.
_MARKED = 0.4
# From here on a corpus, a split or a source is large enough to be called lopsided.
_LARGE_CORPUS, _LARGE_PART = 300, 40
_LEAST_SIDE, _MOST_ALIKE, _LEAST_HUE, _MOST_ONE_GROUP = 0.12, 0.5, 0.02, 0.5
_HUE_PRESENT = 0.05


def label_faults(corpora: Sequence[Path], rows: Rows, lexicon: Lexicon) -> list[str]:
    """Labels that cannot all be true.

    Found are: shares of colours that no picture can have, texts that deny the measured attributes
    or one another, corpora ranked on different scales, and a scale that does not fit the labels.

    Args:
        corpora: Folders of the rows.
        rows: Every picture with its corpus.
        lexicon: What the words of texts mean.

    Returns:
        One sentence for each.
    """
    faults = []
    for _, row in rows:
        if row.raw is None or not np.isfinite(row.raw).all():
            continue
        shares = row.raw[len(AXES) :]
        if shares.min() < 0.0 or shares.max() > 1.0 or shares.sum() > _MOST_HUES:
            worst = HUES[int(np.argmax(np.maximum(shares, -shares)))]
            faults.append(
                f"{row.file_name} has colours that no picture can have: {worst} "
                f"{shares[HUES.index(worst)]:.2f}, together {shares.sum():.2f}."
            )
    annotated = [corpus for corpus in corpora if (corpus / QUANTILES_NAME).exists()]
    tables = {}
    for corpus in annotated:
        try:
            tables[corpus] = np.asarray(read_quantiles(corpus), dtype=np.float64)
        except CorpusError as error:
            faults.append(str(error))
    first = tables.get(annotated[0]) if annotated else None
    for corpus in annotated[1:]:
        if corpus in tables and (first is None or not np.array_equal(tables[corpus], first)):
            faults.append(
                f"{corpus} and {annotated[0]} are ranked on different scales; run 'corpus "
                "annotate' with all corpora together."
            )
    human = {corpus: _texts_by_picture(said) for corpus, said in _all_said(rows).items()}
    places = {word: place for place, word in enumerate(lexicon.words)}
    for corpus, row in rows:
        if row.raw is None or not row.texts or not np.isfinite(row.raw).all():
            continue
        if corpus not in tables:
            faults.append(f"{row.file_name} has texts but {corpus} has no scale of attributes.")
            continue
        own = set(row.texts) - human[corpus].get(row.file_name, set())
        said = {part.text for text in own for part in parsed(text, lexicon) if part.factor > 0}
        words = sorted(said & places.keys())
        faults += _text_faults(
            row.file_name, words, percentiles(row.raw, tables[corpus]), lexicon,
            [places[word] for word in words],
        )  # fmt: skip
    return faults


def _text_faults(
    name: str, words: Sequence[str], attributes: Floats, lexicon: Lexicon, places: list[int]
) -> list[str]:
    """Words of a picture's own texts that deny its attributes or one another.

    Args:
        name: The picture.
        words: Known words of its texts, without those that people said: these may be right.
        attributes: What was measured, float64 [29], -1..1.
        lexicon: What the words mean.
        places: Of the words in the lexicon.
    """
    if not words:
        return []
    fits = agreement(attributes, lexicon.vectors[places])
    faults = [
        f"A text of {name} says “{word}”, which its attributes deny ({fit:.2f}); run 'corpus "
        "annotate'."
        for word, fit in zip(words, fits, strict=True)
        if fit < _LEAST_AGREEMENT
    ]
    cosines = lexicon.directions[places] @ lexicon.directions[places].T
    faults += [
        f"The texts of {name} say both “{words[one]}” and “{words[two]}”."
        for one, two in np.argwhere(np.triu(cosines < _OPPOSITE, 1))
    ]
    return faults


def drift_faults(corpora: Sequence[Path], rows: Rows, most: int = 24) -> list[str]:
    """Labels that are not what their pictures measure, looked for in an even sample.

    A table that was edited, or that belongs to other pictures, is found with near certainty when
    a tenth of it is wrong; measuring all pictures again would take as long as annotating them.

    Args:
        corpora: Folders of the rows.
        rows: Every picture with its corpus.
        most: Pictures that are measured again in each corpus.
    """
    finite = [row.raw for _, row in rows if row.raw is not None and np.isfinite(row.raw).all()]
    if not finite:
        return []
    reach = np.maximum(np.ptp(np.stack(finite), axis=0), 1e-6)
    faults = []
    for corpus in corpora:
        own = [row for where, row in rows if where == corpus and row.raw is not None]
        places = np.unique(np.linspace(0, len(own) - 1, min(most, len(own))).round().astype(int))
        for row in (own[place] for place in places):
            try:
                now = measured((corpus, row.file_name))
            except CorpusError:
                continue  # An unreadable picture is a fault of its own.
            assert row.raw is not None
            off = np.abs(now - row.raw) / reach
            worst = int(np.nanargmax(off)) if np.isfinite(off).any() else 0
            if off[worst] > _DRIFT:
                faults.append(
                    f"{row.file_name} is labelled {ATTRIBUTES[worst]} {row.raw[worst]:.3g} but "
                    f"measures {now[worst]:.3g}; run 'corpus annotate' or import it again."
                )
    return faults


def balance_faults(rows: Sequence[Row]) -> list[str]:
    """Axes and groups that are lopsided in the corpus, in a split or in a source."""
    kept = [row for row in rows if row.raw is not None and np.isfinite(row.raw).all()]
    if len(kept) < _LARGE_CORPUS:
        return []
    table = np.stack([row.raw for row in kept if row.raw is not None])
    middle = np.median(table, axis=0)
    parts = {f"the {name} split": np.array([row.split == name for row in kept])
             for name in sorted({row.split for row in kept})}  # fmt: skip
    parts |= {f"the {name} pictures": np.array([row.source == name for row in kept])
              for name in sorted({row.source for row in kept})}  # fmt: skip
    faults = []
    for index, axis in enumerate(AXES):
        values = table[:, index]
        low, high = np.percentile(values, [1, 99])
        if not high > low:
            faults.append(f"All pictures have the same {axis.name}.")
            continue
        counts, _ = np.histogram(values, bins=20, range=(low, high))
        if counts.max() > _MOST_ALIKE * len(values):
            share = 100 * counts.max() / len(values)
            faults.append(f"{share:.0f} % of the pictures have nearly the same {axis.name}.")
        for name, inside in parts.items():
            if inside.sum() < _LARGE_PART:
                continue
            above = float((values[inside] > middle[index]).mean())
            if not _LEAST_SIDE <= above <= 1.0 - _LEAST_SIDE:
                pole = axis.positive if above > 0.5 else axis.negative
                faults.append(
                    f"{100 * max(above, 1.0 - above):.0f} % of {name} lie on the {pole} side of "
                    f"{axis.name}."
                )
    for index, hue in enumerate(HUES):
        present = float((table[:, len(AXES) + index] > _HUE_PRESENT).mean())
        if present < _LEAST_HUE:
            faults.append(f"Only {100 * present:.1f} % of the pictures show {hue}.")
    groups = Counter(row.artist or row.family for row in rows)
    name, count = groups.most_common(1)[0]
    if count > _MOST_ONE_GROUP * len(rows):
        faults.append(f"{count} of {len(rows)} pictures are by {name or 'nobody named'}.")
    return faults


def human_contradictions(rows: Rows, lexicon: Lexicon) -> list[str]:
    """Where people's words and the measured attributes point to different poles of an axis.

    These are listed and not faults: the person may be right, or the measure.
    """
    listed = []
    for corpus, said in _all_said(rows).items():
        own = {row.file_name: row for where, row in rows if where == corpus}
        if not (corpus / QUANTILES_NAME).exists():
            continue
        quantiles = np.asarray(read_quantiles(corpus), dtype=np.float64)
        for (picture, person), words in sorted(said.items()):
            row = own.get(picture)
            if row is None or row.raw is None:
                continue
            heard = axis_values(words, lexicon)[: len(AXES)]
            shown = percentiles(row.raw, quantiles)[: len(AXES)]
            against = (heard * shown < 0) & (np.minimum(np.abs(heard), np.abs(shown)) >= _MARKED)
            for index in np.flatnonzero(against):
                axis = AXES[index]
                pole = axis.positive if shown[index] > 0 else axis.negative
                other = axis.negative if shown[index] > 0 else axis.positive
                listed.append(
                    f"{person} calls {picture} {other} (“{words}”), it measures {pole} "
                    f"({shown[index]:+.2f})."
                )
    return listed


def unknown_pictures(rows: Rows) -> list[str]:
    """Words of people about pictures that the corpus does not have."""
    names = {(corpus, row.file_name) for corpus, row in rows}
    return [
        f"{person} describes {picture}, which is not in {corpus}."
        for corpus, said in _all_said(rows).items()
        for picture, person in sorted(said)
        if (corpus, picture) not in names
    ]


def _all_said(rows: Rows) -> dict[Path, Said]:
    return {corpus: read(corpus) for corpus in dict.fromkeys(corpus for corpus, _ in rows)}


def _texts_by_picture(said: Said) -> dict[str, set[str]]:
    texts: dict[str, set[str]] = {}
    for (picture, _), words in said.items():
        texts.setdefault(picture, set()).add(words)
    return texts
