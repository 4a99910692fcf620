"""HTTP/1.1 and WebSockets (RFC 6455) as a client speaks them, over asyncio's streams."""
import asyncio
import base64
import hashlib
import json
import os
from dataclasses import dataclass
from typing import Any, Optional

Address = tuple[str, int]

#: What a broken connection can look like; the last is a reply that ends in its middle.
BROKEN = (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError)


class Lost(Exception):
    """No whole reply came: the connection was refused, cut, or silent for too long. What was asked may have
    happened."""


class Closed(Exception):
    """The WebSocket has ended; 1006 if nobody said why."""

    def __init__(self, code: int):
        super().__init__(code)
        self.code = code


class Refused(Exception):
    """The server answered a WebSocket's handshake with something else than 101."""

    def __init__(self, reply: "Reply"):
        super().__init__(reply.status)
        self.reply = reply


@dataclass(frozen=True)
class Reply:
    """What came back; `body` is read as JSON."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def data(self) -> Any:
        return self.json["data"]

    @property
    def code(self) -> str:
        """The error's code, for the eyes of whoever reads the report."""
        try:
            return f"{self.status} {self.json['error']['code']}"
        except (ValueError, KeyError):
            return str(self.status)


async def read_head(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]]:
    """The first line and the fields, their names in lower case."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    fields = (line.split(":", 1) for line in head[1:] if line)
    return head[0], {name.lower(): value.strip() for name, value in fields}


async def read_reply(reader: asyncio.StreamReader) -> Reply:
    first, headers = await read_head(reader)
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Reply(int(first.split()[1]), headers, body)


async def ask(address: Address, method: str, path: str, body: Any = None, token: Optional[str] = None,
              headers: Optional[dict[str, str]] = None, patience: float = 5, lose_reply: bool = False) -> Reply:
    """One request on a connection of its own.

    body        bytes as they are, or what becomes JSON
    lose_reply  hangs up as soon as the request is written: it is served, and nobody hears of it
    """
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    fields = {"Host": f"{address[0]}:{address[1]}", "Content-Length": str(len(data)),
              "Content-Type": "application/json", "Connection": "close", **(headers or {})}
    if token:
        fields["Authorization"] = f"Bearer {token}"
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())

    async def exchange() -> Reply:
        reader, writer = await asyncio.open_connection(*address)
        try:
            writer.write(head.encode() + b"\r\n" + data)
            await writer.drain()
            if lose_reply:
                # Long enough for the server to have read it, mostly too short for it to have answered.
                await asyncio.sleep(0.002)
                raise ConnectionAbortedError
            return await read_reply(reader)
        finally:
            writer.transport.abort()

    try:
        return await asyncio.wait_for(exchange(), patience)
    except BROKEN as error:
        raise Lost(f"{method} {path.split('?')[0]}: {type(error).__name__}") from None


class WebSocket:
    """A client's end. `receive` answers pings by itself and fails with `Closed` once there is nothing more to come."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, address: Address, path: str, patience: float = 5) -> "WebSocket":
        try:
            return await asyncio.wait_for(cls._shake_hands(address, path), patience)
        except BROKEN as error:
            raise Lost(f"handshake: {type(error).__name__}") from None

    @classmethod
    async def _shake_hands(cls, address: Address, path: str) -> "WebSocket":
        reader, writer = await asyncio.open_connection(*address)
        try:
            key = base64.b64encode(os.urandom(16)).decode()
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {address[0]}:{address[1]}\r\nUpgrade: websocket\r\nConnection: "
                         f"Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode())
            first, headers = await read_head(reader)
            if int(first.split()[1]) != 101:
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                raise Refused(Reply(int(first.split()[1]), headers, body))
            # RFC 6455 section 4.2.2: what proves that it was read by a WebSocket server.
            proof = hashlib.sha1(f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()).digest()
            assert headers.get("sec-websocket-accept") == base64.b64encode(proof).decode(), "wrong Sec-WebSocket-Accept"
            return cls(reader, writer)
        except BaseException:
            writer.transport.abort()
            raise

    async def receive(self, patience: float) -> Any:
        """The next message. Silence for longer than `patience` counts as a lost connection."""
        try:
            return await asyncio.wait_for(self._message(), patience)
        except BROKEN:
            self.drop()
            raise Closed(1006) from None

    async def _message(self) -> Any:
        while True:
            first, length = await self._reader.readexactly(2)
            # RFC 6455 section 5.1: a server masks nothing; and ours sends whole messages.
            assert first & 0xF0 == 0x80 and length < 128, f"frame {first:#x} {length}"
            if length >= 126:
                length = int.from_bytes(await self._reader.readexactly(2 if length == 126 else 8), "big")
            data = await self._reader.readexactly(length)
            opcode = first & 0xF
            if opcode == 0x9:
                self._write(0xA, data)
            elif opcode == 0x8:
                self._write(0x8, data[:2])
                self._writer.close()
                raise Closed(int.from_bytes(data[:2], "big") if data else 1005)
            elif opcode == 0x1:
                return json.loads(data)
            else:
                assert opcode == 0xA, f"opcode {opcode:#x}"

    def send(self, message: dict[str, Any]) -> None:
        """What cannot be sent is noticed by the next `receive`."""
        self._write(0x1, json.dumps(message).encode())

    def drop(self) -> None:
        """Goes away without a word, as a phone that lost its network."""
        self._writer.transport.abort()

    def _write(self, opcode: int, data: bytes) -> None:
        # Ours are short: up to 125 bytes, the length is in the second byte.
        assert len(data) < 126
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(data))
        self._writer.write(bytes([0x80 | opcode, 0x80 | len(data)]) + mask + masked)
