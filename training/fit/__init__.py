"""Training loops, losses and weights of every network."""
