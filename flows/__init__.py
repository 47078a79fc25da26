"""Prefect flows over iovolc's use-cases; the only place that imports prefect."""

import os

from iovolc.machine import allow_many_files, use_freed_memory_again

# Read when prefect and numpy are first imported: no usage statistics, and no threads inside the tasks' own.
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# What the use-cases say of the work ahead goes to the logs of the flow run.
os.environ.setdefault("PREFECT_LOGGING_EXTRA_LOGGERS", "iovolc")
# Where the same process works outside a flow there is nowhere to send it.
os.environ.setdefault("PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW", "ignore")

# A new home's data base takes longer than Prefect's 20 seconds to make on a busy machine.
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "180")

use_freed_memory_again()
allow_many_files()
