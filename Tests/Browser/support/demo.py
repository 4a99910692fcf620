"""The binary under test: `otpless-server demo`, a server with a simulated WhatsApp."""
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from support.phone import Phone, Simulator

#: The built binary; scripts/browser builds and names it.
SERVER = os.environ.get("OTPLESS_TEST_SERVER", "")


class Demo:
    """A demo of its own; `stop` and `start` again on the same ports, as a server that is updated would.

    url        where the login page is, such as http://127.0.0.1:40001
    phone_url  where the simulated phone is
    settings   as of `--set`; "{url}" in a value is the url
    """

    def __init__(self, folder, settings=None):
        assert SERVER, "OTPLESS_TEST_SERVER names no server; run the tests by scripts/browser"
        self.settings = dict(settings or {})
        self.data = Path(folder)
        self.data.mkdir(parents=True, exist_ok=True)
        self.log = self.data / "errors.log"
        self.log.touch()
        self._ports = None
        self._process = None
        self._numbers = 0
        self.allowed = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self._ports[0]}"

    @property
    def phone_url(self):
        return f"http://127.0.0.1:{self._ports[1]}"

    @property
    def simulator(self):
        return Simulator(self.phone_url)

    def start(self):
        """Returns when the server is ready. Ports that somebody else took in the meantime are replaced by others."""
        for _ in range(10):
            self._ports = self._ports or (free_port(), free_port())
            self._run()
            if self._becomes_ready():
                return self
            complaint = self.log.read_text()
            assert "in use" in complaint, f"the demo did not start:\n{complaint}"
            self.log.write_text("")
            self._ports = None
        raise AssertionError("no free ports")

    def stop(self):
        """Ends it as an operator does, and sees that it ended well."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.send_signal(signal.SIGTERM)
        try:
            status = process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError("the demo did not end within 20 s of SIGTERM")
        assert status == 0, f"the demo ended with status {status}:\n{self.log.read_text()}"

    def allow(self, pattern):
        """The test makes something go wrong: lines of the error log that the pattern finds are no fault."""
        self.allowed = pattern

    def complaints(self, after=0):
        """What it wrote to its error log, of warnings and errors, from a length of the log on."""
        lines = self.log.read_text()[after:].splitlines()
        return "\n".join(line for line in lines if not (self.allowed and re.search(self.allowed, line)))

    def new_number(self):
        """A phone number that no other test of this demo has: the next of +1 650 555 ...."""
        self._numbers += 1
        return f"+1650555{self._numbers:04}"

    def phone(self, number):
        """The simulated phone of a number."""
        return Phone(self.simulator, number)

    def _run(self):
        arguments = [SERVER, "demo", "--port", str(self._ports[0]), "--phone-port", str(self._ports[1])]
        arguments += ["--data", str(self.data)]
        for name, value in self.settings.items():
            arguments += ["--set", f"{name}={str(value).replace('{url}', self.url)}"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OTPLESS_")}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(arguments, env=environment, stdout=subprocess.DEVNULL, stderr=log)

    def _becomes_ready(self):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as reply:
                    if reply.status == 200 and self._process.poll() is None:
                        return True
            except OSError:
                pass
            try:
                self._process.wait(timeout=0.02)
                return False
            except subprocess.TimeoutExpired:
                pass
        self._process.kill()
        raise AssertionError(f"the demo was not ready within 20 s:\n{self.log.read_text()}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
