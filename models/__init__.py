"""Network definitions: torch only, no input or output."""
