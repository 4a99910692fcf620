"""Bad networks: nothing is lost that was confirmed."""
import pytest
from playwright.sync_api import expect

from support.login_page import LoginPage

NO_NETWORK = r"ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|WebSocket connection|ERR_NETWORK|ERR_EMPTY_RESPONSE|ERR_NAME_NOT_RESOLVED"


def test_a_network_that_comes_back_brings_the_tokens(page, context, phone):
    context.watch.allow(NO_NETWORK)
    login = LoginPage(page).open()
    login.wait_for(phone.number)
    phone.message()
    context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('online'))")  # the socket that is open would not notice
    expect(login.element.locator("#connection")).to_have_text("Connection lost. Reconnecting…")
    phone.tap(0)
    context.set_offline(False)
    login.is_signed_in(phone.number)


def test_without_websockets_the_page_asks_over_http(page, context, phone):
    context.add_init_script("delete globalThis.WebSocket")
    login = LoginPage(page).open()
    login.wait_for(phone.number)
    expect(login.element.locator("#delivery")).to_have_text("Message delivered")
    phone.confirm()
    login.is_signed_in(phone.number)


def test_a_network_that_refuses_websockets_costs_nothing_but_a_moment(page, phone):
    page.route_web_socket("**/api/auth/ws*", lambda socket: socket.close())
    login = LoginPage(page).open()
    login.wait_for(phone.number)
    phone.confirm()
    login.is_signed_in(phone.number)


def test_a_network_that_swallows_frames_costs_nothing_but_a_moment(page, phone):
    page.route_web_socket("**/api/auth/ws*", lambda socket: None)
    login = LoginPage(page).open()
    login.wait_for(phone.number)
    phone.confirm()
    login.is_signed_in(phone.number)


def test_a_server_that_is_not_reached_is_explained(page, context, phone):
    context.watch.allow(NO_NETWORK)
    login = LoginPage(page).open()
    context.set_offline(True)
    login.ask(phone.number)
    expect(login.problem).to_have_text("We cannot reach the server. Check your connection, then try again.")
    context.set_offline(False)
    login.sign_in(phone)


@pytest.mark.settings(OTPLESS_LIMIT_PHONE="off", OTPLESS_WORKERS="1")
def test_a_server_that_starts_again_keeps_the_login(browser, own_demo):
    context = browser.new_context(base_url=own_demo.url, locale="en-US")
    login = LoginPage(context.new_page()).open()
    phone = own_demo.phone(own_demo.new_number())
    login.wait_for(phone.number)
    own_demo.stop()
    expect(login.element.locator("#connection")).to_have_text("Connection lost. Reconnecting…")
    own_demo.start()
    expect(login.element.locator("#connection")).to_have_text("")
    login.button("Cancel").click()
    login.sign_in(phone)
    context.close()
