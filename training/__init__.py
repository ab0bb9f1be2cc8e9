"""Corpus, training, evaluation and export; run from the checkout as `python -m training`."""
