"""What the window does: the objects between widgets and studio."""
