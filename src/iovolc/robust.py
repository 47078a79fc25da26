"""Robust spread: the standard deviation that a median absolute deviation tells."""

from typing import Final

MAD_TO_SIGMA: Final = 1.4826
"""Of normal noise, its standard deviation over the median absolute deviation."""
