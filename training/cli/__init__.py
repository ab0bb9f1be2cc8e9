"""One thin file for each command of `python -m training`."""
