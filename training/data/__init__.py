"""Training pictures with their labels, captions, palettes and tokens."""
