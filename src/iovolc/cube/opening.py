"""Where a store is worked upon: its folder, or the copy of one on a bucket, brought up to date."""

from pathlib import Path

from iovolc.cube.bucket import bucket_of, copy_of
from iovolc.cube.lock import locked
from iovolc.cube.manifest import refresh
from iovolc.cube.past import fetch_latest
from iovolc.cube.pointer import operational_run


def store_folder(place: str | Path) -> Path:
    """The folder to work upon.

    Parameters
    ----------
    place : str or Path
        A folder, or the address of a store on a bucket such as ``s3://bucket/io``: its copy is made or brought up to
        date, with what the current manifest names, the operational run, and what receivers of alerts were told.

    Raises
    ------
    ConfigError
        If the address cannot be one of a store.
    StoreError, TransientIOError
        If the bucket cannot be read.
    """
    if "://" not in str(place):
        return Path(place)
    folder = copy_of(str(place))
    bucket = bucket_of(folder)
    if bucket is not None:
        with locked(folder):  # another command on the same copy may be about to commit
            refresh(folder)
        for name in bucket.files("alerts"):
            bucket.fetch(name, folder)
        if fetch_latest(folder):
            bucket.fetch_folder(f"runs/{operational_run(folder)}", folder)
    return folder
