"""Whether the measured attributes follow what is drawn."""
