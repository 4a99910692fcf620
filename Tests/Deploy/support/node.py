"""A node: `otpless-server serve`, the binary under test."""
import json
import os
import signal
import subprocess
import urllib.request

from support.waiting import until
from support.whatsapp import APP_SECRET, NUMBER_ID, VERIFY_TOKEN

#: The built binary; scripts/deploy-test builds and names it.
SERVER = os.environ.get("OTPLESS_TEST_SERVER", "")

#: A database that all nodes share; without it each has a file of its own.
POSTGRES = os.environ.get("OTPLESS_TEST_POSTGRES")

#: What browsers call; the redirect and the health check of the files in deploy/ name it.
PUBLIC_URL = "https://login.example.com"


class Node:
    """Listens on a port that the system chose, and after another `start` on the same."""

    def __init__(self, folder, whatsapp):
        assert SERVER, "OTPLESS_TEST_SERVER names no server; run the tests by scripts/deploy-test"
        folder.mkdir(parents=True)
        self.folder = folder
        self.address = "127.0.0.1:0"
        self._whatsapp = whatsapp
        self._process = None

    def start(self):
        """Returns when it is ready."""
        settings = {
            "OTPLESS_LISTEN": self.address, "OTPLESS_PUBLIC_URL": PUBLIC_URL,
            "OTPLESS_DATABASE": POSTGRES or f"sqlite:{self.folder}/otpless.db",
            "OTPLESS_TRUSTED_PROXIES": "127.0.0.1",
            "OTPLESS_JWT_SECRET": "a-secret-that-all-nodes-share-0123456789",
            "OTPLESS_WHATSAPP_BASE_URL": self._whatsapp.url,
            "OTPLESS_WHATSAPP_PHONE_NUMBER_ID": NUMBER_ID, "OTPLESS_WHATSAPP_PHONE_NUMBER": "+15550783881",
            "OTPLESS_WHATSAPP_ACCESS_TOKEN": "the-access-token", "OTPLESS_WHATSAPP_APP_SECRET": APP_SECRET,
            "OTPLESS_WHATSAPP_VERIFY_TOKEN": VERIFY_TOKEN,
            "OTPLESS_WORKERS": "2", "OTPLESS_LIMIT_PHONE": "off",
        }
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OTPLESS_")}
        log = self.folder / "errors.log"
        with log.open("wb") as errors:
            self._process = subprocess.Popen([SERVER, "serve"], env=environment | settings, cwd=self.folder,
                                             stdout=subprocess.DEVNULL, stderr=errors)
        self.address = until(self._listens_at, f"a node listens; its log is {log}")
        with urllib.request.urlopen(f"http://{self.address}/readyz", timeout=20) as reply:
            assert reply.status == 200
        return self

    def _listens_at(self):
        text = (self.folder / "errors.log").read_text()
        assert self._process.poll() is None, f"the node did not start:\n{text}"
        for line in text.splitlines(keepends=True):
            if line.endswith("\n") and '"listening"' in line:
                return json.loads(line)["address"]

    def waiting_pages(self):
        """How many WebSockets it has."""
        with urllib.request.urlopen(f"http://{self.address}/metrics", timeout=20) as reply:
            for line in reply.read().decode().splitlines():
                if line.startswith("otpless_connections{") and "websocket" in line:
                    return int(line.split()[-1])

    @property
    def is_running(self):
        return self._process is not None and self._process.poll() is None

    def drain(self):
        """SIGTERM, and returns at once; `stop` waits for the end."""
        self._process.send_signal(signal.SIGTERM)

    def kill(self):
        """What a power cut would do."""
        self._process.kill()
        self._process.wait()

    def stop(self):
        """Ends it as an operator does, and sees that it ended well and in time."""
        if not self.is_running:
            return
        self.drain()
        self.ended()

    def ended(self):
        """Waits for the end that was asked for."""
        try:
            status = self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError("the node did not end within 20 s of SIGTERM")
        assert status == 0, f"the node ended with status {status}"
