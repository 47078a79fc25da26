"""Where the real maps, pictures and labels are, for the tests in ``real/``."""

import os
from pathlib import Path

PROJECT = Path(__file__).parents[1]
REAL = Path(os.environ.get("IOVOLC_REAL_DATA", PROJECT.parent / "shared" / "real"))
ABSENT = f"not in {REAL}; set IOVOLC_REAL_DATA"
"""Why a test is skipped."""
