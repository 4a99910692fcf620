"""A TCP proxy that can cut, delay, hold back and half-close what runs through it."""
import asyncio
import random
import socket
import struct
from typing import Callable, Optional

from wire import Address

UP, DOWN = "up", "down"  # from the client to the server, and back

#: How many pieces are kept of what may not pass; beyond that the sender's own buffers fill, as on a real network.
MOST_KEPT = 256


class Proxy:
    """Listens on a port of its own and passes everything on to `target`, until it is told otherwise.

    Both directions have a gate: what comes while it is shut is kept, and passed on when it opens again (`release`) or
    never (`drop`). All that is done to a proxy holds for connections that are there and for those to come, but
    `half_close`, which is done to those that are there.
    """

    def __init__(self, target: Address, dice: random.Random):
        self.target = target
        self.port = 0
        self.links: set["Link"] = set()
        self.gates = {UP: asyncio.Event(), DOWN: asyncio.Event()}
        self.is_cut = False
        #: How many pieces had to wait for a gate or a delay.
        self.held = 0
        self._dice = dice
        self._delay, self._jitter = 0.0, 0.0
        self._watch: Optional[tuple[str, bytes, Callable[[], None]]] = None
        self._server: Optional[asyncio.AbstractServer] = None
        self.release()

    async def open(self) -> "Proxy":
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def close(self) -> None:
        if self._server:
            self._server.close()
        self.drop()

    @property
    def address(self) -> Address:
        return ("127.0.0.1", self.port)

    def cut(self) -> None:
        """Resets all connections, and each new one as it comes."""
        self.is_cut = True
        self.drop()

    def stall(self, *ways: str) -> None:
        """Takes connections and bytes and passes nothing on, in both directions or in those given."""
        for way in ways or (UP, DOWN):
            self.gates[way].clear()

    def release(self) -> None:
        """Passes on what was kept."""
        for gate in self.gates.values():
            gate.set()

    def drop(self) -> None:
        """Resets all connections, and what was kept of them is gone."""
        for link in list(self.links):
            link.reset()

    def delay(self, seconds: float, jitter: float = 0) -> None:
        """Everything takes longer by that much, and by up to `jitter` more; it stays in order."""
        self._delay, self._jitter = seconds, jitter

    def half_close(self, way: str) -> None:
        """Ends one direction of all connections with a FIN; the other goes on, and nobody else is told."""
        for link in list(self.links):
            link.half_close(way)

    def heal(self) -> None:
        """Back to normal. What is half closed stays so: nothing tells a real peer either."""
        self.is_cut = False
        self.unwatch()
        self.delay(0)
        self.release()

    def watch(self, way: str, pattern: bytes, found: Callable[[], None]) -> None:
        """Calls `found` once, before the bytes with the pattern pass on; it may shut the gate in front of them."""
        self._watch = (way, pattern, found)

    def unwatch(self) -> None:
        self._watch = None

    def look(self, way: str, data: bytes) -> None:
        if self._watch and self._watch[0] == way and self._watch[1] in data:
            found = self._watch[2]
            self.unwatch()
            found()

    def due(self) -> float:
        """When what comes now may pass."""
        pause = self._delay + self._dice.random() * self._jitter
        return asyncio.get_running_loop().time() + pause if pause else 0

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_cut:
            return reset(writer)
        try:
            server = await asyncio.open_connection(*self.target)
        except OSError:
            return reset(writer)
        link = Link(self, (reader, writer), server)
        self.links.add(link)
        try:
            await link.run()
        finally:
            self.links.discard(link)


class Link:
    """A connection through the proxy: two pipes."""

    def __init__(self, proxy: Proxy, client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
                 server: tuple[asyncio.StreamReader, asyncio.StreamWriter]):
        self._writers = (client[1], server[1])
        self._pipes = {UP: Pipe(proxy, UP, client[0], server[1]), DOWN: Pipe(proxy, DOWN, server[0], client[1])}
        self._tasks: list[asyncio.Task[None]] = []

    async def run(self) -> None:
        self._tasks = [asyncio.ensure_future(pipe.run()) for pipe in self._pipes.values()]
        try:
            await asyncio.gather(*self._tasks)
            for writer in self._writers:
                writer.close()
        except (OSError, asyncio.CancelledError):
            self.reset()

    def reset(self) -> None:
        for task in self._tasks:
            task.cancel()
        for writer in self._writers:
            reset(writer)

    def half_close(self, way: str) -> None:
        self._pipes[way].end()
        # The end that was told hangs up in turn; that is what the other one must not hear.
        self._pipes[DOWN if way == UP else UP].tells_end = False


class Pipe:
    """One direction: what is read is kept until it is due and the gate is open, then it is passed on."""

    def __init__(self, proxy: Proxy, way: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self._proxy, self._way, self._reader, self._writer = proxy, way, reader, writer
        self._kept: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(MOST_KEPT)
        self._ended = False
        self.tells_end = True

    async def run(self) -> None:
        reading = asyncio.ensure_future(self._read())
        try:
            await self._pass_on()
        finally:
            reading.cancel()

    async def _read(self) -> None:
        data = b"-"
        while data:
            try:
                data = await self._reader.read(65536)
            except OSError:
                data = b""
            await self._kept.put((self._proxy.due(), data))

    async def _pass_on(self) -> None:
        loop, gate = asyncio.get_running_loop(), self._proxy.gates[self._way]
        while True:
            due, data = await self._kept.get()
            if data and (due > loop.time() or not gate.is_set()):
                self._proxy.held += 1
            if due > loop.time():
                await asyncio.sleep(due - loop.time())
            await gate.wait()
            self._proxy.look(self._way, data)
            await gate.wait()
            if data and not self._ended:
                self._writer.write(data)
                await self._writer.drain()
            if not data:
                if self.tells_end:
                    return self.end()
                # As if nothing had ended; the other direction goes on for as long as it likes.
                await asyncio.Event().wait()

    def end(self) -> None:
        if not self._ended and self._writer.can_write_eof() and not self._writer.is_closing():
            try:
                self._writer.write_eof()
            except OSError:
                pass  # the peer was faster
        self._ended = True


def reset(writer: asyncio.StreamWriter) -> None:
    """Closes with a RST: SO_LINGER with no time to linger."""
    sock = writer.get_extra_info("socket")
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except OSError:
        pass  # closed already
    writer.transport.abort()
