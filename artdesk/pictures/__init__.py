"""Picture files: what is stored in them, how they are read and written."""
