"""Sees that the proxy does what faults rely on: one that let everything pass would make a fine table."""
import asyncio
import random
import time
from typing import Awaitable, Callable

from proxy import DOWN, UP, Proxy

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]

#: For nothing to come; long beside what loopback takes.
A_WHILE = 0.2


class Echo:
    """A server that answers with what it gets, and notes what it got."""

    def __init__(self) -> None:
        self.got = b""
        self.ends: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(100):
                self.got += data
                writer.write(data)
            self.ends.append("FIN")
        except (ConnectionResetError, asyncio.CancelledError):
            self.ends.append("RST")
        writer.close()


async def passes(proxy: Proxy, echo: Echo, streams: Streams) -> None:
    assert await talk(streams, b"one") == b"one"


async def cuts(proxy: Proxy, echo: Echo, streams: Streams) -> None:
    await talk(streams, b"one")
    proxy.cut()
    assert await what_comes(streams) == "RST"
    await asyncio.sleep(A_WHILE)
    assert echo.ends == ["RST"], echo.ends
    assert await what_comes(await asyncio.open_connection(*proxy.address)) == "RST"
    proxy.heal()
    assert await talk(await asyncio.open_connection(*proxy.address), b"two") == b"two"


async def stalls_and_releases(proxy: Proxy, echo: Echo, streams: Streams) -> None:
    proxy.stall()
    streams[1].write(b"one")
    assert await what_comes(streams) == "nothing" and echo.got == b""
    proxy.release()
    assert await what_comes(streams) == "one"


async def stalls_answers_alone(proxy: Proxy, echo: Echo, streams: Streams) -> None:
    proxy.stall(DOWN)
    streams[1].write(b"one")
    assert await what_comes(streams) == "nothing" and echo.got == b"one"


async def drops_what_it_kept(proxy: Proxy, echo: Echo, streams: Streams) -> None:
    proxy.stall(UP)
    streams[1].write(b"one")
    await asyncio.sleep(A_WHILE)
    # The client dies first, as a node that is killed.
    streams[1].transport.abort()
    await asyncio.sleep(A_WHILE)
    proxy.drop()
    proxy.release()
    await asyncio.sleep(A_WHILE)
    assert echo.got == b"", echo.got


async def delays(proxy: Proxy, echo: Echo, streams: Streams) -> None:
    proxy.delay(0.1)
    begin = time.monotonic()
    assert await talk(streams, b"one") == b"one"
    assert time.monotonic() - begin >= 0.2


async def half_closes_towards_the_server(proxy: Proxy, echo: Echo, streams: Streams) -> None:
    await talk(streams, b"one")
    proxy.half_close(UP)
    streams[1].write(b"two")
    assert await what_comes(streams) == "nothing"
    assert echo.ends == ["FIN"] and echo.got == b"one"


async def half_closes_towards_the_client(proxy: Proxy, echo: Echo, streams: Streams) -> None:
    await talk(streams, b"one")
    proxy.half_close(DOWN)
    assert await what_comes(streams) == "FIN"
    streams[1].write(b"two")
    await asyncio.sleep(A_WHILE)
    assert echo.got == b"onetwo" and not echo.ends


async def watches(proxy: Proxy, echo: Echo, streams: Streams) -> None:
    proxy.watch(DOWN, b"COMMIT\0", lambda: proxy.stall(DOWN))
    assert await talk(streams, b"BEGIN\0") == b"BEGIN\0"
    streams[1].write(b"COMMIT\0")
    assert await what_comes(streams) == "nothing" and echo.got.endswith(b"COMMIT\0")


TESTS: list[Callable[[Proxy, Echo, Streams], Awaitable[None]]] = [
    passes, cuts, stalls_and_releases, stalls_answers_alone, drops_what_it_kept, delays, half_closes_towards_the_server,
    half_closes_towards_the_client, watches]


async def talk(streams: Streams, data: bytes) -> bytes:
    streams[1].write(data)
    return await asyncio.wait_for(streams[0].readexactly(len(data)), 5)


async def what_comes(streams: Streams) -> str:
    try:
        data = await asyncio.wait_for(streams[0].read(100), A_WHILE)
        return data.decode() or "FIN"
    except asyncio.TimeoutError:
        return "nothing"
    except ConnectionResetError:
        return "RST"


async def run() -> bool:
    failed = 0
    for test in TESTS:
        echo = Echo()
        server = await asyncio.start_server(echo.serve, "127.0.0.1", 0)
        proxy = await Proxy(server.sockets[0].getsockname()[:2], random.Random(1)).open()
        try:
            await test(proxy, echo, await asyncio.open_connection(*proxy.address))
        except (AssertionError, asyncio.TimeoutError, OSError) as error:
            failed += 1
            print(f"self-test FAILED: the proxy {test.__name__.replace('_', ' ')}: {error!r}")
        proxy.close()
        server.close()
    print(f"self-test: the proxy does {len(TESTS) - failed} of {len(TESTS)} things as it should")
    return not failed
