#!/usr/bin/env python3
"""The project's own HTTP/1.1 vectors, written from RFC 9110 and RFC 9112, against conformance-echo.

usage: http11.py HOST PORT [--tls]

Each case is sent whole and byte by byte on a new connection. What must stay open then answers one more request.
Exit status 1 if a case fails.
"""
import socket
import ssl
import sys

HOST = "Host: a\r\n"
OPEN, CLOSED = "open", "closed"


def get(fields=HOST, line="GET / HTTP/1.1"):
    return f"{line}\r\n{fields}\r\n"


def post(fields, body=""):
    return f"POST / HTTP/1.1\r\n{HOST}{fields}\r\n{body}"


def chunked(body):
    return post("Transfer-Encoding: chunked\r\n", body)


# Section, what it is about, bytes, the replies (status and body, None for any), and what becomes of the connection.
CASES = [
    # Messages (RFC 9112)
    ("2.2", "an empty line before the request line is skipped", "\r\n" + get(), [(200, "OK")], OPEN),
    ("2.2", "a bare LF ends no line", get().replace("\r\n", "\n"), [(400, None)], CLOSED),
    ("2.2", "a bare CR is refused", get("Host: a\r\nX: a\rb\r\n"), [(400, None)], CLOSED),
    ("2.2", "white space before the first field", get(" X: a\r\n" + HOST), [(400, None)], CLOSED),
    ("2.3", "a major version that is not ours", get(line="GET / HTTP/2.0"), [(505, None)], CLOSED),
    ("2.3", "the version in small letters", get(line="GET / http/1.1"), [(400, None)], CLOSED),
    ("2.3", "a higher minor version is 1.1", get(line="GET / HTTP/1.9"), [(200, "OK")], OPEN),
    # The request line
    ("3", "two spaces in the request line", get(line="GET  / HTTP/1.1"), [(400, None)], CLOSED),
    ("3", "a tab in the request line", get(line="GET\t/ HTTP/1.1"), [(400, None)], CLOSED),
    ("3", "no version", get(line="GET /"), [(400, None)], CLOSED),
    ("3", "a request line of 8,000 octets is read", get(line=f"GET /?{'a' * 7985} HTTP/1.1"), [(200, "OK")], OPEN),
    ("3", "an endless one is not", get(line=f"GET /{'a' * 70000} HTTP/1.1"), [(414, None)], CLOSED),
    ("3.1", "methods are case-sensitive", get(line="get / HTTP/1.1"), [(405, None)], OPEN),
    ("3.2", "no Host", get(""), [(400, None)], CLOSED),
    ("3.2", "two of them", get(HOST + HOST), [(400, None)], CLOSED),
    ("3.2", "an empty one", get("Host:\r\n"), [(400, None)], CLOSED),
    ("3.2", "a path in it", get("Host: a/b\r\n"), [(400, None)], CLOSED),
    ("3.2", "a user in it", get("Host: b@a\r\n"), [(400, None)], CLOSED),
    ("3.2", "an address of IPv6 with a port", get("Host: [2001:db8::1]:80\r\n"), [(200, "OK")], OPEN),
    ("3.2", "a fragment is no part of a target", get(line="GET /#a HTTP/1.1"), [(400, None)], CLOSED),
    ("3.2.1", "a path that is not there", get(line="GET /none HTTP/1.1"), [(404, None)], OPEN),
    ("3.2.2", "absolute-form", get(line="GET http://a/ HTTP/1.1"), [(200, "OK")], OPEN),
    ("3.2.2", "absolute-form without a path", get(line="GET HTTP://A HTTP/1.1"), [(200, "OK")], OPEN),
    ("3.2.3", "authority-form, which is for proxies", get(line="CONNECT a:443 HTTP/1.1"), [(501, None)], CLOSED),
    ("3.2.3", "authority-form of another method", get(line="GET a:443 HTTP/1.1"), [(400, None)], CLOSED),
    ("3.2.4", "asterisk-form", get(line="OPTIONS * HTTP/1.1"), [(None, None)], OPEN),
    ("3.2.4", "asterisk-form of another method", get(line="GET * HTTP/1.1"), [(400, None)], CLOSED),
    # Fields
    ("5", "a line without a colon", get(HOST + "X\r\n"), [(400, None)], CLOSED),
    ("5", "an empty name", get(HOST + ": x\r\n"), [(400, None)], CLOSED),
    ("5", "a name that is no token", get(HOST + "X(y): z\r\n"), [(400, None)], CLOSED),
    ("5.1", "white space before the colon", get("Host : a\r\n"), [(400, None)], CLOSED),
    ("5.1", "white space around a value is none of it", get(HOST + "X:\t a b \t\r\n", "GET /echo HTTP/1.1"),
     [(200, "Host: a\nX: a b\n")], OPEN),
    ("5.2", "a folded line", get(HOST + "X: a\r\n b\r\n"), [(400, None)], CLOSED),
    ("9110 5.5", "a NUL in a value", get(HOST + "X: a\0b\r\n"), [(400, None)], CLOSED),
    ("9110 5.4", "more fields than are read", get(HOST + "X: a\r\n" * 100), [(431, None)], CLOSED),
    ("9110 5.4", "a head without end", get(HOST + f"X: {'a' * 70000}\r\n"), [(431, None)], CLOSED),
    # Lengths
    ("6.2", "a body of its length", post("Content-Length: 5\r\n", "hello"), [(200, "hello")], OPEN),
    ("6.2", "a length of nothing", post("Content-Length: 0\r\n"), [(200, "")], OPEN),
    ("6.3", "no length is no body", post(""), [(200, "")], OPEN),
    ("6.3", "two lengths that differ", post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello!"), [(400, None)], CLOSED),
    ("6.3", "a list of lengths that differ", post("Content-Length: 5, 6\r\n", "hello!"), [(400, None)], CLOSED),
    ("9110 8.6", "a sign", post("Content-Length: +5\r\n", "hello"), [(400, None)], CLOSED),
    ("9110 8.6", "a negative length", post("Content-Length: -1\r\n", "hello"), [(400, None)], CLOSED),
    ("9110 8.6", "hexadecimal", post("Content-Length: 0x5\r\n", "hello"), [(400, None)], CLOSED),
    ("9110 8.6", "no digits", post("Content-Length:\r\n", "hello"), [(400, None)], CLOSED),
    ("9110 8.6", "a length that overflows", post(f"Content-Length: {1 << 64}\r\n", "hello"), [(400, None)], CLOSED),
    # Transfer codings
    ("6.1", "a length beside chunks", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
     [(400, None)], CLOSED),
    ("6.1", "an unknown coding", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), [(501, None)], CLOSED),
    ("6.1", "chunked twice", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), [(400, None)], CLOSED),
    ("6.3", "chunked not last", post("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"), [(400, None)], CLOSED),
    ("6.1", "chunks in HTTP/1.0", chunked("0\r\n\r\n").replace("HTTP/1.1", "HTTP/1.0"), [(400, None)], CLOSED),
    ("7", "codings are case-insensitive", post("Transfer-Encoding: CHUNKED\r\n", "0\r\n\r\n"), [(200, "")], OPEN),
    ("7.1", "chunks", chunked("5\r\nhello\r\nA\r\n, chunked!\r\n0\r\n\r\n"), [(200, "hello, chunked!")], OPEN),
    ("7.1", "leading zeros", chunked("005\r\nhello\r\n000\r\n\r\n"), [(200, "hello")], OPEN),
    ("7.1", "a size that is no number", chunked("g\r\n\r\n0\r\n\r\n"), [(400, None)], CLOSED),
    ("7.1", "a size with 0x", chunked("0x5\r\nhello\r\n0\r\n\r\n"), [(400, None)], CLOSED),
    ("7.1", "a negative size", chunked("-5\r\nhello\r\n0\r\n\r\n"), [(400, None)], CLOSED),
    ("7.1", "a size that overflows", chunked("10000000000000005\r\nhello\r\n0\r\n\r\n"), [(400, None)], CLOSED),
    ("7.1", "a chunk that is longer than its size", chunked("4\r\nhello\r\n0\r\n\r\n"), [(400, None)], CLOSED),
    ("7.1", "lines of chunks that end in LF", chunked("5\nhello\n0\n\n"), [(400, None)], CLOSED),
    ("7.1.1", "extensions are ignored", chunked("5;a;b=c;d=\"e;\\\"\"\r\nhello\r\n0;f\r\n\r\n"), [(200, "hello")], OPEN),
    ("7.1.1", "a bare LF in an extension", chunked("5;a\nhello\r\n0\r\n\r\n"), [(400, None)], CLOSED),
    ("7.1.1", "extensions without end", chunked(f"5;{'a' * 70000}\r\nhello\r\n0\r\n\r\n"), [(400, None)], CLOSED),
    ("7.1.2", "a trailer is dropped", chunked("5\r\nhello\r\n0\r\nX: a\r\n\r\n"), [(200, "hello")], OPEN),
    ("7.1.2", "a trailer that frames", chunked("0\r\nContent-Length: 5\r\n\r\n"), [(400, None)], CLOSED),
    # Connections
    ("9.3", "requests behind one another",
     post("Content-Length: 1\r\n", "a") + chunked("1\r\nb\r\n0\r\n\r\n") + get(), [(200, "a"), (200, "b"), (200, "OK")],
     OPEN),
    ("9.3", "nothing behind what was refused is answered", get("") + get(), [(400, None)], CLOSED),
    ("9.6", "close", get(HOST + "Connection: close\r\n"), [(200, "OK")], CLOSED),
    ("9.6", "close in a list", get(HOST + "Connection: x, Close\r\n"), [(200, "OK")], CLOSED),
    ("9.3", "HTTP/1.0 is not kept", get("", "GET / HTTP/1.0"), [(200, "OK")], CLOSED),
    ("9110 9.3.2", "a HEAD has no body", get(line="HEAD / HTTP/1.1"), [(200, "")], OPEN),
    ("9110 10.1.1", "100-continue",
     post("Expect: 100-continue\r\nContent-Length: 5\r\n", "hello"), [(200, "hello")], OPEN),
    ("9110 10.1.1", "an expectation that nobody can meet", get(HOST + "Expect: tea\r\n"), [(417, None)], CLOSED),
]


class Peer:
    """A connection, and what was read of it and not used."""

    def __init__(self, address, context):
        self.socket = socket.create_connection(address, timeout=5)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if context:
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        self.rest = b""

    def send(self, payload, is_single):
        # The server may refuse and close before all is sent: its reply is what counts.
        try:
            for piece in [payload[at:at + 1] for at in range(len(payload))] if is_single else [payload]:
                self.socket.sendall(piece)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
            pass

    def more(self):
        try:
            data = self.socket.recv(65536)
        except (ConnectionResetError, ssl.SSLEOFError):
            data = b""
        self.rest += data
        return data != b""

    def reply(self, has_body):
        """The status and the body of the next reply that is not interim; None at the end."""
        while b"\r\n\r\n" not in self.rest:
            if not self.more():
                return None
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        if 100 <= status < 200:
            return self.reply(has_body)
        fields = dict(line.lower().split(":", 1) for line in lines[1:])
        length = int(fields.get("content-length", "0")) if has_body else 0
        while len(self.rest) < length:
            if not self.more():
                return None
        body, self.rest = self.rest[:length], self.rest[length:]
        return status, body.decode("latin-1")


def fault(case, address, context, is_single):
    """What is wrong with the server's answer; None if nothing is."""
    _, _, text, expected, fate = case
    peer = Peer(address, context)
    with peer.socket:
        peer.send(text.encode("latin-1"), is_single)
        for status, body in expected:
            reply = peer.reply(not text.startswith("HEAD"))
            if reply is None:
                return "no reply"
            if status not in (None, reply[0]) or body not in (None, reply[1]):
                return f"{reply[0]} {reply[1][:60]!r}"
        if fate == OPEN:
            peer.send(get().encode(), False)
            return None if peer.reply(True) == (200, "OK") else "closed"
        return f"more: {peer.rest[:60]!r}" if peer.rest or peer.more() else None


def main():
    context = None
    if "--tls" in sys.argv:
        context = ssl.create_default_context()
        # The certificate was made for this run; who the server is does not matter here.
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    address = (sys.argv[1], int(sys.argv[2]))
    failed = 0
    for case in CASES:
        for is_single in (False, True):
            try:
                found = fault(case, address, context, is_single)
            except TimeoutError:
                found = "silence"
            if found:
                failed += 1
                way = "byte by byte" if is_single else "whole"
                print(f"FAIL {case[0]}, {case[1]}, {way}: {found}; expected {case[3]} and {case[4]}")
    print(f"own HTTP/1.1 vectors: {len(CASES)} cases, each whole and byte by byte; {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
