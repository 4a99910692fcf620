"""A steady load: logins begin at random moments, at a rate, whatever happens to those before."""
import asyncio
import random
import time
import traceback
from collections import deque
from typing import Any, Optional

from client import Client
from ledger import BROKEN, CONFIRM, DENY, Ledger, Login
from page import Page
from person import Person
from session import Session
from whatsapp import WhatsApp

#: How many begin with a link, deny, and come from a number that has signed in before.
LINKS, DENIES, AGAIN = 0.4, 0.05, 0.1
#: More logins at once than this are not begun: the machine is too slow for the rate, and the table says how many.
MOST_AT_ONCE = 600


class Load:
    """Begins logins until it is stopped."""

    def __init__(self, rate: float, client: Client, whatsapp: WhatsApp, ledger: Ledger, dice: random.Random):
        self.rate = rate
        self.held_back = 0
        self.begun = 0
        self._client, self._whatsapp, self._ledger, self._dice = client, whatsapp, ledger, dice
        self._resting: deque[str] = deque(maxlen=1000)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._arrivals: Optional[asyncio.Task[None]] = None

    def start(self) -> None:
        self._arrivals = asyncio.ensure_future(self._arrive())

    async def stop(self, patience: float) -> None:
        """No new logins; those that are under way come to their ends, or are counted as what they are."""
        if self._arrivals:
            self._arrivals.cancel()
        if self._tasks:
            _, pending = await asyncio.wait(self._tasks, timeout=patience)
            if pending:
                self._ledger.complain(f"{len(pending)} logins had not come to an end after {patience:.0f} s")
            for task in pending:
                task.cancel()

    async def _arrive(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            # Exponential gaps: as many people who do not know of each other.
            due += self._dice.expovariate(self.rate)
            await asyncio.sleep(due - loop.time())
            if len(self._tasks) >= MOST_AT_ONCE:
                self.held_back += 1
                continue
            task = asyncio.ensure_future(self._sign_in())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _new_login(self) -> Login:
        self.begun += 1
        method = "link" if self._dice.random() < LINKS else "prompt"
        # A code cannot be denied: who does not want it does not send it.
        answer = DENY if method == "prompt" and self._dice.random() < DENIES else CONFIRM
        is_known = self._resting and self._dice.random() < AGAIN
        phone = self._resting.popleft() if is_known else f"49151{self.begun:08}"
        return Login(self.begun, phone, method, answer, time.monotonic())

    async def _sign_in(self) -> None:
        login = self._new_login()
        self._ledger.begin(login)
        person = Person(self._whatsapp, login, self._dice)
        try:
            pair = await Page(self._client, login, person).run()
            if pair:
                await Session(self._client, login, pair).use()
            await person.done()
            self._resting.append(login.phone)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            login.findings.append((BROKEN, f"{error!r} at {place.name}:{place.lineno}"))
        finally:
            person.leave()
            login.is_over = True
            self._ledger.settle(login)
