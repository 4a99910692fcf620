"""One otpless-server of the installation: started, killed, ended and started again on its port."""
import asyncio
import os
import random
import signal
import subprocess
import time
from pathlib import Path
from typing import Optional

from machine import child, free_port
from proxy import Proxy
from wire import Address, Lost, ask

#: As in deploy's unit: a server that does not come up is tried again.
RESTART_PAUSE = 0.3
#: Faults of usage and configuration (docs/config.md): trying again would not help.
HOPELESS = (64, 78)


class Node:
    """A server process with a name, a port, and perhaps a proxy between it and its database.

    deaths   ends that nobody here asked for: each is a finding
    """

    def __init__(self, name: str, binary: str, settings: dict[str, str], folder: Path, dice: random.Random):
        self.name = name
        self.port = free_port()
        #: Between clients and this node; in use only while `through_front` is set.
        self.front = Proxy(("127.0.0.1", self.port), dice)
        self.through_front = False
        #: Between this node and its database, if that is reached by a network.
        self.database: Optional[Proxy] = None
        self.deaths: list[str] = []
        self.log = folder / f"{name}.log"
        self._binary = binary
        self._settings = {**settings, "OTPLESS_LISTEN": f"127.0.0.1:{self.port}"}
        self._process: Optional[asyncio.subprocess.Process] = None
        self._watching: Optional[asyncio.Task[None]] = None
        self._end_is_asked_for = False
        #: A node that died may be started again from here and by a fault at once.
        self._starting = asyncio.Lock()

    @property
    def address(self) -> Address:
        return self.front.address if self.through_front else ("127.0.0.1", self.port)

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self, patience: float = 60) -> None:
        """Returns when it is ready. One that gives up, because its database is away, is started again."""
        async with self._starting:
            if not (self.is_running and await self.is_ready()):
                await self._start(patience)

    async def _start(self, patience: float) -> None:
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if not self.is_running:
                await self._run()
            while self.is_running and time.monotonic() < end:
                if await self.is_ready():
                    self._end_is_asked_for = False
                    self._watching = asyncio.ensure_future(self._watch())
                    return
                await asyncio.sleep(0.03)
            if self._process and self._process.returncode in HOPELESS:
                break
            await asyncio.sleep(RESTART_PAUSE)
        raise RuntimeError(f"{self.name} did not get ready:\n{self.log.read_text()[-4000:]}")

    async def _run(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OTPLESS_")}
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *child("KILL"), self._binary, "serve", env={**environment, **self._settings},
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    async def is_ready(self) -> bool:
        try:
            reply = await ask(("127.0.0.1", self.port), "GET", "/readyz", patience=2)
            return reply.status == 200
        except Lost:
            return False

    async def kill(self) -> None:
        """As a power cut would, as far as the process is concerned."""
        self._end_is_asked_for = True
        if self._process and self.is_running:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()

    async def terminate(self, patience: float = 20) -> None:
        """Drains it. That it takes longer than it may, or ends with another status than 0, is a finding."""
        self._end_is_asked_for = True
        if not self._process or not self.is_running:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            status = await asyncio.wait_for(self._process.wait(), patience)
        except asyncio.TimeoutError:
            self.deaths.append(f"{self.name} did not end within {patience:.0f} s of SIGTERM")
            return await self.kill()
        if status:
            self.deaths.append(f"{self.name} ended with status {status} after SIGTERM")

    async def _watch(self) -> None:
        assert self._process
        status = await self._process.wait()
        if not self._end_is_asked_for:
            self.deaths.append(f"{self.name} ended by itself, status {status}: {self.log.read_text()[-300:].strip()}")
            # The run goes on with it, so that the rest is seen, too.
            try:
                await self.start()
            except RuntimeError as error:
                self.deaths.append(str(error))
