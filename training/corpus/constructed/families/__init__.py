"""One module per family; each has a function ``draw`` and the surfaces that suit it."""
