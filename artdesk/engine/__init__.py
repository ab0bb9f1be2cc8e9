"""From a recipe to pixels: sessions, words, palettes, sampling and picture files."""
