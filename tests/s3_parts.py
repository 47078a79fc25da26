"""A real S3 server as a process of its own, with an empty bucket."""

import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx

from iovolc.cube.opening import store_folder

BUCKET = "iobucket"
SAID = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "AWS_DEFAULT_REGION": "us-east-1"}


@contextmanager
def s3_server():
    """The server's address for the time of a `with` block."""
    server, address = _started()
    try:
        yield address
    finally:
        server.terminate()
        server.wait()


def _started():
    """A server that has its bucket, and its address; another port where somebody else took the first one meanwhile."""
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    for _ in range(3):
        with socket.socket() as held:
            held.bind(("127.0.0.1", 0))
            port = held.getsockname()[1]
        server = subprocess.Popen([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], **quiet)
        address = f"http://127.0.0.1:{port}"
        if _has_bucket(server, f"{address}/{BUCKET}"):
            return server, address
        server.kill()
        server.wait()
    raise AssertionError("the S3 server does not start")


def _has_bucket(server, address):
    for _ in range(600):
        try:
            if httpx.put(address).headers.get("x-amzn-requestid"):
                return server.poll() is None
        except httpx.HTTPError:
            pass
        if server.poll() is not None:
            return False
        time.sleep(0.1)
    return False


def given(monkeypatch, endpoint, copies):
    """The environment of a user of the server, with a folder for copies."""
    for name, value in (*SAID.items(), ("AWS_ENDPOINT_URL", endpoint), ("IOVOLC_COPIES", str(copies))):
        monkeypatch.setenv(name, value)


def elsewhere(place, monkeypatch, folder):
    """The store's copy on another machine, which has this folder."""
    monkeypatch.setenv("IOVOLC_COPIES", str(folder))
    return store_folder(place)
