"""A throw-away PostgreSQL, as durable as a real one: it is there to be crashed."""
import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Optional

from machine import child, free_port

#: Where Debian keeps the programs, the newest version last.
PLACES = "/usr/lib/postgresql"

SETTINGS = {
    "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
    "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "200",
    # Small enough for the small disk; a crash is repaired in a moment.
    "max_wal_size": "128MB", "min_wal_size": "32MB", "shared_buffers": "64MB", "checkpoint_timeout": "60s",
    "restart_after_crash": "on", "log_min_messages": "warning",
}


class Postgres:
    """One cluster in a folder, with a superuser and a database that are both called otpless, and no password."""

    def __init__(self, folder: Path, log: Path):
        self._data = folder / "data"
        self._log = log
        self._user = next((name for name in ("postgres", "nobody") if is_user(name)), None)
        self._process: Optional[asyncio.subprocess.Process] = None
        self.port = free_port()

    async def create(self) -> None:
        self._data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            # It refuses to run as root.
            assert self._user, "there is neither a user postgres nor nobody"
            shutil.chown(self._data, self._user)
        self._call("initdb", "-D", str(self._data), "-U", "otpless", "--auth=trust", "--encoding=UTF8", "--no-locale",
                   "--no-sync")
        await self.start()
        self._call("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "otpless", "otpless")

    async def start(self, patience: float = 60) -> None:
        """Starts it, or waits for one that is repairing itself; returns when it takes connections.

        One that ends meanwhile is started again: it may have had no space, and has given up just now.
        """
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if not self.is_running:
                await self._run()
            if await self._is_ready():
                return
            await asyncio.sleep(0.1)
        raise RuntimeError(f"PostgreSQL did not start:\n{self._log.read_text()[-4000:]}")

    async def _run(self) -> None:
        arguments = [item for name, value in SETTINGS.items() for item in ("-c", f"{name}={value}")]
        # QUIT: the postmaster ends its children too, which a KILL would leave behind.
        command = [*child("QUIT", self._user), program("postgres"), "-D", str(self._data), "-p", str(self.port)]
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *command, *arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True)

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def crash(self) -> None:
        """As `pg_ctl stop -m immediate`: no checkpoint, nothing is told to anybody, the next start repairs."""
        await self._end(signal.SIGQUIT)

    async def stop(self) -> None:
        """As `pg_ctl stop -m fast`: transactions are rolled back, connections ended."""
        await self._end(signal.SIGINT)

    def kill_backend(self) -> bool:
        """Kills one of the processes that serve a connection; PostgreSQL then ends all others and repairs itself."""
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(status.read_text().rpartition(")")[2].split()[1])
                title = (status.parent / "cmdline").read_bytes()
            except OSError:
                continue  # it has just ended
            if self._process and parent == self._process.pid and title.startswith(b"postgres: otpless otpless"):
                os.kill(int(status.parent.name), signal.SIGKILL)
                return True
        return False

    async def _end(self, number: signal.Signals) -> None:
        if self._process is None or not self.is_running:
            return
        self._process.send_signal(number)
        try:
            await asyncio.wait_for(self._process.wait(), 30)
        except asyncio.TimeoutError:
            self._process.send_signal(signal.SIGQUIT)
            await self._process.wait()

    async def _is_ready(self) -> bool:
        asking = await asyncio.create_subprocess_exec(
            program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port), "-t", "1")
        return await asking.wait() == 0

    def _call(self, name: str, *arguments: str) -> None:
        command = [*child("TERM", self._user), program(name), *arguments]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd="/")
        if done.returncode:
            raise RuntimeError(f"{name}: {done.stderr}{done.stdout}")


def program(name: str) -> str:
    """Where one of PostgreSQL's programs is: Debian puts servers' programs on nobody's PATH."""
    versions = sorted(Path(PLACES).glob("*/bin"), key=lambda place: float(place.parent.name))
    for folder in [*reversed(versions), None]:
        if found := shutil.which(name, path=str(folder) if folder else None):
            return found
    raise SystemExit(f"soak: there is no {name}; apt install postgresql")


def is_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
        return True
    except KeyError:
        return False
