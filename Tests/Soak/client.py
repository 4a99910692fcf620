"""A client of all nodes: what one of them cannot do is asked of another."""
import asyncio
import random
import time
from typing import Any, Optional

from ledger import Ledger
from node import Node
from wire import Lost, Reply, ask

FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0
#: No fault lasts that long.
PATIENCE = 120.0


class GaveUp(Exception):
    """No node has answered for minutes."""


class Client:
    """Asks nodes at random, as a load balancer without health checks would."""

    def __init__(self, nodes: list[Node], ledger: Ledger, dice: random.Random):
        self.nodes, self.ledger, self.dice = nodes, ledger, dice

    def choose(self, *avoid: Optional[str]) -> Node:
        """A node at random; none of those to avoid, if there are others."""
        others = [node for node in self.nodes if node.name not in avoid]
        return self.dice.choice(others or self.nodes)

    async def ask(self, method: str, path: str, body: Any = None, token: Optional[str] = None,
                  avoid: tuple[Optional[str], ...] = (), patience: float = PATIENCE) -> tuple[Reply, Node]:
        """Repeats on loss and on 5xx, at another node each time; returns the first other reply."""
        end, pause, said = time.monotonic() + patience, FIRST_PAUSE, "nothing"
        while time.monotonic() < end:
            node = self.choose(*avoid)
            try:
                reply = await ask(node.address, method, path, body, token, patience=min(5, patience))
                if reply.status < 500:
                    return reply, node
                said = reply.code
            except Lost as lost:
                said = str(lost)
            self.ledger.count_failure()
            avoid = (node.name,)
            await self.pause(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        raise GaveUp(f"{method} {path}: {said} for {patience:.0f} s")

    async def pause(self, seconds: float) -> None:
        """Jittered, so that those who lost the same node do not come back at once."""
        await asyncio.sleep(seconds * (0.5 + self.dice.random()))
