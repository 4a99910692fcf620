#!/usr/bin/env python3
"""Signs in against a running `otpless-server demo`, as a page and a phone would. Python's standard library only.

usage: examples/login.py [API] [PHONE]     (http://127.0.0.1:8080 http://127.0.0.1:8081)
"""
import base64, hashlib, json, os, socket, sys, time, urllib.error, urllib.parse, urllib.request

api = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080"
phone = sys.argv[2] if len(sys.argv) > 2 else "http://127.0.0.1:8081"
number = "+16505550143"


def call(method, url, body=None, token=None):
    """One HTTP request; returns the reply's JSON, also of an error."""
    request = urllib.request.Request(url, method=method, data=body and json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return json.load(reply)
    except urllib.error.HTTPError as error:
        return json.load(error)


class WebSocket:
    """Just enough of RFC 6455 for short text messages."""

    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        self.bytes = socket.create_connection((parts.hostname, parts.port or 80), timeout=30).makefile("rwb")
        key = base64.b64encode(os.urandom(16)).decode()
        self.bytes.write(
            f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode())
        self.bytes.flush()
        status = self.bytes.readline().decode()
        assert " 101 " in status, status
        while self.bytes.readline() != b"\r\n":
            pass

    def send(self, message, opcode=0x1):
        data, mask = json.dumps(message).encode() if message else b"", os.urandom(4)
        self.bytes.write(bytes([0x80 | opcode, 0x80 | len(data)]) + mask)  # up to 125 bytes
        self.bytes.write(bytes(byte ^ mask[i % 4] for i, byte in enumerate(data)))
        self.bytes.flush()

    def receive(self):
        """The next message; None once the server closes."""
        opcode, length = self.bytes.read(2)
        if length == 126:
            length = int.from_bytes(self.bytes.read(2), "big")
        data = self.bytes.read(length)
        if opcode & 0xF == 0x9:  # a ping
            self.send(None, opcode=0xA)
            return self.receive()
        return json.loads(data) if opcode & 0xF == 0x1 else None


# The page: only whoever knows the verifier can collect the tokens (RFC 7636).
encode = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=").decode()
verifier = encode(os.urandom(32))
challenge = encode(hashlib.sha256(verifier.encode()).digest())
reply = call("POST", f"{api}/api/auth/initiate", {"phoneNumber": number, "codeChallenge": challenge})
if "error" in reply:
    sys.exit(f"{reply['error']['code']}: {reply['error']['details']}")
login = reply["data"]
page = WebSocket(f"{api}/api/auth/ws?sessionId={login['sessionId']}")
page.send({"event": "hello", "codeVerifier": verifier})
print("page:  ", page.receive()["message"])

# The phone: taps Confirm on its latest message.
chats = call("GET", f"{phone}/simulator/state")["chats"]
message = next(chat for chat in chats if chat["phone"] == number[1:])["messages"][-1]
confirm = message["buttons"][0]
print("phone: ", message["body"].splitlines()[0], "->", confirm["title"])
tapped = time.monotonic()
call("POST", f"{phone}/simulator/tap", {"phone": number[1:], "messageId": message["id"], "buttonId": confirm["id"]})

# The page: gets its tokens and says so.
frame = page.receive()
while frame["event"] in ("pending", "delivery"):
    frame = page.receive()
print("page:  ", frame["event"], f"after {(time.monotonic() - tapped) * 1000:.0f} ms")
tokens = frame["data"]
page.send({"event": "ack"})
assert page.receive() is None

me = call("GET", f"{api}/api/user/me", token=tokens["accessToken"])
print("me:    ", me["data"])
fresh = call("POST", f"{api}/api/auth/refresh", {"refreshToken": tokens["refreshToken"]})
print("fresh: ", fresh["message"])
ended = call("POST", f"{api}/api/auth/logout", {"userId": tokens["userId"], "refreshToken": fresh["data"]["refreshToken"]})
print("logout:", ended["message"])
refused = call("GET", f"{api}/api/user/me", token=fresh["data"]["accessToken"])
print("me:    ", refused["error"]["code"])
