"""What every other layer stands on: recipes, colours, attributes, files, seeds and errors."""
