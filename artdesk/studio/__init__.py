"""The application without its widgets: jobs, library, session and presets."""
