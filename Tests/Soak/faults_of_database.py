"""A database that dies, or has no space."""
import asyncio

from world import World


async def crash_postgres(world: World, seconds: float) -> int:
    assert world.postgres
    before = world.ledger.phase.failures
    await world.postgres.crash()
    await asyncio.sleep(seconds / 3)
    await world.postgres.start()
    await asyncio.sleep(seconds / 2)
    return world.ledger.phase.failures - before


async def kill_backend(world: World, seconds: float) -> int:
    assert world.postgres
    before = world.ledger.phase.failures
    if not world.postgres.kill_backend():
        return 0
    await asyncio.sleep(seconds)
    await world.postgres.start()
    return world.ledger.phase.failures - before


async def restart_postgres(world: World, seconds: float) -> int:
    assert world.postgres
    ended = sum(len(link.links) for link in world.links)
    await world.postgres.stop()
    await world.postgres.start()
    await asyncio.sleep(seconds / 2)
    return ended


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
