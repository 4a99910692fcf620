"""The last look, when all is quiet."""
import asyncio

from client import Client
from ledger import DUPLICATED, LOST
from node import Node
from session import Session
from wire import Lost, ask


class Audit:
    """Asks for samples of what the run has left behind."""

    def __init__(self, client: Client):
        self._client, self._ledger = client, client.ledger

    async def run(self) -> None:
        """Once more, when all is quiet: what must work does, at any node, and what has ended is refused by all."""
        while self._ledger.is_troubled:
            await asyncio.sleep(0.1)
        for login, access in list(self._ledger.working):
            if login.phone not in self._ledger.uncertain:
                await self._expect(self._client.choose(), access, 200, LOST, "a live login is refused at the end")
        for login, access in list(self._ledger.ended)[-100:]:
            for node in self._client.nodes:
                await self._expect(node, access, 401, DUPLICATED, "an ended login is taken at the end")
        await self._check_the_checks()

    async def _check_the_checks(self) -> None:
        """A token that lives, taken for one that has ended: whoever sees to it that those are refused must notice."""
        if self._ledger.working:
            login, access = self._ledger.working[-1]
            if await Session(self._client, login, login.pairs[-1]).is_refused_everywhere(access, ended=0):
                self._ledger.complain("a token that lives counts as refused: the checks see nothing")

    async def _expect(self, node: Node, access: str, status: int, kind: str, what: str) -> None:
        try:
            reply = await ask(node.address, "GET", "/api/user/me", token=access, patience=20)
        except Lost as lost:
            return self._ledger.complain(f"the audit at the end: {lost}")
        if reply.status != status:
            self._ledger.complain(f"{kind}: {what} ({node.name}: {reply.code})")
