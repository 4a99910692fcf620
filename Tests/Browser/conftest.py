"""Fixtures: a server, a phone and a browser. CONTRIBUTING.md and docs/decisions/0030 say how they are meant."""
import os
import re
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from support.demo import Demo
from support.looks import SCREENSHOTS, screenshot
from support.watch import Watch

#: How long a page may take for anything, in milliseconds: much more than it needs, because others use the machine, too.
PATIENCE = 15_000

#: What Debian and others call it; OTPLESS_TEST_CHROMIUM names another.
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def demos(tmp_path_factory):
    """The demos that tests share, by their settings."""
    running = {}

    def running_with(settings):
        key = tuple(sorted(settings.items()))
        if key not in running:
            running[key] = Demo(tmp_path_factory.mktemp("demo"), settings).start()
        return running[key]

    yield running_with
    faults = [fault for fault in map(ending, running.values()) if fault]
    assert not faults, "\n".join(faults)


def ending(demo):
    """Stops a demo; what was wrong with its end, if anything was."""
    try:
        demo.stop()
    except AssertionError as error:
        return str(error)


@pytest.fixture
def demo(request, demos):
    """A running demo with the settings of the test's marker; tests of equal settings share it, so use new numbers:
    `demo.new_number()`. Whatever it writes to its error log fails the test, but for
    what `demo.allow` names."""
    marker = request.node.get_closest_marker("settings")
    demo = demos(marker.kwargs if marker else {})
    before = len(demo.log.read_text())
    demo.allowed = None
    yield demo
    demo.simulator.clear_faults()
    assert not demo.complaints(after=before), f"in the error log:\n{demo.complaints(after=before)}"


@pytest.fixture
def start_demo(tmp_path):
    """Starts demos for this test alone, by their settings."""
    running = []

    def start(settings):
        running.append(Demo(tmp_path / f"demo-{len(running)}", settings).start())
        return running[-1]

    yield start
    faults = [fault for fault in map(ending, running) if fault]
    assert not faults, "\n".join(faults)
    complaints = "".join(demo.complaints() for demo in running)
    assert not complaints, f"in the error log:\n{complaints}"


@pytest.fixture
def own_demo(request, start_demo):
    """A demo for this test alone, which it may stop and start again."""
    marker = request.node.get_closest_marker("settings")
    return start_demo(marker.kwargs if marker else {})


@pytest.fixture
def phone(demo):
    """The phone of a number that no other test has."""
    return demo.phone(demo.new_number())


@pytest.fixture(scope="session")
def browser():
    path = os.environ.get("OTPLESS_TEST_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    assert path, f"there is no browser: none of {', '.join(BROWSERS)}"
    # No name is resolved but this machine's: nothing that a test does reaches anybody.
    arguments = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def context(request, browser, demo):
    """A browser of its own for this test: its own cookies and storage; `context.new_page()` is another tab."""
    options = {"base_url": demo.url, "locale": "en-US", "timezone_id": "UTC"}
    marker = request.node.get_closest_marker("browsing")
    context = browser.new_context(**options | (marker.kwargs if marker else {}))
    context.set_default_timeout(PATIENCE)
    context.watch = Watch(context)
    yield context
    if request.node.stash.get(FAILED, False):
        keep_pictures(context, request.node.name)
    context.close()
    context.watch.check()


@pytest.fixture
def page(context):
    """A tab. What a page may not do fails the test: see Watch."""
    return context.new_page()


@pytest.fixture
def watch(context):
    return context.watch


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


def keep_pictures(context, name):
    for index, page in enumerate(context.pages):
        try:
            screenshot(page, f"failed/{re.sub(r'[^a-zA-Z0-9]+', '-', name)}-{index}")
        except Exception as error:  # the page may be gone; the test's own failure is what matters
            print(f"no picture of {page.url}: {error}")


@pytest.fixture(scope="session", autouse=True)
def pictures():
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
