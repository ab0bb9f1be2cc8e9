"""Inputs that show a network every range of values it will meet, made from encoded pictures."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.data.sketches import sketch_channels
from training.export.quantize import GraphInputs
from training.export.statistics import Maps, images
from training.export.tables import film_values

# Shares of masked cells at which the detail prior is asked, from nearly done to nothing drawn.
RATIOS = (0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.92, 1.0)


def encoder_samples(maps: Sequence[Maps]) -> list[GraphInputs]:
    """Pictures, one for each sample."""
    return [{"image": images(part[None])} for group in maps for part in group.pixels]


def decoder_samples(
    maps: Sequence[Maps], tables: Mapping[str, NDArray[Any]], *, mixed: bool
) -> list[GraphInputs]:
    """Codes of pictures with their conditions.

    Args:
        maps: Encoded pictures.
        tables: Tables with codebook and FiLM layers of the decoder.
        mixed: Whether every fourth picture gets the condition of another one, to show the
            decoder unlikely pairs.
    """
    samples: list[GraphInputs] = []
    for group in maps:
        strange = np.roll(group.condition, 1, axis=0)
        for row, tokens in enumerate(group.tokens):
            codes = np.moveaxis(tables["codebook"][tokens], -1, 0)[None]
            condition = strange[row] if mixed and row % 4 == 3 else group.condition[row]
            film = film_values(tables, "decoder", condition[None])
            samples.append({"codes": np.ascontiguousarray(codes), "film": film})
    return samples


def masked(
    tokens: NDArray[np.int64], ratio: float, mask_id: int, random: np.random.Generator
) -> NDArray[np.int64]:
    """A token map int64 [h, w] with a share of its cells masked, at random places."""
    count = max(1, round(ratio * tokens.size))
    result = tokens.copy().reshape(-1)
    result[random.permutation(tokens.size)[:count]] = mask_id
    return result.reshape(tokens.shape)


def detail_inputs(
    maps: Maps, tables: Mapping[str, NDArray[Any]], ratios: Sequence[float], seed: int
) -> Iterator[tuple[int, float, GraphInputs]]:
    """Questions to the detail prior: each map at one share of masked cells, ratios in turn.

    Args:
        maps: Encoded pictures.
        tables: Tables with codebook and FiLM layers of the detail prior.
        ratios: Shares of masked cells.
        seed: Seed of the masks.

    Yields:
        Row of the map, share of masked cells, and the inputs of the graph.
    """
    random = np.random.default_rng(seed)
    mask_id = len(tables["codebook"])
    for row, tokens in enumerate(maps.tokens):
        ratio = ratios[row % len(ratios)]
        hidden = masked(tokens, ratio, mask_id, random)
        share = float((hidden == mask_id).mean())
        sketch = sketch_channels(maps.pixels[row], tables["sketch_colours"])
        if row % 5 == 2:  # one in five without a sketch, as in training
            sketch = np.zeros_like(sketch)
        film = film_values(tables, "detail", np.append(maps.condition[row], share)[None])
        yield row, share, {"tokens": hidden[None], "sketch": sketch, "film": film}


def detail_samples(
    maps: Sequence[Maps], tables: Mapping[str, NDArray[Any]], seed: int = 0
) -> list[GraphInputs]:
    """Calibration inputs of the detail prior at all shares of masked cells."""
    return [sample for group in maps for _, _, sample in detail_inputs(group, tables, RATIOS, seed)]
