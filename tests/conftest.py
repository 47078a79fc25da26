"""Lets the tests import the helpers that lie beside this file."""
