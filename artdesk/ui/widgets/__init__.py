"""What the window shows: widgets that show state and send intents."""
