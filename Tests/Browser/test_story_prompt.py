"""The login page from the number to the account."""
import re

import pytest
from playwright.sync_api import expect

from support.login_page import LoginPage


@pytest.fixture
def login(page):
    return LoginPage(page).open()


def test_a_tap_on_confirm_signs_in(login, phone):
    login.sign_in(phone)
    expect(login.page.get_by_role("heading", name="Welcome", exact=True)).to_be_focused()
    login.page.get_by_role("button", name="Log out", exact=True).click()
    login.shows("Sign in to OTPless Demo")
    expect(login.sentence).to_have_text("You are logged out.")
    login.sign_in(phone)
    expect(login.page.get_by_role("heading", name="Welcome back")).to_be_visible()


def test_the_page_shows_how_far_the_message_has_come(login, phone):
    phone.set_faults(webhookDelay=60_000)
    login.wait_for(phone.number)
    delivery = login.element.locator("#delivery")
    expect(delivery).to_have_text("Sending the message…")
    login.button("Cancel").click()
    phone.set_faults()
    login.wait_for(phone.number)
    expect(delivery).to_have_text("Message delivered")
    phone.message()
    phone.read()
    expect(delivery).to_have_text("Message read: now answer it")


def test_typed_yes_signs_in(login, phone):
    login.wait_for(phone.number)
    phone.message()
    phone.text("yes")
    login.is_signed_in(phone.number)


def test_a_deny_signs_nobody_in_and_keeps_messages_away(login, phone, watch):
    watch.expect(r"429 .*/api/auth/initiate")
    login.wait_for(phone.number)
    phone.deny()
    login.shows("Sign-in declined")
    expect(login.button("Scan a QR code")).to_be_visible()
    login.button("Try again").click()
    expect(login.phone).to_have_value(phone.number)
    login.button("Continue with WhatsApp").click()
    expect(login.problem).to_have_text("This number gets no more messages for now. "
        "Please try again in 10 minutes. Or choose “Scan a QR code” below.")


@pytest.mark.settings(OTPLESS_LOGIN_TTL="4s")
def test_a_login_that_nobody_answers_expires(login, phone):
    login.ask(phone.number)
    login.shows("Time is up")
    login.button("Try again").click()
    expect(login.phone).to_be_focused()


def test_a_message_that_cannot_be_delivered_says_so(login, demo, phone):
    demo.allow("message not delivered")
    phone.set_faults(send={"answer": "failure", "code": 131026})
    login.ask(phone.number)
    login.shows("Message not delivered")


def test_a_message_that_cannot_be_sent_says_so(login, demo, phone, watch):
    demo.allow("message not sent")
    watch.expect(r"500 .*/api/auth/initiate")
    phone.set_faults(send={"answer": "error", "code": 131026})
    login.ask(phone.number)
    expect(login.problem).to_contain_text("We could not send the message.")


def test_another_message_can_be_sent_after_a_while(login, phone, page):
    page.clock.install()
    login.open()
    login.wait_for(phone.number)
    first = phone.message()
    expect(login.element.locator("#resend")).to_have_text(re.compile("Send again in"))
    login.element.locator("#resend").click(force=True)
    assert phone.messages()[-1]["id"] == first["id"]
    page.clock.fast_forward(20_000)
    login.button("Send again").click()
    second = phone.message()
    assert second["id"] != first["id"]
    expect(login.element.locator("#live")).to_have_text("We sent you another message.")
    phone.tap(0, first)
    expect(login.title).to_have_text("Check your phone")
    phone.tap(0, second)
    login.is_signed_in(phone.number)


@pytest.mark.settings(OTPLESS_LIMIT_PHONE="1/60s,3/1h")
def test_another_message_too_early_says_when(login, phone, watch, page):
    watch.expect(r"429 .*/api/auth/initiate")
    login.wait_for(phone.number)
    phone.message()
    expect(login.element.locator("#resend")).to_have_text(re.compile(r"Send again in .?(1:00|0:5\d)"))
    login.button("Use another number").click()
    login.button("Continue with WhatsApp").click()
    expect(login.problem).to_have_text(re.compile(r"try again in (1 minute|\d\d seconds)\. Or choose"))


def test_another_number_ends_the_login(login, phone, demo):
    login.wait_for(phone.number)
    phone.message()
    login.button("Use another number").click()
    expect(login.phone).to_be_focused()
    other = demo.phone(demo.new_number())
    login.sign_in(other)
    phone.tap(0)
    login.is_signed_in(other.number)


def test_cancel_ends_the_login(login, phone):
    login.wait_for(phone.number)
    phone.message()
    login.button("Cancel").click()
    expect(login.sentence).to_have_text("Nobody was signed in. You can start again whenever you like.")
    phone.tap(0)
    login.shows("Sign in to OTPless Demo")


def test_the_back_button_leaves_the_wait_and_not_the_page(login, phone, page):
    login.wait_for(phone.number)
    page.go_back()
    login.shows("Sign in to OTPless Demo")
    expect(login.phone).to_have_value(phone.number)
    login.sign_in(phone)
    page.go_back()
    assert page.url == "about:blank"


def test_a_reload_while_waiting_loses_nothing(login, phone, page):
    login.wait_for(phone.number)
    page.reload()
    login.shows("Check your phone")
    expect(login.sentence).to_contain_text("Open it and tap “Confirm”.")
    phone.confirm()
    login.is_signed_in(phone.number)


@pytest.mark.parametrize("typed, says", [
    ("", "Enter your phone number to go on."),
    ("hello", "Enter your phone number to go on."),
    ("12", "That is not a whole phone number. Check the country and the digits."),
    ("+49", "That is not a whole phone number. Check the country and the digits."),
    ("+1 650 555 0142 0000 0000", "That is not a whole phone number. Check the country and the digits."),
])
def test_what_is_no_number_is_explained(login, watch, typed, says):
    watch.allow(r"400 .*/api/auth/initiate")
    login.ask(typed)
    expect(login.problem).to_have_text(says)
    expect(login.phone).to_be_focused()
    expect(login.phone).to_have_attribute("aria-invalid", "true")


@pytest.mark.settings(OTPLESS_COUNTRIES="+49")
def test_a_country_that_is_not_served_is_explained(login, watch):
    watch.expect(r"403 .*/api/auth/initiate")
    login.ask("+16505550142")
    expect(login.problem).to_have_text("Numbers of this country cannot sign in here. Please use another number.")


def test_a_number_with_its_calling_code_chooses_the_country(login):
    expect(login.country).to_have_value("US")
    login.phone.fill("+49 (0) 171 2345678")
    expect(login.country).to_have_value("DE")
    expect(login.element.locator("#code")).to_have_text("")
    login.country.select_option("AT")
    expect(login.phone).to_have_value("1712345678")
    expect(login.element.locator("#code")).to_have_text("+43")


def test_the_name_can_be_changed(login, phone, page, watch):
    watch.allow(r"400 .*/api/user/me")
    login.sign_in(phone)
    expect(page.locator("#name")).to_have_text("No name yet")
    page.get_by_text("Change name").click()
    page.get_by_label("Your name").fill("   ")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#account #problem")).to_have_text("Please enter a name of 1 to 100 characters.")
    page.get_by_label("Your name").fill(" Ada <b>Lovelace</b> ")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#name")).to_have_text("Ada <b>Lovelace</b>")
    expect(page.locator("#status")).to_have_text("Your name is saved.")


def test_devices_are_listed_and_can_be_ended(login, phone, demo, browser, context):
    login.sign_in(phone)
    other = LoginPage(browser.new_context(base_url=demo.url).new_page()).open()
    other.sign_in(phone)
    devices = other.page.locator("#devices li")
    expect(devices).to_have_count(2)
    expect(devices.filter(has_text="This device").get_by_role("button")).to_have_count(0)
    other.page.get_by_role("button", name="End the session of Chrome, Linux").click()
    expect(devices).to_have_count(1)
    expect(other.page.locator("#status")).to_have_text("That device is signed out.")
    other.page.context.close()
    context.watch.expect("401 .*/api/")
    login.page.get_by_text("Change name").click()
    login.page.get_by_label("Your name").fill("Ada")
    login.page.get_by_role("button", name="Save").click()
    login.shows("Sign in to OTPless Demo")
    expect(login.sentence).to_have_text("Your session has ended. Please sign in again.")


def test_log_out_everywhere_ends_all_devices(login, phone, demo, browser):
    login.sign_in(phone)
    other = LoginPage(browser.new_context(base_url=demo.url).new_page()).open()
    other.sign_in(phone)
    other.page.get_by_role("button", name="Log out everywhere").click()
    other.shows("Sign in to OTPless Demo")
    assert other.page.evaluate("OTPless.user()") is None
    other.page.context.close()
    login.page.context.watch.expect("401 .*/api/")
    assert login.page.evaluate("OTPless.user()") is None
    login.shows("Sign in to OTPless Demo")


def until_another_can_be_sent(login, phone):
    """Waits for a number until another message may follow; returns the first."""
    login.page.clock.install()
    login.open()
    login.wait_for(phone.number)
    first = phone.message()
    login.page.clock.fast_forward(20_000)
    return first


def test_a_reload_after_another_message_waits_for_that_one(login, phone, page):
    until_another_can_be_sent(login, phone)
    login.button("Send again").click()
    expect(login.element.locator("#live")).to_have_text("We sent you another message.")
    page.reload()
    login.shows("Check your phone")
    phone.confirm()
    login.is_signed_in(phone.number)


def test_an_account_that_is_gone_leads_back_to_the_form(login, phone, page, watch):
    watch.expect("404 .*/api/user/me")
    login.sign_in(phone)
    page.evaluate("""OTPless.accessToken().then(token =>
        fetch("/api/user/me", { method: "DELETE", headers: { Authorization: `Bearer ${token}` } }))""")
    page.get_by_text("Change name").click()
    page.get_by_label("Your name").fill("Ada")
    page.get_by_role("button", name="Save").click()
    login.shows("Sign in to OTPless Demo")
    expect(login.sentence).to_have_text("Your session has ended. Please sign in again.")


def test_a_second_message_that_is_on_its_way_does_not_come_after_the_first_is_confirmed(login, phone, page):
    first = until_another_can_be_sent(login, phone)
    held = []
    page.route("**/api/auth/initiate", lambda route: held.append(route))
    login.button("Send again").click()
    phone.tap(0, first)
    login.is_signed_in(phone.number)
    with page.expect_response("**/api/auth/cancel"):
        held[0].continue_()
    login.is_signed_in(phone.number)
    page.get_by_role("button", name="Log out", exact=True).click()
    login.shows("Sign in to OTPless Demo")
    expect(login.account).to_be_hidden()
    expect(login.phone).to_be_focused()


def test_who_turns_to_the_qr_code_is_not_taken_back(login, phone, page):
    held = []
    page.route("**/api/auth/initiate", lambda route: held.append(route) if not held else route.continue_())
    login.ask(phone.number)
    login.scan()
    with page.expect_response("**/api/auth/cancel"):
        held[0].continue_()
    login.shows("Scan to sign in")
