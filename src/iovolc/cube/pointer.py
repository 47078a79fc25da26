"""Which run of a store is the operational one."""

from iovolc.cube.files import read_json
from iovolc.cube.layout import StorePath, latest_run_file


def operational_run(store: StorePath) -> str | None:
    """Name of the operational run of a store; None if nothing is published yet."""
    try:
        return str(read_json(latest_run_file(store))["run_id"])
    except FileNotFoundError:
        return None
