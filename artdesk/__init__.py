"""ArtDesk: an offline desktop studio for abstract pictures."""

__version__ = "0.1.0"
