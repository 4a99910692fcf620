"""The login page, as a person sees it."""
import re

from playwright.sync_api import expect


class LoginPage:
    def __init__(self, page):
        self.page = page
        self.element = page.locator("otpless-login")
        self.title = self.element.get_by_role("heading")
        self.phone = self.element.locator("#phone")
        self.country = self.element.locator("#country")
        self.problem = self.element.locator("#problem")
        self.sentence = self.element.locator("#sentence")
        self.account = page.locator("#account")

    def open(self, path="/"):
        self.page.goto(path)
        expect(self.title).to_be_visible()
        return self

    def button(self, name):
        return self.element.get_by_role("button", name=name)

    def ask(self, number):
        """Enters a number and goes on."""
        self.phone.fill(number)
        self.button("Continue with WhatsApp").click()

    def wait_for(self, number):
        """The page waits for this number's answer."""
        self.ask(number)
        self.shows("Check your phone")

    def shows(self, title):
        expect(self.title).to_have_text(title)

    def is_signed_in(self, number=None):
        expect(self.account).to_be_visible()
        if number:
            expect(self.account.locator("#phone")).to_have_text(re.sub(r"^\+1", "+1\u00a0", number))

    def sign_in(self, phone):
        self.wait_for(phone.number)
        phone.confirm()
        self.is_signed_in(phone.number)

    def scan(self):
        self.button("Scan a QR code").click()
        self.shows("Scan to sign in")

    @property
    def code(self):
        return self.element.locator("#link-code").inner_text()
