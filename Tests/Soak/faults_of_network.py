"""Networks that break, stall and are slow: between nodes and their database, and between clients and nodes."""
import asyncio
import time
from typing import Callable

from proxy import DOWN, UP, Proxy
from world import World


# Between nodes and database

async def partition(world: World, seconds: float, act: Callable[[Proxy], None]) -> int:
    """One node alone loses its database; it still takes connections of clients."""
    node = world.dice.choice(world.nodes)
    assert node.database
    before, held = world.ledger.phase.failures, world.held
    act(node.database)
    await asyncio.sleep(seconds)
    # Who is cut off silently has not failed yet: what it said is held back.
    struck = world.ledger.phase.failures - before + world.held - held
    # What was kept is lost with the connections: a partition that ends does not deliver what was sent into it.
    node.database.drop()
    node.database.heal()
    return struck


async def cut_off(world: World, seconds: float) -> int:
    return await partition(world, seconds, Proxy.cut)


async def cut_off_silently(world: World, seconds: float) -> int:
    return await partition(world, seconds, Proxy.stall)


async def stall_database(world: World, seconds: float) -> int:
    """Every node's database takes what it is told and answers nothing; then all of it comes at once."""
    held = world.held
    for link in world.links:
        link.stall()
    await asyncio.sleep(seconds)
    for link in world.links:
        link.heal()
    return world.held - held


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
    held = world.held
    for link in world.links:
        link.delay(0.05, 0.15)
    await asyncio.sleep(seconds)
    for link in world.links:
        link.heal()
    return world.held - held


# Between clients and nodes

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
