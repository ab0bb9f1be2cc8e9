"""From float weights to the int8 bundle that the app loads."""
