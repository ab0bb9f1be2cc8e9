"""Attributes of a picture, measured from its pixels."""
