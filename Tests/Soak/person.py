"""The person with the phone: reads the message and taps, or sends the page's code."""
import asyncio
import random
from typing import Any

from ledger import CONFIRM, Login
from whatsapp import Delivery, Message, WhatsApp

#: How long people take, in seconds: most are quick, some are not, so that a fault always finds pages that wait.
THINKS = (0.05, 1.2)
SLOW, SLOW_ONES = 2.0, 0.1


class Person:
    """Answers one login. A message that came twice, because the page had to ask twice, is answered twice: only one of
    the two is the page's login, and from outside nobody can tell which."""

    def __init__(self, whatsapp: WhatsApp, login: Login, dice: random.Random):
        self._whatsapp, self._login, self._dice = whatsapp, login, dice
        self._tasks: set[asyncio.Task[Any]] = set()
        whatsapp.people[login.phone] = self._reads

    def leave(self) -> None:
        """The phone is put away: what comes for it now is read by nobody."""
        self._whatsapp.people.pop(self._login.phone, None)

    async def done(self) -> None:
        """Returns when all that was sent has been taken, the reports too."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def sends_code(self, code: str) -> None:
        self._do(self._sends_code(code))

    def _reads(self, message: Message) -> None:
        self._do(self._taps(message))
        for status in ("sent", "delivered", "read"):
            # Some phones report nothing; and reports overtake each other.
            if self._dice.random() < 0.5:
                self._do(self._reports(message, status))

    def _do(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ends)

    def _ends(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            self._whatsapp.complain(f"a phone broke: {task.exception()!r}")

    async def _thinks(self) -> None:
        await asyncio.sleep(SLOW if self._dice.random() < SLOW_ONES else self._dice.uniform(*THINKS))

    async def _reports(self, message: Message, status: str) -> None:
        await asyncio.sleep(self._dice.random() * 0.5)
        await self._whatsapp.deliver(self._whatsapp.status(message, status))

    async def _taps(self, message: Message) -> None:
        await self._thinks()
        payload = message.confirm if self._login.answer == CONFIRM else message.deny
        await self._answers(self._whatsapp.button_reply(message, payload))

    async def _sends_code(self, code: str) -> None:
        await self._thinks()
        await self._answers(self._whatsapp.text(self._login.phone, f"Sign me in to Soak in my browser: {code}."))

    async def _answers(self, webhook: dict[str, Any]) -> None:
        delivery = Delivery()
        self._login.taps.append(delivery)
        await self._whatsapp.deliver(webhook, delivery)
