"""What no page may do: log an error, break its Content-Security-Policy, throw, or ask another origin."""
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error

#: Tells the console what a Content-Security-Policy forbade, also where Chromium says nothing.
REPORT_VIOLATIONS = """addEventListener("securitypolicyviolation", event =>
    console.error(`Content-Security-Policy: ${event.violatedDirective} forbade ${event.blockedURI}`))"""


class Watch:
    """Listens to all pages of a browser context.

    A test that makes something go wrong says so: `expect`, if it must happen, or `allow`, if it may.
    Both take a regular expression that is searched in lines such as
    "console: Failed to load resource: the server responded with a status of 403 () http://…/api/auth/initiate".
    """

    def __init__(self, context):
        self.seen = []
        self._origins = set()
        self._allowed = []
        self._expected = []
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.seen.append(f"uncaught: {error.error}"))
        context.on("request", self._request)
        context.on("page", lambda page: page.on("websocket", lambda socket: self._socket(page, socket)))

    def allow(self, pattern):
        self._allowed.append(re.compile(pattern))

    def expect(self, pattern):
        self._expected.append(re.compile(pattern))

    def allow_origin(self, *urls):
        """Pages of any origin may ask this one."""
        self._origins.update(origin(url) for url in urls)

    def problems(self):
        """What was seen and not allowed, and what was expected and not seen."""
        known = self._allowed + self._expected
        unknown = [line for line in self.seen if not any(pattern.search(line) for pattern in known)]
        missing = [f"expected, but not seen: {pattern.pattern}" for pattern in self._expected
                   if not any(pattern.search(line) for line in self.seen)]
        return unknown + missing

    def check(self):
        problems = self.problems()
        if problems:
            pytest.fail("the page did what no page may:\n  " + "\n  ".join(problems), pytrace=False)

    def _console(self, message):
        # Who gives up at once leaves a socket that was not open yet; a slow machine takes a while to use what it loaded.
        if re.search("closed before the connection is established|preloaded using link preload but not used", message.text):
            return
        if message.type in ("error", "warning", "assert"):
            self.seen.append(f"console: {message.text} {message.location.get('url', '')}")

    def _request(self, request):
        # Where a page goes is the test's business; what it asks for on its own is not.
        try:
            if request.is_navigation_request() and request.frame.parent_frame is None:
                return
        except Error:
            return  # a new tab has no frame yet
        self._look_at(request.frame.page.url, request.url)

    def _socket(self, page, socket):
        self._look_at(page.url, socket.url.replace("ws", "http", 1))

    def _look_at(self, page, url):
        if urlsplit(url).scheme in ("data", "blob", "about"):
            return
        if origin(url) not in self._origins | {origin(page)}:
            self.seen.append(f"another origin: {page} asked for {url}")


def origin(url):
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
