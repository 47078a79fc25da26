"""Prefect flows over iovolc's use-cases; the only place that imports prefect."""
