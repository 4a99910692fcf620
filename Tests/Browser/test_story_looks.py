"""Each state of the login page: for everybody, and on pictures (docs/screenshots)."""
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from support.login_page import LoginPage
from support.looks import axe, fits, screenshot

LANGUAGES = ["en", "es", "pt", "de", "fr", "hi", "id", "ar"]
NARROW = {"viewport": {"width": 320, "height": 640}}
WIDE = {"viewport": {"width": 1280, "height": 800}}

LOOKS = {
    "light": {"color_scheme": "light", "locale": "en-US", "viewport": {"width": 480, "height": 640}},
    "dark": {"color_scheme": "dark", "locale": "en-US", "reduced_motion": "reduce", **WIDE},
    "narrow": {"color_scheme": "light", "locale": "de-DE", **NARROW},
    "arabic": {"color_scheme": "dark", "locale": "ar-EG", "viewport": {"width": 390, "height": 844}},
    "contrast": {"forced_colors": "active", "locale": "en-US", **NARROW},
}


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.browsing(**look)) for name, look in LOOKS.items()], ids=list(LOOKS))
def seen(request, page):
    """`seen("form")` is a state that must be right in this look."""
    look = request.node.callspec.params["seen"]

    def seen(state):
        axe(page)
        fits(page)
        screenshot(page, f"{state}-{look}", full_page=True)

    return seen


def stands_at_the_start(login, part):
    """Digits run from left to right, but begin where the text around them does."""
    left = "node => { const range = document.createRange(); range.selectNodeContents(node); return range.getBoundingClientRect().left }"
    card, digits = login.element.locator("#card").bounding_box(), login.element.locator(part).evaluate(left)
    is_right = digits > card["x"] + card["width"] / 2
    assert is_right == (login.element.locator("#card").get_attribute("dir") == "rtl")


@pytest.mark.settings(OTPLESS_CONFIRMATION="match")
def test_with_number_matching(page, phone, seen):
    login = LoginPage(page).open()
    login.phone.fill(phone.number)
    login.element.locator("#continue").click()
    expect(login.element.locator("#match")).to_have_text(re.compile(r"^\d\d$"))
    phone.message()
    expect(login.element.locator("#message")).to_have_attribute("data-step", "delivered")
    seen("match")
    stands_at_the_start(login, "#match")
    login.element.locator("#cancel").click()
    login.element.locator("#by-link").click()
    expect(login.element.locator("#match-hint")).to_be_visible()
    seen("link-match")
    stands_at_the_start(login, "#link-match")


def test_from_the_form_to_the_account(page, phone, seen):
    login = LoginPage(page).open()
    seen("form")
    login.element.locator("#continue").click()
    expect(login.problem).not_to_be_empty()
    seen("problem")
    login.phone.fill(phone.number)
    login.element.locator("#continue").click()
    expect(login.element.locator("#countdown")).to_be_visible()
    message = phone.message()
    expect(login.element.locator("#message")).to_have_attribute("data-step", "delivered")
    seen("waiting")
    phone.read()
    expect(login.element.locator("#message")).to_have_attribute("data-step", "read")
    seen("read")
    phone.tap(0, message)
    expect(login.account.locator("#devices li")).to_have_count(1)
    page.locator("#editor summary").click()
    page.locator("#new-name").fill("أدا Lovelace")
    page.locator("#rename button").click()
    expect(page.locator("#name")).to_have_text("أدا Lovelace")
    seen("account")
    page.locator("#account #logout").click()
    expect(login.title).to_be_visible()
    seen("logged-out")


def test_the_link(page, seen):
    login = LoginPage(page).open()
    login.element.locator("#by-link").click()
    expect(login.element.locator("#link-code")).to_have_text(re.compile(r"^.{4}-.{4}$"))
    seen("link")


def test_a_decline(page, phone, seen):
    login = LoginPage(page).open()
    login.phone.fill(phone.number)
    login.element.locator("#continue").click()
    phone.deny()
    expect(login.element.locator("#again")).to_be_visible()
    seen("declined")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_the_language_of_the_browser(browser, demo, language):
    context = browser.new_context(base_url=demo.url, locale=language, **NARROW)
    page = context.new_page()
    login = LoginPage(page).open()
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    assert page.title().startswith(login.title.inner_text())
    axe(page)
    fits(page)
    phone = demo.phone(demo.new_number())
    login.phone.fill(phone.number)
    login.element.locator("#continue").click()
    expect(login.element.locator("#countdown")).to_be_visible()
    # What the page tells people to tap is what the message says.
    assert phone.message().titles[0] in login.sentence.inner_text()
    fits(page)
    context.close()


def codes():
    """Every code that a reply may have."""
    errors = Path(__file__).parents[2] / "docs" / "errors.md"
    return re.findall(r"^\| `([A-Z_]+)` \|", errors.read_text(), re.MULTILINE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_sentence_that_says_what_to_do(page, language):
    page.goto("/")
    said = page.evaluate("""async ([codes, language]) => {
        const { explain, loadWords } = await import(OTPless.asset("element.js"))
        const words = await loadWords(OTPless, language)
        return codes.flatMap(code => [explain({ code }, words, language), explain({ code, retryAfter: 90 }, words, language)])
    }""", [codes(), language])
    assert len(said) > 80
    for sentence in said:
        assert len(sentence) > 15 and not re.search(r"[{}]|undefined|NaN|_", sentence), sentence


@pytest.mark.browsing(java_script_enabled=False)
def test_without_javascript_the_page_says_what_to_do(page):
    page.goto("/")
    notice = page.locator("noscript p")
    expect(notice).to_have_text(re.compile("Signing in needs JavaScript."))
    assert notice.bounding_box()["height"] > 20
    screenshot(page, "no-script")


def test_the_keyboard_is_enough(page, phone):
    login = LoginPage(page).open()
    expect(login.phone).to_be_focused()
    page.keyboard.type(phone.number)
    page.keyboard.press("Enter")
    login.shows("Check your phone")
    expect(login.title).to_be_focused()
    # The first that can be pressed is another message, then another number, then the way out.
    for name in ["resend", "change", "cancel"]:
        page.keyboard.press("Tab")
        expect(login.element.locator(f"#{name}")).to_be_focused()
    page.keyboard.press("Enter")
    login.shows("Sign in to OTPless Demo")
    expect(login.phone).to_be_focused()


def test_progress_is_announced(page, phone):
    login = LoginPage(page).open()
    regions = "[...document.querySelector('otpless-login').shadowRoot.querySelectorAll('[role=status], [role=alert]')].map(e => e.id)"
    assert page.evaluate(regions) == ["sentence", "problem", "delivery", "connection", "live"]
    login.wait_for(phone.number)
    expect(login.element.get_by_role("status").filter(has_text="Message delivered")).to_be_visible()
    expect(login.element.get_by_role("timer")).to_have_text(re.compile(r"^[45]:\d\d$"))
