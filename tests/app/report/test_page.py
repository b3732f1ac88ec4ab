"""The report in a real browser: silent, accessible, printable, and deaf to hostile names."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from markupsafe import escape
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from app.report.page import REPORT, write_report
from engine.archive.folder import LocalFolder
from engine.errors import SinkError
from engine.sinks.biography import Faces
from engine.values.result import Status
from tests.app.report import made

CHROMIUM = Path("/usr/bin/chromium")
HOSTILE = '<img src=x onerror="document.title=1">{{7*7}}</title><script>alert(1)</script>&"\'.mp4'
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip

needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is not installed")


@dataclass
class View:
    """A page and all that it said or asked for."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        self.said.append(message.text)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("results")
    people = [made.track(n, 8.0 * n) for n in range(1, 7)]
    made.video(out, "hall", [*people, made.track(7, 30, Status.INSUFFICIENT)], faces=Faces())
    made.video(out, "door", [made.track(1, 44, Status.PROVISIONAL)])
    made.pictures(out, "photos", ["a.jpg", HOSTILE], faces=Faces(blur=True))
    failed = made.outcome(HOSTILE, frames=0, people=0, errors=[f"cannot open {HOSTILE}"])
    hall = made.outcome("hall", address=f"/a/rather/long/path/to/recordings/of/2026/{HOSTILE}")
    sources = [hall, made.outcome("door"), made.outcome("photos"), failed]
    write_report(LocalFolder(out), made.summary(sources))
    return out / REPORT


def opened(browser: Browser, report: Path, *, dark: bool, width: int) -> View:
    # Scripts that tests inject would be refused by the page's own policy.
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        bypass_csp=True,
    )
    view = View(context.new_page())
    view.page.set_default_timeout(120_000)
    view.page.on("console", view.hear)
    view.page.on("request", lambda request: view.asked.append(request.url))
    view.page.goto(report.as_uri())
    return view


@needs_chromium
@pytest.mark.parametrize(
    ("dark", "width"), [(False, 1280), (True, 390)], ids=["desktop light", "phone dark"]
)
def test_the_page_is_accessible_and_asks_for_nothing(
    browser: Browser, report: Path, dark: bool, width: int
) -> None:
    view = opened(browser, report, dark=dark, width=width)
    assert [url for url in view.asked if not url.startswith("data:")] == [report.as_uri()]
    assert view.said == []
    assert view.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    view.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = Axe().run(view.page)
    assert found.violations_count == 0, found.generate_report()


@needs_chromium
def test_hostile_names_are_shown_as_they_are(browser: Browser, report: Path) -> None:
    view = opened(browser, report, dark=False, width=1280)
    assert view.page.title() == "Ages of people in 4 sources"
    assert view.page.locator("script, img[src=x]").count() == 0
    assert view.page.get_by_role("cell", name=HOSTILE, exact=True).count() == 1
    assert view.page.get_by_role("heading", name=HOSTILE).count() == 1


@needs_chromium
def test_the_keyboard_reaches_everything(browser: Browser, report: Path) -> None:
    view = opened(browser, report, dark=False, width=1280)
    reached = set()
    for _ in range(60):
        view.page.keyboard.press("Tab")
        reached.add(view.page.evaluate("document.activeElement.textContent.trim().slice(0, 20)"))
    assert {"Skip to the content", "Audience", "Methods", "Settings"} <= reached
    details = view.page.locator("details").first
    details.locator("summary").focus()
    view.page.keyboard.press("Enter")
    assert details.evaluate("d => d.open")


@needs_chromium
def test_it_prints(browser: Browser, report: Path) -> None:
    view = opened(browser, report, dark=True, width=1280)
    pdf = view.page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")
    view.page.emulate_media(media="print")
    assert not view.page.locator("nav").is_visible()
    # Chromium takes paper for light whatever the screen is.
    page = view.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert page == "rgb(255, 255, 255)"


def test_faces_are_in_it_only_where_asked_for(tmp_path: Path) -> None:
    made.video(tmp_path, "cam", [made.track(1, 30)])
    write_report(LocalFolder(tmp_path), made.summary([made.outcome("cam")]))
    assert "<img" not in (tmp_path / REPORT).read_text()
    made.video(tmp_path, "cam", [made.track(1, 30)], faces=Faces())
    write_report(LocalFolder(tmp_path), made.summary([made.outcome("cam")]))
    assert (tmp_path / REPORT).read_text().count("<img") == 1


def test_every_name_can_be_traced_to_what_was_analysed(tmp_path: Path) -> None:
    addresses = {"in-x": f"/in/{HOSTILE}", "in-x-2": "/in/x.mkv", "host": "rtsp://me:***@host/1"}
    sources = [made.outcome(name, address=address) for name, address in addresses.items()]
    write_report(LocalFolder(tmp_path), made.summary([*sources, made.outcome("0", address="0")]))
    table = (tmp_path / REPORT).read_text().split('id="sources"')[1].split("</section>")[0]
    for name, address in addresses.items():
        shown = f'{name}<br><span class="faint">{escape(address)}</span>'
        assert f'<td class="name">{shown}</td>' in table
    assert '<td class="name">0</td>' in table


def test_it_says_what_ran_the_models(tmp_path: Path) -> None:
    write_report(LocalFolder(tmp_path), made.summary([]))
    page = (tmp_path / REPORT).read_text()
    assert f"run by openvino on CPU, bfloat16; SHA-256 {'0' * 64}" in page


@pytest.mark.parametrize("people", [0, 1])
def test_a_folder_with_nobody_or_nothing_has_a_report_too(tmp_path: Path, people: int) -> None:
    made.video(tmp_path, "cam", [made.track(1, 30, Status.INSUFFICIENT)][:people])
    write_report(LocalFolder(tmp_path), made.summary([made.outcome("cam")]))
    page = (tmp_path / REPORT).read_text()
    assert ("Nobody was seen" in page) is not bool(people)
    write_report(LocalFolder(tmp_path), made.summary([]))


def test_the_same_results_make_the_same_bytes(tmp_path: Path) -> None:
    made.video(tmp_path, "cam", [made.track(1, 30)], faces=Faces())
    summary = made.summary([made.outcome("cam")])
    write_report(LocalFolder(tmp_path), summary)
    first = (tmp_path / REPORT).read_bytes()
    write_report(LocalFolder(tmp_path), summary)
    assert (tmp_path / REPORT).read_bytes() == first


def test_a_name_that_is_taken_is_told(tmp_path: Path) -> None:
    (tmp_path / REPORT).mkdir()
    with pytest.raises(SinkError, match=r"cannot write .*report.html"):
        write_report(LocalFolder(tmp_path), made.summary([]))
