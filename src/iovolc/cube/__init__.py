"""Epochs on disk: the store and the lazy cube over it."""
