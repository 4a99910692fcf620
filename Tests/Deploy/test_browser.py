"""The login page in a real browser, through TLS and HTTP/2."""
import os
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from support.login import new_number

#: What Debian and others call it; OTPLESS_TEST_CHROMIUM names another.
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="module")
def playwright():
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture
def page(edge, playwright):
    """A tab for which login.example.com is the balancer, and no other name is anybody."""
    path = os.environ.get("OTPLESS_TEST_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    assert path, f"there is no browser: none of {', '.join(BROWSERS)}"
    rules = f"MAP login.example.com:443 127.0.0.1:{edge.balancer.ports[0]}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    arguments = [f"--host-resolver-rules={rules}"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    browser = playwright.chromium.launch(executable_path=path, args=arguments)
    context = browser.new_context(ignore_https_errors=True, locale="en-US", base_url="https://login.example.com")
    context.set_default_timeout(15_000)
    yield context.new_page()
    browser.close()


def test_a_person_signs_in(edge, page):
    number = new_number()
    handshakes = []
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.on("Network.webSocketHandshakeResponseReceived", lambda event: handshakes.append(event["response"]["status"]))
    page.goto("/")
    assert page.evaluate("performance.getEntriesByType('navigation')[0].nextHopProtocol") == "h2"
    page.get_by_label("Phone number").fill(number)
    page.get_by_role("button", name="Continue with WhatsApp").click()
    body, headers = edge.whatsapp.confirmation(number)
    expect(page.get_by_role("heading", name="Check your phone")).to_be_visible(timeout=15_000)
    assert edge.balancer.https.at("127.0.0.9").post("/api/webhook", body, headers).status == 200
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible(timeout=15_000)
    # 200: on a stream of the HTTP/2 connection (RFC 8441 §5), which nginx does not know.
    assert handshakes == [{"haproxy": 200, "nginx": 101}[edge.balancer.program]]
