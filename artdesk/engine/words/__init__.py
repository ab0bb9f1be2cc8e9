"""Words: what artists type, what the model hears in it, and the conditions of the networks."""
