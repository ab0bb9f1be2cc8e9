"""What the words of WordNet come to: derived words of the table, inferred attributes of others."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from training.corpus.lexicon import Entry, read_lexicon
from training.words import evaluate, table, targets, wordnet
from training.words.material import Material, word_features
from training.words.semantic import Basis, encode_templates
from training.words.teacher import Teacher

FloatArray = npt.NDArray[np.float32]


def write_derived(
    lexicon: Path,
    labels: Mapping[str, FloatArray],
    adjectives: wordnet.Adjectives,
    wordnet_folder: Path,
    basis: Basis,
    model: Teacher,
    cache: Path,
) -> list[Entry]:
    """Derive words from WordNet, write them, and give them back."""
    plain = adjectives.words()
    centred = basis.centred(encode_templates(model, plain, cache))
    features = word_features(adjectives, plain, centred, model, cache)
    excluded = table.read_excluded(lexicon.with_name(table.EXCLUDED_FILE))
    counts = wordnet.read_adjective_counts(wordnet_folder)
    target = lexicon.with_name(table.WORDNET_FILE)
    found = table.derive_entries(adjectives, counts, labels, plain, features, excluded)
    kept = read_lexicon(target) if target.exists() else []
    merged = table.merge_entries(kept, found, excluded | set(labels))
    table.write_entries(target, merged)
    return merged


def write_inferred(
    lexicon: Path,
    labels: Mapping[str, FloatArray],
    adjectives: wordnet.Adjectives,
    wordnet_folder: Path,
    weights: Path,
    words: Sequence[Mapping[str, Any]],
    material: Material,
    evidence: targets.Evidence,
) -> dict[str, Any]:
    """Write the inferred attributes of words outside the table, and measure the inference.

    What is written has learnt from all labels; the tests hold labels back.
    """
    found = dict(
        zip(evidence.words, targets.infer(adjectives, labels, evidence).values, strict=True)
    )
    excluded = table.read_excluded(lexicon.with_name(table.EXCLUDED_FILE))
    plain = [word for word in adjectives.words() if word not in excluded]
    count = table.write_inferred(
        weights,
        plain,
        np.stack([found[word] for word in plain]),
        wordnet.read_adjective_counts(wordnet_folder),
        {str(word["word"]) for word in words},
    )
    return {
        "words": count,
        "held_out": asdict(evaluate.held_out_targets(labels, material)),
        "cross_validated": asdict(evaluate.cross_validate(adjectives, labels, evidence)),
    }
