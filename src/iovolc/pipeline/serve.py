"""Serve: a run's folder over HTTP, for this machine alone unless told otherwise. Not for the open internet."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from iovolc.errors import ConfigError
from iovolc.publish.staging import is_output

LOOPBACK = "127.0.0.1"


class _Handler(SimpleHTTPRequestHandler):
    """Files of one folder; no listings, nothing outside it, no guessing of types by the browser."""

    def end_headers(self) -> None:
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def list_directory(self, path: Any) -> None:  # noqa: ARG002
        self.send_error(404)

    def send_head(self) -> Any:
        inside = Path(self.translate_path(self.path)).resolve().is_relative_to(Path(self.directory).resolve())
        if not inside:  # a symbolic link leads out
            self.send_error(404)
            return None
        return super().send_head()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing: the terminal belongs to the user."""


def server(folder: Path, *, host: str = LOOPBACK, port: int = 0) -> ThreadingHTTPServer:
    """A server of a run's folder, bound but not yet answering.

    Parameters
    ----------
    folder : Path
        An output of iovolc.
    host : str
        Address to bind to.
    port : int
        0 takes a free one.

    Raises
    ------
    ConfigError
        If the folder is not an output of iovolc, or the address cannot be bound.
    """
    if not is_output(folder):
        raise ConfigError(f"{folder} is not an output of iovolc: name a folder that holds run.json")
    try:
        return ThreadingHTTPServer((host, port), partial(_Handler, directory=str(folder)))
    except (OSError, OverflowError) as error:
        raise ConfigError(f"{host}:{port} cannot be bound: {error}; choose another --port") from error


def page_address(bound: ThreadingHTTPServer) -> str:
    """Where a browser finds the page."""
    host, port = bound.server_address[:2]
    return f"http://{host!s}:{port}/page/index.html"
