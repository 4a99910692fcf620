"""All that faults can break, and what a fault is."""
import asyncio
import random
import time
from dataclasses import dataclass
from typing import Awaitable, Callable, Optional

from ledger import Ledger
from machine import SmallDisk
from node import Node
from postgres import Postgres
from proxy import Proxy
from whatsapp import WhatsApp


@dataclass
class World:
    """All that can be broken, and what knows when."""

    nodes: list[Node]
    postgres: Optional[Postgres]
    disk: SmallDisk
    whatsapp: WhatsApp
    ledger: Ledger
    dice: random.Random

    @property
    def links(self) -> list[Proxy]:
        """The nodes' ways to their database."""
        return [node.database for node in self.nodes if node.database]

    @property
    def held(self) -> int:
        """How much of what nodes and database said to each other had to wait."""
        return sum(link.held for link in self.links)

    def busiest(self) -> Node:
        """The node at which most pages wait just now."""
        return max(self.nodes, key=self.waiting)

    def waiting(self, node: Node) -> int:
        return sum(login.waits_at == node.name for login in self.ledger.open)

    async def until(self, condition: Callable[[], bool], patience: float = 5) -> bool:
        """Looks every millisecond; False if it does not come true."""
        end = time.monotonic() + patience
        while not condition():
            if time.monotonic() > end:
                return False
            await asyncio.sleep(0.001)
        return True


Strike = Callable[[World, float], Awaitable[int]]


@dataclass(frozen=True)
class Fault:
    """A fault that lasts for about the seconds that it is given, or is repeated for that long."""

    name: str
    strike: Strike
    #: What it cannot do without: `postgres`, `disk`.
    needs: frozenset[str] = frozenset()

    def missing(self, world: World) -> str:
        """Why it cannot be had here; empty if it can."""
        if "postgres" in self.needs and world.postgres is None:
            return "there is no PostgreSQL in this mode"
        if "disk" in self.needs and not world.disk.is_mounted:
            return world.disk.reason
        return ""
