"""Corpus, training, evaluation and export; run from the checkout as `python -m training`."""

import artdesk  # noqa: F401 - first of all: it silences onnxruntime's telemetry
