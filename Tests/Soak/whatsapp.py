"""A WhatsApp on this machine: the Cloud API that takes messages, and the sender of signed webhooks.

What it does as Meta does: a webhook that got no 200 comes again, to any node, for as long as it takes; it may come
twice although it got one; and several come at once, in no order.
"""
import asyncio
import hashlib
import hmac
import json
import random
import time
from dataclasses import dataclass, field
from typing import Any, Callable, Optional

from node import Node
from wire import Lost, ask, read_head

PHONE_NUMBER_ID = "106540352242922"
BUSINESS_NUMBER = "15550783881"
APP_SECRET = "the-app-secret-of-the-soak-test"

#: Meta's own pauses begin in seconds and end in hours; these fit a run.
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 2.0
#: How many webhooks come a second time although they were taken.
REPEATED = 0.05


@dataclass
class Message:
    """What a node sent to a phone."""

    id: str
    phone: str  # digits alone
    confirm: str
    deny: str


@dataclass
class Delivery:
    """One webhook on its way."""

    first_sent: float = 0
    tries: int = 0
    #: When and by which node it was answered with a 200.
    accepted: Optional[float] = None
    node: Optional[str] = None


@dataclass(eq=False)
class WhatsApp:
    """The provider. Faults use `prefer`, `under_way`, `written` and `accepted` to strike at the right moment."""

    nodes: list[Node]
    dice: random.Random
    complain: Callable[[str], None]
    count_failure: Callable[[], None]
    #: Who gets the messages to a number.
    people: dict[str, Callable[[Message], None]] = field(default_factory=dict)
    #: The node that gets all webhooks, for as long as it is set.
    prefer: Optional[Node] = None
    #: Confirming webhooks without an answer so far, by node.
    under_way: dict[str, int] = field(default_factory=dict)
    #: Called at once when a confirming webhook was sent, and when a node has answered one with a 200.
    on_sent: Optional[Callable[[Node], None]] = None
    on_accepted: Optional[Callable[[Node], None]] = None
    #: So many webhooks are taken for answered although no node ever got them: the run has to notice.
    swallows: int = 0
    port: int = 0
    _server: Optional[asyncio.AbstractServer] = None
    _ids: int = 0

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        if self._server:
            self._server.close()

    def new_id(self) -> str:
        self._ids += 1
        return f"wamid.{self._ids:08}{self.dice.getrandbits(64):016x}"

    # The Cloud API

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                first, headers = await read_head(reader)
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                answer = json.dumps(self._take(first, json.loads(body))).encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                             + str(len(answer)).encode() + b"\r\n\r\n" + answer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # the node has gone
        finally:
            writer.transport.abort()

    def _take(self, first: str, sent: dict[str, Any]) -> dict[str, Any]:
        if not first.startswith("POST /") or f"/{PHONE_NUMBER_ID}/messages " not in first:
            self.complain(f"the Cloud API was asked for {first}")
        phone, message_id = sent["to"].lstrip("+"), self.new_id()
        buttons = [each["reply"]["id"] for each in sent["interactive"]["action"]["buttons"]]
        message = Message(message_id, phone, *buttons)
        if person := self.people.get(phone):
            # The phone may be faster than the reply to whoever sent the message.
            asyncio.get_running_loop().call_soon(person, message)
        return {"messaging_product": "whatsapp", "contacts": [{"input": sent["to"], "wa_id": phone}],
                "messages": [{"id": message_id}]}

    # Webhooks

    def button_reply(self, message: Message, payload: str) -> dict[str, Any]:
        return self._message(message.phone, {
            "context": {"from": BUSINESS_NUMBER, "id": message.id}, "type": "interactive",
            "interactive": {"type": "button_reply", "button_reply": {"id": payload, "title": "Confirm"}}})

    def text(self, phone: str, body: str) -> dict[str, Any]:
        return self._message(phone, {"type": "text", "text": {"body": body}})

    def _message(self, phone: str, content: dict[str, Any]) -> dict[str, Any]:
        return {"contacts": [{"profile": {"name": "Zo\u00eb"}, "wa_id": phone, "user_id": f"DE.{phone}"}],
                "messages": [{"from": phone, "from_user_id": f"DE.{phone}", "id": self.new_id(),
                              "timestamp": str(int(time.time())), **content}]}

    def status(self, message: Message, status: str) -> dict[str, Any]:
        user = f"DE.{message.phone}"
        return {"contacts": [{"profile": {"name": "Zo\u00eb"}, "wa_id": message.phone, "user_id": user}],
                "statuses": [{"id": message.id, "status": status, "timestamp": str(int(time.time())),
                              "recipient_id": message.phone, "recipient_user_id": user}]}

    async def deliver(self, value: dict[str, Any], delivery: Optional[Delivery] = None) -> None:
        """Sends a webhook until a node has taken it. With a `delivery` it is one that answers a login."""
        value = {"messaging_product": "whatsapp", "metadata": {
            "display_phone_number": BUSINESS_NUMBER, "phone_number_id": PHONE_NUMBER_ID}, **value}
        body = json.dumps({"object": "whatsapp_business_account", "entry": [{
            "id": "102290129340398", "changes": [{"value": value, "field": "messages"}]}]}).encode()
        pause = FIRST_PAUSE
        while not await self._try(body, delivery):
            await asyncio.sleep(pause * (0.5 + self.dice.random()))
            pause = min(2 * pause, LONGEST_PAUSE)
        if self.dice.random() < REPEATED:
            await self._try(body, None)

    async def _try(self, body: bytes, delivery: Optional[Delivery]) -> bool:
        node = self.prefer if self.prefer and delivery else self.dice.choice(self.nodes)
        if delivery and self.swallows and self.dice.random() < 0.1:
            self.swallows -= 1
            delivery.first_sent = delivery.accepted = time.monotonic()
            delivery.node = node.name
            return True
        signature = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
        asking = asyncio.ensure_future(ask(
            node.address, "POST", "/api/webhook", body, headers={"X-Hub-Signature-256": f"sha256={signature}"}))
        if delivery:
            delivery.tries += 1
            delivery.first_sent = delivery.first_sent or time.monotonic()
            self.under_way[node.name] = self.under_way.get(node.name, 0) + 1
            if self.on_sent:
                self.on_sent(node)
        try:
            reply = await asking
        except Lost:
            self.count_failure()
            return False
        finally:
            if delivery:
                self.under_way[node.name] -= 1
        if reply.status != 200:
            self.count_failure()
            if reply.status != 503:
                self.complain(f"a webhook was answered with {reply.code}")
            return False
        if delivery:
            delivery.accepted, delivery.node = time.monotonic(), node.name
            if self.on_accepted:
                self.on_accepted(node)
        return True
