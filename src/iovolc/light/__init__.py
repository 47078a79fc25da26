"""Brings epochs to one scale: normalisation between epochs and matching of resolution."""
