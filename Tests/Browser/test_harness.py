"""The harness itself: that the page's own login works in it, and that it notices what it is there for."""
import pytest
from playwright.sync_api import expect

from support.looks import axe, fits, screenshot


def test_a_number_signs_in_with_a_tap(page, phone):
    page.goto("/")
    page.get_by_label("Phone number").fill(phone.number)
    page.get_by_role("button", name="Continue with WhatsApp").click()
    expect(page.get_by_text("Message delivered")).to_be_visible()
    phone.read()
    expect(page.get_by_text("Message read")).to_be_visible()
    phone.confirm()
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    expect(page.locator("#account #phone")).to_have_text(phone.number.replace("+1", "+1\u00a0"))
    axe(page)
    fits(page)


@pytest.mark.browsing(color_scheme="dark", locale="de-DE", viewport={"width": 320, "height": 640}, reduced_motion="reduce")
def test_options_of_the_browser_reach_the_page(page):
    page.goto("/")
    assert page.evaluate("navigator.language") == "de-DE"
    assert page.evaluate("innerWidth") == 320
    for query in "(prefers-color-scheme: dark)", "(prefers-reduced-motion: reduce)":
        assert page.evaluate("query => matchMedia(query).matches", query), query
    axe(page)
    fits(page)
    screenshot(page, "harness")


def test_a_server_comes_back_on_its_ports(own_demo, browser):
    url = own_demo.url
    with browser.new_page() as page:
        page.goto(url)
        own_demo.stop()
        own_demo.start()
        assert own_demo.url == url
        page.reload()
        expect(page.get_by_role("button", name="Continue with WhatsApp")).to_be_visible()


def serve(page, body, policy="default-src * 'unsafe-inline'"):
    """Makes the demo's address answer with a page of the test's own."""
    answer = {"body": f"<!doctype html><html lang=en><title>A page</title>{body}", "content_type": "text/html"}
    page.route("**/faulty", lambda route: route.fulfill(**answer, headers={"Content-Security-Policy": policy}))
    page.goto("/faulty")


@pytest.mark.parametrize(("body", "policy", "complaint"), [
    ("<script>console.error('no good')</script>", "script-src 'unsafe-inline'", r"^console: no good"),
    ("<script>throw new Error('no good')</script>", "script-src 'unsafe-inline'", r"^uncaught: .*no good"),
    ("<script>fine()</script>", "script-src 'self'", r"^console: Content-Security-Policy: script-src"),
    ("<p style='color: red'>Red</p>", "style-src 'self'", r"^console: Content-Security-Policy: style-src"),
    ("<img src='http://127.0.0.1:9/a.png' alt=''>", "default-src *", r"^another origin: .*127.0.0.1:9/a.png"),
    ("<iframe src='http://127.0.0.1:9/' title=''></iframe>", "default-src *", r"^another origin: .*127.0.0.1:9"),
    ("<script>new WebSocket('ws://127.0.0.1:9/')</script>", "script-src 'unsafe-inline'", r"^another origin: .*127.0.0.1:9/"),
    ("<img src='/nothing.png' alt=''>", "default-src *", r"^console: .*404.*nothing.png"),
])
def test_what_no_page_may_do_is_noticed(page, watch, body, policy, complaint):
    with page.expect_event("load"):
        serve(page, body, policy)
    page.evaluate("1")
    assert watch.problems()
    watch.expect(complaint)
    watch.allow("127.0.0.1:9|securitypolicy|Content.Security.Policy")
    assert not watch.problems()


def test_what_is_expected_has_to_happen(page, watch):
    page.goto("/")
    watch.expect("a status of 403")
    assert watch.problems() == ["expected, but not seen: a status of 403"]
    watch._expected.clear()


def test_axe_names_what_is_wrong(page):
    serve(page, "<main><h1>A page</h1><input><p style='color: #aaa'>Grey</p></main>")
    with pytest.raises(pytest.fail.Exception) as failure:
        axe(page)
    assert "label (critical)" in str(failure.value) and "color-contrast (serious)" in str(failure.value)


def test_what_sticks_out_is_noticed(page):
    serve(page, "<p style='width: 3000px'>Wide</p>")
    with pytest.raises(AssertionError, match="px wide in a window of"):
        fits(page)


def test_a_picture_changes_nothing_on_a_strict_page(page):
    serve(page, "<p>Strict</p>", "default-src 'none'")
    assert screenshot(page, "harness-strict").stat().st_size > 0
