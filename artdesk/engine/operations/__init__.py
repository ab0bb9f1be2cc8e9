"""What can be done to finished pictures; pure functions of recipes, tokens and arrays."""
