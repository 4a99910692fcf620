"""The real programs with the files of deploy/, in which only addresses, ports and paths are others, and sizes that
the descriptor limit of a test's machine may not bear."""
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
from pathlib import Path

from support.client import SOMEBODY, Client
from support.waiting import until

DEPLOY = Path(__file__).parents[3] / "deploy"

#: Where Debian installs programs for root, which others do not have on their PATH.
PATH = f"{os.environ['PATH']}:/usr/sbin:/sbin"

#: Addresses of nodes in the files.
NODES = ("10.0.0.11:8080", "10.0.0.12:8080", "10.0.0.13:8080")


class Balancer:
    """One balancer before three nodes.

    http, https   clients of its two ports
    """

    file = None

    def __init__(self, certificate, addresses):
        program = shutil.which(self.program, path=PATH)
        assert program, f"there is no {self.program}; scripts/setup --tests installs it"
        self.executable = program
        # Not pytest's folder, in which the program's own user could not look.
        self.folder = Path(tempfile.mkdtemp(prefix="otpless-"))
        self.folder.chmod(0o711)
        self.certificate = certificate
        self.addresses = list(addresses)
        self._process = None

    @property
    def configuration(self):
        return self.folder / self.file

    def start(self):
        """Returns when it answers. Ports that somebody else took in the meantime are replaced by others."""
        try:
            return self._start()
        except BaseException:
            if self._process is not None and self._process.poll() is None:
                self._process.send_signal(self.stop_signal)
                self._process.wait()
            shutil.rmtree(self.folder)
            raise

    def _start(self):
        for _ in range(10):
            self.ports = free_ports(4)
            self.write()
            with (self.folder / "output.log").open("wb") as output:
                self._process = subprocess.Popen(self.command(), cwd="/", stdin=subprocess.DEVNULL, stdout=output,
                                                 stderr=subprocess.STDOUT)
            self.https = Client("127.0.0.1", self.ports[0], self.certificate.chain)
            self.http = Client("127.0.0.1", self.ports[1])
            if until(self._answers_or_ended, f"{self.program} answers") == "answers":
                return self
            complaint = self.said()
            assert "in use" in complaint, f"{self.program} did not start:\n{complaint}"
        raise AssertionError("no free ports")

    def _answers_or_ended(self):
        if self._process.poll() is not None:
            return "ended"
        try:
            self.https.get("/healthz")
            return "answers"
        except (OSError, ssl.SSLError):
            return None

    def write(self):
        """Writes the file with what is so here. What is replaced must be there."""
        text = (DEPLOY / self.file).read_text()
        for old, new in [*zip(NODES, self.addresses), *self.replacements()]:
            assert old in text, f"{old!r} is not in deploy/{self.file}"
            text = text.replace(old, new)
        self.configuration.write_text(text)

    def check(self):
        """What the program itself says of the file: its status and its words."""
        run = subprocess.run(self.check_command(), capture_output=True, text=True, timeout=30)
        return run.returncode, run.stdout + run.stderr

    def said(self):
        """All that it wrote, the access log as well."""
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))

    def logged(self, identifier):
        """Waits for the access log's line of a request."""
        def line():
            for line in self.said().splitlines():
                if f'"id":"{identifier}"' in line:
                    return json.loads(line)
        return until(line, f"request {identifier} in the log")

    def stop(self):
        if self._process is None:
            return
        process, self._process = self._process, None
        process.send_signal(self.stop_signal)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"{self.program} did not end")
        said = self.said()
        shutil.rmtree(self.folder)
        # Whatever a test did: no session id, no other query, no address of a client.
        for secret in ("sessionId=", "verify_token", SOMEBODY):
            assert secret not in said, f"{secret} is in {self.program}'s log:\n{said}"


class HAProxy(Balancer):
    program, file, stop_signal = "haproxy", "haproxy.cfg", signal.SIGTERM

    def command(self):
        return [self.executable, "-db", "-f", self.configuration]

    def check_command(self):
        return [self.executable, "-c", "-f", self.configuration]

    def replacements(self):
        https, http, more, other = self.ports
        yield "log /dev/log local0", "log stdout format raw local0"
        yield "maxconn 20000", "maxconn 500"
        yield "bind :80", f"bind 127.0.0.1:{http}"
        yield "bind [::]:80 v6only", f"bind 127.0.0.1:{other}"
        yield "bind :443", f"bind 127.0.0.1:{https}"
        yield "bind [::]:443 v6only", f"bind 127.0.0.1:{more}"
        yield "/etc/haproxy/login.example.com.pem", str(self.certificate.both)
        yield "/run/haproxy/admin.sock", f"{self.folder}/admin.sock"
        if os.geteuid() != 0:  # what root alone can do
            for line in ("user haproxy", "group haproxy", "chroot /var/lib/haproxy"):
                yield f"    {line}\n", ""

    def operate(self, command):
        """A command on the socket for operators; what it answers."""
        with socket.socket(socket.AF_UNIX) as operator:
            operator.connect(f"{self.folder}/admin.sock")
            operator.sendall(f"{command}\n".encode())
            return operator.makefile().read()

    def state(self, index):
        """What it takes a node for: UP, DOWN, DRAIN."""
        for line in self.operate("show stat").splitlines():
            fields = line.split(",")
            if fields[:2] == ["nodes", f"node{index + 1}"]:
                return fields[17].split(" ")[0]

    def take_out(self, index):
        """What docs/load-balancer.md says before a node is restarted."""
        self.operate(f"set server nodes/node{index + 1} state drain")
        until(lambda: self.current_requests(index) == 0, "no request is on its way to the node")

    def current_requests(self, index):
        """Those that are no WebSocket; the tests' nodes have none when they are taken out."""
        for line in self.operate("show stat").splitlines():
            fields = line.split(",")
            if fields[:2] == ["nodes", f"node{index + 1}"]:
                return int(fields[4])

    def bring_back(self, index):
        self.operate(f"set server nodes/node{index + 1} state ready")
        until(lambda: self.state(index) == "UP", "the node is taken for up")

    def notices(self, index):
        """Waits until it knows that a node is not ready."""
        until(lambda: self.state(index) == "DOWN", "the node is taken for down")


class Nginx(Balancer):
    program, file, stop_signal = "nginx", "nginx.conf", signal.SIGTERM
    down = frozenset()

    def command(self):
        return [*self.check_command()[:-1], "-g", "daemon off;"]

    def check_command(self):
        return [self.executable, "-p", self.folder, "-e", self.folder / "start.log", "-c", self.configuration, "-t"]

    def replacements(self):
        https, http, more, other = self.ports
        yield "worker_rlimit_nofile 65536", "worker_rlimit_nofile 1024"
        yield "worker_connections 20000", "worker_connections 500"
        yield "listen 80;", f"listen 127.0.0.1:{http};"
        yield "listen [::]:80;", f"listen 127.0.0.1:{other};"
        yield "listen 443 ", f"listen 127.0.0.1:{https} "
        yield "listen [::]:443 ", f"listen 127.0.0.1:{more} "
        yield "/etc/letsencrypt/live/login.example.com/fullchain.pem", str(self.certificate.chain)
        yield "/etc/letsencrypt/live/login.example.com/privkey.pem", str(self.certificate.key)
        yield "/run/nginx.pid", f"{self.folder}/nginx.pid"
        yield "/var/log/nginx/", f"{self.folder}/"
        yield "/var/lib/nginx/body", f"{self.folder}/body"
        if os.geteuid() != 0:  # what root alone can do
            yield "user www-data;\n", ""
        for index in self.down:
            yield f"server {self.addresses[index]} ", f"server {self.addresses[index]} down "

    def take_out(self, index):
        """What docs/load-balancer.md says before a node is restarted."""
        self.down = self.down | {index}
        self.reload()

    def bring_back(self, index):
        self.down = self.down - {index}
        self.reload()

    def reload(self):
        """Returns when the workers with the old file are gone; no WebSocket keeps them here."""
        before = self.workers()
        self.write()
        self._process.send_signal(signal.SIGHUP)
        until(lambda: self.workers() and not self.workers() & before, "nginx has read its file again")

    def workers(self):
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return set(children)

    def notices(self, index):
        """It asks nobody: requests that fail tell it, and are answered by others."""


def free_ports(count):
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def seconds(text, name):
    """All that a file of either program's says for a duration, such as 70s."""
    return [int(value) for value in re.findall(rf"^\s*{name}\s+(\d+)s;?$", text, re.MULTILINE)]
