"""The bundle in the repository is whole, small, and draws what its manifest says."""

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
    assert metrics["decoder_psnr_int8"] >= 38.0
    assert metrics["detail_cross_entropy_rise"] <= 0.02
