"""Pictures painted from remembered works: influences, quilting, invention, finer levels, grade."""
