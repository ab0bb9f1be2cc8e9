"""How much the word encoder loses when its weights and sums become integers."""

import numpy as np
import torch

from artdesk.core.attributes import ATTRIBUTE_COUNT
from training.export.graphs import TextGraph, to_onnx
from training.export.parity import runner
from training.export.quantize import dynamic_int8
from training.words.student import Student


def compare(student: Student, words: list[str]) -> dict[str, float]:
    """Compare the int8 graph that bundles hold with the float network.

    Args:
        student: the float network.
        words: texts to read with both.

    Returns:
        Bytes of the graph, lowest and mean cosine of the semantic part, largest and mean difference
        of an attribute, and the share of words whose strongest attribute keeps its name and sign.
    """
    example = torch.tensor([[2, 5, 3]])
    graph = to_onnx(
        TextGraph(student.model),
        {"input_ids": example, "attention_mask": torch.ones_like(example)},
        "vector",
        {name: {1: "pieces"} for name in ("input_ids", "attention_mask")},
    )
    model = dynamic_int8(graph).SerializeToString()
    run = runner(model)
    exact = student.read(words)
    rounded = []
    for word in words:
        ids = np.array([student.tokenizer.encode(word).ids], dtype=np.int64)
        rounded.append(run({"input_ids": ids, "attention_mask": np.ones_like(ids)})[0])
    ours = np.stack(rounded)
    # The graph's semantic part has length 1 by its own last step, like the network's.
    alike = (exact[:, ATTRIBUTE_COUNT:] * ours[:, ATTRIBUTE_COUNT:]).sum(axis=1)
    said, heard = exact[:, :ATTRIBUTE_COUNT], ours[:, :ATTRIBUTE_COUNT]
    rows = np.arange(len(words))
    best = np.abs(said).argmax(axis=1)
    same = (np.abs(heard).argmax(axis=1) == best) & (said[rows, best] * heard[rows, best] > 0)
    return {
        "words": len(words),
        "bytes": len(model),
        "meaning_cosine_lowest": round(float(alike.min()), 4),
        "meaning_cosine_mean": round(float(alike.mean()), 4),
        "attribute_difference_largest": round(float(np.abs(said - heard).max()), 4),
        "attribute_difference_mean": round(float(np.abs(said - heard).mean()), 4),
        "strongest_kept": round(float(same.mean()), 4),
    }
