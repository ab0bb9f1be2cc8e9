"""Model bundles: the manifest, the hash-checked reader and the atomic writer."""
