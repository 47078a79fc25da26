"""A published run whose events can be changed, and real local receivers of alerts."""

import contextlib
import json
import os
import shutil
import socketserver
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest import mock

import pyarrow as pa
import pyarrow.parquet as pq
from publish_sample import RUN_ID, published

from iovolc.config_alerts import AlertsConfig
from iovolc.cube.files import write_json
from iovolc.cube.layout import latest_run_file, local, run_folder

EQUATOR = "evt-equator"
"""Tier A and large: an alert. The seam's and the pole's events are large and of tier B, the last one of tier C."""

SECRET = "a key that nobody must read"  # noqa: S105
TOKEN = "a-token-in-the-address"  # noqa: S105


def put_run(store, run_id=RUN_ID, **changes):
    """Make the sample the operational run of a store, with other values in columns of all its events."""
    folder = local(run_folder(store, run_id))
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(published(), folder)
    record = json.loads((folder / "run.json").read_text())
    write_json(folder / "run.json", {**record, "run_id": run_id})
    table = pq.read_table(folder / "events.parquet")
    for name, values in changes.items():
        place = table.schema.get_field_index(name)
        wanted = [values(row) for row in table.to_pylist()]
        table = table.set_column(place, table.schema.field(name), pa.array(wanted, table.schema.field(name).type))
    pq.write_table(table, folder / "events.parquet")
    write_json(local(latest_run_file(store)), {"run_id": run_id})
    return folder


def only_equator(row):
    """Of the events, one has a level; the others are candidates."""
    return "A" if row["event_id"] == EQUATOR else "C"


def settings(**changes):
    """A long memory: the sample's newest look is years after the first."""
    return AlertsConfig(**{"recent_days": 1e5, **changes})


class Posted:
    """What a webhook got: headers and body of each request, and with which codes it answers."""

    def __init__(self, codes):
        self.codes, self.requests = list(codes), []
        self.url = ""

    @property
    def ids(self):
        return [headers["Idempotency-Key"] for headers, _ in self.requests]

    @property
    def bodies(self):
        return [json.loads(body) for _, body in self.requests]


@contextlib.contextmanager
def webhook(*codes):
    """A real server of HTTP; answers with these codes, then with 204."""
    posted = Posted(codes)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posted.requests.append((dict(self.headers), body))
            self.send_response(posted.codes.pop(0) if posted.codes else 204)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *given):
            pass

    here = mock.patch.dict(os.environ, no_proxy="127.0.0.1")  # whatever proxy the machine has
    with here, _serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        posted.url = f"http://127.0.0.1:{port}/{TOKEN}"
        yield posted


class Received:
    """What a mail server got, and how it refuses recipients."""

    def __init__(self, certificate):
        self.certificate, self.port, self.login_answer = certificate, 0, "235 ok"
        self.messages, self.logins, self.refusals = [], [], []


class Post(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs; STARTTLS and login if there is a certificate."""

    def handle(self):
        self.say("220 test")
        while line := self.rfile.readline().decode().strip():
            verb = line.split()[0].lower()
            getattr(self, f"on_{verb}", self.on_other)(line)
            if verb == "quit":
                return

    def finish(self):
        super().finish()
        self.request.close()

    def say(self, line):
        self.wfile.write(f"{line}\r\n".encode())

    def on_ehlo(self, _):
        self.say("250-test\r\n250-AUTH PLAIN\r\n250 STARTTLS" if self.server.received.certificate else "250 test")

    def on_starttls(self, _):
        self.say("220 go")
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.server.received.certificate)
        self.request = context.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", buffering=0)

    def on_auth(self, line):
        self.server.received.logins.append((line, isinstance(self.request, ssl.SSLSocket)))
        self.say(self.server.received.login_answer)

    def on_data(self, _):
        self.say("354 go")
        self.server.received.messages.append(b"".join(iter(self.rfile.readline, b".\r\n")))
        self.say("250 taken")

    def on_rcpt(self, _):
        refusals = self.server.received.refusals
        self.say(refusals.pop(0) if refusals else "250 ok")

    def on_other(self, line):
        self.say("221 bye" if line.lower() == "quit" else "250 ok")


@contextlib.contextmanager
def mail_server(certificate=None):
    """A small server of SMTP; offers STARTTLS and login if it has a certificate."""
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Post)
    server.received = Received(certificate)
    with _serving(server) as server.received.port:
        yield server.received


@contextlib.contextmanager
def _serving(server):
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
