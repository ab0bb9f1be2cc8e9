"""The application without its widgets: worker thread, kept pictures, session and presets."""
