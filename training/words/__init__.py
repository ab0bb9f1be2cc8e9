"""The word encoder: teacher, lexicon and WordNet in; student, basis and word table out."""
