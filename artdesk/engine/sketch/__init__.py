"""The composition: a few coloured cells, drawn from coarse to fine."""
