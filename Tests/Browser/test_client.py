"""/otpless.js on pages that others make."""
import json
import shutil
import subprocess
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import expect

from support.login_page import LoginPage
from support.looks import axe


class Site:
    """Another origin, whose one page is the test's own."""

    def __init__(self):
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                if site.policy:
                    self.send_header("Content-Security-Policy", site.policy)
                self.end_headers()
                self.wfile.write(site.body.encode())

            def log_message(self, *_):
                pass

        self.body = self.policy = ""
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def open(self, page, demo, body, policy=""):
        """Shows this body; `{server}` in it and in the policy is the server."""
        page.context.watch.allow_origin(demo.url)
        head = '<!doctype html><html lang=en><title>A site</title><link rel="icon" href="data:,">'
        self.body = head + body.replace("{server}", demo.url)
        self.policy = policy.replace("{server}", demo.url)
        page.goto(self.url)


@pytest.fixture(scope="module")
def site():
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture
def server(demos, site):
    """A server that lists the site."""
    return demos({"OTPLESS_ALLOWED_ORIGINS": f"{{url}},{site.url}"})


MODULE = '<main><h1>A site</h1><otpless-login></otpless-login></main><script type="module" src="{server}/otpless.js"></script>'
CLASSIC = '<main><h1>A site</h1><otpless-login></otpless-login></main><script src="{server}/otpless.classic.js"></script>'
STRICT = ("default-src 'none'; script-src {server}; style-src {server}; img-src data:; "
          "connect-src {server} ws://127.0.0.1:*")


@pytest.mark.parametrize("body", [MODULE, CLASSIC], ids=["module", "classic"])
def test_one_tag_signs_people_in_on_another_site_with_a_strict_policy(page, site, server, body):
    site.open(page, server, body, STRICT)
    phone = server.phone(server.new_number())
    login = LoginPage(page)
    login.wait_for(phone.number)
    phone.confirm()
    login.shows("Welcome")
    expect(login.sentence).to_contain_text("You are signed in as")
    axe(page)
    assert page.evaluate("OTPless.user().then(user => user.phoneNumber)") == phone.number
    login.button("Log out").click()
    login.shows("Sign in to OTPless Demo")
    assert page.evaluate("OTPless.user()") is None


def test_the_element_takes_the_language_and_the_methods_of_its_page(page, site, server):
    body = MODULE.replace("<otpless-login>", '<otpless-login lang="fr" methods="link" heading="3">')
    site.open(page, server, body)
    expect(page.get_by_role("heading", level=3)).to_have_text("Se connecter à OTPless Demo")
    expect(page.locator("otpless-login #phone")).to_be_hidden()


def test_a_site_gives_the_element_its_colours(page, site, server):
    style = "<style>otpless-login { --otpless-accent: rgb(75, 43, 214) } otpless-login::part(card) { border: 0 }</style>"
    site.open(page, server, style + MODULE)
    expect(page.locator("otpless-login #continue")).to_have_css("background-color", "rgb(75, 43, 214)")
    expect(page.locator("otpless-login #card")).to_have_css("border-width", "0px")


@pytest.mark.browsing(color_scheme="dark")
def test_the_element_is_dark_only_where_the_page_says_that_it_can_be(page, site, server):
    card = page.locator("otpless-login #card")
    site.open(page, server, MODULE)
    expect(card).to_have_css("background-color", "rgb(255, 255, 255)")
    site.open(page, server, "<style>:root { color-scheme: light dark }</style>" + MODULE)
    expect(card).to_have_css("background-color", "rgb(22, 30, 27)")


def test_a_site_that_is_not_listed_is_told_so(page, site, demo, watch):
    watch.expect("Does its OTPLESS_ALLOWED_ORIGINS list http://")
    watch.allow("blocked by CORS policy|ERR_FAILED|initiate")
    site.open(page, demo, MODULE)
    LoginPage(page).ask("+16505550199")
    expect(page.locator("otpless-login #problem")).not_to_be_empty()


def test_without_https_nothing_is_sent_and_it_is_said_why(page, watch):
    page.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")
    login = LoginPage(page).open()
    login.ask("+16505550142")
    expect(login.problem).to_have_text("Signing in needs a secure connection. Open this page with https.")


def test_login_tells_its_progress_and_returns_a_session(page, phone):
    page.goto("/")
    page.evaluate("""number => {
        self.told = []
        const on = Object.fromEntries(["started", "delivery", "connection"].map(name => [name, value => told.push([name, value])]))
        self.session = OTPless.login({ phoneNumber: number, on })
        self.session.catch(() => {})
    }""", phone.number)
    page.wait_for_function("() => told.some(([name, value]) => value == 'delivered')")
    phone.confirm()
    session = page.evaluate("session")
    assert session["user"]["phoneNumber"] == phone.number and session["isNewUser"]
    assert session["expiresAt"] > page.evaluate("OTPless.now()")
    told = page.evaluate("told")
    assert told[0][0] == "started" and told[0][1]["method"] == "prompt"
    assert not {"sessionId", "codeVerifier"} & set(told[0][1])


def test_a_signal_cancels_the_login(page, phone):
    page.goto("/")
    code = page.evaluate("""number => {
        const giveUp = new AbortController
        return OTPless.login({ phoneNumber: number, signal: giveUp.signal, on: { started: () => giveUp.abort() } })
            .catch(error => error.code)
    }""", phone.number)
    assert code == "ABORTED"
    phone.confirm()
    assert page.evaluate("OTPless.user()") is None


def test_errors_have_their_code(page, watch):
    watch.expect(r"400 .*/api/auth/initiate")
    page.goto("/")
    error = page.evaluate("""OTPless.login({ phoneNumber: "123" }).catch(error =>
        [error.name, error.code, error.statusCode, error.fields[0].field, error instanceof OTPless.OTPlessError])""")
    assert error == ["OTPlessError", "INVALID_PHONE_NUMBER", 400, "phoneNumber", True]


def test_an_element_can_come_and_go(page, phone):
    login = LoginPage(page).open()
    page.evaluate("""() => {
        const login = document.querySelector("otpless-login")
        const parent = login.parentNode
        login.remove()
        parent.append(login)
        parent.append(document.createElement("otpless-login"))
    }""")
    expect(page.locator("otpless-login #phone")).to_have_count(2)
    login.element = page.locator("otpless-login").first
    first = LoginPage(page)
    first.element = page.locator("otpless-login").first
    first.element.locator("#phone").fill(phone.number)
    first.element.locator("#continue").click()
    phone.confirm()
    expect(page.locator("#account")).to_be_visible()


def test_an_element_that_is_taken_away_cancels_its_login(page, phone):
    login = LoginPage(page).open()
    login.wait_for(phone.number)
    with page.expect_response("**/api/auth/cancel"):
        page.evaluate("document.querySelector('otpless-login').remove()")
    phone.confirm()
    assert page.evaluate("OTPless.user()") is None


@pytest.mark.parametrize("garbage", ["{", "null", "[]", '{"expiresAt": 99999999999}', '"x"'])
def test_what_stands_in_storage_stops_nobody(context, phone, garbage, watch):
    watch.allow(r"40[04] .*/api/auth/claim|40[04] .*/api/auth/ws|WebSocket connection")
    page = context.new_page()
    page.goto("/docs")
    page.evaluate("garbage => ['otpless.login', 'otpless.signedIn'].forEach(key => { sessionStorage[key] = localStorage[key] = garbage })", garbage)
    login = LoginPage(page).open()
    page.evaluate("sessionStorage.clear()")
    page.reload()
    login.sign_in(phone)


def on_the_wire(url):
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as reply:
        return len(reply.read()) + len(str(reply.headers))


def test_the_client_has_at_most_8_kilobytes_and_the_page_30(page, demo):
    assert on_the_wire(demo.url + "/otpless.js") < 8000
    asked = [demo.url + "/"]
    page.on("request", lambda request: asked.append(request.url))
    LoginPage(page).open()
    sent = {url: on_the_wire(url) for url in set(asked) if url.startswith("http")}
    assert len(sent) <= 10 and sum(sent.values()) < 30_000, sent


@pytest.mark.parametrize("part", ["en.", "countries.", "element."])
def test_a_part_that_does_not_arrive_is_asked_for_again(page, watch, part):
    watch.expect("503")
    answered = []

    def fail_once(route):
        answered.append(route.request.url)
        route.fulfill(status=503) if len(answered) <= 2 else route.continue_()

    page.route(f"**/assets/{part}*", fail_once)
    LoginPage(page).open()


@pytest.mark.skipif(not shutil.which("tsc"), reason="tsc (node-typescript) is not installed")
def test_the_types_are_those_of_the_documents(demo, tmp_path):
    with urllib.request.urlopen(demo.url + "/otpless.d.ts") as reply:
        (tmp_path / "otpless.d.ts").write_bytes(reply.read())
    shutil.copy(Path(__file__).with_name("types.ts"), tmp_path)
    (tmp_path / "tsconfig.json").write_text(json.dumps({"files": ["types.ts"], "compilerOptions": {
        "strict": True, "noEmit": True, "target": "es2022", "module": "node16", "moduleResolution": "node16",
        "lib": ["es2022", "dom"], "paths": {"https://login.example.com/otpless.js": ["./otpless.d.ts"]}}}))
    checked = subprocess.run(["tsc", "-p", tmp_path], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
