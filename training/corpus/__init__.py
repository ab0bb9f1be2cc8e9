"""Building the corpus: pictures, their attributes, texts and splits."""
