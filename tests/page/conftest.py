"""One small run with hostile names, and a browser that opens its page from disk and through the server."""

import shutil
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd
import pytest
from tests.unit.publish_sample import RUN_ID, events, hotspots, light_curves, sample_run

from iovolc.pipeline.serve import page_address, server
from iovolc.publish.outputs import publish

HOSTILE = "<img src=x onerror='window.hacked=1'>\"'</script><script>window.hacked=1</script>"
SIZE = {"width": 1200, "height": 900}
READY = "document.documentElement.dataset.ready === 'yes'"


def hostile_run():
    """The sample with markup wherever a catalogue could bring some."""
    plain = sample_run()
    inputs = tuple(replace(item, mission=HOSTILE, credit=HOSTILE, licence=HOSTILE) for item in plain.manifest.inputs)
    found = events().assign(nearest_feature=HOSTILE)
    return sample_run(
        manifest=replace(plain.manifest, inputs=inputs),
        tracked=replace(plain.tracked, events=found),
        hotspots=hotspots().assign(name=HOSTILE, aliases=[[HOSTILE]]),
        light_curves=light_curves().assign(source=HOSTILE, band=HOSTILE),
        credits=(HOSTILE,),
        notes=(HOSTILE,),
    )


def three_spots():
    """The sample's hot spot and two that were seen more often; no brightness is known in watts."""
    one = hotspots()
    others = [one.assign(site_id=name, n_detections=many, name=title, aliases=[["a patera"]])
              for name, many, title in (("hot-2", 9, "Pele"), ("hot-3", 5, None))]  # fmt: skip
    return pd.concat([one, *others], ignore_index=True)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    out = tmp_path_factory.mktemp("hostile") / "out"
    publish(out, hostile_run())
    return out


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("page") / "out"
    notes = ("The changes in this run are replayed.", "One look is dim.")
    publish(out, sample_run(light_curves=light_curves(), hotspots=three_spots(), notes=notes))
    assert RUN_ID in (out / "page" / "index.html").read_text(encoding="utf-8")
    return out


@pytest.fixture(scope="module")  # a running Playwright leaves no room for the event loops of other tests
def chromium():
    """The system's browser; Playwright brings none."""
    path = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), None)
    if path is None:
        pytest.skip("no Chromium is installed")
    playwright = pytest.importorskip("playwright.sync_api")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=quiet)
        yield browser
        browser.close()


@contextmanager
def served(folder):
    """The address under which ``iovolc serve`` would show a run."""
    bound = server(folder)
    thread = threading.Thread(target=bound.serve_forever, daemon=True)
    thread.start()
    try:
        yield page_address(bound)
    finally:
        bound.shutdown()
        bound.server_close()
        thread.join()


@dataclass
class Watched:
    """A page and what it did beside being shown."""

    page: object
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, address):
        self.page.goto(address)
        self.page.wait_for_function(READY)
        self.settle()

    def settle(self):
        """Wait until no part of a map is on its way and what has come is drawn."""
        self.page.evaluate(
            "new Promise(done => { let calm = 0; const look = () => { calm = iovolc.isBusy() ? 0 : calm + 1;"
            " calm > 3 ? done() : requestAnimationFrame(look) }; look() })"
        )

    def set(self, **patch):
        self.page.evaluate("patch => iovolc.set(patch)", patch)
        self.settle()

    def state(self, key):
        return self.page.evaluate("key => iovolc.state[key]", key)

    def pixels(self, canvas="flat"):
        """The bytes of a map."""
        return self.page.evaluate(
            "id => { const c = document.getElementById(id);"
            " return [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data].join() }",
            canvas,
        )


@pytest.fixture
def watch(chromium):
    """Opens pages, and tells at the end of the test whether one of them complained."""
    watched, contexts = [], []

    def new(address=None, **options):
        context = chromium.new_context(**{"viewport": SIZE, "reduced_motion": "reduce", **options})
        contexts.append(context)
        one = Watched(context.new_page())
        one.page.on("console", lambda message: one.errors.append(message.text) if message.type == "error" else None)
        one.page.on("pageerror", lambda error: one.errors.append(str(error)))
        one.page.on("requestfailed", lambda request: one.errors.append(f"failed: {request.url}"))
        one.page.on("request", lambda request: one.requests.append(request.url))
        watched.append(one)
        if address is not None:
            one.open(address)
        return one

    yield new
    for context in contexts:
        context.close()
    assert [one.errors for one in watched] == [[] for _ in watched]


@pytest.fixture(params=["disk", "server"])
def address(request, run):
    """The page of the run, opened both ways."""
    if request.param == "disk":
        yield (run / "page" / "index.html").as_uri()
        return
    with served(run) as found:
        yield found


@pytest.fixture
def disk(run):
    return (run / "page" / "index.html").as_uri()


def folder_of(address):
    return address.rsplit("/", 1)[0] + "/"


AXE = Path(__file__).with_name("axe") / "axe.min.js"
