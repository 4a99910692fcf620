"""Several tabs are one session."""
import pytest
from playwright.sync_api import expect

from support.login_page import LoginPage

COOKIE = pytest.mark.settings(OTPLESS_REFRESH_COOKIE="on")


def refreshes(context):
    """The refreshes of all tabs from now on."""
    seen = []
    context.on("request", lambda request: request.url.endswith("/api/auth/refresh") and seen.append(request))
    return seen


@pytest.fixture(params=[pytest.param("memory"), pytest.param("cookie", marks=COOKIE)])
def tabs(request, context, phone):
    """Two tabs, signed in by the first."""
    first, second = LoginPage(context.new_page()).open(), LoginPage(context.new_page())
    first.sign_in(phone)
    second.page.goto("/")
    second.is_signed_in(phone.number)
    return first, second


def test_a_second_tab_is_signed_in_too(tabs):
    first, second = tabs
    assert first.page.evaluate("OTPless.user().then(user => user.id)") == second.page.evaluate("OTPless.user().then(user => user.id)")


def test_a_login_in_one_tab_signs_the_other_in(context, phone):
    first, second = LoginPage(context.new_page()).open(), LoginPage(context.new_page()).open()
    first.sign_in(phone)
    second.is_signed_in(phone.number)


def test_tabs_refresh_one_at_a_time_and_share_the_result(tabs, context):
    first, second = tabs
    seen = refreshes(context)
    held = []
    context.route("**/api/auth/refresh", lambda route: held.append(route))
    # All of them ask while the first request is on its way.
    with context.expect_event("request", lambda request: request.url.endswith("/api/auth/refresh")):
        for tab in tabs:
            tab.page.evaluate("void (self.fresh = Promise.all([OTPless.refresh(), OTPless.refresh()]))")
    for route in held:
        route.continue_()
    context.unroute_all()
    tokens = [tab.page.evaluate("fresh.then(sessions => sessions.map(session => session.accessToken))") for tab in tabs]
    assert len({token for pair in tokens for token in pair}) == 1
    assert len(seen) == 1
    assert first.page.evaluate("OTPless.refresh().then(session => session.accessToken)") not in tokens[0]


def test_a_logout_in_one_tab_is_one_in_all(tabs):
    first, second = tabs
    first.page.get_by_role("button", name="Log out", exact=True).click()
    first.shows("Sign in to OTPless Demo")
    second.shows("Sign in to OTPless Demo")


@COOKIE
def test_with_the_cookie_a_reload_stays_signed_in_and_no_script_sees_the_refresh_token(context, phone):
    login = LoginPage(context.new_page()).open()
    login.sign_in(phone)
    login.page.reload()
    login.is_signed_in(phone.number)
    cookie, = context.cookies()
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict"
    assert "refreshToken" not in login.page.evaluate("OTPless.refresh()")
    assert cookie["value"] not in login.page.evaluate("JSON.stringify([document.cookie, localStorage, sessionStorage])")
    login.page.get_by_role("button", name="Log out", exact=True).click()
    login.shows("Sign in to OTPless Demo")
    assert context.cookies() == []
    login.page.reload()
    login.shows("Sign in to OTPless Demo")


def test_tokens_are_in_memory_alone(context, phone):
    login = LoginPage(context.new_page()).open()
    login.sign_in(phone)
    token = login.page.evaluate("OTPless.accessToken()")
    kept = login.page.evaluate("JSON.stringify([document.cookie, localStorage, sessionStorage])")
    assert token not in kept and "eyJ" not in kept
    login.page.reload()
    login.shows("Sign in to OTPless Demo")


@pytest.mark.settings(OTPLESS_ACCESS_TOKEN_TTL="31s")
def test_a_token_that_runs_out_is_renewed(context, phone):
    login = LoginPage(context.new_page()).open()
    login.sign_in(phone)
    before = login.page.evaluate("OTPless.accessToken()")
    login.page.wait_for_function("before => OTPless.accessToken().then(token => token != before)", arg=before)
    assert login.page.evaluate("OTPless.user()") is not None


def test_a_login_that_another_tab_takes_over_is_told(context, phone):
    login = LoginPage(context.new_page()).open()
    login.wait_for(phone.number)
    pending = login.page.evaluate("sessionStorage.getItem('otpless.login')")
    context.add_init_script(f"if (location.pathname == '/') sessionStorage.setItem('otpless.login', {pending!r})")
    other = LoginPage(context.new_page())
    other.page.goto("/")
    other.shows("Check your phone")
    login.shows("Open in another tab")
    phone.confirm()
    other.is_signed_in(phone.number)


def test_a_tab_shows_the_account_that_another_tab_signed_in(context, demo):
    first, second = LoginPage(context.new_page()).open(), LoginPage(context.new_page()).open()
    one, other = demo.phone(demo.new_number()), demo.phone(demo.new_number())
    first.wait_for(one.number)
    second.sign_in(other)
    one.confirm()
    first.is_signed_in(one.number)
    second.is_signed_in(one.number)
    assert second.page.evaluate("OTPless.user().then(user => user.phoneNumber)") == one.number


def test_a_late_refresh_of_the_login_before_changes_nothing(context, demo):
    first, second = LoginPage(context.new_page()).open(), LoginPage(context.new_page())
    first.sign_in(demo.phone(demo.new_number()))
    second.page.goto("/")
    second.is_signed_in()
    held = []
    second.page.route("**/api/auth/refresh", lambda route: held.append(route))
    second.page.evaluate("void (self.late = OTPless.refresh().catch(() => {}))")
    second.page.evaluate("navigator.locks.query()")
    expect(second.account).to_be_visible()
    first.page.get_by_role("button", name="Log out", exact=True).click()
    first.shows("Sign in to OTPless Demo")
    other = demo.phone(demo.new_number())
    first.sign_in(other)
    context.watch.allow("401 .*/api/auth/refresh")
    for route in held:
        route.continue_()
    second.page.evaluate("late")
    for tab in first, second:
        tab.is_signed_in(other.number)
        assert tab.page.evaluate("OTPless.user().then(user => user.phoneNumber)") == other.number


@pytest.mark.parametrize("mode", [pytest.param("memory"), pytest.param("cookie", marks=COOKIE)])
def test_a_refresh_whose_reply_is_lost_is_asked_again(context, phone, mode):
    context.watch.expect("ERR_FAILED .*refresh")
    login = LoginPage(context.new_page()).open()
    login.sign_in(phone)
    lost = []

    def lose(route):
        if not lost:
            lost.append(route.fetch().status)
            return route.abort()
        route.continue_()

    login.page.route("**/api/auth/refresh", lose)
    login.page.evaluate("OTPless.refresh()")
    assert lost == [200]
    assert login.page.evaluate("OTPless.user()") is not None
