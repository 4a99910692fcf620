"""A login page: begins a login, waits for its outcome at whatever node there is, and takes its tokens."""
import asyncio
import base64
import hashlib
import os
import time
from typing import Any, Optional

from client import FIRST_PAUSE, LONGEST_PAUSE, Client, GaveUp
from ledger import BROKEN, LOST, Login, Pair
from person import Person
from wire import Closed, Lost, Refused, Reply, WebSocket, ask

#: The server pings every 25 s; a page that hears nothing for longer takes the connection for dead.
SILENCE = 30.0
#: For so long after the confirmation tokens are there; then there is no use in coming back.
COLLECTED_WITHIN = 120.0
#: How many have a code challenge, ask over HTTP now and then, lose their network with the tokens just read, are opened
#: twice, and acknowledge over HTTP.
CHALLENGED, CLAIMING, FORGETFUL, TWICE, ACK_BY_HTTP = 0.5, 0.1, 0.15, 0.04, 0.2


class Page:
    """`run` returns the pair that it has collected and acknowledged, if there is one."""

    def __init__(self, client: Client, login: Login, person: Person):
        self._client, self._login, self._person = client, login, person
        self._dice = client.dice
        self._verifier = base64.urlsafe_b64encode(os.urandom(32)).rstrip(b"=").decode()
        self._is_challenged = self._dice.random() < CHALLENGED
        self._is_forgetful = self._dice.random() < FORGETFUL
        self._is_opened_twice = self._dice.random() < TWICE
        self._has_tried_to_ack = False
        #: The older socket of a page that was opened twice.
        self._older: Optional[asyncio.Task[None]] = None

    async def run(self) -> Optional[Pair]:
        try:
            await self._begin()
            pause = FIRST_PAUSE
            while self._login.session and not self._login.is_settled and not self._is_too_late():
                if not await self._come():
                    await self._client.pause(pause)
                    pause = min(2 * pause, LONGEST_PAUSE)
        except GaveUp as error:
            self._login.findings.append((BROKEN, str(error)))
        if self._older:
            self._older.cancel()
        return self._login.pairs[-1] if self._login.is_collected else None

    def _is_too_late(self) -> bool:
        now = time.monotonic()
        answered = max((tap.accepted or now for tap in self._login.taps), default=now)
        # A login can be confirmed for 5 minutes; who got no answer until then has another problem.
        return now > min(answered + COLLECTED_WITHIN, self._login.began + 300)

    async def _begin(self) -> None:
        body: dict[str, Any] = {"method": self._login.method}
        if self._login.method == "prompt" or self._dice.random() < 0.5:
            body["phoneNumber"] = f"+{self._login.phone}"
        if self._is_challenged:
            digest = hashlib.sha256(self._verifier.encode()).digest()
            body["codeChallenge"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        reply, _ = await self._client.ask("POST", "/api/auth/initiate", body)
        if reply.status != 200:
            return self._client.ledger.complain(f"initiate was answered with {reply.code}")
        self._login.session = reply.data["sessionId"]
        if self._login.method == "link":
            self._person.sends_code(reply.data["code"])

    async def _come(self) -> bool:
        """Looks at the login once, by a socket for as long as that lives; whether to come back at once."""
        try:
            if self._dice.random() < CLAIMING:
                return await self._claim()
            return await self._listen()
        except (Lost, Closed):
            self._client.ledger.count_failure()
        except Refused as refusal:
            self._hears_refusal(refusal.reply)
        finally:
            self._login.waits_at = None
        return False

    @property
    def _proof(self) -> dict[str, str]:
        return {"codeVerifier": self._verifier} if self._is_challenged else {}

    # By a socket

    async def _listen(self) -> bool:
        node = self._client.choose()
        socket = await WebSocket.open(node.address, f"/api/auth/ws?sessionId={self._login.session}")
        keeps_open = False
        try:
            if self._is_challenged:
                socket.send({"event": "hello", **self._proof})
            self._login.waits_at = node.name
            while not self._login.is_settled:
                message = await socket.receive(SILENCE)
                if message["event"] == "auth_success":
                    self._client.ledger.collect(self._login, message["data"], node.name, by_socket=True)
                    return await self._acknowledge(socket)
                self._hears(message["event"])
                if self._is_opened_twice:
                    # The newer socket takes over, wherever the older one is.
                    self._is_opened_twice, keeps_open = False, True
                    self._older = asyncio.ensure_future(self._overhear(socket, node.name))
                    return True
        finally:
            if not keeps_open:
                socket.drop()
        return False

    async def _overhear(self, socket: WebSocket, node: str) -> None:
        try:
            while True:
                message = await socket.receive(SILENCE)
                if message["event"] == "auth_success":
                    self._client.ledger.collect(self._login, message["data"], node, by_socket=True)
        except Closed:
            pass
        finally:
            socket.drop()

    async def _acknowledge(self, socket: WebSocket) -> bool:
        if self._is_forgetful:
            self._is_forgetful = False
            return True
        self._has_tried_to_ack = True
        if self._dice.random() < ACK_BY_HTTP:
            return await self._acknowledge_by_http()
        socket.send({"event": "ack"})
        try:
            while True:
                await socket.receive(SILENCE)
        except Closed as closed:
            # Else nobody knows whether it arrived: come back, and be told that nothing is left, or get a fresh pair.
            if closed.code == 1000:
                self._is_done()
            return closed.code == 1000

    async def _acknowledge_by_http(self) -> bool:
        reply, _ = await self._client.ask("POST", "/api/auth/ack", {"sessionId": self._login.session, **self._proof})
        if reply.status == 200:
            self._is_done()
        else:
            self._hears_refusal(reply)
        return True

    # By asking

    async def _claim(self) -> bool:
        node = self._client.choose()
        reply = await ask(node.address, "POST", "/api/auth/claim", {"sessionId": self._login.session, **self._proof})
        if reply.status == 200:
            self._client.ledger.collect(self._login, reply.data, node.name, by_socket=False)
            if self._is_forgetful:
                self._is_forgetful = False
                return True
            self._has_tried_to_ack = True
            return await self._acknowledge_by_http()
        if reply.status == 202:
            self._hears("pending")
        else:
            self._hears_refusal(reply)
        return False

    # What it hears

    def _hears(self, event: str) -> None:
        if event in ("pending", "delivery"):
            self._login.heard = "pending"
            return
        self._login.heard = event
        self._client.ledger.settle(self._login)
        if event != "auth_denied":
            self._client.ledger.complain(f"a page heard {event}")

    def _hears_refusal(self, reply: Reply) -> None:
        if reply.status >= 500:
            self._client.ledger.count_failure()
        elif reply.status == 403 and "LOGIN_DENIED" in reply.code:
            self._hears("auth_denied")
        elif reply.status == 410 and self._has_tried_to_ack:
            self._is_done()
        else:
            self._login.heard = reply.code
            self._login.findings.append((LOST, f"a page that waits was told {reply.code}"))
            self._client.ledger.settle(self._login)

    def _is_done(self) -> None:
        self._login.is_acked = True
        self._client.ledger.settle(self._login)
