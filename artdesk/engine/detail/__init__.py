"""The detail: token grids drawn by the detail prior in exact integers."""
