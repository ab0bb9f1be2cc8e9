"""The bundle in the repository is whole, small, and draws what its manifest says."""

import hashlib

import numpy as np
import pytest

from artdesk.bundle.reader import Bundle, open_bundle
from artdesk.core.paths import bundle_folder
from artdesk.engine.pipeline import Engine
from artdesk.engine.self_test import METRIC, fingerprint


@pytest.fixture(scope="module")
def shipped() -> Bundle:
    return open_bundle(bundle_folder())


def test_it_is_small_enough(shipped: Bundle) -> None:
    assert sum(len(data) for data in shipped.data.values()) <= 45_000_000


@pytest.mark.parametrize("threads", [1, 2])
def test_the_known_picture_is_drawn_as_where_it_was_made(shipped: Bundle, threads: int) -> None:
    # After a deliberate change of the engine: python -m training export --self-test-only
    assert fingerprint(Engine(shipped, threads)) == shipped.manifest.metrics[METRIC]


def test_quantization_cost_little(shipped: Bundle) -> None:
    metrics = shipped.manifest.metrics
    assert metrics["decoder_psnr_int8"] >= 40.0
    assert metrics["detail_cross_entropy_rise"] <= 0.02


def test_tokens_mean_what_they_meant(shipped: Bundle) -> None:
    # Stored pictures and remembered works are tokens of this encoder and this codebook. Others make
    # a new model; a decoder that was trained on is no reason to change them.
    codebook = np.ascontiguousarray(shipped.arrays("tables.npz")["codebook"])
    assert hashlib.sha256(shipped.file("encoder.onnx")).hexdigest() == (
        "cf775b346d60d74e440e002f4c648985f776a244e79ffb7b2419e0264d187e8b"
    )
    assert hashlib.sha256(codebook.tobytes()).hexdigest() == (
        "59a53dd6c86a0d518442c6779c159903a77a36ae7584d59a570313ab507337c6"
    )
