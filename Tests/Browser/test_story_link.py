"""Scan or tap: the person sends the page's code."""
import re
import shutil
import subprocess
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from support.login_page import LoginPage

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "screen": {"width": 390, "height": 844}}


def sent_by(link):
    """What the message says that a link opens."""
    return parse_qs(urlsplit(link).query)["text"][0]


def test_the_code_on_the_screen_signs_in_who_sends_it(page, phone):
    login = LoginPage(page).open()
    login.scan()
    phone.text(f"hi, {login.code.lower()}")
    login.is_signed_in(phone.number)


@pytest.mark.skipif(not shutil.which("zbarimg"), reason="zbarimg (zbar-tools) is not installed")
def test_the_qr_code_opens_whatsapp_with_the_message(page, phone, tmp_path):
    login = LoginPage(page).open()
    login.scan()
    picture = tmp_path / "qr.png"
    login.element.get_by_role("img", name="QR code that opens WhatsApp with the message").screenshot(path=picture)
    link = subprocess.check_output(["zbarimg", "--quiet", "--raw", picture], text=True).strip()
    assert link == login.element.locator("#open").get_attribute("href")
    phone.text(sent_by(link))
    login.is_signed_in(phone.number)


@pytest.mark.browsing(**PHONE)
def test_on_a_phone_a_button_opens_whatsapp(page, demo, phone):
    login = LoginPage(page).open()
    login.button("Send us a message instead").click()
    login.shows("Send us a message")
    expect(login.element.locator("#qr svg")).to_have_count(0)
    link = login.element.get_by_role("link", name="Open WhatsApp").get_attribute("href")
    assert link.startswith(demo.phone_url)
    phone.text(sent_by(link))
    login.is_signed_in(phone.number)


@pytest.mark.browsing(**PHONE)
def test_a_page_that_whatsapp_replaced_comes_back_to_its_login(page, demo, phone):
    login = LoginPage(page).open()
    login.button("Send us a message instead").click()
    login.shows("Send us a message")
    link = login.element.locator("#open").get_attribute("href")
    page.goto(demo.phone_url)
    phone.text(sent_by(link))
    page.go_back()
    login.is_signed_in(phone.number)


def test_the_link_opens_the_simulated_phone_with_the_message(page, context, demo):
    context.watch.allow_origin(demo.phone_url)
    login = LoginPage(page).open()
    login.scan()
    with context.expect_page() as opened:
        login.element.get_by_role("link", name="Open WhatsApp on this device").click()
    chat = opened.value
    expect(chat.locator("#text")).to_have_value(re.compile(login.code))
    chat.get_by_role("button", name="Send", exact=True).click()
    login.is_signed_in()


def test_from_a_link_one_can_go_over_to_a_number(page, phone):
    login = LoginPage(page).open()
    login.scan()
    login.button("Enter a phone number instead").click()
    login.sign_in(phone)


@pytest.mark.settings(OTPLESS_METHODS="link")
def test_where_links_are_all_there_is_no_number_is_asked(page, phone):
    login = LoginPage(page).open()
    expect(login.phone).to_be_hidden()
    login.button("Continue with WhatsApp").click()
    login.shows("Scan to sign in")
    expect(login.button("Enter a phone number instead")).to_be_hidden()
    phone.text(login.code)
    login.is_signed_in(phone.number)


@pytest.mark.settings(OTPLESS_CONFIRMATION="match")
def test_with_number_matching_a_link_asks_for_the_number(page, phone):
    login = LoginPage(page).open()
    login.scan()
    number = login.element.locator("#link-match").inner_text()
    phone.text(login.code)
    phone.message()
    phone.text(number)
    login.is_signed_in(phone.number)


@pytest.mark.settings(OTPLESS_CONFIRMATION="match")
def test_with_number_matching_the_phone_tells_the_number_on_the_screen(page, phone):
    login = LoginPage(page).open()
    login.wait_for(phone.number)
    expect(login.sentence).to_contain_text("Reply to it with this number:")
    number = login.element.locator("#match")
    expect(number).to_have_text(re.compile(r"^\d\d$"))
    phone.message()
    phone.text(number.inner_text())
    login.is_signed_in(phone.number)


@pytest.mark.settings(OTPLESS_CONFIRMATION="match")
def test_a_wrong_number_declines(page, phone):
    login = LoginPage(page).open()
    login.wait_for(phone.number)
    phone.message()
    right = int(login.element.locator("#match").inner_text())
    phone.text("10" if right != 10 else "11")
    login.shows("Sign-in declined")
    expect(login.sentence).to_contain_text("or not the number shown here")


@pytest.mark.settings(OTPLESS_LOGIN_TTL="4s")
def test_a_link_that_nobody_uses_expires_and_is_renewed(page):
    login = LoginPage(page).open()
    login.scan()
    code = login.code
    login.shows("Time is up")
    login.button("Try again").click()
    login.shows("Scan to sign in")
    assert login.code != code


def test_a_person_who_hides_the_number_is_told(page, phone):
    phone.set_faults(hidesNumber=True)
    login = LoginPage(page).open()
    login.scan()
    phone.text(login.code)
    phone.message()
    phone.tap(0)
    login.is_signed_in(phone.number)
