"""What goes wrong, one thing after the other. Each fault returns how much it has hit: nothing would prove nothing."""
import asyncio
import random
import time
from dataclasses import dataclass
from typing import Awaitable, Callable, Optional

from ledger import Ledger
from machine import SmallDisk
from node import Node
from postgres import Postgres
from proxy import DOWN, UP, Proxy
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


# Nodes

async def kill_where_pages_wait(world: World, seconds: float) -> int:
    struck, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        await world.until(lambda: world.waiting(world.busiest()) > 0)
        node = world.busiest()
        struck += world.waiting(node)
        await node.kill()
        await asyncio.sleep(world.dice.uniform(0, 0.5))
        await node.start()
    return struck


async def kill_before_commit(world: World, seconds: float) -> int:
    """The webhook has arrived, and its transaction never does: what the node says to the database is held back, and is
    gone with the node. Without a way to hold back, the node dies as soon as the webhook was written to it."""
    async def one(node: Node) -> int:
        if not node.database:
            return await kill_on(world, "on_sent", node)
        node.database.stall(UP)
        await world.until(lambda: world.whatsapp.under_way.get(node.name, 0) > 0)
        await asyncio.sleep(0.1)
        struck = world.whatsapp.under_way.get(node.name, 0)
        await node.kill()
        node.database.drop()
        node.database.release()
        return struck

    return await repeatedly(world, seconds, one)


async def kill_after_commit(world: World, seconds: float) -> int:
    """The transaction is committed, and nobody has heard: the database's answer is held back, and the node killed."""
    async def one(node: Node) -> int:
        link, is_committed = node.database, asyncio.Event()
        assert link

        def commits() -> None:
            link.stall(DOWN)
            is_committed.set()

        await world.until(lambda: world.whatsapp.under_way.get(node.name, 0) > 0)
        # CommandComplete with the tag COMMIT, as PostgreSQL's protocol has it (section 55.7 of its manual).
        link.watch(DOWN, b"COMMIT\0", commits)
        try:
            await asyncio.wait_for(is_committed.wait(), 1)
        except asyncio.TimeoutError:
            # A transaction without words of its own ends with the pipeline: then all answers are held back.
            link.unwatch()
            link.stall(DOWN)
            await world.until(lambda: world.whatsapp.under_way.get(node.name, 0) > 0)
            await asyncio.sleep(0.05)
        struck = world.whatsapp.under_way.get(node.name, 0)
        await node.kill()
        link.drop()
        link.release()
        return struck

    return await repeatedly(world, seconds, one)


async def kill_at_the_200(world: World, seconds: float) -> int:
    """The provider has its 200 and will not come again; the page may have heard, or not."""
    return await repeatedly(world, seconds, lambda node: kill_on(world, "on_accepted", node))


async def kill_on(world: World, event: str, node: Node) -> int:
    """Kills a node at an event of the provider's."""
    killing: list[asyncio.Task[None]] = []

    def happens(where: Node) -> None:
        if where is node and not killing:
            killing.append(asyncio.ensure_future(kill()))

    async def kill() -> None:
        # What was sent is read, written and answered within a few milliseconds: somewhere in there.
        if event == "on_sent":
            await asyncio.sleep(world.dice.uniform(0, 0.004))
        await node.kill()

    setattr(world.whatsapp, event, happens)
    await world.until(lambda: bool(killing))
    setattr(world.whatsapp, event, None)
    await asyncio.gather(*killing)
    return len(killing)


async def repeatedly(world: World, seconds: float, one: Callable[[Node], Awaitable[int]]) -> int:
    """Sends all webhooks to one node after the other, does something to it, and starts it again."""
    struck, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        node = world.dice.choice(world.nodes)
        world.whatsapp.prefer = node
        struck += await one(node)
        world.whatsapp.prefer = None
        await node.start()
        # Some quiet: with one node alone nothing would ever get through.
        await asyncio.sleep(0.5)
    return struck


async def rolling_restart(world: World, seconds: float) -> int:
    struck = 0
    for node in world.nodes:
        struck += world.waiting(node)
        await node.terminate()
        await node.start()
        await asyncio.sleep(seconds / len(world.nodes) / 2)
    return struck


# PostgreSQL

async def crash_postgres(world: World, seconds: float) -> int:
    assert world.postgres
    before = world.ledger.phase.failures
    await world.postgres.crash()
    await asyncio.sleep(seconds / 3)
    await world.postgres.start()
    await asyncio.sleep(seconds / 2)
    return world.ledger.phase.failures - before


async def restart_postgres(world: World, seconds: float) -> int:
    assert world.postgres
    met = len(world.ledger.open)
    await world.postgres.stop()
    await world.postgres.start()
    await asyncio.sleep(seconds / 2)
    return met


# The network between nodes and database

async def partition(world: World, seconds: float, act: Callable[[Proxy], None]) -> int:
    """One node alone loses its database; it still takes connections of clients."""
    node = world.dice.choice(world.nodes)
    assert node.database
    before = world.ledger.phase.failures
    act(node.database)
    await asyncio.sleep(seconds)
    # What was kept is lost with the connections: a partition that ends does not deliver what was sent into it.
    node.database.drop()
    node.database.heal()
    return world.ledger.phase.failures - before


async def cut_off(world: World, seconds: float) -> int:
    return await partition(world, seconds, Proxy.cut)


async def cut_off_silently(world: World, seconds: float) -> int:
    return await partition(world, seconds, Proxy.stall)


async def stall_database(world: World, seconds: float) -> int:
    """Every node's database takes what it is told and answers nothing; then all of it comes at once."""
    met = len(world.ledger.open)
    for link in world.links:
        link.stall()
    await asyncio.sleep(seconds)
    for link in world.links:
        link.heal()
    return met


async def half_close_database(world: World, seconds: float) -> int:
    struck = 0
    for way in (UP, DOWN):
        node = world.dice.choice(world.nodes)
        assert node.database
        struck += len(node.database.links)
        node.database.half_close(way)
        await asyncio.sleep(seconds / 2)
    return struck


async def delay_database(world: World, seconds: float) -> int:
    for link in world.links:
        link.delay(0.05, 0.15)
    await asyncio.sleep(seconds)
    for link in world.links:
        link.heal()
    return len(world.ledger.phase.logins)


# The network between clients and nodes

async def through_front(world: World, seconds: float, act: Callable[[Proxy], None]) -> int:
    """Clients come by a proxy for a while, so that there is something to break; then it is broken now and then."""
    struck, end = 0, time.monotonic() + seconds
    for node in world.nodes:
        node.through_front = True
    while time.monotonic() < end:
        await asyncio.sleep(0.5)
        front = world.dice.choice(world.nodes).front
        struck += len(front.links)
        act(front)
        await asyncio.sleep(world.dice.uniform(0.1, 0.5))
        front.heal()
    for node in world.nodes:
        node.through_front = False
        node.front.drop()
    return struck


async def cut_clients(world: World, seconds: float) -> int:
    return await through_front(world, seconds, Proxy.cut)


async def half_close_clients(world: World, seconds: float) -> int:
    return await through_front(world, seconds, lambda front: front.half_close(world.dice.choice((UP, DOWN))))


async def slow_everything(world: World, seconds: float) -> int:
    for link in world.links:
        link.delay(0.02, 0.05)
    struck = await through_front(world, seconds, lambda front: front.delay(0.05, 0.3))
    for link in world.links:
        link.heal()
    return struck


# The disk

async def fill_disk(world: World, seconds: float) -> int:
    before = world.ledger.phase.failures
    world.disk.fill()
    # Logs are written over where they can be, and do without new space for a while.
    await world.until(lambda: world.ledger.phase.failures > before, patience=60)
    await asyncio.sleep(seconds)
    struck = world.ledger.phase.failures - before
    world.disk.free()
    if world.postgres:
        # Without space for its log it stops for good, and an operator starts it.
        await world.postgres.start()
    return struck


POSTGRES, DISK = frozenset({"postgres"}), frozenset({"disk"})

#: In the order of a short run.
ALL = [
    Fault("node killed, pages wait", kill_where_pages_wait),
    Fault("node killed before commit", kill_before_commit),
    Fault("node killed after commit", kill_after_commit, POSTGRES),
    Fault("node killed at the 200", kill_at_the_200),
    Fault("database crashes", crash_postgres, POSTGRES),
    Fault("database restarts", restart_postgres, POSTGRES),
    Fault("one node cut off", cut_off, POSTGRES),
    Fault("one node cut off silently", cut_off_silently, POSTGRES),
    Fault("connections half closed", half_close_database, POSTGRES),
    Fault("database does not answer", stall_database, POSTGRES),
    Fault("database 50 to 200 ms away", delay_database, POSTGRES),
    Fault("disk full", fill_disk, DISK),
    Fault("rolling restart", rolling_restart),
    Fault("clients cut off", cut_clients),
    Fault("clients half closed", half_close_clients),
    Fault("everything slow", slow_everything),
]
