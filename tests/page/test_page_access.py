"""The page for all: keyboard alone, screen readers, colours, narrow screens."""

import pytest

from conftest import AXE

pytestmark = pytest.mark.page

SERIOUS = """r => r.violations.filter(v => ['serious', 'critical'].includes(v.impact))
  .map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 120)).join(' | '))"""
FOCUSABLE = """[...document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')]
  .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.disabled && e.type !== 'radio')"""


def serious_faults(page):
    page.page.add_script_tag(path=AXE)
    return page.page.evaluate(f"axe.run(document, {{resultTypes: ['violations']}}).then({SERIOUS})")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("chosen", [{}, {"event": "evt-equator"}, {"spot": "hot-1", "mode": "swipe", "kind": "reach"}])
def test_axe_finds_no_serious_fault(watch, disk, scheme, chosen):
    page = watch(disk, color_scheme=scheme)
    page.set(**chosen)
    for summary in page.page.locator("details:visible > summary").all():
        summary.click()
    assert serious_faults(page) == []


def test_axe_would_find_one(watch, disk):
    page = watch(disk)
    page.page.evaluate(
        "document.body.append(Object.assign(document.createElement('img'), {src: 'data:,', id: 'bare'}))"
    )
    assert [fault.split(":")[0] for fault in serious_faults(page)] == ["image-alt"]


def test_the_keyboard_reaches_everything(watch, disk):
    page = watch(disk)
    page.set(event="evt-equator", mode="swipe")
    page.page.evaluate(f"{FOCUSABLE}.forEach((e, i) => e.dataset.number = i)")
    many = page.page.evaluate(f"{FOCUSABLE}.length")
    page.page.evaluate("document.activeElement.blur(), scrollTo(0, 0)")
    reached = set()
    for _ in range(many + 20):
        page.page.keyboard.press("Tab")
        reached.add(page.page.evaluate("document.activeElement.dataset.number"))
    missing = [
        page.page.evaluate("n => document.querySelector('[data-number=\"' + n + '\"]').outerHTML.slice(0, 100)", n)
        for n in range(many)
        if str(n) not in reached
    ]
    assert many > 40
    assert missing == []


def test_the_globe_by_keys(watch, disk):
    page = watch(disk)
    page.set(lon=-59.5, lat=10.0, zoom=1)
    page.page.focus("#globe")
    page.page.keyboard.press("ArrowRight")
    assert page.state("lon") == -44.5
    page.page.keyboard.press("ArrowUp")
    assert page.state("lat") == 25
    page.page.keyboard.press("+")
    assert page.state("zoom") == pytest.approx(1.3)
    page.page.keyboard.press("Home")
    assert [page.state(key) for key in ("lon", "lat", "zoom")] == [0, 0, 1]
    page.set(lon=-59.5, lat=10.0)
    page.page.keyboard.press("Enter")
    assert page.state("event") == "evt-equator"
    page.set(event="", lon=100.0, lat=0.0)
    page.page.keyboard.press("Enter")
    assert page.state("place") == "0.0,100.0"


def test_events_by_keys(watch, disk):
    page = watch(disk)
    page.page.focus("#catalogue tbody button")
    page.page.keyboard.press("Enter")
    page.settle()
    assert page.state("event") == "evt-equator"
    assert page.page.evaluate("document.activeElement.id") == "detail"
    page.page.keyboard.press("n")
    assert page.state("event") == "evt-seam"
    page.page.keyboard.press("p")
    assert page.state("event") == "evt-equator"
    page.page.keyboard.press(",")
    assert page.state("epoch") == 1
    page.page.keyboard.press("l")
    assert page.state("sense") == "w"
    page.page.keyboard.press("/")
    page.page.keyboard.type("seam n")
    assert page.state("q") == "seam n"
    assert page.state("event") == "evt-equator", "letters that are typed move nothing"


def test_sorting_and_filtering(watch, disk):
    page = watch(disk)
    first = page.page.locator("#catalogue tbody th").first
    page.page.focus("[data-focus='sort-snr']")
    page.page.keyboard.press("Enter")
    assert first.inner_text() == "evt-edge60"
    assert page.page.evaluate("document.activeElement.dataset.focus") == "sort-snr", "the focus stays"
    page.page.keyboard.press("Enter")
    assert first.inner_text() == "evt-equator"
    assert page.page.locator("th[aria-sort=descending]").inner_text().startswith("Signal")
    page.page.uncheck("#tier-B")
    assert page.page.inner_text("#count") == "2 of 4 events: tier A 1, B 0, C 1"
    page.page.fill("#find", "kanehekili edge60")
    assert page.page.inner_text("#count").startswith("1 of 4")
    page.page.fill("#find", "nowhere")
    assert page.page.inner_text("#catalogue tbody") == "No event passes these filters."
    page.page.click("#all-again")
    assert page.page.inner_text("#count").startswith("4 of 4")
    page.set(near=True, zoom=2, lon=45.0, lat=80.0)
    assert page.page.inner_text("#count").startswith("2 of 4"), "the two in the far north"


@pytest.mark.parametrize(
    "chosen", [{}, {"event": "evt-equator"}, {"spot": "hot-1"}, {"kind": "reach", "mode": "swipe"}]
)
def test_a_narrow_screen(watch, disk, chosen):
    page = watch(disk, viewport={"width": 360, "height": 740})
    page.set(**chosen)
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 360
    box = page.page.locator("#globe").bounding_box()
    assert 250 < box["width"] <= 360
    assert page.page.locator("#catalogue tbody tr").first.is_visible()


def test_marks_differ_in_shape_as_well_as_colour(watch, disk):
    page = watch(disk)
    shapes = page.page.evaluate(
        """Promise.all([...'ABC', 'spot'].map(async tier => {
          const image = iovolc.markOf(tier, '#808080');
          await image.decode();
          const canvas = Object.assign(document.createElement('canvas'), {width: 36, height: 36});
          const pen = canvas.getContext('2d');
          pen.drawImage(image, 0, 0, 36, 36);
          return [...pen.getImageData(0, 0, 36, 36).data].join();
        }))"""
    )
    assert len(set(shapes)) == 4
