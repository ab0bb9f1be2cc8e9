"""Constructed abstract pictures: compositions drawn from a seed, free of any rights."""
