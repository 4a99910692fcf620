"""Whoever asks from outside: HTTP/1.1 and WebSockets over TLS, from any address of loopback's."""
import base64
import http.client
import json
import os
import random
import socket
import ssl


def new_address():
    """An address of loopback's that no other test comes from; 127.0.0.1 is the balancer's."""
    return f"127.{random.randint(1, 254)}.{random.randint(1, 254)}.{random.randint(1, 254)}"


#: Where a client comes from if nothing else is said.
SOMEBODY = new_address()


class Reply:
    """status, headers, body."""

    def __init__(self, reply, body):
        self.status, self.headers, self.body = reply.status, reply.headers, body

    @property
    def json(self):
        return json.loads(self.body)

    def is_error(self, status, code):
        """The envelope of an error, whoever made it."""
        assert self.status == status, (self.status, self.body)
        assert self.headers["Content-Type"] == "application/json; charset=utf-8"
        assert self.headers["X-Request-Id"] and self.headers["X-Content-Type-Options"] == "nosniff"
        envelope = self.json
        assert (envelope["status"], envelope["statusCode"], envelope["error"]["code"]) == ("error", status, code)
        assert envelope["error"]["message"] and envelope["error"]["details"]
        if status in (429, 503):
            assert self.headers["Retry-After"] == str(envelope["error"]["retryAfter"])


class Client:
    """Trusts the tests' own certificate alone."""

    def __init__(self, host, port, certificate=None, source=SOMEBODY, headers=()):
        self.address = (host, port)
        self.headers = dict(headers)
        self.source = source
        self._tls = certificate and ssl.create_default_context(cafile=certificate)

    def at(self, source, headers=()):
        """The same from another address, and with headers of its own in each request."""
        client = Client(*self.address, source=source, headers=headers)
        client._tls = self._tls
        return client

    def connect(self, protocols=("http/1.1",)):
        plain = socket.create_connection(self.address, timeout=30, source_address=(self.source, 0))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not self._tls:
            return plain
        self._tls.set_alpn_protocols(list(protocols))
        return self._tls.wrap_socket(plain, server_hostname="login.example.com")

    def request(self, method, path, body=None, headers=()):
        """One request on a connection of its own. A body that is no bytes is sent as JSON."""
        headers = self.headers | dict(headers)
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection("login.example.com")
        with self.connect() as connection.sock:
            try:
                connection.request(method, path, body, headers)
            except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
                pass  # refused before all of it was sent; the reply says why
            reply = connection.getresponse()
            return Reply(reply, reply.read())

    def get(self, path, **headers):
        return self.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def post(self, path, body, headers=()):
        return self.request("POST", path, body, headers)

    def wait(self, session):
        """The WebSocket of a login."""
        return WebSocket(self, f"/api/auth/ws?sessionId={session}")


class WebSocket:
    """Just enough of RFC 6455. `status` is what the handshake was answered with."""

    def __init__(self, client, target):
        self._socket = client.connect()
        self._bytes = self._socket.makefile("rb")
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall(
            f"GET {target} HTTP/1.1\r\nHost: login.example.com\r\nOrigin: https://login.example.com\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
            .encode())
        self.status = int(self._bytes.readline().split()[1])
        while self._bytes.readline() not in (b"\r\n", b""):
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._bytes.close()
        self._socket.close()

    def send(self, data, opcode=0x1):
        mask = os.urandom(4)
        assert len(data) < 126
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))
        self._socket.sendall(bytes([0x80 | opcode, 0x80 | len(data)]) + mask + masked)

    def frame(self):
        """The next frame: its opcode and what it holds; (None, b"") once the connection has ended."""
        try:
            head = self._bytes.read(2)
        except (ConnectionResetError, ssl.SSLEOFError):
            head = b""
        if len(head) < 2:
            return None, b""
        length = head[1]
        if length == 126:
            length = int.from_bytes(self._bytes.read(2), "big")
        return head[0] & 0xF, self._bytes.read(length)

    def event(self):
        """The next message."""
        opcode, data = self.frame()
        assert opcode == 0x1, (opcode, data)
        return json.loads(data)
