"""Nodes that die, at the moments that matter, and nodes that are updated."""
import asyncio
import time
from typing import Awaitable, Callable

from node import Node
from proxy import DOWN, UP
from world import World


async def kill_where_pages_wait(world: World, seconds: float) -> int:
    struck, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        await asyncio.sleep(world.dice.uniform(0.1, 0.6))
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
