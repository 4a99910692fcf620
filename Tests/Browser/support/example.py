"""A program that serves, such as an example."""
import os
import signal
import subprocess
import urllib.error
import urllib.request

#: What such a program gets of this one's environment.
KEPT = ("PATH", "HOME", "LANG", "OTPLESS_TEST_SERVER")


class Example:
    """A command that serves at PORT, and what it wrote; `stop` ends it as Ctrl-C does."""

    def __init__(self, command, folder, **environment):
        self.url = f"http://127.0.0.1:{environment['PORT']}"
        self.log = folder / "example.log"
        environment = {name: os.environ[name] for name in KEPT if name in os.environ} | {
            name: str(value) for name, value in environment.items()}
        with self.log.open("wb") as log:
            # A shell that runs the tests in the background lets them ignore Ctrl-C, and what they start, too.
            self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=subprocess.STDOUT, start_new_session=True,
                                            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))

    def wait(self):
        """Returns when it answers."""
        for _ in range(1500):
            try:
                urllib.request.urlopen(self.url, timeout=5).close()
                return self
            except urllib.error.HTTPError:
                return self
            except OSError:
                pass
            try:
                self.process.wait(timeout=0.02)
                break
            except subprocess.TimeoutExpired:
                pass
        self.stop()
        raise AssertionError(f"the example does not answer:\n{self.log.read_text()}")

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
            self.process.wait(timeout=20)
