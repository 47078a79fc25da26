"""Prefect flows over iovolc's use-cases; the only place that imports prefect."""

import os

# Read when prefect and numpy are first imported: no usage statistics, and no threads inside the tasks' own.
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
