"""The command line of ArtDesk."""
