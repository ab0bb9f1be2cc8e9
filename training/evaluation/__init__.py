"""What a finished bundle can do, measured on works that it never saw."""
